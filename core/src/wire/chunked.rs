//! Which bytes of a chunked body are data, and where does the body end?

use std::ops::Range;

use crate::limits::{CHUNK_EXCESS_BYTES_MAX, CHUNK_LINE_BYTES_MAX};

use super::Malformed;
use super::field_lines::expect_line_feed;
use super::grammar::{QUOTED, TOKEN, is};
use super::trailers::Trailers;

/// Takes the chunked coding off a body, however its bytes are cut into reads.
///
/// Data is handed out as ranges of the input, so nothing is copied. Extensions and trailers are
/// checked and dropped: RFC 9112 §7.1.1, "A recipient MUST ignore unrecognized chunk extensions".
///
/// ```text
/// ExpectSize ─ hex ─► InSize ─ CR ─► ExpectLineFeed ─┬─► InData(n) ─► ExpectDataEnd ─► ExpectSize
///                        │ ';'              ▲        └─ size 0 ─► InTrailers ─► Ended
///                        └► extension ── CR ┘
/// ```
#[derive(Clone, Debug)]
pub struct ChunkedDecoder {
    state: State,
    /// The size of the present chunk, as far as it is read.
    size: u64,
    /// Bytes of the present chunk-size line.
    line_len: usize,
    /// Bytes of all chunk-size lines beyond what their data justifies.
    excess: u64,
    trailers: Trailers,
}

#[derive(Clone, Copy, Debug)]
enum State {
    ExpectSize,
    InSize { digits: u8 },
    ExpectExtensionName,
    InExtensionName,
    ExpectExtensionValue,
    InExtensionToken,
    InQuoted,
    ExpectEscaped,
    ExpectAfterQuoted,
    ExpectLineFeed,
    InData { left: u64 },
    ExpectDataEnd,
    ExpectDataLineFeed,
    InTrailers,
    Ended,
}

/// What the front of the input is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkStep {
    /// These bytes of the input are data, never none of them. Everything up to the range's end is
    /// used up; push the rest.
    Data(Range<usize>),
    /// The whole input is used up and the body goes on.
    NeedsMore,
    /// The body is over; what follows `consumed` belongs to the next message.
    Done {
        /// Bytes of the input that were still the body's.
        consumed: usize,
    },
}

impl Default for ChunkedDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl ChunkedDecoder {
    /// Before a body's first byte.
    pub const fn new() -> Self {
        Self {
            state: State::ExpectSize,
            size: 0,
            line_len: 0,
            excess: 0,
            trailers: Trailers::new(),
        }
    }

    /// Takes the next bytes of the body and tells what they are, up to the first piece of data.
    ///
    /// After an error the decoder is of no more use, as is the connection.
    pub fn push(&mut self, input: &[u8]) -> Result<ChunkStep, Malformed> {
        let mut position = 0;
        while let Some(byte) = input.get(position) {
            match self.state {
                State::InData { left } => {
                    let available = input.len() - position;
                    let len = usize::try_from(left).unwrap_or(usize::MAX).min(available);
                    self.state = match left - len as u64 {
                        0 => State::ExpectDataEnd,
                        left => State::InData { left },
                    };
                    return Ok(ChunkStep::Data(position..position + len));
                }
                State::Ended => break,
                _ => self.step(*byte)?,
            }
            position += 1;
        }
        Ok(match self.state {
            State::Ended => ChunkStep::Done { consumed: position },
            _ => ChunkStep::NeedsMore,
        })
    }

    /// Whether the body's end has been seen.
    pub fn is_done(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    fn step(&mut self, byte: u8) -> Result<(), Malformed> {
        self.state = match self.state {
            State::ExpectDataEnd if byte == b'\r' => State::ExpectDataLineFeed,
            State::ExpectDataEnd => return Err(Malformed::ChunkEndMissing),
            State::ExpectDataLineFeed if byte == b'\n' => State::ExpectSize,
            State::ExpectDataLineFeed => return Err(Malformed::ChunkEndMissing),
            State::ExpectLineFeed => {
                expect_line_feed(byte)?;
                self.end_size_line()?
            }
            State::InTrailers if self.trailers.push(byte)? => State::Ended,
            State::InTrailers => State::InTrailers,
            State::ExpectSize | State::InSize { .. } => self.in_size(byte)?,
            _ => self.in_extension(byte)?,
        };
        Ok(())
    }

    /// `chunk-size = 1*HEXDIG`: no sign, no prefix, no blank around it, at most 16 digits and at most
    /// `i64::MAX`, because many a reader's integer ends there.
    fn in_size(&mut self, byte: u8) -> Result<State, Malformed> {
        let digits = match self.state {
            State::InSize { digits } => digits,
            _ => 0,
        };
        let Some(digit) = char::from(byte).to_digit(16) else {
            return match byte {
                b'\n' => Err(Malformed::BareLineFeed),
                _ if digits == 0 => Err(Malformed::ChunkSizeInvalid),
                b'\r' => Ok(State::ExpectLineFeed),
                b';' => Ok(State::ExpectExtensionName),
                _ => Err(Malformed::ChunkSizeInvalid),
            };
        };
        // With at most 15 digits before this one the size is below 2^60, so that it cannot overflow.
        let size = if digits == 0 { 0 } else { self.size };
        if digits == 16 || size > i64::MAX.unsigned_abs() >> 4 {
            return Err(Malformed::ChunkSizeInvalid);
        }
        self.size = size << 4 | u64::from(digit);
        self.line_len = usize::from(digits) + 1;
        Ok(State::InSize { digits: digits + 1 })
    }

    /// `chunk-ext = *( ";" chunk-ext-name [ "=" chunk-ext-val ] )`. RFC 9112 §7.1.1 lets blanks stand
    /// around the signs for the sake of old senders; none is known, and readers differ over them.
    fn in_extension(&mut self, byte: u8) -> Result<State, Malformed> {
        self.line_len += 1;
        if self.line_len > CHUNK_LINE_BYTES_MAX {
            return Err(Malformed::ChunkLineTooLong);
        }
        let (is_token, is_quoted) = (is(byte, TOKEN), is(byte, QUOTED));
        match (self.state, byte) {
            (_, b'\n') => Err(Malformed::BareLineFeed),
            (State::InQuoted, b'"') => Ok(State::ExpectAfterQuoted),
            (State::InQuoted, b'\\') => Ok(State::ExpectEscaped),
            (State::InQuoted | State::ExpectEscaped, _) if is_quoted => Ok(State::InQuoted),
            (State::ExpectExtensionName | State::InExtensionName, _) if is_token => {
                Ok(State::InExtensionName)
            }
            (State::ExpectExtensionValue | State::InExtensionToken, _) if is_token => {
                Ok(State::InExtensionToken)
            }
            (State::ExpectExtensionValue, b'"') => Ok(State::InQuoted),
            (State::InExtensionName, b'=') => Ok(State::ExpectExtensionValue),
            (State::InExtensionName | State::InExtensionToken | State::ExpectAfterQuoted, b';') => {
                Ok(State::ExpectExtensionName)
            }
            (
                State::InExtensionName | State::InExtensionToken | State::ExpectAfterQuoted,
                b'\r',
            ) => Ok(State::ExpectLineFeed),
            _ => Err(Malformed::ChunkExtensionInvalid),
        }
    }

    /// Weighs the line against the data it announces, as Go does since CVE-2023-39326: one byte of
    /// data behind each 250 bytes of extension would make the reader pay for nothing.
    fn end_size_line(&mut self) -> Result<State, Malformed> {
        let justified = self.size.saturating_mul(2).saturating_add(16);
        let line = self.line_len as u64 + 2;
        self.excess = self.excess.saturating_add(line).saturating_sub(justified);
        if self.excess > CHUNK_EXCESS_BYTES_MAX {
            return Err(Malformed::ChunkExtensionsTooLarge);
        }
        Ok(match self.size {
            0 => State::InTrailers,
            left => State::InData { left },
        })
    }
}
