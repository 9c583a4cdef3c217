//! What do workers start from, and what can the admin thread ask of them?

use std::fmt;
use std::net::TcpListener;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::certificates::{ClientConfigs, ServerTls};
use crate::options::{Driver, TimeoutOptions};
use crate::publication::Published;
use crate::telemetry::WorkerTelemetry;

/// What workers start from.
#[derive(Debug)]
pub struct Ground {
    /// The driver that was wished for.
    pub driver: Driver,
    /// The core of each worker; as many as workers.
    pub cores: Vec<usize>,
    /// Where to listen.
    pub listeners: Vec<Listener>,
    /// What to serve.
    pub publication: Arc<ArcSwap<Published>>,
    /// Counters and the end of the access log; one per worker.
    pub telemetry: Vec<WorkerTelemetry>,
    /// How long to wait for what.
    pub timeout: TimeoutOptions,
    /// How TLS is spoken to integrations.
    pub upstream_tls: ClientConfigs,
    /// Client connections of one worker at a time.
    pub connections_max: usize,
}

/// An address where workers listen.
#[derive(Debug)]
pub struct Listener {
    /// How TLS is spoken; `None` where it is not. Its certificates may change at any time.
    pub tls: Option<Arc<ServerTls>>,
    /// A socket for each worker.
    pub sockets: Vec<TcpListener>,
    /// By whom the sockets are held.
    pub held: Held,
}

/// Who holds a listening socket, which decides how it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Each worker its own, which ends with the process.
    Alone,
    /// One socket by all workers and by the service manager, which goes on listening.
    WithServiceManager,
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
