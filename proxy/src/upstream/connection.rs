//! What does one HTTP/1.1 connection to an upstream consist of?

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use monoio::net::TcpStream;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;

use crate::net::tls::connect;
use crate::net::{Reader, Socket, Writer, split};
use crate::time::{Deadline, Expiry, Wheel, now};

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
    /// The name leads to an address that integrations may not reach.
    Forbidden(IpAddr),
    /// The peer refused, or the network did.
    Refused(io::Error),
    /// It took longer than the integration may.
    TimedOut,
    /// The TLS handshake failed, in these words.
    Tls(String),
}

/// How TLS is spoken to an upstream.
#[derive(Clone, Debug)]
pub struct UpstreamTls {
    /// The name sent and verified.
    pub server_name: String,
    /// What is offered and trusted.
    pub config: Arc<ClientConfig>,
}

impl Connection {
    /// Opens a connection to `address`, with a TLS handshake where `tls` says how.
    ///
    /// # Errors
    /// Any [`ConnectFailure`] but those of the name.
    pub async fn open(
        address: SocketAddr,
        tls: Option<&UpstreamTls>,
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
        let deadline = wheel.deadline(socket);
        let (reader, writer) = match tls {
            None => split(stream),
            Some(tls) => {
                wheel.arm(&deadline, timeout, Expiry::Shut, now());
                shake_hands(stream, tls, &deadline).await?
            }
        };
        Ok(Self { reader, writer, socket, deadline, is_reused: false })
    }

    /// Whether the peer has ended the connection or sent something nobody asked for.
    ///
    /// One system call; worth it before a request that may not be sent twice.
    pub fn is_dead(&self) -> bool {
        self.deadline.is_expired() || self.socket.has_something_to_read()
    }
}

async fn shake_hands(
    stream: TcpStream,
    tls: &UpstreamTls,
    deadline: &Deadline,
) -> Result<(Reader, Writer), ConnectFailure> {
    let name = ServerName::try_from(tls.server_name.clone());
    let name = name.map_err(|error| ConnectFailure::Tls(error.to_string()))?;
    match connect(stream, name, Arc::clone(&tls.config)).await {
        Ok((reader, writer, _)) => Ok((reader, writer)),
        Err(_) if deadline.is_expired() => Err(ConnectFailure::TimedOut),
        Err(error) => Err(ConnectFailure::Tls(error.to_string())),
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.socket.shut(rustix::net::Shutdown::Both);
    }
}
