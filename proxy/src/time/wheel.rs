//! Whose time is up?

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use tollgate_core::time::Now;

use super::micros;
use crate::net::Socket;

/// How coarse deadlines are; each fires up to one tick late and never early.
pub const TICK: Duration = Duration::from_millis(10);

const TICK_US: u64 = TICK.as_micros() as u64;

/// Slots of the wheel: deadlines further away than `SLOTS` ticks (about 10 s) pass through again.
const SLOTS: usize = 1024;

/// What happens to a socket whose deadline has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Reading ends, so that a refusal can still be written.
    ShutReading,
    /// Both directions end.
    Shut,
}

/// The deadline of one socket, set anew for whatever the connection waits for.
///
/// Setting it is a store: the wheel looks at `due_us` when the slot that holds the deadline comes
/// round and puts it off where it has moved on. Only a deadline that moves *nearer* than its slot
/// is put into a second one.
#[derive(Debug)]
pub struct Deadline {
    socket: Socket,
    /// When it is due; `u64::MAX` when it is not set.
    due_us: Cell<u64>,
    /// The nearest tick at which the wheel will look at it.
    looked_at_tick: Cell<u64>,
    expiry: Cell<Expiry>,
    is_expired: Cell<bool>,
}

impl Deadline {
    /// Whether the deadline came; from then on the socket is shut.
    pub fn is_expired(&self) -> bool {
        self.is_expired.get()
    }

    /// Unsets the deadline.
    pub fn disarm(&self) {
        self.due_us.set(u64::MAX);
    }
}

/// The deadlines of one worker.
///
/// A wheel of lists: the deadline that is due in tick `t` lies in slot `t % SLOTS`. Dead
/// connections are forgotten when their slot comes round.
#[derive(Debug)]
pub struct Wheel {
    slots: RefCell<Vec<Vec<Weak<Deadline>>>>,
    /// The next tick to be looked at.
    next_tick: Cell<u64>,
}

impl Wheel {
    /// An empty wheel that starts at `now`.
    pub fn new(now: Now) -> Self {
        Self {
            slots: RefCell::new((0..SLOTS).map(|_| Vec::new()).collect()),
            next_tick: Cell::new(now.monotonic_us / TICK_US),
        }
    }

    /// A deadline for `socket` that is not set yet.
    pub fn deadline(&self, socket: Socket) -> Rc<Deadline> {
        Rc::new(Deadline {
            socket,
            due_us: Cell::new(u64::MAX),
            looked_at_tick: Cell::new(u64::MAX),
            expiry: Cell::new(Expiry::Shut),
            is_expired: Cell::new(false),
        })
    }

    /// Sets `deadline` to `after` from `now`; what was set before no longer holds.
    #[inline]
    pub fn arm(&self, deadline: &Rc<Deadline>, after: Duration, expiry: Expiry, now: Now) {
        let due_us = now.monotonic_us.saturating_add(micros(after));
        deadline.due_us.set(due_us);
        deadline.expiry.set(expiry);
        let tick = tick_of(due_us);
        if tick < deadline.looked_at_tick.get() {
            self.insert(deadline, tick);
        }
    }

    /// Fires everything that is due at `now`; called once per [`TICK`].
    pub fn on_tick(&self, now: Now) {
        let current = now.monotonic_us / TICK_US;
        // After a long stall one round of all slots sees every deadline.
        let first = self.next_tick.get().max((current + 1).saturating_sub(SLOTS as u64));
        for tick in first..=current {
            self.next_tick.set(tick + 1);
            let due = std::mem::take(&mut self.slots.borrow_mut()[slot_of(tick)]);
            for deadline in due.iter().filter_map(Weak::upgrade) {
                self.look_at(&deadline, tick, now);
            }
            self.give_back(tick, due);
        }
    }

    fn look_at(&self, deadline: &Rc<Deadline>, tick: u64, now: Now) {
        if deadline.looked_at_tick.get() > tick {
            // A second entry of a deadline that was put off; its own slot is still to come.
            return;
        }
        let due_us = deadline.due_us.get();
        if due_us <= now.monotonic_us {
            deadline.is_expired.set(true);
            // It may be set once more: the answer to a client that no longer sends must be read.
            deadline.due_us.set(u64::MAX);
            deadline.looked_at_tick.set(u64::MAX);
            match deadline.expiry.get() {
                Expiry::ShutReading => deadline.socket.shut_reading(),
                Expiry::Shut => deadline.socket.shut(rustix::net::Shutdown::Both),
            }
            return;
        }
        deadline.looked_at_tick.set(u64::MAX);
        // An unset deadline is looked at again in a full round, so that setting it stays a store.
        let next = if due_us == u64::MAX { tick + SLOTS as u64 - 1 } else { tick_of(due_us) };
        self.insert(deadline, next);
    }

    fn insert(&self, deadline: &Rc<Deadline>, tick: u64) {
        let next_tick = self.next_tick.get();
        // What lies beyond one round waits in the furthest slot and is put off from there.
        let tick = tick.clamp(next_tick, next_tick + SLOTS as u64 - 1);
        if tick < deadline.looked_at_tick.get() {
            deadline.looked_at_tick.set(tick);
            self.slots.borrow_mut()[slot_of(tick)].push(Rc::downgrade(deadline));
        }
    }

    /// Returns a slot's memory, so that a steady load allocates nothing.
    fn give_back(&self, tick: u64, mut emptied: Vec<Weak<Deadline>>) {
        emptied.clear();
        let mut slots = self.slots.borrow_mut();
        let slot = &mut slots[slot_of(tick)];
        if slot.is_empty() && emptied.capacity() <= 1024 {
            *slot = emptied;
        }
    }
}

/// The first tick at which `due_us` has passed.
fn tick_of(due_us: u64) -> u64 {
    due_us.div_ceil(TICK_US)
}

fn slot_of(tick: u64) -> usize {
    (tick % SLOTS as u64) as usize
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd;

    use super::*;

    fn at(ms: u64) -> Now {
        Now { monotonic_us: ms * 1000, unix_ms: ms }
    }

    /// A connected socket to hang a deadline on; both ends must be kept.
    fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let near = TcpStream::connect(listener.local_addr().expect("bound")).expect("listening");
        let (far, _) = listener.accept().expect("connected");
        (near, far)
    }

    fn run(wheel: &Wheel, from_ms: u64, to_ms: u64) {
        for ms in (from_ms..=to_ms).step_by(10) {
            wheel.on_tick(at(ms));
        }
    }

    #[test]
    fn a_deadline_fires_when_it_is_due_and_not_before() {
        let (near, _far) = connection();
        let wheel = Wheel::new(at(0));
        let deadline = wheel.deadline(Socket::of_fd(near.as_raw_fd()));
        for after_ms in [50, 29_000] {
            wheel.arm(&deadline, Duration::from_millis(after_ms), Expiry::Shut, at(0));
        }
        run(&wheel, 0, 28_990);
        assert!(!deadline.is_expired());
        run(&wheel, 29_000, 29_010);
        assert!(deadline.is_expired());
    }

    #[test]
    fn a_deadline_moved_nearer_fires_at_the_nearer_time() {
        let (near, _far) = connection();
        let wheel = Wheel::new(at(0));
        let deadline = wheel.deadline(Socket::of_fd(near.as_raw_fd()));
        wheel.arm(&deadline, Duration::from_secs(60), Expiry::Shut, at(0));
        run(&wheel, 0, 1000);
        wheel.arm(&deadline, Duration::from_millis(100), Expiry::Shut, at(1000));
        run(&wheel, 1010, 1090);
        assert!(!deadline.is_expired());
        run(&wheel, 1100, 1110);
        assert!(deadline.is_expired());
    }

    #[test]
    fn a_deadline_put_off_again_and_again_keeps_one_entry() {
        let (near, _far) = connection();
        let wheel = Wheel::new(at(0));
        let deadline = wheel.deadline(Socket::of_fd(near.as_raw_fd()));
        for ms in (0..100_000).step_by(10) {
            wheel.arm(&deadline, Duration::from_millis(500), Expiry::Shut, at(ms));
            wheel.on_tick(at(ms));
        }
        assert!(!deadline.is_expired());
        let entries: usize = wheel.slots.borrow().iter().map(Vec::len).sum();
        assert!(entries <= 2, "{entries} entries");
    }

    #[test]
    fn a_stall_longer_than_a_round_loses_no_deadline() {
        let (near, _far) = connection();
        let wheel = Wheel::new(at(0));
        let deadline = wheel.deadline(Socket::of_fd(near.as_raw_fd()));
        wheel.arm(&deadline, Duration::from_millis(200), Expiry::Shut, at(0));
        wheel.on_tick(at(120_000));
        assert!(deadline.is_expired());
    }

    #[test]
    fn a_deadline_that_ended_reading_can_still_end_writing() {
        let (near, _far) = connection();
        let wheel = Wheel::new(at(0));
        let socket = Socket::of_fd(near.as_raw_fd());
        let deadline = wheel.deadline(socket);
        wheel.arm(&deadline, Duration::from_millis(100), Expiry::ShutReading, at(0));
        run(&wheel, 0, 200);
        assert!((&near).write(b"still open").is_ok());
        wheel.arm(&deadline, Duration::from_millis(100), Expiry::Shut, at(200));
        run(&wheel, 210, 400);
        assert_eq!((&near).write(b"shut").map_err(|e| e.kind()), Err(ErrorKind::BrokenPipe));
    }

    #[test]
    fn a_disarmed_deadline_never_fires() {
        let (near, _far) = connection();
        let wheel = Wheel::new(at(0));
        let deadline = wheel.deadline(Socket::of_fd(near.as_raw_fd()));
        wheel.arm(&deadline, Duration::from_millis(200), Expiry::Shut, at(0));
        deadline.disarm();
        run(&wheel, 0, 60_000);
        assert!(!deadline.is_expired());
    }
}
