//! Which HTTP/2 messages may become HTTP/1 ones, and which fields may be sent in HTTP/2?
//!
//! The frame layer below decodes header blocks into names and values. Here they become the same
//! head that HTTP/1 has, in one buffer, under the rules of RFC 9113 §8.2–8.3 *and* those of HTTP/1:
//! whatever is forwarded is written as lines, so nothing may pass that would change the lines.
//!
//! What RFC 9113 calls malformed is a [`Fault::Stream`]; what is well-formed and yet not
//! acceptable is a [`Fault::Answer`].

mod fields;
mod request;
mod response;

pub use request::{Pseudo, check_trailers, read_request};
pub use response::{FieldFilter, Outline, read_response};

use super::Malformed;

/// Why a request is refused, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// RFC 9113 §8.1.1: "Malformed requests or responses that are detected MUST be treated as a
    /// stream error of type PROTOCOL_ERROR."
    Stream(Malformed),
    /// The stream is fine and the request is answered with [`Malformed::status`].
    Answer(Malformed),
}

impl Fault {
    /// The reason, for the log.
    pub fn reason(self) -> Malformed {
        match self {
            Self::Stream(malformed) | Self::Answer(malformed) => malformed,
        }
    }
}

#[cfg(test)]
mod tests;
