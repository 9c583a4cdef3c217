//! What if the origin's host dies in the middle of a body?

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use super::origin::Origin;
use super::reset_origin::reset;

/// An origin that has answered in part and waits to be killed.
pub(crate) struct KilledOrigin {
    /// The origin.
    pub(crate) origin: Origin,
    kill: Sender<()>,
}

/// Sends `answer`, which is not whole, and dies when told to.
pub(crate) fn start(answer: &'static [u8]) -> KilledOrigin {
    let (kill, killed): (Sender<()>, Receiver<()>) = channel();
    let killed = Arc::new(Mutex::new(killed));
    let origin = Origin::start(move |peer| {
        if peer.request().is_ok() {
            let _ = peer.send(answer);
            let _ = killed.lock().expect("the order").recv();
            reset(peer.socket());
        }
    });
    KilledOrigin { origin, kill }
}

impl KilledOrigin {
    /// Resets the connection that is being answered.
    pub(crate) fn kill(&self) {
        self.kill.send(()).expect("an origin that waits");
    }
}
