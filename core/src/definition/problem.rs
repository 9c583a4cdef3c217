//! What is wrong with a definition, where, and what would mend it?

use super::Place;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It is served, but not as its author may think: AWS accepts it and fails later, or ignores it.
    Warning,
    /// It is not served.
    Error,
}

/// One thing wrong with a definition.
///
/// Whoever compiles collects all of them; nobody stops at the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands.
    pub place: Place,
    /// What is wrong, in lower case without full stop, with the offending value quoted.
    pub message: String,
    /// What to write instead, where that is known.
    pub suggestion: Option<String>,
}

impl Problem {
    /// Something that keeps the definition from being served.
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, place, message: message.into(), suggestion: None }
    }

    /// Something that is served, but deserves to be known.
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, place, message: message.into(), suggestion: None }
    }

    /// The same problem with what to write instead.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}
