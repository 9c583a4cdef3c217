//! Who compiles, publishes, watches and answers the operator?

mod door;
mod http;
pub mod metrics;
pub mod names;
mod state;
pub mod watch;

pub use state::{Readiness, Shared};
