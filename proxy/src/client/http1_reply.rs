//! How does an answer look on an HTTP/1 connection?

use tollgate_core::message::{BodyLength, RequestHead, Verb, Version};
use tollgate_core::wire::{HeadEncoder, STATUS_LINE_BYTES_MAX, StatusLine};

use super::{Fill, Opening, ReplyFailure};
use crate::framing::Outgoing;
use crate::net::{Buffer, Socket, Writer};
use crate::time::Patience;

/// An answer on an HTTP/1 connection.
///
/// ```text
/// Waiting ── start ──▶ Streaming ── finish ──▶ Ended
/// ```
///
/// Head and first pieces gather in one buffer and leave in one write.
pub struct Http1Reply<'c> {
    /// Where it goes.
    pub writer: &'c mut Writer,
    /// The client's socket.
    pub socket: Socket,
    /// How long the client may take for each write.
    pub patience: Patience<'c>,
    version: Version,
    is_to_head: bool,
    keeps_alive: bool,
    /// Whether the client still waits for `100 Continue`. If it never comes, nobody can tell
    /// whether a body follows, so the connection ends with the answer.
    awaits_continue: bool,
    state: State,
    status: u16,
    out: Buffer,
    body_bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Streaming { framing: Outgoing, has_body: bool, is_until_close: bool },
    Ended,
}

impl<'c> Http1Reply<'c> {
    /// The answer to `request`.
    pub fn new(
        (writer, socket): (&'c mut Writer, Socket),
        patience: Patience<'c>,
        request: &RequestHead,
    ) -> Self {
        Self {
            writer,
            socket,
            patience,
            version: request.version,
            is_to_head: request.verb == Verb::Head,
            keeps_alive: request.keeps_alive,
            awaits_continue: request.expects_continue,
            state: State::Waiting,
            status: 0,
            out: Buffer::empty(),
            body_bytes: 0,
        }
    }

    /// Lets the connection end with this answer; said in the head where that is still to come.
    pub fn close_after(&mut self) {
        self.keeps_alive = false;
    }

    /// Whether the connection may carry another exchange after this answer.
    pub fn keeps_alive(&self) -> bool {
        self.keeps_alive && self.is_ended()
    }

    /// Whether the answer is complete.
    pub fn is_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Whether the answer was cut off and the client, told to read until the close, could not see it.
    pub fn is_cut_unseen(&self) -> bool {
        matches!(self.state, State::Streaming { is_until_close: true, .. })
    }

    /// Whether the head has been begun.
    pub fn is_started(&self) -> bool {
        self.state != State::Waiting
    }

    /// The status of the answer; 0 before it has begun.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Body bytes taken so far.
    pub fn body_bytes(&self) -> u64 {
        self.body_bytes
    }

    /// Lets a client that waits for it send its body (RFC 9110 §10.1.1).
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn send_continue(&mut self) -> Result<(), ReplyFailure> {
        debug_assert_eq!(self.state, State::Waiting);
        if !std::mem::take(&mut self.awaits_continue) {
            return Ok(());
        }
        self.out = Buffer::take();
        self.out.extend(b"HTTP/1.1 100 Continue\r\n\r\n");
        self.flush().await
    }

    /// Begins the answer with what `fill` writes, unless it takes that back.
    ///
    /// Fields come before the status is known, so the status line is put before them afterwards.
    pub fn start(&mut self, fill: Fill<'_>) {
        let mut out = Buffer::with_headroom(STATUS_LINE_BYTES_MAX);
        let mut head = HeadEncoder::fields(out.as_vec_mut());
        let Some(opening) = fill(&mut head) else { return };
        let length = self.length_of(opening);
        if length == BodyLength::UntilEnd || self.awaits_continue {
            self.keeps_alive = false;
        }
        match length {
            BodyLength::Sized(len) => head.content_length(len),
            BodyLength::Chunked => head.chunked(),
            BodyLength::None | BodyLength::UntilEnd => {}
        }
        match (self.version, self.keeps_alive) {
            (_, false) => head.connection_close(),
            (Version::Http10, true) => head.connection_keep_alive(),
            _ => {}
        }
        head.end();
        out.prepend(StatusLine::new(opening.status).as_bytes());
        self.out = out;
        self.status = opening.status;
        let has_body = !self.is_to_head && !opening.is_bodiless();
        let is_until_close = length == BodyLength::UntilEnd;
        self.state = State::Streaming { framing: Outgoing::new(length), has_body, is_until_close };
    }

    fn length_of(&self, opening: Opening) -> BodyLength {
        match opening.content_length() {
            Some(len) => BodyLength::Sized(len),
            None if opening.is_bodiless() => BodyLength::None,
            // "A server MUST NOT send a response containing Transfer-Encoding unless the
            // corresponding request indicates HTTP/1.1 (or later minor revisions)" (RFC 9112 §6.1).
            None if self.version == Version::Http10 => BodyLength::UntilEnd,
            None => BodyLength::Chunked,
        }
    }

    /// Adds a piece of the body: copied behind the head where it fits, else sent after it as it is.
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn push(&mut self, piece: Buffer) -> Result<(), ReplyFailure> {
        let State::Streaming { framing, has_body: true, .. } = self.state else {
            return Ok(());
        };
        const CHUNK_OVERHEAD_BYTES: usize = 32;
        if framing == Outgoing::Bare && piece.len() + CHUNK_OVERHEAD_BYTES > self.out.room() {
            self.body_bytes += piece.len() as u64;
            self.flush().await?;
            self.out = piece;
            return Ok(());
        }
        if piece.len() + CHUNK_OVERHEAD_BYTES > self.out.room() {
            self.flush().await?;
            self.out = Buffer::with_room(piece.len() + CHUNK_OVERHEAD_BYTES);
        }
        self.push_slice(piece.unread());
        Ok(())
    }

    /// Adds bytes that live elsewhere; the buffer grows where they do not fit.
    pub fn push_slice(&mut self, piece: &[u8]) {
        if let State::Streaming { framing, has_body: true, .. } = self.state {
            self.body_bytes += piece.len() as u64;
            framing.append(piece, &mut self.out);
        }
    }

    /// The socket, where the rest of the body may go to it unseen: plain, unframed, and wanted.
    pub fn plain_sink(&mut self) -> Option<(&mut Writer, Socket)> {
        let State::Streaming { framing: Outgoing::Bare, has_body: true, .. } = self.state else {
            return None;
        };
        self.writer.is_plain().then_some((&mut *self.writer, self.socket))
    }

    /// Notes body bytes that went out past this answer, from socket to socket.
    pub fn on_passed(&mut self, count: u64) {
        self.body_bytes += count;
    }

    /// Sends what waits.
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn flush(&mut self) -> Result<(), ReplyFailure> {
        if self.out.is_empty() {
            return Ok(());
        }
        self.patience.renew();
        let out = std::mem::replace(&mut self.out, Buffer::empty());
        let (result, _) = self.writer.write_all(out).await;
        result.map_err(ReplyFailure)
    }

    /// Ends the body and sends what waits.
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn finish(&mut self) -> Result<(), ReplyFailure> {
        if let State::Streaming { framing, has_body: true, .. } = self.state {
            framing.append_end(&mut self.out);
        }
        self.flush().await?;
        self.state = State::Ended;
        Ok(())
    }
}
