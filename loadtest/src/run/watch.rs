//! How is a connection that does not answer in time told to give up?

use std::cell::{Cell, RefCell};
use std::os::fd::RawFd;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use monoio::net::TcpStream;
use monoio::time::sleep;

use crate::net;

/// How often deadlines are looked at; an answer may be late by this much before it is given up.
const TICK: Duration = Duration::from_millis(50);

/// The deadlines of all connections of a thread.
///
/// A pending read must not be dropped (the bytes the kernel has already taken would be lost with
/// it), so a connection that is late is shut down instead, and its read ends by itself.
#[derive(Clone, Debug, Default)]
pub struct Watch(Rc<RefCell<Vec<Weak<Guarded>>>>);

/// The deadline of one connection; shut down when it passes.
#[derive(Clone, Debug)]
pub struct Deadline(Rc<Guarded>);

#[derive(Debug)]
struct Guarded {
    socket: Socket,
    at: Cell<Option<Instant>>,
    has_passed: Cell<bool>,
}

#[derive(Debug)]
struct Socket(RawFd);

impl std::os::fd::AsRawFd for Socket {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

impl Watch {
    /// Watches `stream`; the deadline must be dropped before the stream is.
    pub fn guard(&self, stream: &TcpStream) -> Deadline {
        let socket = Socket(std::os::fd::AsRawFd::as_raw_fd(stream));
        let guarded =
            Rc::new(Guarded { socket, at: Cell::new(None), has_passed: Cell::new(false) });
        self.0.borrow_mut().push(Rc::downgrade(&guarded));
        Deadline(guarded)
    }

    /// Shuts connections down whose deadline passes, for ever.
    pub async fn run(self) {
        loop {
            sleep(TICK).await;
            let now = Instant::now();
            self.0.borrow_mut().retain(|guarded| {
                guarded.upgrade().is_some_and(|guarded| {
                    guarded.check(now);
                    true
                })
            });
        }
    }

    /// Shuts all connections down that wait for an answer.
    pub fn end_all(&self) {
        for guarded in self.0.borrow().iter().filter_map(Weak::upgrade) {
            if guarded.at.get().is_some() {
                guarded.has_passed.set(true);
                net::shut(&guarded.socket);
            }
        }
    }
}

impl Deadline {
    /// Expects an answer until `moment`.
    pub fn set(&self, moment: Instant) {
        self.0.at.set(Some(moment));
    }

    /// Expects nothing.
    pub fn clear(&self) {
        self.0.at.set(None);
    }

    /// The connection was shut down because it was late.
    pub fn has_passed(&self) -> bool {
        self.0.has_passed.get()
    }

    /// Shuts the connection down now.
    pub fn shut(&self) {
        net::shut(&self.0.socket);
    }
}

impl Guarded {
    fn check(&self, now: Instant) {
        if self.at.get().is_some_and(|at| at <= now) && !self.has_passed.replace(true) {
            net::shut(&self.socket);
        }
    }
}
