//! What time is it on this worker, and what is overdue?
//!
//! [`now`] is read once per wake-up and handed on. Deadlines do not sleep: they sit in the
//! worker's coarse [`Wheel`], which one timer drives, and end what is pending by shutting its
//! socket down.

mod clock;
mod patience;
mod wheel;

pub use clock::{date, micros, now, recent};
pub use patience::Patience;
pub use wheel::{Deadline, Expiry, TICK, Wheel};
