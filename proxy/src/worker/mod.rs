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
use crate::certificates::{CertificateProblem, SecurityPolicy, ServerTls, Tickets, client_configs};
use crate::local::{Bounds, Order, Orders, Shared};
use crate::net::Driver;
use crate::options::{self, Listen};

/// Starts a worker on each core of `ground`.
///
/// # Errors
/// io_uring was asked for and the kernel refuses it, a certificate cannot be used, or a thread
/// cannot be spawned.
pub fn start(ground: Ground) -> io::Result<Workers> {
    let driver = Driver::probe(match ground.driver {
        options::Driver::Auto => None,
        options::Driver::IoUring => Some(Driver::IoUring),
        options::Driver::Epoll => Some(Driver::Epoll),
    })?;
    let upstream_tls =
        client_configs(&ground.upstream.upstream_ca).map_err(|problems| unusable(&problems))?;
    let shared = Shared {
        publication: ground.publication,
        bounds: bounds(&ground.timeout, ground.connections_max),
        upstream_tls,
        orders: Arc::new(Orders::default()),
        running: Arc::new(AtomicUsize::new(0)),
    };
    let tickets = Tickets::new().map_err(|problem| unusable(&[problem]))?;
    let mut listeners = Vec::new();
    for (listen, sockets) in ground.listeners {
        listeners.push((
            tls_of(&listen, &tickets).map_err(|problems| unusable(&problems))?,
            sockets.into_iter(),
        ));
    }
    for (index, (core, telemetry)) in ground.cores.into_iter().zip(ground.telemetry).enumerate() {
        let own =
            listeners.iter_mut().filter_map(|(tls, sockets)| Some((sockets.next()?, tls.clone())));
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

/// The TLS settings of a listener; `None` for a plain one.
fn tls_of(
    listen: &Listen,
    tickets: &Tickets,
) -> Result<Option<Arc<ServerTls>>, Vec<CertificateProblem>> {
    if !listen.is_tls() {
        return Ok(None);
    }
    let tls = ServerTls::load(&listen.certificates, tickets, SecurityPolicy::default())?;
    Ok(Some(Arc::new(tls)))
}

/// All that is wrong with the files, in one error.
fn unusable(problems: &[CertificateProblem]) -> io::Error {
    let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
    io::Error::new(io::ErrorKind::InvalidInput, texts.join("; "))
}
