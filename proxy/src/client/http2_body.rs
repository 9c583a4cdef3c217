//! What does the client send behind its head on an HTTP/2 stream?

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use h2::RecvStream;
use tollgate_core::wire::Malformed;
use tollgate_core::wire::http2::check_trailers;

use crate::framing::BodyFailure;
use crate::net::Buffer;

/// A body on an HTTP/2 stream.
///
/// `h2` keeps at most a window of it; a piece that is handed out opens the window again by as much.
/// It also sees to it that the pieces add up to `content-length`.
pub struct Http2Body {
    stream: RecvStream,
    steps: Steps,
    received: u64,
    is_ended: bool,
    has_timed_out: bool,
}

impl Http2Body {
    /// The body that `stream` brings.
    pub fn new(stream: RecvStream, steps: Steps) -> Self {
        let is_ended = stream.is_end_stream();
        Self { stream, steps, received: 0, is_ended, has_timed_out: false }
    }

    /// Whether every byte has been handed out.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Whether the client paused too long.
    pub fn has_timed_out(&self) -> bool {
        self.has_timed_out
    }

    /// Body bytes handed out so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next piece that is already here; `None` when none is.
    ///
    /// # Errors
    /// [`BodyFailure::Malformed`] where the trailers are, [`BodyFailure::Truncated`] where the
    /// client reset the stream.
    pub fn take_ready(&mut self) -> Result<Option<Buffer>, BodyFailure> {
        match self.poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(piece) => piece,
            Poll::Pending => Ok(None),
        }
    }

    /// The next piece, waited for; `None` at the end.
    ///
    /// # Errors
    /// As [`Self::take_ready`], and [`BodyFailure::TimedOut`] where the client paused too long.
    pub async fn next(&mut self) -> Result<Option<Buffer>, BodyFailure> {
        let steps = self.steps.clone();
        let next = poll_fn(|context| self.poll_next(context));
        steps.within(next).await.unwrap_or_else(|| {
            self.has_timed_out = true;
            Err(BodyFailure::TimedOut)
        })
    }

    fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Buffer>, BodyFailure>> {
        while !self.is_ended {
            match ready!(self.stream.poll_data(context)) {
                Some(Ok(bytes)) if bytes.is_empty() => {}
                Some(Ok(bytes)) => return Poll::Ready(Ok(Some(self.take(&bytes)))),
                Some(Err(_)) => return Poll::Ready(Err(BodyFailure::Truncated)),
                None => {
                    ready!(self.poll_end(context))?;
                    self.is_ended = true;
                }
            }
        }
        Poll::Ready(Ok(None))
    }

    fn take(&mut self, bytes: &Bytes) -> Buffer {
        let mut piece = Buffer::with_room(bytes.len());
        piece.extend(bytes);
        self.received += bytes.len() as u64;
        // It fails only where the stream has been reset, and then nobody waits for a window.
        let _ = self.stream.flow_control().release_capacity(bytes.len());
        self.is_ended = self.stream.is_end_stream();
        piece
    }

    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BodyFailure>> {
        let trailers = ready!(self.stream.poll_trailers(context));
        Poll::Ready(match trailers {
            Ok(None) => Ok(()),
            // `h2` drops pseudo-header fields from trailers without a word, and nobody sends a
            // section with nothing in it.
            Ok(Some(trailers)) if trailers.is_empty() => {
                Err(BodyFailure::Malformed(Malformed::PseudoHeaderUnexpected))
            }
            Ok(Some(trailers)) => {
                let fields = trailers.iter();
                let fields =
                    fields.map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
                check_trailers(fields).map_err(BodyFailure::Malformed)
            }
            Err(_) => Err(BodyFailure::Truncated),
        })
    }
}

/// How long an HTTP/2 client may take for each step, and whether it ever took longer.
///
/// All streams of a connection share the answer: who lets one stall is not worth keeping.
#[derive(Clone, Debug)]
pub struct Steps {
    step: Duration,
    has_stalled: Rc<Cell<bool>>,
}

impl Steps {
    /// Steps of `step` at most.
    pub fn of(step: Duration) -> Self {
        Self { step, has_stalled: Rc::default() }
    }

    /// Whether some step took too long.
    pub fn has_stalled(&self) -> bool {
        self.has_stalled.get()
    }

    /// Waits for `future`, but not longer than a step; where it is ready at once no timer is set.
    ///
    /// Only for what has nothing at the kernel: the future is dropped when its time is up.
    pub(super) async fn within<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = std::pin::pin!(future);
        let at_once = poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => Poll::Ready(None),
        });
        if let Some(output) = at_once.await {
            return Some(output);
        }
        let output = monoio::time::timeout(self.step, future).await.ok();
        self.has_stalled.set(self.has_stalled.get() || output.is_none());
        output
    }
}
