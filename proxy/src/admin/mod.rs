//! Who compiles, publishes, watches and answers the operator?

mod console;
mod door;
mod host;
mod http;
pub mod metrics;
pub mod names;
mod publishing;
mod resolver;
mod state;
mod systemd;
mod targets;
pub mod watch;

pub use state::{Readiness, Shared};
