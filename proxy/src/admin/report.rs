//! How is the operator told what is wrong with the definitions?
//!
//! People get an excerpt of the source with a mark under the culprit; programs get one JSON object
//! per problem.

use std::fmt::Write;
use std::io::{self, IsTerminal, Write as _};
use std::process::ExitCode;

use serde_json::json;
use tollgate_core::definition::{Place, Problem, Severity};
use tollgate_core::manage::document::{Document, line_column};
use tollgate_core::manage::openapi::{KindChoice, KindReason};

use crate::options::LogFormat;
use crate::telemetry::is_for_people;

use super::definitions::Loaded;

/// Characters of an excerpt's line that are shown.
const EXCERPT_CHARACTERS_MAX: usize = 160;

/// Where a report goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    /// For people, or for programs.
    pub(super) is_for_people: bool,
    /// With colour.
    pub(super) is_coloured: bool,
}

impl Manner {
    /// What a command's own output is for: its standard output says.
    pub(super) fn of_stdout() -> Self {
        let is_terminal = io::stdout().is_terminal();
        Self { is_for_people: is_terminal, is_coloured: is_terminal && wants_colour() }
    }

    /// What the log is for.
    pub(super) fn of_log(format: Option<LogFormat>) -> Self {
        let is_coloured = io::stderr().is_terminal() && wants_colour();
        Self { is_for_people: is_for_people(format), is_coloured }
    }
}

/// `NO_COLOR`: "when present and not an empty string … prevents the addition of ANSI color".
fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Tells every problem of `loaded`, and what a guess was made from, in the log's place.
pub(super) fn tell(loaded: &Loaded, format: Option<LogFormat>) {
    let text = text_of(loaded, Manner::of_log(format));
    // Where standard error is gone there is nobody to tell.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Every problem of `loaded`, and what a guess was made from.
pub(super) fn text_of(loaded: &Loaded, manner: Manner) -> String {
    let mut text = String::new();
    for (document, kind) in loaded.documents.iter().zip(&loaded.kinds) {
        if let Some(kind) = kind.as_ref().filter(|kind| is_guess(kind)) {
            let note = format!("{}: served as {kind}", document.name);
            push_line(&mut text, "info", &note, manner);
        }
    }
    for problem in &loaded.problems {
        match manner.is_for_people {
            true => push_for_people(&mut text, problem, &loaded.documents, manner.is_coloured),
            false => push_for_programs(&mut text, problem, &loaded.documents),
        }
    }
    text
}

/// The last line of `validate`: how it went.
pub(super) fn summary(loaded: &Loaded, manner: Manner) -> String {
    let (errors, all) = (loaded.errors(), loaded.problems.len());
    if !manner.is_for_people {
        let is_valid = loaded.snapshot.is_some();
        let object = json!({ "level": "info", "valid": is_valid, "errors": errors, "warnings": all - errors });
        return format!("{object}\n");
    }
    match errors {
        0 => format!("valid, {} to look at\n", plural(all, "warning")),
        _ => {
            format!("not valid: {}, {}\n", plural(errors, "error"), plural(all - errors, "warning"))
        }
    }
}

fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

fn is_guess(choice: &KindChoice) -> bool {
    matches!(choice.reason, KindReason::Feature { .. } | KindReason::Default)
}

fn push_line(text: &mut String, level: &str, message: &str, manner: Manner) {
    // Writing to a string cannot fail, here and below.
    let _ = match manner.is_for_people {
        true => writeln!(text, "{message}"),
        false => writeln!(text, "{}", json!({ "level": level, "message": message })),
    };
}

fn push_for_programs(text: &mut String, problem: &Problem, documents: &[Document]) {
    let at = position(problem.place, documents);
    let object = json!({
        "level": level_of(problem.severity),
        "message": problem.message,
        "suggestion": problem.suggestion,
        "file": at.as_ref().map(|at| at.file),
        "line": at.as_ref().map(|at| at.line),
        "column": at.as_ref().map(|at| at.column),
    });
    let _ = writeln!(text, "{object}");
}

fn push_for_people(text: &mut String, problem: &Problem, documents: &[Document], colour: bool) {
    let paint = if colour { Paint::colours() } else { Paint::default() };
    let level = level_of(problem.severity);
    let mark = if problem.severity == Severity::Error { paint.error } else { paint.warning };
    let Paint { bold, dim, plain, .. } = paint;
    let _ = writeln!(text, "{mark}{level}{plain}{bold}: {}{plain}", problem.message);
    if let Some(at) = position(problem.place, documents) {
        let number = at.line.to_string();
        let margin = " ".repeat(number.len());
        if at.excerpt.is_empty() {
            let _ = writeln!(text, "{dim}{margin}-->{plain} {}", at.file);
        } else {
            let blank = " ".repeat(at.column - 1);
            let under = "^".repeat(at.width);
            let _ = writeln!(
                text,
                "{dim}{margin}-->{plain} {}:{}:{}\n{dim}{margin} |\n{number} |{plain} {}\n\
                 {dim}{margin} |{plain} {blank}{mark}{under}{plain}",
                at.file, at.line, at.column, at.excerpt
            );
        }
    }
    if let Some(suggestion) = &problem.suggestion {
        let _ = writeln!(text, "{dim}  ={plain} {bold}help{plain}: {suggestion}");
    }
    text.push('\n');
}

fn level_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[derive(Clone, Copy, Default)]
struct Paint {
    error: &'static str,
    warning: &'static str,
    bold: &'static str,
    dim: &'static str,
    plain: &'static str,
}

impl Paint {
    fn colours() -> Self {
        Self {
            error: "\x1b[1;31m",
            warning: "\x1b[1;33m",
            bold: "\x1b[1m",
            dim: "\x1b[36m",
            plain: "\x1b[0m",
        }
    }
}

/// A place, as people read it.
struct Position<'d> {
    file: &'d str,
    line: usize,
    column: usize,
    /// The line, its control characters replaced; empty for an empty file.
    excerpt: String,
    /// Characters of the culprit that are in the excerpt, at least one.
    width: usize,
}

fn position(place: Place, documents: &[Document]) -> Option<Position<'_>> {
    let document = documents.get(usize::try_from(place.document).ok()?)?;
    let (start, end) = (place.start as usize, (place.end as usize).max(place.start as usize));
    let at = line_column(&document.text, start);
    let line = document.text.lines().nth(at.line - 1).unwrap_or_default();
    let shown = line.chars().take(EXCERPT_CHARACTERS_MAX);
    // Tabs and escape sequences of the document must not move the mark or the terminal.
    let excerpt: String = shown.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let culprit = document.text.get(start..end.min(document.text.len())).unwrap_or_default();
    let wanted = culprit.lines().next().unwrap_or_default().chars().count();
    let room = excerpt.chars().count().saturating_sub(at.column - 1);
    let width = wanted.min(room).max(1);
    Some(Position { file: &document.name, line: at.line, column: at.column, excerpt, width })
}

/// Spells a place as `file:line:column`, for tables.
pub(super) fn place_text(place: Place, documents: &[Document]) -> Option<String> {
    position(place, documents).map(|at| format!("{}:{}:{}", at.file, at.line, at.column))
}

/// Wrong usage or an invalid configuration.
pub(super) fn invalid() -> ExitCode {
    ExitCode::from(2)
}

/// Wrong usage that only the running program can tell.
pub(super) fn wrong_usage(problem: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: {problem}");
    invalid()
}

/// What was wanted could not be done.
pub(super) fn failed(problem: &str) -> ExitCode {
    tracing::error!("{problem}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str, problems: Vec<Problem>) -> Loaded {
        let document = Document { name: "pets.yaml".to_owned(), text: text.to_owned() };
        Loaded { documents: vec![document], kinds: vec![None], problems, snapshot: None }
    }

    fn at(start: u32, end: u32) -> Place {
        Place { document: 0, start, end }
    }

    fn check(text: &str, problem: Problem, expected: &str) {
        let manner = Manner { is_for_people: true, is_coloured: false };
        assert_eq!(text_of(&loaded(text, vec![problem]), manner), expected);
    }

    #[test]
    fn people_see_the_line_with_a_mark_and_the_fix() {
        check(
            "a: 1\nb: éé x\n",
            Problem::error(at(8, 12), "\"éé\" is odd").suggest("write ee"),
            "error: \"éé\" is odd\n --> pets.yaml:2:4\n  |\n2 | b: éé x\n  |    ^^\n  = help: write ee\n\n",
        );
    }

    #[test]
    fn a_span_of_several_lines_is_marked_on_its_first() {
        check(
            "a: {\n}\n",
            Problem::warning(at(3, 6), "w"),
            "warning: w\n --> pets.yaml:1:4\n  |\n1 | a: {\n  |    ^\n\n",
        );
    }

    #[test]
    fn control_characters_of_a_document_do_not_reach_the_terminal() {
        let manner = Manner { is_for_people: true, is_coloured: false };
        let text = text_of(&loaded("\x1b[2J\tx", vec![Problem::error(at(5, 6), "m")]), manner);
        assert!(!text.contains('\x1b'), "{text}");
        assert!(text.contains("  |      ^"), "{text}");
    }

    #[test]
    fn places_that_lie_nowhere_are_told_without_excerpt() {
        check(
            "",
            Problem::error(at(0, 0), "m"),
            "error: m\n -->  pets.yaml\n\n".replace("  ", " ").as_str(),
        );
        check("a", Problem::error(Place::NONE, "m"), "error: m\n\n");
        check(
            "é",
            Problem::error(at(1, 9), "m"),
            "error: m\n --> pets.yaml:1:2\n  |\n1 | é\n  |  ^\n\n",
        );
    }

    #[test]
    fn programs_get_one_object_per_problem() {
        let manner = Manner { is_for_people: false, is_coloured: false };
        let problem = Problem::error(at(5, 6), "m\n\"").suggest("s");
        let text = text_of(&loaded("a: 1\nb", vec![problem]), manner);
        let object: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let expected = json!({ "level": "error", "message": "m\n\"", "suggestion": "s",
            "file": "pets.yaml", "line": 2, "column": 1 });
        assert_eq!(object, expected);
        assert_eq!(text.lines().count(), 1);
    }
}
