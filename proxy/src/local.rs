//! What does one worker own?
//!
//! Everything an exchange touches on its worker hangs here and is shared by reference count, not
//! by lock: the tasks of a worker all run on its thread.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::task::Waker;
use std::time::Duration;

use arc_swap::{ArcSwap, Cache};
use slab::Slab;
use tollgate_core::message::{RequestHead, ResponseHead};
use tollgate_core::time::Now;

use crate::certificates::ClientConfigs;
use crate::net::{Socket, TakeBack};
use crate::publication::Published;
use crate::telemetry::WorkerTelemetry;
use crate::time::{Deadline, Expiry, Wheel, micros, now, recent};
use crate::upstream::Pools;

/// How long each wait may last, and how much one worker carries.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// From accept to the end of the TLS handshake.
    pub handshake: Duration,
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// Between two pieces of a body, in either direction.
    pub body_progress: Duration,
    /// Between two requests of a client (AWS: idle connection, 310 s).
    pub idle: Duration,
    /// From the head of a request to the end of its response.
    pub exchange: Duration,
    /// For a connection to an upstream to open.
    pub connect: Duration,
    /// For the next request on a connection to an upstream. Shorter than the idle time-outs that
    /// common servers have (60 s and more), so that it is us who close.
    pub upstream_idle: Duration,
    /// Client connections of one worker; what comes above that is answered 503 and closed.
    pub connections_max: usize,
    /// Exchanges one worker carries at once; what comes above that is answered 503.
    pub exchanges_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            body_progress: Duration::from_secs(30),
            idle: Duration::from_secs(310),
            exchange: Duration::from_secs(300),
            connect: Duration::from_secs(5),
            upstream_idle: Duration::from_secs(50),
            connections_max: 65_536,
            exchanges_max: 16_384,
        }
    }
}

/// What workers are to do; set by the admin thread, read at every tick.
#[derive(Debug, Default)]
pub struct Orders(AtomicU8);

/// What a worker is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Accept and serve.
    Serve,
    /// Accept no more, finish what runs.
    Drain,
}

impl Orders {
    /// Gives an order; it is seen within a tick.
    pub fn give(&self, order: Order) {
        self.0.store(order as u8, Ordering::Release);
    }

    /// The order in force.
    pub fn current(&self) -> Order {
        match self.0.load(Ordering::Acquire) {
            0 => Order::Serve,
            _ => Order::Drain,
        }
    }
}

/// How long a connection may go on waiting for a request once its worker drains.
const IDLE_WHEN_DRAINING: Duration = Duration::from_secs(1);

/// Connections of one worker that may keep a buffer while they wait.
const WARM_CONNECTIONS_MAX: usize = 1024;

/// How long a connection that waits for a request keeps a buffer.
const WARM_MAX: Duration = Duration::from_millis(500);

/// Tables of heads a worker keeps.
const HEADS_KEPT_MAX: usize = 1024;

/// What a worker knows of one client connection.
#[derive(Debug)]
pub struct ClientState {
    /// The deadline of whatever the connection waits for.
    pub deadline: Rc<Deadline>,
    /// Takes back the buffer of a connection that has gone quiet.
    pub take_back: TakeBack,
    is_idle: Cell<bool>,
    was_busy: Cell<bool>,
    /// Since when it waits with a buffer, in monotonic microseconds; 0 where it has none.
    warm_since_us: Cell<u64>,
    /// Whom to wake when the worker begins to drain; connections that only idle need no word.
    drain_waker: RefCell<Option<Waker>>,
    key: usize,
}

impl ClientState {
    /// Notes that the connection waits for a request.
    pub fn idle(&self, local: &Local) {
        self.is_idle.set(true);
        let idle = if local.is_draining() { IDLE_WHEN_DRAINING } else { local.bounds.idle };
        local.wheel.arm(&self.deadline, idle, Expiry::Shut, recent());
    }

    /// Whether the connection may keep a buffer while it waits, because it has just been busy and
    /// not too many others do.
    pub fn may_wait_warm(&self, local: &Local) -> bool {
        let is_warm = self.was_busy.get() && local.warm.get() < WARM_CONNECTIONS_MAX;
        if is_warm {
            local.warm.set(local.warm.get() + 1);
            self.warm_since_us.set(recent().monotonic_us.max(1));
        }
        is_warm
    }

    /// Notes that the connection waits without a buffer, or no longer waits.
    fn cool(&self, local: &Local) -> bool {
        let was_warm = self.warm_since_us.replace(0) != 0;
        if was_warm {
            local.warm.set(local.warm.get() - 1);
        }
        was_warm
    }

    /// Whether the connection waits for a request.
    pub fn is_idle(&self) -> bool {
        self.is_idle.get()
    }

    /// Has `waker` woken once the worker begins to drain.
    pub fn wake_to_drain(&self, waker: &Waker) {
        let mut known = self.drain_waker.borrow_mut();
        if !known.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *known = Some(waker.clone());
        }
    }

    /// Notes that a request has come.
    pub fn busy(&self, local: &Local) {
        self.is_idle.set(false);
        self.was_busy.set(true);
        self.cool(local);
    }
}

/// An exchange that runs.
#[derive(Debug)]
pub struct Running<'l>(&'l Cell<usize>);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// What all workers start with.
#[derive(Clone)]
pub struct Shared {
    /// What to serve.
    pub publication: Arc<ArcSwap<Published>>,
    /// How much, how long.
    pub bounds: Bounds,
    /// How TLS is spoken to upstreams.
    pub upstream_tls: ClientConfigs,
    /// What to do.
    pub orders: Arc<Orders>,
    /// How many workers run.
    pub running: Arc<AtomicUsize>,
}

/// What is published, held by the exchanges of one worker.
///
/// They share one atomic reference through a plain count, so that workers do not fight over the
/// cache line of the snapshot's count.
pub type Held = Rc<Arc<Published>>;

/// One worker's own.
pub struct Local {
    /// Deadlines.
    pub wheel: Wheel,
    /// Idle upstream connections.
    pub pools: Pools,
    /// Counters and log records.
    pub telemetry: WorkerTelemetry,
    /// The bounds in force.
    pub bounds: Bounds,
    /// How TLS is spoken to upstreams.
    pub upstream_tls: ClientConfigs,
    exchanges: Cell<usize>,
    /// Connections that wait for a request and keep a buffer.
    warm: Cell<usize>,
    /// When draining began, in monotonic microseconds; 0 while it has not.
    pub draining_since_us: Cell<u64>,
    clients: RefCell<Slab<Rc<ClientState>>>,
    heads: RefCell<Vec<RequestHead>>,
    response_heads: RefCell<Vec<ResponseHead>>,
    publication: RefCell<Cache<Arc<ArcSwap<Published>>, Arc<Published>>>,
    held: RefCell<Held>,
}

impl Local {
    /// A worker's own, before it serves.
    pub fn new(shared: Shared, telemetry: WorkerTelemetry) -> Self {
        let held = Rc::new(shared.publication.load_full());
        Self {
            wheel: Wheel::new(now()),
            pools: Pools::default(),
            telemetry,
            bounds: shared.bounds,
            upstream_tls: shared.upstream_tls,
            clients: RefCell::new(Slab::new()),
            heads: RefCell::new(Vec::new()),
            response_heads: RefCell::new(Vec::new()),
            exchanges: Cell::new(0),
            warm: Cell::new(0),
            draining_since_us: Cell::new(0),
            publication: RefCell::new(Cache::new(shared.publication)),
            held: RefCell::new(held),
        }
    }

    /// What is published now; an exchange asks once and keeps the answer.
    pub fn published(&self) -> Held {
        let mut publication = self.publication.borrow_mut();
        let current = publication.load();
        let mut held = self.held.borrow_mut();
        if !Arc::ptr_eq(current, &held) {
            *held = Rc::new(Arc::clone(current));
        }
        Rc::clone(&held)
    }

    /// Registers a client connection.
    pub fn remember_client(&self, socket: Socket) -> Rc<ClientState> {
        let mut clients = self.clients.borrow_mut();
        let entry = clients.vacant_entry();
        let state = Rc::new(ClientState {
            deadline: self.wheel.deadline(socket),
            take_back: TakeBack::default(),
            is_idle: Cell::new(false),
            was_busy: Cell::new(false),
            warm_since_us: Cell::new(0),
            drain_waker: RefCell::new(None),
            key: entry.key(),
        });
        entry.insert(Rc::clone(&state));
        self.telemetry.counters.connections_open.set(clients.len() as u64);
        state
    }

    /// Forgets a client connection that has ended.
    pub fn forget_client(&self, state: &ClientState) {
        state.cool(self);
        let mut clients = self.clients.borrow_mut();
        clients.try_remove(state.key);
        self.telemetry.counters.connections_open.set(clients.len() as u64);
    }

    /// Client connections open.
    pub fn connections(&self) -> usize {
        self.clients.borrow().len()
    }

    /// Takes back the buffers of connections that have waited for a while.
    pub fn cool_idle(&self, now: Now) {
        for (_, client) in self.clients.borrow().iter() {
            let since_us = client.warm_since_us.get();
            let is_quiet = now.monotonic_us.saturating_sub(since_us) > micros(WARM_MAX);
            if since_us != 0 && is_quiet && client.cool(self) {
                client.take_back.take_back();
            }
        }
    }

    /// Begins to drain: connections that wait for a request get a last moment to send one.
    pub fn begin_to_drain(&self, now: Now) {
        self.draining_since_us.set(now.monotonic_us.max(1));
        for (_, client) in self.clients.borrow().iter() {
            if let Some(waker) = client.drain_waker.take() {
                waker.wake();
                continue;
            }
            if client.is_idle.get() {
                self.wheel.arm(&client.deadline, IDLE_WHEN_DRAINING, Expiry::Shut, now);
            }
        }
    }

    /// A table for a request's head, cleared, with its room kept from earlier requests.
    pub fn take_head(&self) -> RequestHead {
        self.heads.borrow_mut().pop().unwrap_or_default()
    }

    /// Keeps a table for the next request.
    pub fn give_back_head(&self, mut head: RequestHead) {
        let mut heads = self.heads.borrow_mut();
        if heads.len() < HEADS_KEPT_MAX {
            head.clear();
            heads.push(head);
        }
    }

    /// A table for an answer's head, cleared, with its room kept from earlier answers.
    pub fn take_response_head(&self) -> ResponseHead {
        self.response_heads.borrow_mut().pop().unwrap_or_default()
    }

    /// Keeps a table for the next answer.
    pub fn give_back_response_head(&self, mut head: ResponseHead) {
        let mut heads = self.response_heads.borrow_mut();
        if heads.len() < HEADS_KEPT_MAX {
            head.clear();
            heads.push(head);
        }
    }

    /// Counts an exchange in, until what is given back is dropped.
    pub fn begin_exchange(&self) -> Running<'_> {
        self.exchanges.set(self.exchanges.get() + 1);
        Running(&self.exchanges)
    }

    /// Whether more exchanges run than the worker carries well: what comes now is shed.
    pub fn is_overloaded(&self) -> bool {
        self.exchanges.get() > self.bounds.exchanges_max
    }

    /// Shows the admin thread how much is under way; called on the worker's tick, so that nothing
    /// of it is written per request.
    pub fn show_gauges(&self) {
        let counters = &self.telemetry.counters;
        counters.exchanges_open.set(self.exchanges.get() as u64);
        counters.upstream_idle.set(self.pools.idle_count() as u64);
        counters.upstream_busy.set(self.pools.busy_count() as u64);
    }

    /// Whether the worker accepts no more and finishes what runs.
    pub fn is_draining(&self) -> bool {
        self.draining_since_us.get() != 0
    }
}
