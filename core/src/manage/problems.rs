//! Which problems were found so far, and how many more than can be shown?

use std::collections::BTreeSet;

use crate::definition::{Place, Problem, Severity};
use crate::limits::DEFINITION_PROBLEMS_MAX;

use super::spelling;

/// The problems of one document, in the order they were found.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<Problem>,
    /// What is in `found`: the target of a reference is read, and complained of, at each use.
    seen: BTreeSet<(Place, String)>,
    left_out: usize,
    left_out_errors: usize,
    last_left_out: Place,
}

impl Problems {
    /// An empty list for an attempt that may be given up.
    pub(super) fn fresh(&self) -> Self {
        Self::default()
    }

    /// Adds what another attempt found.
    pub(super) fn append(&mut self, other: Problems) {
        for problem in other.found {
            self.push(problem);
        }
        self.left_out += other.left_out;
        self.left_out_errors += other.left_out_errors;
    }

    /// Adds a problem, unless it is already there.
    pub(super) fn push(&mut self, problem: Problem) {
        if self.is_full() {
            self.left_out += 1;
            self.left_out_errors += usize::from(problem.severity == Severity::Error);
            self.last_left_out = problem.place;
        } else if self.seen.insert((problem.place, problem.message.clone())) {
            self.found.push(problem);
        }
    }

    /// Adds the problem that `describe` makes. It is made only where it will be shown, so that a
    /// document of nothing but mistakes costs no more than a good one.
    pub(super) fn report(&mut self, describe: impl FnOnce() -> Problem) {
        if self.is_full() {
            self.left_out += 1;
            // It may be an error, and nothing may be served that has one.
            self.left_out_errors += 1;
        } else {
            self.push(describe());
        }
    }

    /// An error at `place`.
    pub(super) fn error(&mut self, place: Place, message: impl Into<String>) {
        self.push(Problem::error(place, message));
    }

    /// A warning at `place`.
    pub(super) fn warning(&mut self, place: Place, message: impl Into<String>) {
        self.push(Problem::warning(place, message));
    }

    /// Whether nothing more will be shown.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= DEFINITION_PROBLEMS_MAX
    }

    /// The problems, ordered as their places stand in the document.
    pub(super) fn into_sorted(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|problem| (problem.place, std::cmp::Reverse(problem.severity)));
        if self.left_out > 0 {
            let message = format!("{} more problems are not shown", self.left_out);
            self.found.push(if self.left_out_errors > 0 {
                Problem::error(self.last_left_out, message)
            } else {
                Problem::warning(self.last_left_out, message)
            });
        }
        self.found
    }
}

/// `text` in double quotes, clipped and on one line, as messages show it.
pub(super) fn quote(text: &str) -> String {
    const SHOWN_CHARS_MAX: usize = 80;
    let mut quoted = String::from("\"");
    for (shown, character) in text.chars().enumerate() {
        if shown == SHOWN_CHARS_MAX {
            quoted.push('…');
            break;
        }
        if character.is_control() {
            quoted.extend(character.escape_default());
        } else {
            quoted.push(character);
        }
    }
    quoted.push('"');
    quoted
}

/// `did you mean "…"?`, where one of `candidates` is close to `word`.
pub(super) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    spelling::nearest(word, candidates).map(|near| format!("did you mean {}?", quote(near)))
}
