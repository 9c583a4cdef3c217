//! Who compiles, publishes, watches and answers the operator?
//!
//! One unpinned thread with a tokio runtime of its own. It reads definitions, looks names up,
//! serves the admin address, and starts and ends the workers. It never carries traffic, and
//! traffic never waits for it.

mod certificates;
mod commands;
mod console;
mod control;
mod definitions;
mod door;
mod host;
mod http;
pub mod metrics;
pub mod names;
mod publishing;
mod report;
mod resolver;
mod start;
mod state;
mod systemd;
mod targets;
pub mod watch;
mod workers;

pub use commands::{routes, validate};
pub use start::run;
pub use state::{Readiness, Shared};
pub use workers::{Ground, Held, Listener, Workers};
