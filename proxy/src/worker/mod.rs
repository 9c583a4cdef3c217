//! Who serves traffic? Pinned threads, each with a runtime, listeners and pools of its own.
//!
//! [`start`] spawns them; [`Workers`] gives them orders. A worker looks at its orders once per
//! tick, so nobody has to interrupt it.
//!
//! Absent on purpose: anything shared between workers but the publication, which is read only.

mod accept;
mod thread;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use crate::certificates::ServerTls;
use crate::local::{Bounds, Order, Orders};
use crate::net::Driver;
use crate::publication::Published;
use crate::telemetry::WorkerTelemetry;

/// One address to listen on: a socket per worker, and TLS where the address has it.
#[derive(Debug)]
pub struct Listener {
    /// As many sockets as there are workers, all bound to the same address.
    pub sockets: Vec<TcpListener>,
    /// The certificates, for a TLS address.
    pub tls: Option<Arc<ServerTls>>,
}

/// What workers need to start.
pub struct Start {
    /// io_uring or epoll; already probed.
    pub driver: Driver,
    /// The CPU each worker is pinned to; as many as workers.
    pub cpus: Vec<usize>,
    /// Where to listen.
    pub listeners: Vec<Listener>,
    /// What to serve.
    pub publication: Arc<ArcSwap<Published>>,
    /// One set of counters and rings per worker.
    pub telemetry: Vec<WorkerTelemetry>,
    /// How much, how long.
    pub bounds: Bounds,
}

/// Running workers.
pub struct Workers {
    orders: Arc<Orders>,
    running: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts a thread per CPU of `start.cpus`.
///
/// # Errors
/// A thread cannot be spawned.
pub fn start(start: Start) -> io::Result<Workers> {
    let orders = Arc::new(Orders::default());
    let running = Arc::new(AtomicUsize::new(0));
    let mut sockets: Vec<_> = start
        .listeners
        .into_iter()
        .map(|listener| (listener.sockets.into_iter(), listener.tls))
        .collect();
    let mut threads = Vec::new();
    for (index, (cpu, telemetry)) in start.cpus.into_iter().zip(start.telemetry).enumerate() {
        let seed = thread::Seed {
            index,
            cpu,
            driver: start.driver,
            listeners: sockets
                .iter_mut()
                .filter_map(|(sockets, tls)| Some((sockets.next()?, tls.clone())))
                .collect(),
            publication: Arc::clone(&start.publication),
            telemetry,
            bounds: start.bounds.clone(),
            orders: Arc::clone(&orders),
            running: Arc::clone(&running),
        };
        running.fetch_add(1, Ordering::Relaxed);
        let name = format!("worker-{index}");
        threads.push(std::thread::Builder::new().name(name).spawn(move || thread::run(seed))?);
    }
    Ok(Workers { orders, running, threads })
}

impl Workers {
    /// Orders all workers to accept no more and to finish what runs.
    pub fn drain(&self) {
        self.orders.give(Order::Drain);
    }

    /// How many workers still run.
    pub fn running(&self) -> usize {
        self.running.load(Ordering::Acquire)
    }

    /// Waits until all workers have ended, at most until `deadline`, then orders them to end.
    ///
    /// Whether all had ended by themselves. Threads that hang are left to the process's exit: a
    /// runtime is never dropped while the kernel still holds its buffers.
    pub fn join(self, deadline: Instant) -> bool {
        const LOOK_EVERY: Duration = Duration::from_millis(5);
        while self.running() > 0 && Instant::now() < deadline {
            std::thread::sleep(LOOK_EVERY);
        }
        let is_clean = self.running() == 0;
        self.orders.give(Order::End);
        if is_clean {
            for thread in self.threads {
                // A worker that panicked has said so; there is nothing left to save.
                let _ = thread.join();
            }
        }
        is_clean
    }
}
