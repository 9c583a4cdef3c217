//! What can be read from and written to, whether TLS lies between or not?

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;

use monoio::io::{AsyncReadRent, AsyncWriteRent, OwnedReadHalf, OwnedWriteHalf, Splitable};
use monoio::net::TcpStream;

use super::Buffer;

/// The reading half of a connection.
#[derive(Debug)]
pub enum Reader {
    /// Straight from the socket.
    Plain(OwnedReadHalf<TcpStream>),
}

/// The writing half of a connection.
#[derive(Debug)]
pub enum Writer {
    /// Straight to the socket.
    Plain(OwnedWriteHalf<TcpStream>),
}

/// A handle to a connection's socket, to end its pending operations from elsewhere.
///
/// Kept beside the halves and dropped with them, so the descriptor is never one that was reused.
#[derive(Clone, Debug)]
pub struct Socket(Rc<OpenSocket>);

#[derive(Debug)]
struct OpenSocket(RawFd);

impl Socket {
    /// The handle of `stream`; the caller drops it no later than the stream's halves.
    pub fn of(stream: &TcpStream) -> Self {
        Self(Rc::new(OpenSocket(stream.as_raw_fd())))
    }

    /// Ends reading: a pending read returns 0 bytes. Replies can still be written.
    pub fn shut_reading(&self) {
        self.shut(rustix::net::Shutdown::Read);
    }

    /// Ends writing: the peer sees the end of the stream.
    pub fn shut_writing(&self) {
        self.shut(rustix::net::Shutdown::Write);
    }

    /// Ends both directions: pending operations return with what they have.
    pub fn shut(&self, how: rustix::net::Shutdown) {
        // SAFETY: the descriptor is open, because this handle does not outlive the stream's halves,
        // and is only borrowed for the call.
        let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(self.0.0) };
        // A peer that has already gone is no news.
        let _ = rustix::net::shutdown(fd, how);
    }
}

/// Splits a plain connection into its halves.
pub fn split(stream: TcpStream) -> (Reader, Writer) {
    let (reader, writer) = stream.into_split();
    (Reader::Plain(reader), Writer::Plain(writer))
}

impl Reader {
    /// Waits until a read would return at once, without holding a buffer.
    ///
    /// # Errors
    /// The socket's error.
    pub async fn readable(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(half) => {
                // SAFETY: the other half only writes; `readable` takes the stream by shared reference.
                let stream = unsafe { &*half.0.get() };
                stream.readable(false).await
            }
        }
    }

    /// Appends what has come to `buffer`; 0 bytes mean that the peer has ended its side.
    ///
    /// # Errors
    /// The socket's error, or a TLS error as `InvalidData`.
    pub async fn read(&mut self, buffer: Buffer) -> (io::Result<usize>, Buffer) {
        match self {
            Self::Plain(half) => half.read(buffer).await,
        }
    }
}

impl Writer {
    /// Sends all unread bytes of `buffer`; it comes back empty where that succeeded.
    ///
    /// # Errors
    /// The socket's error; how many bytes went out is then unknown.
    pub async fn write_all(&mut self, mut buffer: Buffer) -> (io::Result<()>, Buffer) {
        while !buffer.is_empty() {
            let result;
            (result, buffer) = match self {
                Self::Plain(half) => half.write(buffer).await,
            };
            match result {
                Ok(0) => return (Err(io::ErrorKind::WriteZero.into()), buffer),
                Ok(count) => buffer.advance(count),
                Err(error) => return (Err(error), buffer),
            }
        }
        (Ok(()), buffer)
    }
}
