//! Who serves traffic? Pinned threads, each with a runtime, listeners and pools of its own.
//!
//! [`start`] spawns them and hands the admin thread what it may ask of them. A worker looks at its
//! orders once per tick, so nobody has to interrupt it. Threads are never joined: a runtime must
//! not be dropped while the kernel still holds its buffers, so the process simply ends.
//!
//! Absent on purpose: anything shared between workers but the publication, which is read only, and
//! the keys of TLS tickets.

mod accept;
mod thread;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::admin::{Ground, Workers};
use crate::local::{Bounds, Order, Orders, Shared};
use crate::net::Driver;
use crate::options;

/// Starts a worker on each core of `ground`.
///
/// # Errors
/// io_uring was asked for and the kernel refuses it, or a thread cannot be spawned.
pub fn start(ground: Ground) -> io::Result<Workers> {
    let driver = Driver::probe(match ground.driver {
        options::Driver::Auto => None,
        options::Driver::IoUring => Some(Driver::IoUring),
        options::Driver::Epoll => Some(Driver::Epoll),
    })?;
    let shared = Shared {
        publication: ground.publication,
        bounds: bounds(&ground.timeout, ground.connections_max),
        upstream_tls: ground.upstream_tls,
        orders: Arc::new(Orders::default()),
        running: Arc::new(AtomicUsize::new(0)),
    };
    let mut listeners = ground.listeners;
    for (index, (core, telemetry)) in ground.cores.into_iter().zip(ground.telemetry).enumerate() {
        let own = listeners
            .iter_mut()
            .filter_map(|from| Some((from.sockets.pop()?, from.held, from.tls.clone())));
        let seed = thread::Seed { index, core, driver, listeners: own.collect(), telemetry };
        let shared = shared.clone();
        shared.running.fetch_add(1, Ordering::Relaxed);
        let name = format!("tollgate-{index}");
        std::thread::Builder::new().name(name).spawn(move || thread::run(seed, shared))?;
    }
    let (orders, running) = (shared.orders, shared.running);
    Ok(Workers {
        driver: driver.as_str(),
        drain: Box::new(move || orders.give(Order::Drain)),
        running: Box::new(move || running.load(Ordering::Acquire)),
    })
}

fn bounds(timeout: &options::TimeoutOptions, connections_max: usize) -> Bounds {
    Bounds {
        handshake: timeout.handshake_timeout,
        head: timeout.header_timeout,
        body_progress: timeout.body_timeout,
        idle: timeout.idle_timeout,
        exchange: timeout.request_timeout,
        connect: timeout.connect_timeout,
        upstream_idle: timeout.upstream_idle_timeout,
        connections_max,
        ..Bounds::default()
    }
}
