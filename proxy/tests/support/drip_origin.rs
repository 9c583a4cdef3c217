//! What if an origin answers a few bytes at a time?

use std::time::Duration;

use super::origin::Origin;

/// Answers `body` with its length, one byte every `pause`.
pub(crate) fn start(body: &'static [u8], pause: Duration) -> Origin {
    Origin::start(move |peer| {
        while peer.request().is_ok() {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            for byte in head.as_bytes().iter().chain(body) {
                if peer.send(&[*byte]).is_err() {
                    return;
                }
                std::thread::sleep(pause);
            }
        }
    })
}
