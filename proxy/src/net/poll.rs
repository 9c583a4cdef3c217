//! How does a connection look to code that polls, such as the `h2` crate?
//!
//! monoio's operations own their buffers until they end, so they cannot be begun anew at each
//! poll. Each direction is therefore one future that lives as long as the connection, carries out
//! one operation after the other and hands buffers over through a slot. It is polled by whoever
//! polls the stream, and it is boxed once, so no operation allocates.
//!
//! What is written gathers until [`Gathered::poll_send`] or until a buffer is full: many small
//! frames leave in one write. A connection that waits holds no buffer in either direction.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{BUFFER_BYTES, Buffer, Reader, Writer};

/// A direction's operations, one after the other, for the life of the connection.
type Operations = Pin<Box<dyn Future<Output = ()>>>;

/// A connection for code that polls.
pub struct PollStream {
    incoming: Operations,
    arrived: Rc<Arrived>,
    /// What the last read brought and was not taken yet.
    unread: Buffer,
    has_ended: bool,
    gathered: Gathered,
}

/// What was written to a [`PollStream`] and has not left.
///
/// Its owner calls [`Gathered::poll_send`] when the code that writes has nothing more to say for
/// now. All handles to one connection belong to one task.
#[derive(Clone)]
pub struct Gathered(Rc<RefCell<Outgoing>>);

/// Where the reading direction leaves what it has read; an empty buffer is the end.
type Arrived = Cell<Option<io::Result<Buffer>>>;

/// Where the writing direction finds its next errand and leaves how the last one went.
#[derive(Default)]
struct Desk {
    errand: Cell<Option<Errand>>,
    is_busy: Cell<bool>,
    failure: Cell<Option<io::Error>>,
}

enum Errand {
    Write(Buffer),
    Close,
}

struct Outgoing {
    operations: Operations,
    desk: Rc<Desk>,
    buffer: Buffer,
    has_failed: bool,
    has_closed: bool,
}

impl PollStream {
    /// A stream over both halves; `already_read` comes before what `reader` brings.
    pub fn new(reader: Reader, writer: Writer, already_read: Buffer) -> Self {
        let arrived = Rc::new(Arrived::default());
        Self {
            incoming: Box::pin(read_on(reader, Rc::clone(&arrived))),
            arrived,
            unread: already_read,
            has_ended: false,
            gathered: Gathered::new(writer),
        }
    }

    /// A handle to what is written to this stream.
    pub fn gathered(&self) -> Gathered {
        self.gathered.clone()
    }

    /// Waits for bytes where there are none; none afterwards is the end.
    fn poll_arrival(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.unread.is_empty() && !self.has_ended {
            // It never ends by itself: after the end of the stream it only waits to be dropped.
            let _ = self.incoming.as_mut().poll(context);
            let Some(arrived) = self.arrived.take() else { return Poll::Pending };
            self.has_ended = arrived.as_ref().map_or(true, Buffer::is_empty);
            self.unread = arrived?;
        }
        Poll::Ready(Ok(()))
    }
}

async fn read_on(mut reader: Reader, arrived: Rc<Arrived>) {
    loop {
        let outcome = match reader.readable().await {
            Ok(()) => {
                let (result, buffer) = reader.read(Buffer::take()).await;
                result.map(|_| buffer)
            }
            Err(error) => Err(error),
        };
        arrived.set(Some(outcome));
        // Polled again only when what was left has been taken.
        let mut has_waited = false;
        poll_fn(|_| match std::mem::replace(&mut has_waited, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }
}

impl AsyncRead for PollStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_arrival(context))?;
        let count = self.unread.len().min(room.remaining());
        room.put_slice(&self.unread.unread()[..count]);
        self.unread.advance(count);
        if self.unread.is_empty() {
            self.unread = Buffer::empty();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PollStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.gathered.0.borrow_mut().poll_gather(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.gathered.0.borrow_mut().poll_gather(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Ready at once: bytes leave by [`Gathered::poll_send`], after all that this turn writes.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.gathered.0.borrow_mut().poll_close(context)
    }
}

impl Gathered {
    fn new(writer: Writer) -> Self {
        let desk = Rc::new(Desk::default());
        Self(Rc::new(RefCell::new(Outgoing {
            operations: Box::pin(write_on(writer, Rc::clone(&desk))),
            desk,
            buffer: Buffer::empty(),
            has_failed: false,
            has_closed: false,
        })))
    }

    /// Sends what has gathered; pending while the socket takes its time.
    ///
    /// # Errors
    /// The connection's error, once; afterwards writing fails with `BrokenPipe`.
    pub fn poll_send(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.borrow_mut().poll_send(context)
    }

    /// Lets `change` look at what has gathered before it is sent.
    pub fn amend(&self, change: impl FnOnce(&mut [u8])) {
        change(self.0.borrow_mut().buffer.unread_mut());
    }

    /// Whether a write is at the kernel.
    pub fn is_sending(&self) -> bool {
        self.0.borrow().desk.is_busy.get()
    }
}

async fn write_on(mut writer: Writer, desk: Rc<Desk>) {
    loop {
        let errand = poll_fn(|_| match desk.errand.take() {
            Some(errand) => Poll::Ready(errand),
            None => Poll::Pending,
        });
        let result = match errand.await {
            Errand::Write(buffer) => writer.write_all(buffer).await.0,
            Errand::Close => writer.close().await,
        };
        desk.failure.set(result.err());
        desk.is_busy.set(false);
    }
}

impl Outgoing {
    /// Copies what fits; a full buffer is sent first.
    fn poll_gather(
        &mut self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.buffer.len() >= BUFFER_BYTES {
            ready!(self.poll_start(context))?;
        } else if self.has_failed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if self.buffer.room() == 0 {
            self.buffer = Buffer::take();
        }
        let mut taken = 0;
        for slice in slices {
            let count = slice.len().min(BUFFER_BYTES - self.buffer.len());
            self.buffer.extend(&slice[..count]);
            taken += count;
            if count < slice.len() {
                break;
            }
        }
        Poll::Ready(Ok(taken))
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.buffer.is_empty() {
            ready!(self.poll_start(context))?;
        }
        self.poll_idle(context)
    }

    fn poll_close(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.has_closed {
            if !self.buffer.is_empty() {
                ready!(self.poll_start(context))?;
            }
            ready!(self.poll_idle(context))?;
            self.has_closed = true;
            self.run(Errand::Close);
        }
        self.poll_idle(context)
    }

    /// Begins to send the buffer as soon as nothing is at the kernel.
    fn poll_start(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_idle(context))?;
        let buffer = std::mem::replace(&mut self.buffer, Buffer::empty());
        self.run(Errand::Write(buffer));
        // The operation starts at its first poll.
        let _ = self.operations.as_mut().poll(context);
        Poll::Ready(Ok(()))
    }

    fn run(&mut self, errand: Errand) {
        self.desk.is_busy.set(true);
        self.desk.errand.set(Some(errand));
    }

    /// Waits until nothing is at the kernel.
    fn poll_idle(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.desk.is_busy.get() {
            let _ = self.operations.as_mut().poll(context);
        }
        if let Some(error) = self.desk.failure.take() {
            self.has_failed = true;
            self.buffer = Buffer::empty();
            return Poll::Ready(Err(error));
        }
        match (self.desk.is_busy.get(), self.has_failed) {
            (_, true) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            (true, false) => Poll::Pending,
            (false, false) => Poll::Ready(Ok(())),
        }
    }
}
