//! What do received bytes mean to the TLS session, and which bytes does it want sent?

use rustls::client::UnbufferedClientConnection;
use rustls::server::UnbufferedServerConnection;
use rustls::{CommonState, Error};

use super::asked_name;
use super::status::{Outgoing, Sealed, Step, advance, seal_into};
use crate::net::Buffer;

/// Bytes of a record's header: type, version, length.
const RECORD_HEADER_BYTES: usize = 5;
/// Bytes of a TLS 1.2 record at most (RFC 5246 §6.2.3), the larger of both versions.
const RECORD_BYTES_MAX: usize = RECORD_HEADER_BYTES + 16 * 1024 + 2048;
/// Bytes kept while a handshake message is incomplete, as rustls' own buffers have it.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// A record at least this long is taken for bulk: the next reads ask for two records at once.
const BULK_RECORD_BYTES: usize = 8 * 1024;
/// Room below which a partial record is moved to the front before more is read behind it.
const READ_ROOM_MIN: usize = 4 * 1024;

/// One TLS connection without its socket.
///
/// ```text
/// socket → incoming → (decrypted in place) → plaintext → caller
/// caller → sealed: queued, then records → socket
/// ```
#[derive(Debug)]
pub(super) struct Session {
    side: Side,
    /// Ciphertext not processed yet; absent when there is none, or while lent for a read.
    incoming: Option<Buffer>,
    /// Decrypted bytes nobody has read yet: at most one record's.
    plaintext: Option<Buffer>,
    /// Messages of the session itself, encoded and not sent yet.
    queued: Vec<u8>,
    /// Whether `incoming` holds records that rustls has read but still points into, because they
    /// end in the middle of a handshake message. They must be there at each call until it is whole.
    is_mid_message: bool,
    expects_bulk: bool,
    server_name: Option<Box<str>>,
    has_ended: bool,
    failure: Option<Error>,
}

/// Which side of the connection we are.
enum Side {
    Client(UnbufferedClientConnection),
    Server(UnbufferedServerConnection),
}

/// What came of processing all that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// Plaintext is there to be taken.
    Plaintext,
    /// More bytes are needed; during a handshake the queued bytes must go out first.
    NeedsMore,
    /// The peer has closed its side with a close_notify.
    End,
}

impl Session {
    pub(super) fn client(connection: UnbufferedClientConnection) -> Self {
        Self::new(Side::Client(connection))
    }

    pub(super) fn server(connection: UnbufferedServerConnection) -> Self {
        Self::new(Side::Server(connection))
    }

    fn new(side: Side) -> Self {
        Self {
            side,
            incoming: None,
            plaintext: None,
            queued: Vec::new(),
            is_mid_message: false,
            expects_bulk: false,
            server_name: None,
            has_ended: false,
            failure: None,
        }
    }

    /// Processes what was received until plaintext, the end, or a lack of bytes.
    ///
    /// # Errors
    /// The peer broke the protocol, now or before; the alert for it is queued.
    pub(super) fn receive(&mut self) -> Result<Received, Error> {
        loop {
            if self.plaintext.is_some() {
                return Ok(Received::Plaintext);
            }
            if let Some(failure) = &self.failure {
                return Err(failure.clone());
            }
            if self.has_ended {
                return Ok(Received::End);
            }
            match self.step()? {
                Step::Continue => {}
                // Application data may not come within a handshake message (RFC 8446 §5.1).
                Step::Plaintext => self.is_mid_message = false,
                Step::PeerClosed => self.end(),
                Step::Blocked => {
                    self.settle();
                    return Ok(Received::NeedsMore);
                }
            }
        }
    }

    /// Moves decrypted bytes to `buffer` and says how many.
    pub(super) fn take_plaintext(&mut self, buffer: &mut Buffer) -> usize {
        let Some(plaintext) = &mut self.plaintext else { return 0 };
        if buffer.is_empty() && buffer.room() <= plaintext.len() + plaintext.room() {
            std::mem::swap(buffer, plaintext);
            self.plaintext = None;
            return buffer.len();
        }
        let count = plaintext.len().min(buffer.room());
        buffer.extend(&plaintext.unread()[..count]);
        plaintext.advance(count);
        if plaintext.is_empty() {
            self.plaintext = None;
        }
        count
    }

    /// Encrypts `plaintext` behind what is queued, ready to be sent.
    ///
    /// # Errors
    /// The session failed before, closed its side, or its keys are used up.
    pub(super) fn seal(&mut self, plaintext: &[u8]) -> Result<Buffer, Error> {
        self.seal_message(Outgoing::Plaintext(plaintext))
    }

    /// The close_notify behind what is queued, ready to be sent.
    ///
    /// # Errors
    /// The session failed before.
    pub(super) fn seal_end(&mut self) -> Result<Buffer, Error> {
        self.seal_message(Outgoing::CloseNotify)
    }

    /// Bytes of the session itself that wait to be sent.
    pub(super) fn queued_mut(&mut self) -> &mut Vec<u8> {
        &mut self.queued
    }

    /// A buffer to read ciphertext into; it comes back through [`Session::give_back`].
    ///
    /// It is `fresh` where nothing is left of earlier reads and no long records are expected.
    pub(super) fn lend(&mut self, fresh: fn() -> Buffer) -> Buffer {
        let wanted = if self.expects_bulk { 2 * RECORD_BYTES_MAX } else { 0 };
        // While rustls points into the bytes, they stay here: a write may need them meanwhile.
        let lent = if self.is_mid_message { None } else { self.incoming.take() };
        let Some(mut lent) = lent else {
            return if wanted == 0 { fresh() } else { Buffer::with_room(wanted) };
        };
        let missing = record_len(lent.unread()).saturating_sub(lent.len()).max(READ_ROOM_MIN);
        if lent.room() < missing {
            lent.make_room(missing.max(wanted.saturating_sub(lent.len())));
        }
        lent
    }

    /// Takes back what [`Session::lend`] gave, with what was read.
    ///
    /// # Errors
    /// A handshake message is longer than any that is allowed.
    pub(super) fn give_back(&mut self, lent: Buffer) -> Result<(), Error> {
        match &mut self.incoming {
            Some(incoming) => incoming.extend(lent.unread()),
            None if lent.is_empty() => {}
            incoming @ None => *incoming = Some(lent),
        }
        let len = self.incoming.as_ref().map_or(0, Buffer::len);
        if self.is_mid_message && len > MESSAGE_BYTES_MAX {
            let error = Error::InvalidMessage(rustls::InvalidMessage::HandshakePayloadTooLarge);
            return Err(self.fail(error));
        }
        Ok(())
    }

    /// Gives up all memory but what the session cannot do without.
    pub(super) fn rest(&mut self) {
        self.expects_bulk = false;
        if let Some(incoming) = &mut self.incoming {
            incoming.shrink();
        }
    }

    /// Facts about the handshake.
    pub(super) fn common(&self) -> &CommonState {
        match &self.side {
            Side::Client(connection) => connection,
            Side::Server(connection) => connection,
        }
    }

    /// The server name that the client asked for, in lower case, the first time it is asked for.
    pub(super) fn take_server_name(&mut self) -> Option<Box<str>> {
        self.server_name.take()
    }

    /// Whether we are the client.
    pub(super) fn is_client(&self) -> bool {
        matches!(self.side, Side::Client(_))
    }

    fn step(&mut self) -> Result<Step, Error> {
        let mut no_bytes = [];
        let bytes = self.incoming.as_mut().map_or(&mut no_bytes[..], Buffer::unread_mut);
        let (queued, plaintext) = (&mut self.queued, &mut self.plaintext);
        let (discard, step) = match &mut self.side {
            Side::Client(side) => advance(side.process_tls_records(bytes), queued, plaintext),
            Side::Server(side) => advance(side.process_tls_records(bytes), queued, plaintext),
        };
        if let Some(name) = asked_name::take() {
            self.server_name = Some(name);
        }
        let step = match step {
            Ok(step) => step,
            Err(error) => return Err(self.fail(error)),
        };
        if discard > 0
            && let Some(incoming) = &mut self.incoming
        {
            self.expects_bulk = discard >= BULK_RECORD_BYTES;
            incoming.advance(discard);
        }
        if self.incoming.as_ref().is_some_and(Buffer::is_empty) {
            self.incoming = None;
        }
        Ok(step)
    }

    /// Notes what is left when no step can be made without more bytes.
    fn settle(&mut self) {
        let left = self.incoming.as_ref().map_or(&[][..], Buffer::unread);
        // rustls discards each record it is done with, so a whole one that is left is one it keeps.
        self.is_mid_message = left.len() >= RECORD_HEADER_BYTES && left.len() >= record_len(left);
    }

    /// "Any data received after a closure alert has been received MUST be ignored" (RFC 8446 §6.1).
    fn end(&mut self) {
        self.has_ended = true;
        self.is_mid_message = false;
        self.incoming = None;
    }

    /// Remembers the error and queues the alert that rustls has for it.
    fn fail(&mut self, error: Error) -> Error {
        // Only while messages wait: a call beyond the last would read on behind the error.
        while self.common().wants_write() {
            let mut no_bytes = [];
            // The bytes are not discarded: rustls may still point into them.
            let bytes = self.incoming.as_mut().map_or(&mut no_bytes[..], Buffer::unread_mut);
            let (queued, plaintext) = (&mut self.queued, &mut None);
            let (_, step) = match &mut self.side {
                Side::Client(side) => advance(side.process_tls_records(bytes), queued, plaintext),
                Side::Server(side) => advance(side.process_tls_records(bytes), queued, plaintext),
            };
            let Ok(Step::Continue) = step else { break };
        }
        self.incoming = None;
        self.is_mid_message = false;
        self.failure = Some(error.clone());
        error
    }

    fn seal_message(&mut self, message: Outgoing<'_>) -> Result<Buffer, Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let mut room = message.sealed_bytes_max();
        let mut out = Buffer::with_room(self.queued.len() + room);
        out.extend(&self.queued);
        self.queued = Vec::new();
        loop {
            let mut no_bytes = [];
            let bytes = match &mut self.incoming {
                Some(incoming) if self.is_mid_message => incoming.unread_mut(),
                _ => &mut no_bytes[..],
            };
            let out_bytes = out.as_vec_mut();
            let outcome = match &mut self.side {
                Side::Client(side) => {
                    seal_into(side.process_tls_records(bytes), out_bytes, room, message)
                }
                Side::Server(side) => {
                    seal_into(side.process_tls_records(bytes), out_bytes, room, message)
                }
            };
            match outcome? {
                Sealed::Whole => return Ok(out),
                Sealed::NeedsRoom(needed) => room = needed,
                Sealed::Continue => {}
                Sealed::PeerClosed => self.end(),
            }
        }
    }
}

impl std::fmt::Debug for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Client(_) => "Client",
            Self::Server(_) => "Server",
        })
    }
}

/// Bytes of the record that `bytes` starts with, header included; only the header if that is short.
fn record_len(bytes: &[u8]) -> usize {
    match bytes {
        [_, _, _, high, low, ..] => {
            RECORD_HEADER_BYTES + usize::from(u16::from_be_bytes([*high, *low]))
        }
        _ => RECORD_HEADER_BYTES,
    }
}
