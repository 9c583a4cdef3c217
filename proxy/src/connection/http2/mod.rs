//! How do requests share an HTTP/2 connection?
//!
//! `h2` speaks the protocol; this task drives it and nothing else does. Each request runs as a task
//! of its own, so that one cannot hold up another. Whatever they answer wakes this task once, and
//! all that `h2` then has to say leaves in one write.
//!
//! ```text
//!        frames            requests              exchanges (one task each)
//! socket ──────▶ h2 ──────────────────▶ accept ─────────▶ ○ ○ ○
//!        ◀────── gathered ◀──────────── answers ◀─────────┘
//! ```
//!
//! What bounds a client: the limits below, [`FrameWatch`] for frames that `h2` lets pass, a deadline
//! on every write, on the preface, and on a connection without requests.

mod accepted;
mod frame_rules;
mod watch;

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use h2::Reason;
use h2::server::{Builder, Connection as H2Connection};
use tollgate_core::context::Client;
use tollgate_core::limits::{
    HTTP2_CONCURRENT_STREAMS_MAX, HTTP2_CONNECTION_WINDOW_BYTES, HTTP2_DATA_FRAME_BUDGET,
    HTTP2_HEADER_LIST_BYTES_MAX, HTTP2_LOCAL_ERRORS_MAX, HTTP2_PENDING_RESETS_MAX,
    HTTP2_RESET_STREAMS_REMEMBERED, HTTP2_SEND_BUFFER_BYTES_MAX, HTTP2_STREAM_WINDOW_BYTES,
};
use tollgate_core::message::Request;

use self::accepted::read_exchange;
use self::watch::{FrameWatch, WatchedStream};
use super::Connection;
use super::http1::DRAIN_BYTES_MAX;
use crate::client::{Piece, Reply, RequestBody, Steps};
use crate::exchange::{exchange, refuse};
use crate::fence::Fence;
use crate::local::{ClientState, Local};
use crate::net::{Buffer, Gathered, PollStream};
use crate::time::{Expiry, now, recent};

pub(super) use accepted::Http2Exchange;

/// Exchanges one connection runs at once. Above what `h2` counts as open, because a stream that its
/// client has reset is closed for `h2` while its exchange winds up.
const EXCHANGES_MAX: usize = 2 * HTTP2_CONCURRENT_STREAMS_MAX as usize;

/// Serves requests, each by a task that runs `exchange`, until one side ends the connection.
///
/// `already_read` was read before the protocol was known.
pub(super) async fn serve<F>(
    connection: Connection,
    already_read: Buffer,
    exchange: impl Fn(Http2Exchange, Rc<Local>) -> F,
) where
    F: Future<Output = ()> + 'static,
{
    let Connection { guard, reader, writer, client, state, local, .. } = connection;
    let watch = Rc::new(RefCell::new(FrameWatch::new(now().monotonic_us)));
    let stream = PollStream::new(reader, writer, already_read);
    let gathered = stream.gathered();
    let stream = WatchedStream::new(stream, Rc::clone(&watch));
    local.wheel.arm(&state.deadline, local.bounds.handshake, Expiry::Shut, now());
    let Some(h2) = shake_hands(stream, &gathered).await else { return };
    let running = Rc::new(Running::default());
    let steps = Steps::of(local.bounds.body_progress);
    let phase = Phase::Serving;
    let has_ended = false;
    let mut driver =
        Driver { h2, gathered, watch, running, client, steps, state, local, phase, has_ended };
    // Dropped before the driver and the operations that it may have at the kernel.
    let _guard = guard;
    driver.state.idle(&driver.local);
    poll_fn(|context| driver.poll(context, &exchange)).await;
}

/// Runs one exchange behind a fence: a defect costs its stream and nothing else.
pub(super) async fn run(asked: Http2Exchange, local: Rc<Local>) {
    let counters = Rc::clone(&local);
    if let Err(panicked) = Fence::new(Box::pin(exchange_on(asked, local))).await {
        counters.telemetry.counters.panics.add(1);
        tracing::error!(message = panicked.0, "an exchange panicked");
    }
}

async fn exchange_on(asked: Http2Exchange, local: Rc<Local>) {
    let Http2Exchange { head_bytes, head, body, reply, client, refused } = asked;
    let (mut body, mut reply) = (RequestBody::Http2(body), Reply::Http2(reply));
    match refused {
        Some(malformed) => {
            local.telemetry.counters.malformed.add(1);
            refuse(malformed, &mut reply).await;
        }
        None => {
            let request = Request { bytes: head_bytes.unread(), head: &head };
            exchange(&local, client, request, (&mut body, &mut reply)).await;
        }
    }
    local.give_back_head(head);
    skip_rest(&mut body, &reply).await;
}

/// Reads and forgets what is left of a short body behind an answer that did not need it.
///
/// Else `h2` ends the stream with RST_STREAM(NO_ERROR), as RFC 9113 §8.1 allows, and clients that are
/// still sending then (curl 7.88 among them) take that for a failure and forget the answer.
async fn skip_rest(body: &mut RequestBody<'_>, reply: &Reply<'_>) {
    let (RequestBody::Http2(body), Reply::Http2(reply)) = (body, reply) else { return };
    let start = body.received();
    while reply.is_ended() && !body.is_ended() && body.received() - start <= DRAIN_BYTES_MAX {
        if body.next().await.is_err() {
            return;
        }
    }
}

/// Sends our SETTINGS and awaits the preface.
async fn shake_hands(
    stream: WatchedStream,
    gathered: &Gathered,
) -> Option<H2Connection<WatchedStream, Piece>> {
    let mut handshake = std::pin::pin!(settings().handshake(stream));
    poll_fn(|context| {
        let done = handshake.as_mut().poll(context);
        match gathered.poll_send(context) {
            Poll::Ready(Err(_)) => Poll::Ready(None),
            _ => done.map(Result::ok),
        }
    })
    .await
}

/// Every limit by name; none is left to a default.
fn settings() -> Builder {
    let mut builder = Builder::new();
    builder
        .max_concurrent_streams(HTTP2_CONCURRENT_STREAMS_MAX)
        .max_header_list_size(HTTP2_HEADER_LIST_BYTES_MAX)
        .initial_window_size(HTTP2_STREAM_WINDOW_BYTES)
        .initial_connection_window_size(HTTP2_CONNECTION_WINDOW_BYTES)
        .max_send_buffer_size(HTTP2_SEND_BUFFER_BYTES_MAX)
        .max_concurrent_reset_streams(HTTP2_RESET_STREAMS_REMEMBERED)
        .max_pending_accept_reset_streams(HTTP2_PENDING_RESETS_MAX)
        .max_local_error_reset_streams(Some(HTTP2_LOCAL_ERRORS_MAX))
        .data_frame_budget(HTTP2_DATA_FRAME_BUDGET);
    builder
}

/// Exchanges of one connection that have not ended.
#[derive(Default)]
struct Running {
    count: Cell<usize>,
    driver: Cell<Option<Waker>>,
}

/// One running exchange; its end may be what the driver waits for.
struct RunningExchange(Rc<Running>);

impl RunningExchange {
    fn begin(running: &Rc<Running>) -> Self {
        running.count.set(running.count.get() + 1);
        Self(Rc::clone(running))
    }
}

impl Drop for RunningExchange {
    fn drop(&mut self) {
        let count = self.0.count.get() - 1;
        self.0.count.set(count);
        if (count == 0 || count == EXCHANGES_MAX - 1)
            && let Some(driver) = self.0.driver.take()
        {
            driver.wake();
        }
    }
}

/// Where a connection stands between its first request and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    /// A GOAWAY is out; requests that are on their way are still served.
    Draining,
    /// The client has gone too far; only the GOAWAY is still to leave.
    Refusing,
}

/// The task of one connection.
struct Driver {
    h2: H2Connection<WatchedStream, Piece>,
    gathered: Gathered,
    watch: Rc<RefCell<FrameWatch>>,
    running: Rc<Running>,
    client: Client,
    steps: Steps,
    state: Rc<ClientState>,
    local: Rc<Local>,
    phase: Phase,
    /// Whether `h2` has nothing more to say or hear.
    has_ended: bool,
}

impl Driver {
    /// One turn: takes what came, starts what was asked for, sends what is to be said.
    fn poll<F>(
        &mut self,
        context: &mut Context<'_>,
        exchange: &impl Fn(Http2Exchange, Rc<Local>) -> F,
    ) -> Poll<()>
    where
        F: Future<Output = ()> + 'static,
    {
        self.watch.borrow_mut().refill(now().monotonic_us);
        self.drain_where_told(context);
        self.has_ended = self.has_ended
            || match self.phase {
                Phase::Refusing => self.h2.poll_closed(context).is_ready(),
                Phase::Serving | Phase::Draining => self.poll_requests(context, exchange),
            };
        let verdict = self.watch.borrow().verdict().or(self.stalled());
        if let (Some(reason), true) = (verdict, self.phase != Phase::Refusing) {
            return self.refuse(reason, context);
        }
        // What `h2` said last may still be on its way when it has nothing more to say.
        match self.gathered.poll_send(context) {
            Poll::Ready(Err(_)) => return Poll::Ready(()),
            Poll::Ready(Ok(_)) if self.has_ended => return Poll::Ready(()),
            Poll::Ready(Ok(_)) | Poll::Pending => {}
        }
        self.set_deadline();
        Poll::Pending
    }

    /// Accepts requests while there are any; whether the connection has ended.
    fn poll_requests<F>(
        &mut self,
        context: &mut Context<'_>,
        exchange: &impl Fn(Http2Exchange, Rc<Local>) -> F,
    ) -> bool
    where
        F: Future<Output = ()> + 'static,
    {
        loop {
            if self.running.count.get() >= EXCHANGES_MAX {
                // What `h2` holds back counts against the client: see `max_pending_accept_reset_streams`.
                return self.h2.poll_closed(context).is_ready();
            }
            let (request, respond) = match self.h2.poll_accept(context) {
                Poll::Pending => return false,
                Poll::Ready(None | Some(Err(_))) => return true,
                Poll::Ready(Some(Ok(accepted))) => accepted,
            };
            let Some(accepted) =
                read_exchange(request, respond, (self.client, &self.steps), &self.local)
            else {
                continue;
            };
            let running = RunningExchange::begin(&self.running);
            let exchange = exchange(accepted, Rc::clone(&self.local));
            monoio::spawn(async move {
                exchange.await;
                drop(running);
            });
        }
    }

    /// Tells the client to go elsewhere once the worker drains.
    fn drain_where_told(&mut self, context: &mut Context<'_>) {
        if self.phase == Phase::Serving && self.local.is_draining() {
            self.phase = Phase::Draining;
            self.h2.graceful_shutdown();
            if self.state.is_idle() {
                // A client that does not take leave gets a last moment like any other.
                self.state.idle(&self.local);
            }
        }
        self.state.wake_to_drain(context.waker());
        self.running.driver.set(Some(context.waker().clone()));
    }

    /// Whether the client let a stream stall and has no other that deserves to go on.
    fn stalled(&self) -> Option<Reason> {
        let is_done = self.running.count.get() == 0 && self.steps.has_stalled();
        is_done.then_some(Reason::ENHANCE_YOUR_CALM)
    }

    fn refuse(&mut self, reason: Reason, context: &mut Context<'_>) -> Poll<()> {
        self.local.telemetry.counters.malformed.add(1);
        self.phase = Phase::Refusing;
        self.h2.abrupt_shutdown(reason);
        let step = self.local.bounds.head;
        self.local.wheel.arm(&self.state.deadline, step, Expiry::Shut, recent());
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Who is waited for: the socket, the exchanges (which watch the clock themselves), or the client.
    fn set_deadline(&self) {
        let (state, local) = (&self.state, &self.local);
        if self.phase == Phase::Refusing {
            return;
        }
        if self.gathered.is_sending() {
            local.wheel.arm(&state.deadline, local.bounds.body_progress, Expiry::Shut, recent());
        } else if self.running.count.get() > 0 || self.h2.has_streams() {
            state.busy(local);
            state.deadline.disarm();
        } else if !state.is_idle() {
            state.idle(local);
        }
    }
}
