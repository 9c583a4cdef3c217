//! How are bytes lent to the kernel and got back, and how is a connection cut short?

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener, ToSocketAddrs};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

use monoio::buf::{IoBuf, IoBufMut, SliceMut};
use monoio::io::{AsyncReadRent, AsyncWriteRent, AsyncWriteRentExt};
use monoio::net::TcpStream;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use crate::limits;

/// Binds one listener of an address that several threads share; the kernel spreads connections.
///
/// # Errors
/// The address is taken by someone who does not share it, or not ours.
pub fn listen(address: SocketAddr) -> io::Result<StdListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(limits::BACKLOG)?;
    Ok(socket.into())
}

/// Binds `count` listeners of one address; with port 0 all get the port that the first one got.
///
/// # Errors
/// As [`listen`].
pub fn listen_many(address: SocketAddr, count: usize) -> io::Result<Vec<StdListener>> {
    let first = listen(address)?;
    let bound = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..count {
        listeners.push(listen(bound)?);
    }
    Ok(listeners)
}

/// The first address of `host:port`. Blocks: for start-up only.
///
/// # Errors
/// The name does not resolve.
pub fn resolve(authority: &str) -> io::Result<SocketAddr> {
    let found = authority.to_socket_addrs()?.next();
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"))
}

/// Appends what has come to `buffer`; 0 bytes mean that the peer has ended its side.
pub async fn read_more<S: AsyncReadRent>(
    stream: &mut S,
    mut buffer: Vec<u8>,
) -> (io::Result<usize>, Vec<u8>) {
    let start = buffer.len();
    if buffer.capacity() - start < limits::READ_BYTES / 4 {
        buffer.reserve(limits::READ_BYTES);
    }
    let end = buffer.capacity();
    let (result, slice): (_, SliceMut<Vec<u8>>) = stream.read(buffer.slice_mut(start..end)).await;
    (result, slice.into_inner())
}

/// Sends all of `bytes` and gives them back.
pub async fn write_all<S: AsyncWriteRent, B: IoBuf + 'static>(
    stream: &mut S,
    bytes: B,
) -> (io::Result<usize>, B) {
    stream.write_all(bytes).await
}

/// Makes the coming close an abortive one: the peer sees a reset instead of an end.
///
/// # Errors
/// The socket's error.
pub fn reset_on_close(stream: &TcpStream) -> io::Result<()> {
    with_fd(stream, |fd| SockRef::from(&fd).set_linger(Some(Duration::ZERO)))
}

/// Ends both directions, so that a pending read or write returns.
pub fn shut(stream: &impl AsRawFd) {
    with_fd(stream, |fd| {
        // A peer that has already gone is no news.
        let _ = rustix::net::shutdown(fd, rustix::net::Shutdown::Both);
    });
}

fn with_fd<T>(stream: &impl AsRawFd, act: impl FnOnce(BorrowedFd<'_>) -> T) -> T {
    // SAFETY: the stream is borrowed for the whole call, so its descriptor stays open and its own.
    act(unsafe { BorrowedFd::borrow_raw(stream.as_raw_fd()) })
}
