//! How long may this side of an exchange take for its next step?

use std::rc::Rc;
use std::time::Duration;

use super::{Deadline, Expiry, Wheel, recent};

/// A socket's deadline together with what is needed to put it off.
#[derive(Clone, Copy)]
pub struct Patience<'l> {
    /// The worker's wheel.
    pub wheel: &'l Wheel,
    /// The socket's deadline.
    pub deadline: &'l Rc<Deadline>,
    /// How long each step may take.
    pub step: Duration,
    /// When patience ends whatever the progress, in monotonic microseconds.
    pub until_us: u64,
    /// What happens to the socket afterwards.
    pub expiry: Expiry,
}

impl Patience<'_> {
    /// Grants another step, from this moment on.
    pub fn renew(&self) {
        let now = recent();
        let left = Duration::from_micros(self.until_us.saturating_sub(now.monotonic_us));
        self.wheel.arm(self.deadline, self.step.min(left), self.expiry, now);
    }

    /// Grants time to the end of all patience, from this moment on: it is not this side that is
    /// waited for. Then both directions end, since nobody is left to refuse anything.
    pub fn pause(&self) {
        let now = recent();
        let left = Duration::from_micros(self.until_us.saturating_sub(now.monotonic_us));
        self.wheel.arm(self.deadline, left, Expiry::Shut, now);
    }

    /// Whether the last step took too long.
    pub fn has_ended(&self) -> bool {
        self.deadline.is_expired()
    }
}
