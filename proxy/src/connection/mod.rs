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
struct Connection {
    /// Dropped before the halves.
    leave: Leave,
    reader: Reader,
    writer: Writer,
    socket: Socket,
    client: Client,
    state: Rc<ClientState>,
    local: Rc<Local>,
    /// Whether the first bytes may still show that the client speaks HTTP/2.
    may_turn_http2: bool,
}

/// Ends a connection when dropped: operations that the kernel still holds end with the socket.
struct Leave {
    socket: Socket,
    state: Rc<ClientState>,
    local: Rc<Local>,
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.socket.shut(rustix::net::Shutdown::Both);
        self.local.forget_client(&self.state);
    }
}

/// Serves `stream` until one side ends it.
pub async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<Arc<ServerTls>>,
    local: Rc<Local>,
) {
    let Ok(local_address) = stream.local_addr() else { return };
    let socket = Socket::of(&stream);
    let state = local.remember_client(socket);
    let mut client = Client {
        ip: peer.ip().to_canonical(),
        port: peer.port(),
        local_port: local_address.port(),
        scheme: Scheme::Http,
        tls: None,
    };
    let leave = Leave { socket, state: Rc::clone(&state), local: Rc::clone(&local) };
    let mut alpn = None;
    let mut may_turn_http2 = true;
    let (reader, writer) = match tls {
        None => split(stream),
        Some(tls) => {
            let Some(halves) = shake_hands(stream, &tls, &state, &local).await else { return };
            let (reader, writer, handshake) = halves;
            client.scheme = Scheme::Https;
            client.tls =
                Some(Tls { version: handshake.version, cipher_suite: handshake.cipher_suite });
            alpn = handshake.alpn;
            // "HTTP/2 over TLS uses the 'h2' protocol identifier" (RFC 9113 §3.2), and nothing else.
            may_turn_http2 = false;
            (reader, writer)
        }
    };
    let connection =
        Connection { leave, reader, writer, socket, client, state, local, may_turn_http2 };
    match alpn {
        Some(Alpn::Http2) => http2::serve(connection, Buffer::empty(), http2::run).await,
        Some(Alpn::Http11) | None => http1::serve(connection).await,
    }
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
            None
        }
    }
}
