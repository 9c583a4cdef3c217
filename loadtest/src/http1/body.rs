//! Which of the bytes that come after a head are its body, and which is the last?

use super::Malformed;
use crate::limits;

/// How the length of a body is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Framing {
    /// So many bytes; 0 is a message without a body.
    Length(u64),
    /// Chunks, then trailers, then an empty line.
    Chunked,
    /// All that comes until the peer ends its side.
    UntilClose,
}

/// A push parser of one body.
///
/// ```text
/// Length ──────────────────────────────────────────────▶ Done
/// ChunkSize ─▶ ChunkData ─▶ ChunkEnd ─┐
///     ▲───────────────────────────────┘
///     └─(size 0)─▶ Trailer ─(empty line)──────────────▶ Done
/// ```
#[derive(Debug)]
pub struct BodyReader {
    expected: Expect,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Expect {
    Length(u64),
    ChunkSize,
    ChunkData(u64),
    ChunkEnd,
    Trailer,
    UntilClose,
    Done,
}

/// What the front of the input was.
#[derive(Debug, Eq, PartialEq)]
pub struct Step<'b> {
    /// Bytes to drop from the input, the data's included; 0 means that more input is needed.
    pub consumed: usize,
    /// Bytes of the body.
    pub data: &'b [u8],
}

impl BodyReader {
    /// Starts a body.
    pub fn new(framing: Framing) -> Self {
        let expected = match framing {
            Framing::Length(0) => Expect::Done,
            Framing::Length(length) => Expect::Length(length),
            Framing::Chunked => Expect::ChunkSize,
            Framing::UntilClose => Expect::UntilClose,
        };
        Self { expected }
    }

    /// Takes the next piece off the front of `input`.
    ///
    /// # Errors
    /// A chunk is broken, or one of its lines too long.
    pub fn push<'b>(&mut self, input: &'b [u8]) -> Result<Step<'b>, Malformed> {
        match self.expected {
            Expect::Done => Ok(Step { consumed: 0, data: b"" }),
            Expect::UntilClose => Ok(Step { consumed: input.len(), data: input }),
            Expect::Length(left) => Ok(self.take(input, left, Expect::Length, Expect::Done)),
            Expect::ChunkData(left) => {
                Ok(self.take(input, left, Expect::ChunkData, Expect::ChunkEnd))
            }
            Expect::ChunkEnd => self.push_chunk_end(input),
            Expect::ChunkSize | Expect::Trailer => self.push_line(input),
        }
    }

    /// The last byte has been pushed.
    pub fn is_done(&self) -> bool {
        self.expected == Expect::Done
    }

    /// The peer may end its side now without cutting the body.
    pub fn may_end(&self) -> bool {
        matches!(self.expected, Expect::Done | Expect::UntilClose)
    }

    fn take<'b>(
        &mut self,
        input: &'b [u8],
        left: u64,
        unfinished: impl FnOnce(u64) -> Expect,
        finished: Expect,
    ) -> Step<'b> {
        let consumed = usize::try_from(left).map_or(input.len(), |left| left.min(input.len()));
        let left = left - consumed as u64;
        self.expected = if left == 0 { finished } else { unfinished(left) };
        Step { consumed, data: &input[..consumed] }
    }

    fn push_chunk_end<'b>(&mut self, input: &'b [u8]) -> Result<Step<'b>, Malformed> {
        match input {
            [b'\r', b'\n', ..] => {
                self.expected = Expect::ChunkSize;
                Ok(Step { consumed: 2, data: b"" })
            }
            [] | [b'\r'] => Ok(Step { consumed: 0, data: b"" }),
            _ => Err(Malformed::Chunk),
        }
    }

    fn push_line<'b>(&mut self, input: &'b [u8]) -> Result<Step<'b>, Malformed> {
        let Some(end) = memchr::memmem::find(input, b"\r\n") else {
            if input.len() > limits::CHUNK_LINE_BYTES_MAX {
                return Err(Malformed::Chunk);
            }
            return Ok(Step { consumed: 0, data: b"" });
        };
        let line = &input[..end];
        self.expected = match (self.expected, line.is_empty()) {
            (Expect::Trailer, true) => Expect::Done,
            (Expect::Trailer, false) => Expect::Trailer,
            _ => match chunk_size(line)? {
                0 => Expect::Trailer,
                size => Expect::ChunkData(size),
            },
        };
        Ok(Step { consumed: end + 2, data: b"" })
    }
}

fn chunk_size(line: &[u8]) -> Result<u64, Malformed> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or(line).trim_ascii();
    if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(Malformed::Chunk);
    }
    let text = std::str::from_utf8(digits).map_err(|_| Malformed::Chunk)?;
    u64::from_str_radix(text, 16).map_err(|_| Malformed::Chunk)
}
