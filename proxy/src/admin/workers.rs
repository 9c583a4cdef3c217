//! What do workers start from, and what can the admin thread ask of them?

use std::fmt;
use std::net::TcpListener;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::options::{Driver, Listen, TimeoutOptions, UpstreamOptions};
use crate::publication::Published;
use crate::telemetry::WorkerTelemetry;

/// What workers start from.
#[derive(Debug)]
pub struct Ground {
    /// The driver that was wished for.
    pub driver: Driver,
    /// The core of each worker; as many as workers.
    pub cores: Vec<usize>,
    /// Where to listen: for each address a socket per worker.
    pub listeners: Vec<(Listen, Vec<TcpListener>)>,
    /// What to serve.
    pub publication: Arc<ArcSwap<Published>>,
    /// Counters and the end of the access log; one per worker.
    pub telemetry: Vec<WorkerTelemetry>,
    /// How long to wait for what.
    pub timeout: TimeoutOptions,
    /// How integrations are reached.
    pub upstream: UpstreamOptions,
    /// Client connections of one worker at a time.
    pub connections_max: usize,
}

/// Running workers, as the admin thread sees them.
pub struct Workers {
    /// The driver that they run on.
    pub driver: &'static str,
    /// Tells all workers to accept no more and to finish what runs.
    pub drain: Box<dyn Fn() + Send>,
    /// How many workers still run.
    pub running: Box<dyn Fn() -> usize + Send>,
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Workers({})", self.driver)
    }
}
