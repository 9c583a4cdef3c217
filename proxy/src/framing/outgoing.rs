//! How is a body written so that the receiver finds its end?

use tollgate_core::message::BodyLength;
use tollgate_core::wire::{CHUNK_END, ChunkLine, LAST_CHUNK};

use crate::net::Buffer;

/// How a body goes out on an HTTP/1 connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// As it is; its length was announced, or the end of the connection ends it.
    Bare,
    /// In chunks.
    Chunked,
}

impl Outgoing {
    /// The framing that a head announced.
    pub fn new(length: BodyLength) -> Self {
        match length {
            BodyLength::Chunked => Self::Chunked,
            BodyLength::None | BodyLength::Sized(_) | BodyLength::UntilEnd => Self::Bare,
        }
    }

    /// Appends `piece` to `out` as the wire wants it.
    pub fn append(self, piece: &[u8], out: &mut Buffer) {
        match self {
            Self::Bare => out.extend(piece),
            Self::Chunked if piece.is_empty() => {}
            Self::Chunked => {
                out.extend(ChunkLine::new(piece.len()).as_bytes());
                out.extend(piece);
                out.extend(CHUNK_END);
            }
        }
    }

    /// Appends what follows the last piece.
    pub fn append_end(self, out: &mut Buffer) {
        if self == Self::Chunked {
            out.extend(LAST_CHUNK);
        }
    }
}
