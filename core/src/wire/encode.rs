//! How is a head, or the frame of a chunk, written?

use crate::message::{FieldBlock, HeadSink};

use super::grammar::{TARGET, TOKEN, VALUE, all};
use super::reason::reason_phrase;

/// What follows the data of each chunk.
pub const CHUNK_END: &[u8; 2] = b"\r\n";
/// The chunk that ends a body, with an empty trailer section.
pub const LAST_CHUNK: &[u8; 5] = b"0\r\n\r\n";

/// Writes an HTTP/1.1 head at the end of a buffer: the start line, then fields, then
/// [`end`](Self::end).
///
/// What is pushed must be valid: names are tokens, values hold no CR, LF or NUL. That is so for
/// whatever a parser of this room let through; debug builds check it.
#[derive(Debug)]
pub struct HeadEncoder<'b> {
    out: &'b mut Vec<u8>,
}

impl<'b> HeadEncoder<'b> {
    /// Starts a request for the target that the `target` pieces make together, such as path, `?` and
    /// query.
    #[inline]
    pub fn request(out: &'b mut Vec<u8>, verb: &[u8], target: &[&[u8]]) -> Self {
        debug_assert!(!verb.is_empty() && all(verb, TOKEN), "verb {}", verb.escape_ascii());
        out.reserve(verb.len() + target.iter().map(|piece| piece.len()).sum::<usize>() + 12);
        out.extend_from_slice(verb);
        out.push(b' ');
        for piece in target {
            debug_assert!(all(piece, TARGET), "target {}", piece.escape_ascii());
            out.extend_from_slice(piece);
        }
        out.extend_from_slice(b" HTTP/1.1\r\n");
        Self { out }
    }

    /// Starts a response. A status without registered phrase gets none; its blank stays, as the
    /// grammar asks.
    #[inline]
    pub fn response(out: &'b mut Vec<u8>, status: u16) -> Self {
        out.extend_from_slice(StatusLine::new(status).as_bytes());
        Self { out }
    }

    /// Continues a head whose start line is written elsewhere; see [`StatusLine`].
    #[inline]
    pub fn fields(out: &'b mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Says how many bytes of body follow.
    #[inline]
    pub fn content_length(&mut self, length: u64) {
        self.push(b"Content-Length", itoa::Buffer::new().format(length).as_bytes());
    }

    /// Says that chunks follow.
    #[inline]
    pub fn chunked(&mut self) {
        self.out.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
    }

    /// Says that no other message follows on this connection.
    #[inline]
    pub fn connection_close(&mut self) {
        self.out.extend_from_slice(b"Connection: close\r\n");
    }

    /// Says to an HTTP/1.0 peer that another message may follow.
    #[inline]
    pub fn connection_keep_alive(&mut self) {
        self.out.extend_from_slice(b"Connection: keep-alive\r\n");
    }

    /// Ends the head.
    #[inline]
    pub fn end(self) {
        self.out.extend_from_slice(b"\r\n");
    }
}

impl HeadSink for HeadEncoder<'_> {
    #[inline]
    fn push(&mut self, name: &[u8], value: &[u8]) {
        debug_assert!(!name.is_empty() && all(name, TOKEN), "name {}", name.escape_ascii());
        debug_assert!(all(value, VALUE), "value {}", value.escape_ascii());
        self.out.reserve(name.len() + value.len() + 4);
        self.out.extend_from_slice(name);
        self.out.extend_from_slice(b": ");
        self.out.extend_from_slice(value);
        self.out.extend_from_slice(b"\r\n");
    }

    #[inline]
    fn push_block(&mut self, block: &FieldBlock) {
        debug_assert!(block.pairs().all(|(name, value)| all(name, TOKEN) && all(value, VALUE)));
        self.out.extend_from_slice(block.lines());
    }
}

/// The first line of a response, for heads whose fields are decided before their status.
#[derive(Clone, Copy, Debug)]
pub struct StatusLine {
    bytes: [u8; STATUS_LINE_BYTES_MAX],
    len: usize,
}

/// Bytes of the longest status line: the longest registered phrase has 31.
pub const STATUS_LINE_BYTES_MAX: usize = 64;

impl StatusLine {
    /// The line for `status`, with CR and LF.
    #[inline]
    pub fn new(status: u16) -> Self {
        debug_assert!((100..=999).contains(&status), "status {status}");
        let digit = |divisor: u16| b'0' + (status / divisor % 10) as u8;
        let mut line = Self { bytes: [0; STATUS_LINE_BYTES_MAX], len: 0 };
        line.append(b"HTTP/1.1 ");
        line.append(&[digit(100), digit(10), digit(1), b' ']);
        line.append(reason_phrase(status).as_bytes());
        line.append(b"\r\n");
        line
    }

    /// The line.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn append(&mut self, part: &[u8]) {
        self.bytes[self.len..self.len + part.len()].copy_from_slice(part);
        self.len += part.len();
    }
}

/// The line before a chunk's data: its size in hexadecimal, CR and LF.
#[derive(Clone, Copy, Debug)]
pub struct ChunkLine {
    /// Right-aligned: the line is `bytes[start..]`.
    bytes: [u8; 18],
    start: usize,
}

impl ChunkLine {
    /// For `size` bytes of data. Zero would end the body; use [`LAST_CHUNK`] for that.
    pub fn new(size: usize) -> Self {
        debug_assert!(size > 0, "an empty chunk ends the body");
        let mut line = Self { bytes: [0; 18], start: 16 };
        line.bytes[16..].copy_from_slice(b"\r\n");
        let mut rest = size;
        while rest > 0 && line.start > 0 {
            line.start -= 1;
            line.bytes[line.start] = b"0123456789abcdef"[rest & 0xf];
            rest >>= 4;
        }
        line
    }

    /// The line.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}
