//! Who compiles, publishes, watches and answers the operator?

mod door;
mod host;
mod http;
pub mod metrics;
pub mod names;
mod resolver;
mod state;
mod systemd;
mod targets;
pub mod watch;

pub use state::{Readiness, Shared};
