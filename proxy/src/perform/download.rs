//! How does an upstream's answer reach the client?

use tollgate_core::limits::PAYLOAD_BYTES_MAX;
use tollgate_core::message::{BodyLength, KnownName, Response, ResponseHead, Verb};

use super::RelayFailure;
use crate::client::{Announced, Reply};
use crate::framing::Incoming;
use crate::net::{Buffer, Reader, Socket, pass};
use crate::time::Patience;

/// Bodies longer than this pass through a pipe instead of our memory; below, the copy is cheaper.
const SPLICE_BYTES_MIN: u64 = 16 * 1024;

/// An answer's head, what the client is told about the body behind it, and the body so far.
pub(super) struct Announcement {
    pub(super) announced: Announced,
    /// The bytes of the head, and of the body where it is bare.
    pub(super) bytes: Buffer,
    /// A framed body, which must be read before anything can be said about its length.
    framed: Option<(Incoming, Option<Buffer>)>,
}

impl Announcement {
    /// Finds out what can be said about the body of an answer that begins with `bytes`.
    pub(super) fn new(
        mut bytes: Buffer,
        head: &ResponseHead,
        verb: Verb,
    ) -> Result<Self, RelayFailure> {
        let mut framed = None;
        let announced = match head.body {
            BodyLength::Sized(len) if len > PAYLOAD_BYTES_MAX => {
                return Err(RelayFailure::AnswerTooLarge);
            }
            BodyLength::Sized(len) => Announced::Sized(len),
            BodyLength::None => announce_nothing(Response { bytes: bytes.unread(), head }, verb),
            BodyLength::Chunked | BodyLength::UntilEnd => {
                let mut rest = Buffer::with_room(bytes.len() - head.len);
                rest.extend(&bytes.unread()[head.len..]);
                bytes.truncate(head.len);
                let mut body = Incoming::new(head.body, rest);
                let piece = body.take_ready();
                let piece = piece.map_err(|_| RelayFailure::Unexpected("a malformed body"))?;
                // A body that is here to its end has a length, whatever its sender knew.
                let announced = match body.is_ended() {
                    true => Announced::Sized(piece.as_ref().map_or(0, |piece| piece.len() as u64)),
                    false => Announced::Unknown,
                };
                framed = Some((body, piece));
                announced
            }
        };
        Ok(Self { announced, bytes, framed })
    }

    /// The body, and the part of it that is already here; the head is no longer needed.
    pub(super) fn into_body(
        mut self,
        head: &ResponseHead,
    ) -> Result<(Incoming, Option<Buffer>), RelayFailure> {
        if let Some(framed) = self.framed {
            return Ok(framed);
        }
        self.bytes.advance(head.len);
        let mut body = Incoming::new(head.body, self.bytes);
        let piece = body.take_ready().map_err(|_| RelayFailure::Cut)?;
        Ok((body, piece))
    }
}

/// An answer to `HEAD`, or a 304, may say how long the body would be (RFC 9110 §8.6).
fn announce_nothing(response: Response<'_>, verb: Verb) -> Announced {
    const NOT_MODIFIED: u16 = 304;
    let length = response.first(KnownName::ContentLength);
    let length = length.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    match length {
        Some(len) if verb == Verb::Head || response.head.status == NOT_MODIFIED => {
            Announced::Sized(len)
        }
        _ => Announced::Nothing,
    }
}

/// An answer's body on its way to the client, whose head has been begun.
pub(super) struct Download<'d, 'c> {
    pub(super) reader: &'d mut Reader,
    pub(super) socket: Socket,
    pub(super) patience: Patience<'d>,
    pub(super) body: &'d mut Incoming,
    pub(super) reply: &'d mut Reply<'c>,
}

impl Download<'_, '_> {
    /// Sends `piece` and everything after it. What fails from here on can only cut the answer off.
    pub(super) async fn run(mut self, piece: Option<Buffer>) -> Result<(), RelayFailure> {
        if let Some(piece) = piece {
            self.push(piece).await?;
        }
        while !self.body.is_ended() {
            self.reply.flush().await.map_err(|_| RelayFailure::ClientGone)?;
            self.patience.renew();
            if self.pass_unseen().await? {
                continue;
            }
            match self.body.next(self.reader).await {
                Ok(Some(piece)) => self.push(piece).await?,
                Ok(None) => break,
                Err(_) => return Err(RelayFailure::Cut),
            }
        }
        self.reply.finish().await.map_err(|_| RelayFailure::ClientGone)
    }

    async fn push(&mut self, piece: Buffer) -> Result<(), RelayFailure> {
        if self.body.received() > PAYLOAD_BYTES_MAX {
            return Err(RelayFailure::Cut);
        }
        self.reply.push(piece).await.map_err(|_| RelayFailure::ClientGone)
    }

    /// Moves the rest of a long body from socket to socket inside the kernel; `false` where it
    /// must be read: short, framed, encrypted on either side.
    async fn pass_unseen(&mut self) -> Result<bool, RelayFailure> {
        let remaining = match self.body.remaining_unread() {
            Some(remaining) if remaining >= SPLICE_BYTES_MIN && self.reader.is_plain() => remaining,
            _ => return Ok(false),
        };
        let client_patience = self.reply.patience();
        let Some(sink) = self.reply.plain_sink() else { return Ok(false) };
        let renew = || {
            self.patience.renew();
            client_patience.iter().for_each(Patience::renew);
        };
        let passed = pass((self.reader, self.socket), sink, remaining, renew).await;
        passed.map_err(|_| RelayFailure::Cut)?;
        self.body.on_passed(remaining);
        self.reply.on_passed(remaining);
        Ok(true)
    }
}
