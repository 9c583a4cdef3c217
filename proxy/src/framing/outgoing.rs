//! How is a body written so that the receiver finds its end?

use tollgate_core::message::BodyLength;
use tollgate_core::wire::write_chunk_size;

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
                write_chunk_size(piece.len(), out.as_vec_mut());
                out.extend(piece);
                out.extend(b"\r\n");
            }
        }
    }

    /// Appends what follows the last piece.
    pub fn append_end(self, out: &mut Buffer) {
        if self == Self::Chunked {
            out.extend(b"0\r\n\r\n");
        }
    }
}
