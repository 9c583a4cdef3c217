//! Which idle connections does this worker hold, and for how long?

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tollgate_core::time::Now;

use super::Connection;
use crate::time::{Expiry, Wheel};

/// Idle connections one worker keeps per target; what comes back above that is closed.
const IDLE_PER_TARGET_MAX: usize = 1024;

/// The idle connections of one worker, by the target's slot.
#[derive(Debug, Default)]
pub struct Pools {
    idle: RefCell<Vec<Vec<Connection>>>,
    idle_count: Cell<usize>,
    busy_count: Cell<usize>,
}

/// A connection that carries a request, for as long as this is held.
#[derive(Debug)]
pub struct Busy<'p>(&'p Cell<usize>);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Pools {
    /// Takes the connection that was given back last.
    ///
    /// With `must_live` a connection that has visibly died is skipped at the price of a system
    /// call; without, it may turn out dead, and the caller retries.
    pub fn take(&self, slot: usize, must_live: bool) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        let pool = idle.get_mut(slot)?;
        while let Some(connection) = pool.pop() {
            self.idle_count.set(self.idle_count.get() - 1);
            let is_dead =
                if must_live { connection.is_dead() } else { connection.deadline.is_expired() };
            if !is_dead {
                return Some(connection);
            }
        }
        None
    }

    /// Gives back a connection whose exchange ended cleanly; it may idle for `idle_max`.
    pub fn give_back(
        &self,
        slot: usize,
        mut connection: Connection,
        (wheel, idle_max): (&Wheel, Duration),
        now: Now,
    ) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() <= slot {
            idle.resize_with(slot + 1, Vec::new);
        }
        let pool = &mut idle[slot];
        if pool.len() >= IDLE_PER_TARGET_MAX || connection.deadline.is_expired() {
            return;
        }
        wheel.arm(&connection.deadline, idle_max, Expiry::Shut, now);
        connection.is_reused = true;
        pool.push(connection);
        self.idle_count.set(self.idle_count.get() + 1);
    }

    /// Closes what the peers have closed or what idled too long; called about once a second.
    pub fn sweep(&self) {
        let mut count = 0;
        for pool in self.idle.borrow_mut().iter_mut() {
            pool.retain(|connection| !connection.is_dead());
            count += pool.len();
        }
        self.idle_count.set(count);
    }

    /// Counts a connection that carries a request, until what is given back is dropped.
    pub fn begin_use(&self) -> Busy<'_> {
        self.busy_count.set(self.busy_count.get() + 1);
        Busy(&self.busy_count)
    }

    /// How many connections carry a request.
    pub fn busy_count(&self) -> usize {
        self.busy_count.get()
    }

    /// How many connections idle.
    pub fn idle_count(&self) -> usize {
        self.idle_count.get()
    }
}
