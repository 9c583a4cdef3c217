//! How does an answer look on an HTTP/2 stream?

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

use bytes::Buf;
use h2::server::SendResponse;
use h2::{Reason, SendStream};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use tollgate_core::message::{HeadSink, RequestHead, Verb};
use tollgate_core::wire::http2::FieldFilter;

use super::http2_body::Steps;
use super::{Fill, ReplyFailure};
use crate::net::{BUFFER_BYTES, Buffer};

/// Fields a response head has room for before it grows.
const FIELDS_USUAL: usize = 16;

/// Bytes on their way into DATA frames, without a copy on the way.
pub struct Piece(Buffer);

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.0.len()
    }

    fn chunk(&self) -> &[u8] {
        self.0.unread()
    }

    fn advance(&mut self, count: usize) {
        self.0.advance(count);
    }
}

/// An answer on an HTTP/2 stream.
///
/// ```text
/// Waiting ── start ──▶ Started ── flush ──▶ Streaming ── finish ──▶ Ended
///                         └──────────── finish ───────────────────────▲
/// ```
///
/// Dropped before `Ended`, it resets the stream: the client must not take half for the whole.
pub struct Http2Reply {
    respond: SendResponse<Piece>,
    state: State,
    is_to_head: bool,
    /// Whether the client still waits for `100 Continue`.
    awaits_continue: bool,
    has_body: bool,
    status: u16,
    out: Buffer,
    body_bytes: u64,
    /// How long the client may take to make room.
    steps: Steps,
    has_timed_out: bool,
}

enum State {
    Waiting,
    /// The head waits for the first piece, or for the news that there is none.
    Started(Response<()>),
    Streaming(SendStream<Piece>),
    Ended,
}

impl Http2Reply {
    /// The answer to `request`.
    pub fn new(respond: SendResponse<Piece>, request: &RequestHead, steps: Steps) -> Self {
        Self {
            respond,
            state: State::Waiting,
            is_to_head: request.verb == Verb::Head,
            awaits_continue: request.expects_continue,
            has_body: false,
            status: 0,
            out: Buffer::empty(),
            body_bytes: 0,
            steps,
            has_timed_out: false,
        }
    }

    /// Whether the client took too long to make room.
    pub fn has_timed_out(&self) -> bool {
        self.has_timed_out
    }

    /// The status of the answer; 0 before it has begun.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the answer is complete.
    pub fn is_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Whether the head has been begun.
    pub fn is_started(&self) -> bool {
        !matches!(self.state, State::Waiting)
    }

    /// Body bytes taken so far.
    pub fn body_bytes(&self) -> u64 {
        self.body_bytes
    }

    /// Ready once the client has reset the stream or is gone: nobody waits for the answer.
    pub fn poll_gone(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.state {
            State::Streaming(stream) => stream.poll_reset(context).map(|_| ()),
            State::Ended => Poll::Pending,
            _ => self.respond.poll_reset(context).map(|_| ()),
        }
    }

    /// Lets a client that waits for it send its body (RFC 9110 §10.1.1).
    ///
    /// # Errors
    /// The client is gone.
    pub fn send_continue(&mut self) -> Result<(), ReplyFailure> {
        if !std::mem::take(&mut self.awaits_continue) {
            return Ok(());
        }
        let mut interim = Response::new(());
        *interim.status_mut() = StatusCode::CONTINUE;
        self.respond.send_informational(interim).map_err(failure)
    }

    /// Begins the answer with what `fill` writes, unless it takes that back.
    pub fn start(&mut self, fill: Fill<'_>) {
        let mut sink = Fields(HeaderMap::with_capacity(FIELDS_USUAL));
        let mut scratch = Vec::new();
        let Some(opening) = fill(&mut FieldFilter::new(&mut sink, &mut scratch)) else { return };
        let Fields(mut fields) = sink;
        if let Some(len) = opening.content_length() {
            fields.insert(CONTENT_LENGTH, HeaderValue::from(len));
        }
        let mut head = Response::new(());
        let status = StatusCode::from_u16(opening.status).unwrap_or(StatusCode::BAD_GATEWAY);
        *head.status_mut() = status;
        *head.headers_mut() = fields;
        self.status = status.as_u16();
        self.has_body = !self.is_to_head && !opening.is_bodiless();
        self.state = State::Started(head);
    }

    /// Adds a piece of the body: copied where it fits beside others, else sent as it is.
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn push(&mut self, piece: Buffer) -> Result<(), ReplyFailure> {
        if !self.has_body {
            return Ok(());
        }
        if self.out.is_empty() {
            self.body_bytes += piece.len() as u64;
            self.out = piece;
            return Ok(());
        }
        if self.out.len() + piece.len() > BUFFER_BYTES {
            self.flush().await?;
        }
        self.push_slice(piece.unread());
        Ok(())
    }

    /// Adds bytes that live elsewhere; the buffer grows where they do not fit.
    pub fn push_slice(&mut self, piece: &[u8]) {
        if !self.has_body {
            return;
        }
        if self.out.is_empty() {
            self.out = Buffer::with_room(piece.len());
        }
        self.body_bytes += piece.len() as u64;
        self.out.extend(piece);
    }

    /// Hands what waits to the connection, as far as the client makes room.
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn flush(&mut self) -> Result<(), ReplyFailure> {
        self.send_head(false)?;
        self.send_out(false).await
    }

    /// Ends the body and sends what waits.
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn finish(&mut self) -> Result<(), ReplyFailure> {
        if self.out.is_empty() && matches!(self.state, State::Started(_)) {
            self.send_head(true)?;
        } else {
            self.send_head(false)?;
            self.send_out(true).await?;
        }
        self.state = State::Ended;
        Ok(())
    }

    /// Ends the stream with an error instead of an answer: what the client sent breaks HTTP/2.
    pub fn refuse(mut self) {
        self.respond.send_reset(Reason::PROTOCOL_ERROR);
        self.state = State::Ended;
    }

    /// Ends the stream with the same error once its body has shown to break HTTP/2.
    ///
    /// RFC 9113 §8.1.1: "Malformed requests or responses that are detected MUST be treated as a stream
    /// error … of type PROTOCOL_ERROR".
    pub fn break_off(&mut self) {
        match &mut self.state {
            State::Waiting | State::Started(_) => self.respond.send_reset(Reason::PROTOCOL_ERROR),
            State::Streaming(stream) => stream.send_reset(Reason::PROTOCOL_ERROR),
            State::Ended => {}
        }
        self.state = State::Ended;
    }

    fn send_head(&mut self, ends_stream: bool) -> Result<(), ReplyFailure> {
        let State::Started(head) = &mut self.state else { return Ok(()) };
        let head = std::mem::take(head);
        let stream = self.respond.send_response(head, ends_stream).map_err(failure)?;
        self.state = State::Streaming(stream);
        Ok(())
    }

    /// Sends what waits, piece by piece where the client has little room.
    async fn send_out(&mut self, ends_stream: bool) -> Result<(), ReplyFailure> {
        let State::Streaming(stream) = &mut self.state else { return Ok(()) };
        while !self.out.is_empty() {
            let room = room_for(stream, self.out.len(), &self.steps).await;
            let room = room.inspect_err(|failure| {
                self.has_timed_out = failure.0.kind() == io::ErrorKind::TimedOut;
            })?;
            if room >= self.out.len() {
                break;
            }
            let mut part = Buffer::with_room(room);
            part.extend(&self.out.unread()[..room]);
            self.out.advance(room);
            stream.send_data(Piece(part), false).map_err(failure)?;
        }
        let rest = std::mem::replace(&mut self.out, Buffer::empty());
        if rest.is_empty() && !ends_stream {
            return Ok(());
        }
        stream.send_data(Piece(rest), ends_stream).map_err(failure)
    }
}

impl Drop for Http2Reply {
    fn drop(&mut self) {
        match &mut self.state {
            State::Waiting | State::Started(_) => self.respond.send_reset(Reason::INTERNAL_ERROR),
            State::Streaming(stream) => stream.send_reset(Reason::INTERNAL_ERROR),
            State::Ended => {}
        }
    }
}

/// Waits until the client takes some of `len` bytes; how many it takes.
async fn room_for(
    stream: &mut SendStream<Piece>,
    len: usize,
    steps: &Steps,
) -> Result<usize, ReplyFailure> {
    stream.reserve_capacity(len);
    if stream.capacity() > 0 {
        return Ok(stream.capacity());
    }
    let room = poll_fn(|context| stream.poll_capacity(context));
    match steps.within(room).await {
        Some(Some(Ok(room))) => Ok(room),
        Some(Some(Err(error))) => Err(failure(error)),
        Some(None) => Err(ReplyFailure(io::ErrorKind::ConnectionReset.into())),
        None => Err(ReplyFailure(io::ErrorKind::TimedOut.into())),
    }
}

fn failure(error: h2::Error) -> ReplyFailure {
    ReplyFailure(io::Error::new(io::ErrorKind::ConnectionReset, error))
}

/// A header map as a sink. What it cannot hold, no HTTP/2 message may.
struct Fields(HeaderMap);

impl HeadSink for Fields {
    fn push(&mut self, name: &[u8], value: &[u8]) {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            self.0.append(name, value);
        }
    }
}
