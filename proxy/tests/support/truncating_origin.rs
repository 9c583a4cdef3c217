//! What if an origin ends the connection before its answer is whole?

use super::origin::Origin;

/// Answers each first request of a connection with these bytes, then ends the connection.
pub(crate) fn start(answer: &'static [u8]) -> Origin {
    Origin::start(move |peer| {
        if peer.request().is_ok() {
            let _ = peer.send(answer);
        }
    })
}
