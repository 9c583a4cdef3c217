//! What if an origin ends a connection after an answer that did not say so?

use super::origin::Origin;
use super::recording_origin::answer;

/// Answers one request per connection as a recording origin does, without `Connection: close`, and
/// ends the connection when the second request has come.
pub(crate) fn start() -> Origin {
    Origin::start(|peer| {
        if let Ok(request) = peer.request() {
            let _ = peer.send(&answer(&request));
            let _ = peer.head();
        }
    })
}
