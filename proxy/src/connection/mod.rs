//! What happens on one client connection, from accept to close?
//!
//! TLS first where the listener has it, then HTTP/1.1 or HTTP/2: by ALPN, or over cleartext by the
//! connection preface. A connection is one task; what it holds while it idles is small, because
//! there are ten thousand of them.

mod http1;
mod linger;

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use monoio::net::TcpStream;
use tollgate_core::context::{Client, Tls};
use tollgate_core::message::Scheme;

use crate::certificates::ServerTls;
use crate::local::{ClientState, Local};
use crate::net::tls::{Handshake, accept};
use crate::net::{Reader, Socket, Writer, split};
use crate::time::{Expiry, now};

/// A client connection: its halves, its state, and who is at the other end.
struct Connection {
    reader: Reader,
    writer: Writer,
    socket: Socket,
    client: Client,
    state: Rc<ClientState>,
    local: Rc<Local>,
    is_reset: bool,
}

impl Connection {
    /// Closes the connection so that the client sees it broken off.
    fn reset(mut self) {
        self.is_reset = true;
        self.socket.reset_on_close();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Operations that the kernel still holds end with the socket.
        if !self.is_reset {
            self.socket.shut(rustix::net::Shutdown::Both);
        }
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
    let (reader, writer) = match tls {
        None => split(stream),
        Some(tls) => match shake_hands(stream, &tls, &state, &local).await {
            None => {
                local.forget_client(&state);
                return;
            }
            Some((reader, writer, handshake)) => {
                client.scheme = Scheme::Https;
                client.tls =
                    Some(Tls { version: handshake.version, cipher_suite: handshake.cipher_suite });
                (reader, writer)
            }
        },
    };
    http1::serve(Connection { reader, writer, socket, client, state, local, is_reset: false })
        .await;
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
