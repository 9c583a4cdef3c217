//! How does the h2 crate, which polls, use a connection whose buffers are lent?
//!
//! Between them lie two bounded buffers. One task carries what comes, one what goes, and each write
//! carries all that was written since the last one:
//!
//! ```text
//! h2 ◀── poll_read ─── incoming ◀── Reader
//! h2 ─── poll_write ─▶ outgoing ──▶ Writer
//! ```

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::transport::{Connection, Reader, Writer};
use super::watch::Deadline;
use crate::limits::DUPLEX_BYTES_MAX;

/// The polled side. Dropping it ends the connection.
#[derive(Debug)]
pub(super) struct Duplex {
    shared: Rc<RefCell<Shared>>,
    deadline: Deadline,
}

#[derive(Debug, Default)]
struct Shared {
    incoming: Vec<u8>,
    /// Bytes of `incoming` that were read.
    taken: usize,
    outgoing: Vec<u8>,
    /// Nothing more will come.
    incoming_ended: bool,
    /// Nothing more can go, or shall.
    outgoing_ended: bool,
    /// Who waits for `incoming` to fill.
    reader: Option<Waker>,
    /// Who waits for `incoming` to be taken.
    filler: Option<Waker>,
    /// Who waits for `outgoing` to have room.
    writer: Option<Waker>,
    /// Who waits for `outgoing` to fill.
    sender: Option<Waker>,
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

impl Duplex {
    /// Starts the two tasks that carry.
    pub(super) fn start(connection: Connection) -> Self {
        let Connection { deadline, reader, writer } = connection;
        let shared = Rc::new(RefCell::new(Shared::default()));
        // Each task holds the deadline's socket alive by owning a half of it.
        monoio::spawn(carry_in(reader, shared.clone()));
        monoio::spawn(carry_out(writer, shared.clone(), deadline.clone()));
        Self { shared, deadline }
    }
}

impl Drop for Duplex {
    fn drop(&mut self) {
        let mut shared = self.shared.borrow_mut();
        shared.outgoing_ended = true;
        wake(&mut shared.sender);
        wake(&mut shared.filler);
        if shared.outgoing.is_empty() && !shared.incoming_ended {
            self.deadline.shut();
        }
    }
}

async fn carry_in(mut reader: Reader, shared: Rc<RefCell<Shared>>) {
    let mut buffer = Vec::new();
    loop {
        let (result, mut filled) = reader.read(buffer).await;
        if !put_incoming(&shared, &mut filled, matches!(result, Ok(1..))) {
            return;
        }
        buffer = filled;
        poll_fn(|context| wait_for_room(&shared, context)).await;
    }
}

/// Empties `filled` into `incoming`; whether there may be more.
fn put_incoming(shared: &RefCell<Shared>, filled: &mut Vec<u8>, may_go_on: bool) -> bool {
    let mut state = shared.borrow_mut();
    let taken = std::mem::take(&mut state.taken);
    state.incoming.drain(..taken);
    state.incoming.append(filled);
    state.incoming_ended = !may_go_on;
    wake(&mut state.reader);
    may_go_on
}

fn wait_for_room(shared: &RefCell<Shared>, context: &Context<'_>) -> Poll<()> {
    let mut state = shared.borrow_mut();
    if state.outgoing_ended || state.incoming.len() - state.taken < DUPLEX_BYTES_MAX {
        return Poll::Ready(());
    }
    state.filler = Some(context.waker().clone());
    Poll::Pending
}

async fn carry_out(mut writer: Writer, shared: Rc<RefCell<Shared>>, deadline: Deadline) {
    loop {
        let bytes = poll_fn(|context| take_outgoing(&shared, context)).await;
        if bytes.is_empty() {
            deadline.shut();
            return;
        }
        let (result, mut bytes) = writer.write_all(bytes).await;
        let mut state = shared.borrow_mut();
        if result.is_err() {
            state.outgoing_ended = true;
            wake(&mut state.writer);
            return;
        }
        // The buffer goes back where nothing has been written meanwhile.
        if state.outgoing.is_empty() {
            bytes.clear();
            state.outgoing = bytes;
        }
    }
}

/// What is to be sent; empty when there will be no more.
fn take_outgoing(shared: &RefCell<Shared>, context: &Context<'_>) -> Poll<Vec<u8>> {
    let mut state = shared.borrow_mut();
    if state.outgoing.is_empty() && !state.outgoing_ended {
        state.sender = Some(context.waker().clone());
        return Poll::Pending;
    }
    wake(&mut state.writer);
    Poll::Ready(std::mem::take(&mut state.outgoing))
}

impl AsyncRead for Duplex {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.shared.borrow_mut();
        let waiting = state.incoming.len() - state.taken;
        if waiting == 0 && !state.incoming_ended {
            state.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        let count = waiting.min(into.remaining());
        into.put_slice(&state.incoming[state.taken..state.taken + count]);
        state.taken += count;
        if state.taken == state.incoming.len() {
            state.incoming.clear();
            state.taken = 0;
        }
        wake(&mut state.filler);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Duplex {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.shared.borrow_mut();
        if state.outgoing_ended {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let room = DUPLEX_BYTES_MAX.saturating_sub(state.outgoing.len());
        if room == 0 && !bytes.is_empty() {
            state.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        let count = room.min(bytes.len());
        state.outgoing.extend_from_slice(&bytes[..count]);
        wake(&mut state.sender);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What was written is carried without being asked again.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.shared.borrow_mut();
        state.outgoing_ended = true;
        wake(&mut state.sender);
        Poll::Ready(Ok(()))
    }
}
