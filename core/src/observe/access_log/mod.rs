//! How does an exchange look as one line of an access log?
//!
//! "Substitution: `$context.x` → value; unavailable → `-`. No VTL; other text literal." What a value
//! must not do is leave its place: [`escape`] says how each kind of format keeps it there.

mod compile;
mod escape;
mod presets;

pub use escape::Notation;

use crate::context::{ApiKind, MethodFacts, StageFacts, Variable};

use super::{DecodedRecord, Needs};

/// An access-log format, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    pieces: Box<[Piece]>,
    needs: Needs,
    notation: Notation,
}

/// A piece of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Text.
    Text(Box<[u8]>),
    /// A variable, `None` where there is no such one, and whether it stands between quotes.
    Value { variable: Option<Variable>, is_quoted: bool },
}

impl Format {
    /// The texts of the request that records for this format must carry.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// How values are kept in their place.
    pub fn notation(&self) -> Notation {
        self.notation
    }
}

/// Appends one line, line feed included.
pub fn render(
    format: &Format,
    record: &DecodedRecord<'_>,
    stage: Option<&StageFacts>,
    method: Option<&MethodFacts>,
    out: &mut Vec<u8>,
) {
    let api_kind = stage.map_or(ApiKind::RestApi, |stage| stage.api_kind);
    let outcome = record.outcome(api_kind);
    let values = record.values(stage, method, &outcome);
    let mut value = Vec::new();
    for piece in &format.pieces {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text),
            Piece::Value { variable, is_quoted } => {
                value.clear();
                if !variable.is_some_and(|variable| values.write(variable, &mut value)) {
                    value.extend_from_slice(b"-");
                }
                let is_json = *variable == Some(Variable::ErrorMessageString);
                escape::push(format.notation, *is_quoted, is_json, &value, out);
            }
        }
    }
    out.push(b'\n');
}
