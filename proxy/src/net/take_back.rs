//! How does an idle connection give back the buffer of its pending read?

use std::cell::RefCell;
use std::fmt;

use monoio::io::{CancelHandle, Canceller};

/// Takes back the buffer that a pending read has lent to the kernel.
///
/// Waiting without a buffer costs an operation of its own, so a connection that has just been busy
/// waits with one; when nothing comes for a while, the worker takes it back.
#[derive(Default)]
pub struct TakeBack(RefCell<Canceller>);

impl TakeBack {
    /// Ends the pending read; it comes back without bytes, unless some have come by then.
    pub fn take_back(&self) {
        let canceller = std::mem::take(&mut *self.0.borrow_mut());
        // What it gives back is as good as new but holds memory, which an idle connection spares.
        drop(canceller.cancel());
    }

    pub(super) fn handle(&self) -> CancelHandle {
        self.0.borrow().handle()
    }
}

impl fmt::Debug for TakeBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakeBack")
    }
}
