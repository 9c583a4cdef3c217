//! How does an exchange look as one line of an access log?

use crate::context::ApiKind;
use crate::definition::{Place, Problem};

/// An access-log format, compiled.
#[derive(Debug)]
pub struct Format {}

impl Format {
    /// Compiles a format, or one of the presets `CLF`, `JSON`, `XML`, `CSV` by name; `None` where
    /// a problem keeps it from being used. `place` is where the stage's settings stand.
    pub fn compile(
        text: &str,
        api_kind: ApiKind,
        place: Place,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let _ = (text, api_kind, place, problems);
        Some(Self {})
    }
}
