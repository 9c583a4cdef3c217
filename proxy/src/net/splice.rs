//! How does a long body pass from socket to socket without being copied?

use std::cell::RefCell;
use std::io;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};

use super::{Driver, Reader, Socket, Writer};

/// Bytes a pipe is asked to hold.
const PIPE_BYTES: usize = 256 * 1024;

/// Pipes a worker keeps.
const POOLED_MAX: usize = 32;

thread_local! {
    static POOL: RefCell<Vec<Pipe>> = const { RefCell::new(Vec::new()) };
}

/// Both ends of an empty pipe.
struct Pipe {
    output: OwnedFd,
    input: OwnedFd,
}

impl Pipe {
    fn take() -> io::Result<Self> {
        if let Some(pipe) = POOL.with_borrow_mut(Vec::pop) {
            return Ok(pipe);
        }
        let (output, input) = pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC)?;
        // Users without privileges may be held to the default of 64 KB, which works as well.
        let _ = fcntl_setpipe_size(&input, PIPE_BYTES);
        Ok(Self { output, input })
    }

    /// Keeps an empty pipe for the next body.
    fn give_back(self) {
        POOL.with_borrow_mut(|pool| {
            if pool.len() < POOLED_MAX {
                pool.push(self);
            }
        });
    }
}

/// Why bytes stopped passing.
#[derive(Debug)]
pub enum SpliceFailure {
    /// The sending side ended or failed.
    Source(io::Error),
    /// The receiving side failed.
    Sink(io::Error),
}

/// A socket whose operations return at once while this lives.
///
/// `splice` into a blocking socket would block the worker. io_uring, on the other hand, does not
/// wait on sockets marked non-blocking, so the mark is taken off again.
struct NonBlocking(Option<Socket>);

impl NonBlocking {
    fn mark(socket: Socket) -> io::Result<Self> {
        if Driver::current() == Driver::Epoll {
            return Ok(Self(None));
        }
        socket.set_nonblocking(true)?;
        Ok(Self(Some(socket)))
    }
}

impl Drop for NonBlocking {
    fn drop(&mut self) {
        if let Some(socket) = self.0 {
            // Clearing a flag of an open descriptor does not fail.
            let _ = socket.set_nonblocking(false);
        }
    }
}

/// Moves `count` bytes from one plain socket to another; `on_progress` is called before each wait.
///
/// Nobody else may write to the receiving socket or read from it meanwhile.
///
/// # Errors
/// Which side ended before `count` bytes had passed; how many have is then unknown.
pub async fn pass(
    (reader, source): (&mut Reader, Socket),
    (writer, sink): (&mut Writer, Socket),
    count: u64,
    mut on_progress: impl FnMut(),
) -> Result<(), SpliceFailure> {
    let pipe = Pipe::take().map_err(SpliceFailure::Source)?;
    let _non_blocking = NonBlocking::mark(sink).map_err(SpliceFailure::Sink)?;
    let mut remaining = count;
    while remaining > 0 {
        let filled = fill(&pipe, reader, source, remaining, &mut on_progress).await?;
        remaining -= filled;
        empty(&pipe, (writer, sink), filled, remaining > 0, &mut on_progress).await?;
    }
    // After a failure the pipe still holds bytes of this body and is closed instead.
    pipe.give_back();
    Ok(())
}

async fn fill(
    pipe: &Pipe,
    reader: &mut Reader,
    source: Socket,
    remaining: u64,
    on_progress: &mut impl FnMut(),
) -> Result<u64, SpliceFailure> {
    let len = usize::try_from(remaining).unwrap_or(usize::MAX).min(PIPE_BYTES);
    let flags = SpliceFlags::MOVE | SpliceFlags::NONBLOCK;
    loop {
        match splice(source.borrow(), None, &pipe.input, None, len, flags) {
            Ok(0) => return Err(SpliceFailure::Source(io::ErrorKind::UnexpectedEof.into())),
            Ok(count) => return Ok(count as u64),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                on_progress();
                reader.readable().await.map_err(SpliceFailure::Source)?;
            }
            Err(error) => return Err(SpliceFailure::Source(error.into())),
        }
    }
}

async fn empty(
    pipe: &Pipe,
    (writer, sink): (&mut Writer, Socket),
    filled: u64,
    has_more: bool,
    on_progress: &mut impl FnMut(),
) -> Result<(), SpliceFailure> {
    let mut flags = SpliceFlags::MOVE | SpliceFlags::NONBLOCK;
    if has_more {
        flags |= SpliceFlags::MORE;
    }
    let mut remaining = usize::try_from(filled).unwrap_or(usize::MAX);
    while remaining > 0 {
        match splice(&pipe.output, None, sink.borrow(), None, remaining, flags) {
            Ok(count) => remaining -= count.min(remaining),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                on_progress();
                writer.writable().await.map_err(SpliceFailure::Sink)?;
            }
            Err(error) => return Err(SpliceFailure::Sink(error.into())),
        }
    }
    Ok(())
}
