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
use tollgate_core::context::Client;
use tollgate_core::message::Scheme;

use crate::certificates::ServerTls;
use crate::local::{ClientState, Local};
use crate::net::{Reader, Socket, Writer, split};

/// A client connection: its halves, its state, and who is at the other end.
struct Connection {
    reader: Reader,
    writer: Writer,
    socket: Socket,
    client: Client,
    state: Rc<ClientState>,
    local: Rc<Local>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Operations that the kernel still holds end with the socket.
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
    let client = Client {
        ip: peer.ip().to_canonical(),
        port: peer.port(),
        local_port: local_address.port(),
        scheme: if tls.is_some() { Scheme::Https } else { Scheme::Http },
    };
    let state = local.remember_client(socket);
    let (reader, writer) = split(stream);
    let connection = Connection { reader, writer, socket, client, state, local };
    http1::serve(connection).await;
}
