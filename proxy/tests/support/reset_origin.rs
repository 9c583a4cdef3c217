//! What if an origin resets the connection?

use std::net::TcpStream;

use socket2::SockRef;
use std::time::Duration;

use super::origin::Origin;

/// Resets the connection once it has the whole request, without an answer.
pub(crate) fn start() -> Origin {
    Origin::start(|peer| {
        let _ = peer.request();
        reset(peer.socket());
    })
}

/// Resets the connection before it reads anything.
pub(crate) fn start_resetting_at_once() -> Origin {
    Origin::start(|peer| reset(peer.socket()))
}

/// Makes the close of this socket a reset.
pub(crate) fn reset(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).expect("a socket");
    let _ = stream.shutdown(std::net::Shutdown::Read);
}
