//! How is a problem shown to a person, and how to a machine?

use std::fmt::Write;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use crate::definition::{Place, Problem, Severity};

use super::document::{Document, LineColumn, line_column};

/// How problems are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without colour, for files and tests.
    Plain,
    /// With colour and lines, for a terminal.
    Colour,
}

/// Characters of a source line that are shown around the problem.
const EXCERPT_CHARS_MAX: usize = 100;

/// Shows `problems` with what stands at their places in `documents`, a blank line between them.
pub fn render(problems: &[Problem], documents: &[Document], style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled().decor_style(DecorStyle::Unicode),
    };
    let mut text = String::new();
    for problem in problems {
        text.push_str(&render_one(&renderer, problem, documents));
        text.push_str("\n\n");
    }
    text
}

fn render_one(renderer: &Renderer, problem: &Problem, documents: &[Document]) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(printable(&problem.message)));
    if let Some(document) = document_of(problem.place, documents) {
        let excerpt = Excerpt::new(&document.text, problem.place);
        let name = printable(&document.name);
        let has_source = !excerpt.text.trim().is_empty();
        if excerpt.is_clipped || !has_source {
            let origin = Origin::path(name.clone());
            group = group.element(origin.line(excerpt.at.line).char_column(excerpt.at.column));
        }
        if has_source {
            let span = excerpt.start..excerpt.end;
            let snippet = Snippet::source(excerpt.text)
                .path((!excerpt.is_clipped).then_some(name))
                .line_start(excerpt.at.line)
                .annotation(AnnotationKind::Primary.span(span));
            group = group.element(snippet);
        }
    }
    if let Some(suggestion) = &problem.suggestion {
        group = group.element(Level::HELP.message(printable(suggestion)));
    }
    renderer.render(&[group])
}

/// The line a problem begins on, clipped to what fits a terminal: a minified document is one line.
struct Excerpt {
    text: String,
    /// Bytes of `text` that the problem's place covers; at least one where there is one.
    start: usize,
    end: usize,
    at: LineColumn,
    /// Something is left out before the place, so that columns of `text` are not the document's.
    is_clipped: bool,
}

impl Excerpt {
    fn new(document: &str, place: Place) -> Self {
        let byte = |position: u32| floor_boundary(document, position as usize);
        let (start, end) = (byte(place.start), byte(place.end.max(place.start)));
        let line_start = document[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = document[start..].find('\n').map_or(document.len(), |at| start + at);
        let line_end = line_start + document[line_start..line_end].trim_end_matches('\r').len();
        let (start, end) = (start.min(line_end), end.min(line_end));
        let from = back(document, line_start, start, EXCERPT_CHARS_MAX / 2);
        let to = forth(document, line_end, start.max(end.min(start + EXCERPT_CHARS_MAX)));
        let mut text = String::new();
        if from > line_start {
            text.push('…');
        }
        let shift = text.len();
        text.push_str(&document[from..to]);
        if to < line_end {
            text.push('…');
        }
        let end = end.clamp(start, to);
        Self {
            is_clipped: shift > 0,
            start: start - from + shift,
            end: end - from + shift,
            text,
            at: line_column(document, start),
        }
    }
}

/// At most `chars` characters before `at`, not before `least`.
fn back(text: &str, least: usize, at: usize, chars: usize) -> usize {
    text[least..at].char_indices().rev().take(chars).last().map_or(at, |(byte, _)| least + byte)
}

/// Half an excerpt's characters behind `at`, not behind `most`.
fn forth(text: &str, most: usize, at: usize) -> usize {
    let at = floor_boundary(text, at.min(most));
    text[at..most].char_indices().nth(EXCERPT_CHARS_MAX / 2).map_or(most, |(byte, _)| at + byte)
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn document_of(place: Place, documents: &[Document]) -> Option<&Document> {
    documents.get(usize::try_from(place.document).ok()?)
}

/// `text` without control characters, so that a document cannot steer the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A problem as one line of JSON.
#[derive(Serialize)]
struct JsonProblem<'a> {
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'a str>,
}

/// `problem` as one line of JSON, without line break.
pub fn json_line(problem: &Problem, documents: &[Document]) -> String {
    let document = document_of(problem.place, documents);
    let at = |position: u32| document.map(|it| line_column(&it.text, position as usize));
    let (start, end) = (at(problem.place.start), at(problem.place.end));
    let line = JsonProblem {
        severity: severity(problem.severity),
        file: document.map(|document| document.name.as_str()),
        line: start.map(|at| at.line),
        column: start.map(|at| at.column),
        end_line: end.map(|at| at.line),
        end_column: end.map(|at| at.column),
        message: &problem.message,
        suggestion: problem.suggestion.as_deref(),
    };
    // Texts and numbers always serialise.
    serde_json::to_string(&line).unwrap_or_default()
}

/// `problem` as compilers print it: `file:line:column: error: message (suggestion)`.
pub fn short_line(problem: &Problem, documents: &[Document]) -> String {
    let mut line = String::new();
    if let Some(document) = document_of(problem.place, documents) {
        let at = line_column(&document.text, problem.place.start as usize);
        // Writing to a string cannot fail.
        let _ = write!(line, "{}:{}:{}: ", printable(&document.name), at.line, at.column);
    }
    let _ = write!(line, "{}: {}", severity(problem.severity), printable(&problem.message));
    if let Some(suggestion) = &problem.suggestion {
        let _ = write!(line, " ({})", printable(suggestion));
    }
    line
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> [Document; 1] {
        [Document { name: "api.yaml".into(), text: text.into() }]
    }

    fn problem(start: u32, end: u32) -> Problem {
        Problem::error(Place { document: 0, start, end }, "\"b\" is bad").suggest("write \"c\"")
    }

    #[track_caller]
    fn check(text: &str, problem: &Problem, expected: &str) {
        let shown = render(std::slice::from_ref(problem), &document(text), Style::Plain);
        assert_eq!(shown.trim_end(), expected.trim_matches('\n'));
    }

    #[test]
    fn the_excerpt_points_at_the_place() {
        check(
            "a: 1\nbé: 2\nc: 3\n",
            &problem(5, 8),
            r#"
error: "b" is bad
 --> api.yaml:2:1
  |
2 | bé: 2
  | ^^
  |
  = help: write "c""#,
        );
    }

    #[test]
    fn columns_are_those_of_the_document() {
        check(
            "ä: x\n\tüß€: b\n",
            &problem(16, 17),
            r#"
error: "b" is bad
 --> api.yaml:2:7
  |
2 |     üß€: b
  |          ^
  |
  = help: write "c""#,
        );
    }

    #[test]
    fn a_place_over_several_lines_shows_the_first() {
        check(
            "a:\r\n  b: 1\r\n  c: 2\r\n",
            &Problem::warning(Place { document: 0, start: 6, end: 18 }, "x"),
            r"
warning: x
 --> api.yaml:2:3
  |
2 |   b: 1
  |   ^^^^",
        );
    }

    #[test]
    fn a_problem_without_place_has_no_excerpt() {
        check("a", &Problem::error(Place::NONE, "x"), "error: x");
    }

    #[test]
    fn a_long_line_is_clipped() {
        let text = format!("{}\"bad\"{}", "é".repeat(5000), "x".repeat(5000));
        let shown = render(&[problem(10_000, 10_005)], &document(&text), Style::Plain);
        assert!(shown.contains("--> api.yaml:1:5001"), "{shown}");
        assert!(shown.contains("éé\"bad\"xx"), "{shown}");
        assert!(shown.len() < 1000, "{shown}");
    }

    #[test]
    fn any_place_can_be_shown() {
        let text = "aé\r\n\r\n\tü: \u{1b}[31m\n";
        for start in 0..24 {
            for end in 0..24 {
                for style in [Style::Plain, Style::Colour] {
                    let shown = render(&[problem(start, end)], &document(text), style);
                    assert!(style == Style::Colour || !shown.contains('\u{1b}'), "{shown}");
                }
                json_line(&problem(start, end), &document(text));
                short_line(&problem(start, end), &document(text));
            }
        }
    }

    #[test]
    fn machines_get_one_line_of_json() {
        let line = json_line(&problem(5, 7), &document("a: 1\nbc: 2\n"));
        assert_eq!(
            line,
            r#"{"severity":"error","file":"api.yaml","line":2,"column":1,"end_line":2,"end_column":3,"message":"\"b\" is bad","suggestion":"write \"c\""}"#
        );
        let line = json_line(&Problem::warning(Place::NONE, "x\ny"), &[]);
        assert_eq!(line, r#"{"severity":"warning","message":"x\ny"}"#);
    }

    #[test]
    fn the_short_form_is_one_line() {
        let line = short_line(&problem(5, 7), &document("a: 1\nbc: 2\n"));
        assert_eq!(line, "api.yaml:2:1: error: \"b\" is bad (write \"c\")");
    }
}
