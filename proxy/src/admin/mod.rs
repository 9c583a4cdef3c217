//! Who compiles, publishes, watches and answers the operator?

pub mod metrics;
pub mod names;
pub mod watch;
