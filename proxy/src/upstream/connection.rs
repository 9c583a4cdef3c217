//! What does one HTTP/1.1 connection to an upstream consist of?

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use monoio::net::TcpStream;

use crate::net::{Reader, Socket, Writer, split};
use crate::time::{Deadline, Wheel};

/// An open connection to an upstream, in use by one exchange or idle in its pool.
///
/// Dropping it shuts the socket down first, so that an operation the kernel still holds ends.
#[derive(Debug)]
pub struct Connection {
    /// Reads what the upstream answers.
    pub reader: Reader,
    /// Writes what it is asked.
    pub writer: Writer,
    /// Ends pending operations.
    pub socket: Socket,
    /// The deadline of whatever the connection waits for.
    pub deadline: Rc<Deadline>,
    /// Whether it carried an exchange before; if so it may have died unnoticed.
    pub is_reused: bool,
}

/// Why no connection could be opened.
#[derive(Debug)]
pub enum ConnectFailure {
    /// The name has no address at the moment.
    NotResolved,
    /// The peer refused, or the network did.
    Refused(io::Error),
    /// It took longer than the integration may.
    TimedOut,
    /// The TLS handshake failed.
    Tls(io::Error),
}

impl Connection {
    /// Opens a plain connection to `address`.
    ///
    /// # Errors
    /// [`ConnectFailure::Refused`] or [`ConnectFailure::TimedOut`].
    pub async fn open(
        address: SocketAddr,
        timeout: Duration,
        wheel: &Wheel,
    ) -> Result<Self, ConnectFailure> {
        // Dropping a pending connect is safe: no byte can be lost and the descriptor goes with it.
        let stream = match monoio::time::timeout(timeout, TcpStream::connect_addr(address)).await {
            Err(_) => return Err(ConnectFailure::TimedOut),
            Ok(Err(error)) => return Err(ConnectFailure::Refused(error)),
            Ok(Ok(stream)) => stream,
        };
        // A request is written whole, so waiting for more to send only delays its last segment.
        stream.set_nodelay(true).map_err(ConnectFailure::Refused)?;
        let socket = Socket::of(&stream);
        let (reader, writer) = split(stream);
        Ok(Self { reader, writer, socket, deadline: wheel.deadline(socket), is_reused: false })
    }

    /// Whether the peer has ended the connection or sent something nobody asked for.
    ///
    /// One system call; worth it before a request that may not be sent twice.
    pub fn is_dead(&self) -> bool {
        self.deadline.is_expired() || self.socket.has_something_to_read()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.socket.shut(rustix::net::Shutdown::Both);
    }
}
