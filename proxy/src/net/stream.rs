//! What can be read from and written to, whether TLS lies between or not?

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use monoio::io::{
    AsyncReadRent, AsyncWriteRent, CancelableAsyncReadRent, OwnedReadHalf, OwnedWriteHalf,
    Splitable,
};
use monoio::net::TcpStream;
use rustix::io::Errno;

use super::tls::{TlsReader, TlsWriter};
use super::{Buffer, TakeBack};

/// The reading half of a connection.
#[derive(Debug)]
pub enum Reader {
    /// Straight from the socket.
    Plain(OwnedReadHalf<TcpStream>),
    /// Through a TLS session.
    Tls(TlsReader),
}

/// The writing half of a connection.
#[derive(Debug)]
pub enum Writer {
    /// Straight to the socket.
    Plain(OwnedWriteHalf<TcpStream>),
    /// Through a TLS session.
    Tls(TlsWriter),
}

/// A handle to a connection's socket, to end its pending operations from elsewhere.
///
/// Kept beside the halves and dropped with them, so the descriptor is never one that was reused.
#[derive(Clone, Copy, Debug)]
pub struct Socket(RawFd);

impl Socket {
    /// The handle of `stream`; the caller drops it no later than the stream's halves.
    pub fn of(stream: &TcpStream) -> Self {
        Self::of_fd(stream.as_raw_fd())
    }

    /// The handle of an open descriptor; the caller drops it no later than it closes that.
    pub fn of_fd(fd: RawFd) -> Self {
        Self(fd)
    }

    /// Ends reading: a pending read returns 0 bytes. Replies can still be written.
    pub fn shut_reading(self) {
        self.shut(rustix::net::Shutdown::Read);
    }

    /// Ends writing: the peer sees the end of the stream.
    pub fn shut_writing(self) {
        self.shut(rustix::net::Shutdown::Write);
    }

    /// Whether a read would return at once: with bytes, with the end of the stream or with an error.
    pub fn has_something_to_read(self) -> bool {
        let mut byte = [0; 1];
        let flags = rustix::net::RecvFlags::PEEK | rustix::net::RecvFlags::DONTWAIT;
        let peeked = rustix::net::recv(self.borrow(), &mut byte[..], flags);
        !matches!(peeked, Err(Errno::AGAIN))
    }

    /// Sends what fits at once, without waiting, and forgets the rest: a courtesy to a peer that
    /// is about to be cut off.
    pub fn send_now(self, bytes: &[u8]) {
        let _ = self.try_send(bytes);
    }

    /// Sends as much of `bytes` as the socket takes without waiting, and says how much.
    ///
    /// # Errors
    /// The socket's error; `WouldBlock` when it takes nothing.
    pub(super) fn try_send(self, bytes: &[u8]) -> io::Result<usize> {
        let flags = rustix::net::SendFlags::DONTWAIT | rustix::net::SendFlags::NOSIGNAL;
        Ok(rustix::net::send(self.borrow(), bytes, flags)?)
    }

    /// Ends one direction or both: pending operations return with what they have.
    pub fn shut(self, how: rustix::net::Shutdown) {
        // A peer that has already gone is no news.
        let _ = rustix::net::shutdown(self.borrow(), how);
    }

    /// Lets the close that follows reset the connection instead of ending it in order.
    pub fn reset_on_close(self) {
        // Where it fails the peer sees an orderly end, which is the best that is left.
        let _ = rustix::net::sockopt::set_socket_linger(self.borrow(), Some(Duration::ZERO));
    }

    /// Marks the socket non-blocking or blocking.
    ///
    /// # Errors
    /// The system call's.
    pub(super) fn set_nonblocking(self, is_nonblocking: bool) -> io::Result<()> {
        Ok(rustix::io::ioctl_fionbio(self.borrow(), is_nonblocking)?)
    }

    pub(super) fn borrow<'fd>(self) -> BorrowedFd<'fd> {
        // SAFETY: the descriptor is open, because this handle is not used after the stream's halves
        // are gone, and the borrow ends with the call it is made for. No safe form serves: the
        // halves own the stream, and an operation may be pending on it.
        unsafe { BorrowedFd::borrow_raw(self.0) }
    }
}

/// Splits a plain connection into its halves.
pub fn split(stream: TcpStream) -> (Reader, Writer) {
    let (reader, writer) = stream.into_split();
    (Reader::Plain(reader), Writer::Plain(writer))
}

impl Reader {
    /// Whether bytes come in exactly as they were sent.
    pub fn is_plain(&self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::Tls(_) => false,
        }
    }

    /// Waits until a read would return at once, without holding a buffer.
    ///
    /// # Errors
    /// The socket's error.
    pub async fn readable(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(half) => wait_readable(half).await,
            Self::Tls(half) => half.readable().await,
        }
    }

    /// Waits for the next bytes of a connection that may stay silent; nothing where they are still
    /// to be read.
    ///
    /// Holds a buffer until `take_back` is used, and none from then on.
    ///
    /// # Errors
    /// The socket's error, or `UnexpectedEof` where the peer has ended its side.
    pub async fn wait(&mut self, take_back: &TakeBack) -> io::Result<Buffer> {
        let half = match self {
            Self::Plain(half) => half,
            Self::Tls(half) => return half.wait(take_back).await,
        };
        let (result, buffer) = half.cancelable_read(Buffer::take_small(), take_back.handle()).await;
        match result {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => Ok(buffer),
            Err(error) if is_cancelled(&error) => {
                drop(buffer);
                wait_readable(half).await.map(|()| Buffer::empty())
            }
            Err(error) => Err(error),
        }
    }

    /// Appends what has come to `buffer`; 0 bytes mean that the peer has ended its side.
    ///
    /// # Errors
    /// The socket's error. With TLS, `InvalidData` when the peer broke the protocol, and
    /// `UnexpectedEof` when the socket ended without close_notify: anyone may have cut it.
    pub async fn read(&mut self, buffer: Buffer) -> (io::Result<usize>, Buffer) {
        match self {
            Self::Plain(half) => half.read(buffer).await,
            Self::Tls(half) => half.read(buffer).await,
        }
    }
}

impl Writer {
    /// Waits until a write would return at once.
    ///
    /// # Errors
    /// The socket's error.
    pub async fn writable(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(half) => wait_writable(half).await,
            Self::Tls(half) => half.writable().await,
        }
    }

    /// Whether bytes go out exactly as they are written.
    pub fn is_plain(&self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::Tls(_) => false,
        }
    }

    /// Sends all unread bytes of `buffer`; it comes back empty where that succeeded.
    ///
    /// # Errors
    /// The socket's error; how many bytes went out is then unknown.
    pub async fn write_all(&mut self, buffer: Buffer) -> (io::Result<()>, Buffer) {
        match self {
            Self::Plain(half) => write_plain(half, buffer).await,
            Self::Tls(half) => half.write_all(buffer).await,
        }
    }

    /// Sends now what TLS keeps for the next write: a client's last flight, a server's tickets.
    ///
    /// Only for a connection that may stay silent; the next write or wait does the same.
    pub fn flush(&mut self) {
        match self {
            Self::Plain(_) => {}
            Self::Tls(half) => half.flush(),
        }
    }

    /// Ends our side in order: with TLS a close_notify goes first. Reading goes on.
    ///
    /// # Errors
    /// The socket's error, or `InvalidData` when the TLS session failed before.
    pub async fn close(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(half) => half.shutdown().await,
            Self::Tls(half) => half.close().await,
        }
    }
}

/// Whether an operation ended because its buffer was asked back.
pub(super) fn is_cancelled(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::CANCELED.raw_os_error())
}

/// Waits until the socket has something to read, without holding a buffer.
pub(super) async fn wait_readable(half: &OwnedReadHalf<TcpStream>) -> io::Result<()> {
    // SAFETY: the other half only writes; `readable` takes the stream by shared reference.
    let stream = unsafe { &*half.0.get() };
    stream.readable(false).await
}

/// Waits until the socket takes something.
pub(super) async fn wait_writable(half: &OwnedWriteHalf<TcpStream>) -> io::Result<()> {
    // SAFETY: the other half only reads; `writable` takes the stream by shared reference.
    let stream = unsafe { &*half.0.get() };
    stream.writable(false).await
}

/// Sends all unread bytes of `buffer` as they are.
pub(super) async fn write_plain(
    to: &mut impl AsyncWriteRent,
    mut buffer: Buffer,
) -> (io::Result<()>, Buffer) {
    while !buffer.is_empty() {
        let result;
        (result, buffer) = to.write(buffer).await;
        match result {
            Ok(0) => return (Err(io::ErrorKind::WriteZero.into()), buffer),
            Ok(count) => buffer.advance(count),
            Err(error) => return (Err(error), buffer),
        }
    }
    (Ok(()), buffer)
}
