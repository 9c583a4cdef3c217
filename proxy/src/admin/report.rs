//! How is the operator told what is wrong with the definitions?
//!
//! People get an excerpt of the source with a mark under the culprit; programs get one JSON object
//! per problem.

use std::fmt::Write;
use std::io::{self, IsTerminal, Write as _};
use std::process::ExitCode;

use serde_json::json;
use tollgate_core::definition::Place;
use tollgate_core::manage::Document;
use tollgate_core::manage::diagnose::{self, Style};
use tollgate_core::manage::document::{LineColumn, line_column};
use tollgate_core::manage::openapi::{KindChoice, KindReason};

use crate::options::LogFormat;
use crate::telemetry::is_for_people;

use super::definitions::Loaded;

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

/// Tells what kinds were guessed and every problem, where the log goes.
pub(super) fn tell_all(loaded: &Loaded, format: Option<LogFormat>) {
    let manner = Manner::of_log(format);
    write_log(&(guesses(loaded, manner) + &problems(loaded, manner)));
}

/// Tells every problem, where the log goes.
pub(super) fn tell_problems(loaded: &Loaded, format: Option<LogFormat>) {
    write_log(&problems(loaded, Manner::of_log(format)));
}

/// Where standard error is gone there is nobody to tell.
fn write_log(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// What kind each document was taken for, where it does not say so itself.
pub(super) fn guesses(loaded: &Loaded, manner: Manner) -> String {
    let mut text = String::new();
    for (document, kind) in loaded.documents.iter().zip(&loaded.kinds) {
        if let Some(kind) = kind.as_ref().filter(|kind| is_guess(kind)) {
            let note = format!("{}: served as {kind}", document.name);
            push_line(&mut text, "info", &note, manner);
        }
    }
    text
}

/// Every problem, in the order of the documents.
pub(super) fn problems(loaded: &Loaded, manner: Manner) -> String {
    if manner.is_for_people {
        let style = if manner.is_coloured { Style::Colour } else { Style::Plain };
        return diagnose::render(&loaded.problems, &loaded.documents, style);
    }
    let mut text = String::new();
    for problem in &loaded.problems {
        text.push_str(&diagnose::json_line(problem, &loaded.documents));
        text.push('\n');
    }
    text
}

/// The last line of `validate`: how it went.
pub(super) fn summary(loaded: &Loaded, manner: Manner) -> String {
    let (errors, all) = (loaded.errors(), loaded.problems.len());
    if !manner.is_for_people {
        let is_valid = loaded.snapshot.is_some();
        let object = json!({ "severity": "info", "valid": is_valid, "errors": errors, "warnings": all - errors });
        return format!("{object}\n");
    }
    match errors {
        0 if all == 0 => "valid\n".to_owned(),
        0 => format!("valid, {}\n", plural(all, "warning")),
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
        false => writeln!(text, "{}", json!({ "severity": level, "message": message })),
    };
}

/// Spells a place as `file:line:column`, for tables.
pub(super) fn place_text(place: Place, documents: &[Document]) -> Option<String> {
    let document = documents.get(usize::try_from(place.document).ok()?)?;
    let LineColumn { line, column } = line_column(&document.text, place.start as usize);
    Some(format!("{}:{line}:{column}", document.name))
}

/// What would let a file be opened, as far as the system's answer tells.
pub(super) fn advice_on_file(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "check the path; it begins where tollgate was started",
        io::ErrorKind::IsADirectory => "name a file in this folder",
        io::ErrorKind::PermissionDenied => "let the user that runs tollgate open it",
        io::ErrorKind::ReadOnlyFilesystem => "choose a place that can be written to",
        _ => "choose another file",
    }
}

/// Tells what is wrong with files that options name.
pub(super) fn tell_settings(problems: &[String]) {
    for problem in problems {
        tracing::error!("{problem}");
    }
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
    use tollgate_core::definition::Problem;
    use tollgate_core::manage::openapi::ApiKind;

    use super::*;

    fn loaded(problems: Vec<Problem>) -> Loaded {
        let document = Document { name: "pets.yaml".to_owned(), text: "a: 1\nb: 2\n".to_owned() };
        let kind = KindChoice { kind: ApiKind::Rest, reason: KindReason::Default };
        Loaded { documents: vec![document], kinds: vec![Some(kind)], problems, snapshot: None }
    }

    fn problem() -> Problem {
        Problem::error(Place { document: 0, start: 5, end: 6 }, "m")
    }

    #[test]
    fn people_see_what_was_guessed_and_what_is_wrong() {
        let manner = Manner { is_for_people: true, is_coloured: false };
        let loaded = loaded(vec![problem()]);
        let text =
            guesses(&loaded, manner) + &problems(&loaded, manner) + &summary(&loaded, manner);
        assert!(text.starts_with("pets.yaml: served as REST API, a guess"), "{text}");
        assert!(text.contains("2 | b: 2"), "{text}");
        assert!(text.ends_with("not valid: 1 error, 0 warnings\n"), "{text}");
        assert!(!text.contains('\x1b'), "{text}");
    }

    #[test]
    fn programs_get_one_object_per_line() {
        let manner = Manner { is_for_people: false, is_coloured: false };
        let loaded = loaded(vec![problem(), problem()]);
        let text =
            guesses(&loaded, manner) + &problems(&loaded, manner) + &summary(&loaded, manner);
        let severities: Vec<_> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect(line))
            .map(|object| object["severity"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(severities, ["info", "error", "error", "info"].map(|s| Some(s.to_owned())));
    }

    #[test]
    fn a_place_is_spelled_as_editors_jump_to_it() {
        let documents = loaded(Vec::new()).documents;
        assert_eq!(place_text(problem().place, &documents).as_deref(), Some("pets.yaml:2:1"));
        assert_eq!(place_text(Place::NONE, &documents), None);
    }
}
