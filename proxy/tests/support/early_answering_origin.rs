//! What if an origin answers before it has read the body?

use super::origin::Origin;

/// Answers as soon as the head is there, then reads what still comes.
pub(crate) fn start(answer: &'static [u8]) -> Origin {
    Origin::start(move |peer| {
        if peer.head().is_ok() {
            let _ = peer.send(answer);
            peer.until_end();
        }
    })
}

/// Answers as soon as the head is there, and ends the connection without reading the body.
pub(crate) fn start_closing(answer: &'static [u8]) -> Origin {
    Origin::start(move |peer| {
        if peer.head().is_ok() {
            let _ = peer.send(answer);
        }
    })
}
