//! Which bytes of a connection are the body, and which come after it?

use std::io;

use tollgate_core::message::BodyLength;
use tollgate_core::wire::{ChunkStep, ChunkedDecoder, Malformed};

use crate::net::{Buffer, Reader};

/// Bytes asked for at once while a long body passes: larger reads cost fewer wake-ups, and above
/// this nothing is gained.
const LONG_READ_BYTES: usize = 64 * 1024;

/// Why a body could not be read to its end.
#[derive(Debug)]
pub enum BodyFailure {
    /// The sender's framing is wrong.
    Malformed(Malformed),
    /// The sender ended before its body did.
    Truncated,
    /// The body is longer than the bound.
    TooLarge,
    /// The sender paused too long.
    TimedOut,
    /// The connection failed.
    Broken(io::Error),
}

/// A body being taken off a connection.
#[derive(Debug)]
pub struct Incoming {
    framing: Framing,
    /// Bytes read and not handed out: body first, then what follows it.
    buffer: Buffer,
    /// Body bytes handed out.
    received: u64,
}

#[derive(Debug)]
enum Framing {
    /// So many bytes are still to come.
    Sized(u64),
    Chunked(ChunkedDecoder),
    UntilEnd,
    Ended,
}

impl Incoming {
    /// A body delimited by `length` whose first bytes lie in `buffer`.
    pub fn new(length: BodyLength, buffer: Buffer) -> Self {
        let framing = match length {
            BodyLength::None | BodyLength::Sized(0) => Framing::Ended,
            BodyLength::Sized(len) => Framing::Sized(len),
            BodyLength::Chunked => Framing::Chunked(ChunkedDecoder::new()),
            BodyLength::UntilEnd => Framing::UntilEnd,
        };
        Self { framing, buffer, received: 0 }
    }

    /// Whether every byte of the body has been handed out.
    pub fn is_ended(&self) -> bool {
        matches!(self.framing, Framing::Ended)
    }

    /// How many body bytes have been handed out.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// How many bytes are still to come, where the sender said so beforehand and none of them waits
    /// in the buffer: then they may be moved from socket to socket unseen.
    pub fn remaining_unread(&self) -> Option<u64> {
        match self.framing {
            Framing::Sized(remaining) if self.buffer.is_empty() => Some(remaining),
            _ => None,
        }
    }

    /// Notes that `count` of [`Self::remaining_unread`] bytes passed unseen.
    pub fn on_passed(&mut self, count: u64) {
        self.received += count;
        if let Framing::Sized(remaining) = &mut self.framing {
            *remaining = remaining.saturating_sub(count);
            if *remaining == 0 {
                self.framing = Framing::Ended;
            }
        }
    }

    /// Whether every byte of the body has been handed out and nothing came after it.
    pub fn is_clean_end(&self) -> bool {
        self.is_ended() && self.buffer.is_empty()
    }

    /// The bytes that were read behind the end of the body.
    pub fn into_rest(self) -> Buffer {
        self.buffer
    }

    /// The next piece of the body that needs no reading; `None` when there is none.
    ///
    /// # Errors
    /// [`BodyFailure::Malformed`].
    pub fn take_ready(&mut self) -> Result<Option<Buffer>, BodyFailure> {
        if self.buffer.is_empty() {
            return Ok(None);
        }
        let piece = match &mut self.framing {
            Framing::Ended => return Ok(None),
            Framing::UntilEnd => std::mem::replace(&mut self.buffer, Buffer::empty()),
            Framing::Sized(remaining) => {
                let piece = split_off(&mut self.buffer, *remaining);
                *remaining -= piece.len() as u64;
                if *remaining == 0 {
                    self.framing = Framing::Ended;
                }
                piece
            }
            Framing::Chunked(decoder) => {
                let decoded = decode(decoder, &mut self.buffer).map_err(BodyFailure::Malformed)?;
                if decoded.is_done {
                    self.framing = Framing::Ended;
                }
                decoded.data
            }
        };
        self.received += piece.len() as u64;
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }

    /// Reads on until a piece of the body is there; `None` at its end.
    ///
    /// # Errors
    /// Any [`BodyFailure`] but `TooLarge`, which is the caller's to decide.
    pub async fn next(&mut self, reader: &mut Reader) -> Result<Option<Buffer>, BodyFailure> {
        loop {
            if let Some(piece) = self.take_ready()? {
                return Ok(Some(piece));
            }
            if self.is_ended() {
                return Ok(None);
            }
            let (result, buffer) = reader.read(self.room()).await;
            self.buffer = buffer;
            match (result, &self.framing) {
                (Ok(0), Framing::UntilEnd) => self.framing = Framing::Ended,
                (Ok(0), _) => return Err(BodyFailure::Truncated),
                (Ok(_), _) => {}
                (Err(error), _) => return Err(BodyFailure::Broken(error)),
            }
        }
    }

    /// A buffer for the next read; a large one once a body has shown to be long.
    fn room(&self) -> Buffer {
        match self.framing {
            Framing::Sized(remaining) if remaining > crate::net::BUFFER_BYTES as u64 => {
                Buffer::with_room(LONG_READ_BYTES)
            }
            _ => Buffer::take(),
        }
    }
}

/// Takes the first `len` bytes of `buffer`, without a copy where that is all it holds.
fn split_off(buffer: &mut Buffer, len: u64) -> Buffer {
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    if buffer.len() <= len {
        return std::mem::replace(buffer, Buffer::empty());
    }
    let mut piece = Buffer::with_room(len);
    piece.extend(&buffer.unread()[..len]);
    buffer.advance(len);
    piece
}

struct Decoded {
    data: Buffer,
    is_done: bool,
}

/// Decodes all of `buffer`, moving the data of its chunks together in place; what follows the last
/// chunk stays in `buffer`.
fn decode(decoder: &mut ChunkedDecoder, buffer: &mut Buffer) -> Result<Decoded, Malformed> {
    let mut input = std::mem::replace(buffer, Buffer::empty());
    let bytes = input.unread_mut();
    let (mut taken, mut kept) = (0, 0);
    let mut is_done = false;
    while taken < bytes.len() && !is_done {
        match decoder.push(&bytes[taken..])? {
            ChunkStep::Data(range) => {
                let len = range.len();
                bytes.copy_within(taken + range.start..taken + range.end, kept);
                kept += len;
                taken += range.end;
            }
            ChunkStep::NeedsMore => taken = bytes.len(),
            ChunkStep::Done { consumed } => {
                taken += consumed;
                is_done = true;
            }
        }
    }
    if taken < bytes.len() {
        let mut rest = Buffer::take();
        rest.extend(&bytes[taken..]);
        *buffer = rest;
    }
    input.truncate(kept);
    Ok(Decoded { data: input, is_done })
}
