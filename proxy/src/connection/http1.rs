//! How do requests follow each other on an HTTP/1 connection?
//!
//! ```text
//!           ┌────────────── buffer empty ──────────────┐
//!           ▼                                          │
//! Idle ── readable ──▶ read head ──▶ exchange ──▶ drain rest of body ──▶ next head (pipelined)
//!   │                     │              │
//!   └── deadline          └── malformed  └── says close ──▶ linger ──▶ closed
//! ```
//!
//! While idle, the task holds no buffer; while busy, it is one boxed future behind a fence.

use std::rc::Rc;

use tollgate_core::limits::HEAD_BYTES_MAX;
use tollgate_core::message::{Request, RequestHead};
use tollgate_core::wire::{HeadScanner, Malformed, Parsed, parse_request};

use super::Connection;
use super::linger::linger;
use crate::client::{Http1Body, Http1Reply, Reply, RequestBody};
use crate::exchange::{exchange, refuse_unread};
use crate::fence::Fence;
use crate::framing::Incoming;
use crate::net::Buffer;
use crate::time::{Expiry, Patience, micros, recent};

/// Bytes of an unread body that are read and forgotten so that the connection can go on.
pub(super) const DRAIN_BYTES_MAX: u64 = 64 * 1024;

/// What becomes of a connection after its exchanges.
#[derive(Debug)]
enum Then {
    /// It waits for the next request.
    Idle,
    /// It is closed; the client has nothing more to say.
    Close,
    /// It is closed, but the client may still be sending.
    Linger,
    /// It is reset: an answer was cut off whose end the client would take the close for.
    Reset,
    /// What came is the preface of HTTP/2.
    SpeakHttp2(Buffer),
}

/// How requests came to an end on a connection.
pub(super) enum End {
    /// One side has closed it.
    Closed,
    /// It must be reset: an answer was cut off whose end the client would take the close for.
    Reset,
    /// The client turns out to speak HTTP/2; this is what was read.
    SpeakHttp2(Buffer),
}

/// How an HTTP/2 connection begins (RFC 9113 §3.4), up to where HTTP/1 would know better.
const HTTP2_PREFACE_LINE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// Serves requests until one side ends the connection.
pub(super) async fn serve(connection: &mut Connection) -> End {
    loop {
        connection.state.idle(&connection.local);
        let waited = match connection.state.may_wait_warm(&connection.local) {
            true => connection.reader.wait(&connection.state.take_back).await,
            false => connection.reader.readable().await.map(|()| Buffer::empty()),
        };
        let input = match waited {
            Ok(input) if !connection.state.deadline.is_expired() => input,
            _ => return End::Closed,
        };
        connection.state.busy(&connection.local);
        match Fence::new(Box::pin(busy(connection, input))).await {
            Ok(Then::Idle) => {}
            Ok(Then::Close) => {
                // Says to a TLS client that nothing was cut off; whether it listens is its affair.
                let _ = Box::pin(connection.writer.close()).await;
                return End::Closed;
            }
            Ok(Then::Reset) => return End::Reset,
            Ok(Then::SpeakHttp2(already_read)) => return End::SpeakHttp2(already_read),
            Ok(Then::Linger) => break,
            Err(panicked) => {
                connection.local.telemetry.counters.panics.add(1);
                tracing::error!(message = panicked.0, "a connection panicked");
                break;
            }
        }
    }
    let deadline = (&connection.state.deadline, &connection.local.wheel);
    Box::pin(linger(&mut connection.reader, &mut connection.writer, deadline)).await;
    End::Closed
}

/// Serves what has come, of which `input` has been read: one request, and those pipelined behind it.
async fn busy(connection: &mut Connection, mut input: Buffer) -> Then {
    let local = Rc::clone(&connection.local);
    let mut head = local.take_head();
    let then = loop {
        let then = match read_head(connection, &mut input, &mut head).await {
            Ok(()) => {
                let rest;
                let then;
                (then, rest) = one_exchange(connection, &head, input).await;
                input = rest;
                then
            }
            Err(NoHead::Http2Preface) => break Then::SpeakHttp2(input),
            Err(no_head) => break Box::pin(on_no_head(connection, no_head)).await,
        };
        match then {
            Then::Idle if !input.is_empty() => {}
            then => break then,
        }
    };
    local.give_back_head(head);
    then
}

/// Why no head could be read.
enum NoHead {
    /// The client ended the connection, or it failed.
    Gone,
    /// The client began a head and did not finish it in time.
    TimedOut,
    /// What came is no request.
    Malformed(Malformed),
    /// What came is the preface of HTTP/2 (RFC 9113 §3.4).
    Http2Preface,
}

async fn read_head(
    connection: &mut Connection,
    input: &mut Buffer,
    head: &mut RequestHead,
) -> Result<(), NoHead> {
    // The parser looks at a head that is all there once; one that trickles is for the scanner.
    let mut scanner: Option<HeadScanner> = None;
    let local = Rc::clone(&connection.local);
    let deadline = &connection.state.deadline;
    local.wheel.arm(deadline, local.bounds.head, Expiry::ShutReading, recent());
    loop {
        let may_be_preface = connection.may_turn_http2 && begins_http2(input.unread());
        if may_be_preface && input.len() >= HTTP2_PREFACE_LINE.len() {
            return Err(NoHead::Http2Preface);
        }
        let has_end = match &mut scanner {
            _ if may_be_preface => false,
            None => !input.is_empty(),
            Some(scanner) => scanner.push(input.unread()).map_err(NoHead::Malformed)?.is_some(),
        };
        if has_end {
            let parsed = parse_request(input.unread(), connection.client.scheme, head);
            match parsed.map_err(NoHead::Malformed)? {
                Parsed::Complete => {
                    connection.may_turn_http2 = false;
                    return Ok(());
                }
                Parsed::Partial => scanner = Some(HeadScanner::for_request()),
            }
        }
        if input.room() == 0 {
            grow(input);
        }
        let (result, buffer) =
            connection.reader.read(std::mem::replace(input, Buffer::empty())).await;
        *input = buffer;
        match result {
            Ok(0) if deadline.is_expired() && !input.is_empty() => return Err(NoHead::TimedOut),
            Ok(0) | Err(_) => return Err(NoHead::Gone),
            Ok(_) => {}
        }
    }
}

/// Whether `bytes` begin with the line that begins HTTP/2, or are the beginning of it.
fn begins_http2(bytes: &[u8]) -> bool {
    let len = bytes.len().min(HTTP2_PREFACE_LINE.len());
    bytes[..len] == HTTP2_PREFACE_LINE[..len]
}

/// Makes room for more of a head: a buffer from the pool at first, one for the longest head then.
fn grow(input: &mut Buffer) {
    if input.is_empty() {
        *input = Buffer::take();
    } else {
        input.make_room(HEAD_BYTES_MAX);
    }
}

async fn on_no_head(connection: &mut Connection, no_head: NoHead) -> Then {
    const REQUEST_TIMEOUT: u16 = 408;
    let status = match no_head {
        NoHead::Gone | NoHead::Http2Preface => return Then::Close,
        NoHead::TimedOut => {
            connection.local.telemetry.counters.client_timeouts.add(1);
            REQUEST_TIMEOUT
        }
        NoHead::Malformed(malformed) => {
            connection.local.telemetry.counters.malformed.add(1);
            malformed.status()
        }
    };
    refuse_unread(status, &mut connection.writer).await;
    Then::Linger
}

/// Runs one exchange; gives back what was read behind its body.
async fn one_exchange(
    connection: &mut Connection,
    head: &RequestHead,
    mut head_bytes: Buffer,
) -> (Then, Buffer) {
    let mut rest = Buffer::empty();
    if head_bytes.len() > head.len {
        rest = Buffer::with_room(head_bytes.len() - head.len);
        rest.extend(&head_bytes.unread()[head.len..]);
        head_bytes.truncate(head.len);
    }
    let local = Rc::clone(&connection.local);
    let state = Rc::clone(&connection.state);
    let until_us = recent().monotonic_us.saturating_add(micros(local.bounds.exchange));
    let patience = |expiry| Patience {
        wheel: &local.wheel,
        deadline: &state.deadline,
        step: local.bounds.body_progress,
        until_us,
        expiry,
    };
    // The head has come in time, and how long the integration takes is not up to the client.
    patience(Expiry::ShutReading).pause();
    let mut body = RequestBody::Http1(Http1Body {
        incoming: Incoming::new(head.body, rest),
        reader: &mut connection.reader,
        socket: connection.socket,
        patience: patience(Expiry::ShutReading),
    });
    let writer = (&mut connection.writer, connection.socket);
    let mut reply = Http1Reply::new(writer, patience(Expiry::Shut), head);
    if local.is_draining() {
        reply.close_after();
    }
    let mut reply = Reply::Http1(reply);
    let request = Request { bytes: head_bytes.unread(), head };
    exchange(&local, connection.client, request, (&mut body, &mut reply)).await;
    let (Reply::Http1(reply), RequestBody::Http1(mut body)) = (reply, body) else {
        return (Then::Close, Buffer::empty());
    };
    if reply.is_cut_unseen() {
        return (Then::Reset, Buffer::empty());
    }
    if !reply.keeps_alive() {
        let is_clean = body.incoming.is_ended() && reply.is_ended();
        return (if is_clean { Then::Close } else { Then::Linger }, Buffer::empty());
    }
    match body.incoming.is_ended() || Box::pin(drain(&mut body)).await {
        true => (Then::Idle, body.incoming.into_rest()),
        false => (Then::Linger, Buffer::empty()),
    }
}

/// Reads and forgets what is left of a body; whether the connection can go on.
async fn drain(body: &mut Http1Body<'_>) -> bool {
    let start = body.incoming.received();
    while !body.incoming.is_ended() {
        body.patience.renew();
        let is_long = body.incoming.received() - start > DRAIN_BYTES_MAX;
        if is_long || body.incoming.next(body.reader).await.is_err() {
            return false;
        }
    }
    true
}
