//! What happens on one client connection, from accept to close?
//!
//! TLS first where the listener has it, then HTTP/1.1 or HTTP/2: by ALPN, or over cleartext by the
//! connection preface. A connection is one task; what it holds while it idles is small, because
//! there are ten thousand of them.

mod http1;
mod http2;
mod linger;

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use monoio::net::TcpStream;
use tollgate_core::context::{Client, Tls};
use tollgate_core::message::Scheme;

use crate::certificates::ServerTls;
use crate::local::{ClientState, Local};
use crate::net::tls::{Alpn, Handshake, accept};
use crate::net::{Buffer, Reader, Socket, Writer, split};
use crate::time::{Expiry, now};

/// A client connection: its halves, its state, and who is at the other end.
///
/// The guard comes first, because it must go before the descriptor does.
struct Connection {
    guard: Guard,
    reader: Reader,
    writer: Writer,
    socket: Socket,
    client: Client,
    state: Rc<ClientState>,
    local: Rc<Local>,
    /// Whether the first bytes may still show that the client speaks HTTP/2.
    may_turn_http2: bool,
}

/// Sees to it that a connection ends and is forgotten, however its task ends.
struct Guard {
    state: Rc<ClientState>,
    local: Rc<Local>,
    /// The socket that is shut down, so that operations which the kernel still holds end.
    shut: Option<Socket>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(socket) = self.shut {
            socket.shut(rustix::net::Shutdown::Both);
        }
        self.local.forget_client(&self.state);
    }
}

impl Connection {
    /// Closes the connection so that the client sees it broken off.
    fn reset(mut self) {
        self.guard.shut = None;
        self.socket.reset_on_close();
    }
}

/// Serves `stream` until one side ends it.
///
/// What happens once per connection is boxed: an idle connection should carry none of its size.
pub async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<Arc<ServerTls>>,
    local: Rc<Local>,
) {
    let Some((mut connection, alpn)) = Box::pin(open(stream, peer, tls, local)).await else {
        return;
    };
    let mut already_read = Buffer::empty();
    if alpn != Some(Alpn::Http2) {
        connection.guard.shut = Some(connection.socket);
        match http1::serve(&mut connection).await {
            http1::End::Closed => return,
            http1::End::Reset => return connection.reset(),
            http1::End::SpeakHttp2(bytes) => already_read = bytes,
        }
    }
    // From here on the halves end before the guard, and with them the descriptor.
    connection.guard.shut = None;
    Box::pin(http2::serve(connection, already_read, http2::run)).await;
}

/// Makes a connection of a socket; `None` where the client is gone or cannot be agreed with.
async fn open(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<Arc<ServerTls>>,
    local: Rc<Local>,
) -> Option<(Connection, Option<Alpn>)> {
    let socket = Socket::of(&stream);
    let mut client = Client {
        ip: peer.ip().to_canonical(),
        port: peer.port(),
        local_port: stream.local_addr().ok()?.port(),
        scheme: Scheme::Http,
        tls: None,
    };
    let state = local.remember_client(socket);
    let guard = Guard { state: Rc::clone(&state), local: Rc::clone(&local), shut: None };
    let Some(tls) = tls else {
        let (reader, writer) = split(stream);
        let may_turn_http2 = true;
        let connection =
            Connection { guard, reader, writer, socket, client, state, local, may_turn_http2 };
        return Some((connection, None));
    };
    let (reader, writer, handshake) = shake_hands(stream, &tls, &state, &local).await?;
    client.scheme = Scheme::Https;
    client.tls = Some(Tls { version: handshake.version, cipher_suite: handshake.cipher_suite });
    // "HTTP/2 over TLS uses the 'h2' protocol identifier" (RFC 9113 §3.2), and nothing else.
    let may_turn_http2 = false;
    let connection =
        Connection { guard, reader, writer, socket, client, state, local, may_turn_http2 };
    Some((connection, handshake.alpn))
}

/// Does the TLS handshake within its time; `None` where there is nobody left to talk to.
async fn shake_hands(
    stream: TcpStream,
    tls: &ServerTls,
    state: &ClientState,
    local: &Local,
) -> Option<(Reader, Writer, Handshake)> {
    let counters = &local.telemetry.counters;
    local.wheel.arm(&state.deadline, local.bounds.handshake, Expiry::Shut, now());
    match accept(stream, tls.config()).await {
        Ok((reader, writer, handshake)) => {
            counters.handshakes.add(1);
            counters.handshakes_resumed.add(u64::from(handshake.is_resumed));
            Some((reader, writer, handshake))
        }
        Err(_) => {
            counters.handshake_failures.add(1);
            counters.client_timeouts.add(u64::from(state.deadline.is_expired()));
            None
        }
    }
}
