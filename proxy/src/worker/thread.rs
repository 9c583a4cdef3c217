//! What does one worker's thread do from start to end?

use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tollgate_core::time::Now;

use super::accept;
use crate::admin::Held;
use crate::certificates::ServerTls;
use crate::local::{Local, Order, Orders, Shared};
use crate::net::{Driver, trim_pools};
use crate::telemetry::WorkerTelemetry;
use crate::time::{TICK, now};

/// Ticks between two looks at the pools.
const SWEEP_TICKS: u64 = 100;

/// What one thread starts from.
pub(super) struct Seed {
    pub(super) index: usize,
    pub(super) core: usize,
    pub(super) driver: Driver,
    pub(super) listeners: Vec<(TcpListener, Held, Option<Arc<ServerTls>>)>,
    pub(super) telemetry: WorkerTelemetry,
}

/// Counts a worker out, even where its thread unwinds.
struct CountedOut(Arc<AtomicUsize>);

impl Drop for CountedOut {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}

/// Runs a worker until it has drained.
pub(super) fn run(seed: Seed, shared: Shared) {
    let _counted_out = CountedOut(Arc::clone(&shared.running));
    pin(seed.core, seed.index);
    if let Err(error) = seed.driver.block_on(serve(seed, shared)) {
        tracing::error!(%error, "a worker could not start its runtime");
    }
}

/// Ties the thread to one core; a container may forbid it, and then the kernel places the thread.
fn pin(core: usize, index: usize) {
    let mut cores = rustix::thread::CpuSet::new();
    cores.set(core);
    if let Err(error) = rustix::thread::sched_setaffinity(None, &cores) {
        tracing::warn!(%error, core, worker = index, "a worker could not be pinned to its core");
    }
}

async fn serve(seed: Seed, shared: Shared) {
    let orders = Arc::clone(&shared.orders);
    let local = Rc::new(Local::new(shared, seed.telemetry));
    let mut listeners = Vec::new();
    for (socket, held, tls) in seed.listeners {
        match accept::Listening::start((socket, held), tls, Rc::clone(&local)) {
            Ok(listening) => listeners.push(listening),
            Err(error) => tracing::error!(%error, "a worker could not listen"),
        }
    }
    keep_time(&local, &orders, listeners).await;
}

/// The worker's heartbeat: deadlines, orders, batches of records, pools.
async fn keep_time(local: &Rc<Local>, orders: &Orders, mut listeners: Vec<accept::Listening>) {
    let mut ticks = 0_u64;
    loop {
        monoio::time::sleep(TICK).await;
        let now = now();
        ticks += 1;
        local.wheel.on_tick(now);
        local.telemetry.on_tick(now);
        local.show_gauges();
        // A snapshot that is no longer published must not be held by an idle worker.
        drop(local.published());
        if ticks.is_multiple_of(SWEEP_TICKS) {
            local.pools.sweep();
            local.cool_idle(now);
            trim_pools();
        }
        match orders.current() {
            Order::Serve => {}
            Order::Drain => {
                on_drain(local, &mut listeners, now);
                if local.connections() == 0 {
                    break;
                }
            }
        }
    }
    local.telemetry.flush();
    // Records in the ring are taken by the log writer; a tick lets the last one be seen.
    monoio::time::sleep(Duration::from_millis(1)).await;
}

fn on_drain(local: &Rc<Local>, listeners: &mut Vec<accept::Listening>, now: Now) {
    if !local.is_draining() {
        local.begin_to_drain(now);
    }
    for listening in listeners.drain(..) {
        listening.stop();
    }
}
