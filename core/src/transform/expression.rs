//! What does a parameter mapping send?

use crate::context::Facts;
use crate::message::Response;

use super::{Source, field_value};

/// A mapping expression, compiled: a constant, one source, or text mixed with sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// `'static'`, or a stage variable.
    Constant(Box<[u8]>),
    /// One source; the mapping is not applied where the exchange has no such value.
    Source(Source),
    /// `${request.path.name}-${context.stage}`: a missing source is empty.
    Mixed(Box<[Piece]>),
}

/// A piece of a mixed expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text.
    Text(Box<[u8]>),
    /// A source.
    Source(Source),
}

impl Expression {
    /// Appends the value; `false`, with nothing appended, where there is none.
    pub fn write(
        &self,
        facts: &Facts<'_>,
        response: Option<Response<'_>>,
        out: &mut Vec<u8>,
    ) -> bool {
        match self {
            Self::Constant(text) => {
                out.extend_from_slice(text);
                true
            }
            Self::Source(source) => source.write(facts, response, out),
            Self::Mixed(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => out.extend_from_slice(text),
                        Piece::Source(source) => {
                            source.write(facts, response, out);
                        }
                    }
                }
                true
            }
        }
    }

    /// Appends the value as a field value and says where in `out` it lies; `None`, with nothing
    /// appended, where there is none or it may not be sent (see [`field_value::sendable`]).
    pub fn write_field_value(
        &self,
        facts: &Facts<'_>,
        response: Option<Response<'_>>,
        out: &mut Vec<u8>,
    ) -> Option<std::ops::Range<usize>> {
        let before = out.len();
        let is_available = self.write(facts, response, out);
        let value = if is_available { field_value::sendable(&out[before..]) } else { None };
        let Some(len) = value.map(<[u8]>::len) else {
            out.truncate(before);
            return None;
        };
        let blanks = out[before..].len() - field_value::trim_start(&out[before..]).len();
        Some(before + blanks..before + blanks + len)
    }
}
