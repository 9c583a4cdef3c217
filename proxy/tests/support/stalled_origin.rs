//! What if an origin takes a request and never answers?

use super::origin::Origin;

/// Reads requests, says nothing, and keeps the connection.
pub(crate) fn start() -> Origin {
    Origin::start(super::origin::Peer::until_end)
}

/// Answers with a head that promises more than the few bytes which follow, then says nothing more.
pub(crate) fn start_stalling_mid_body() -> Origin {
    Origin::start(|peer| {
        if peer.request().is_ok() {
            let _ = peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst");
            peer.until_end();
        }
    })
}
