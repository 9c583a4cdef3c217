//! What does a worker tell the admin thread through?

use std::cell::RefCell;
use std::sync::Arc;

use tollgate_core::time::Now;

use crate::publication::Published;

use super::{AccessLog, WorkerCounters};

/// One worker's counters and its end of the access log. Moves to the worker's thread once.
#[derive(Debug)]
pub struct WorkerTelemetry {
    /// What is counted.
    pub counters: Arc<WorkerCounters>,
    access_log: Option<RefCell<AccessLog>>,
}

impl WorkerTelemetry {
    /// A worker's end; without an access log its records go nowhere.
    pub fn new(counters: Arc<WorkerCounters>, access_log: Option<AccessLog>) -> Self {
        Self { counters, access_log: access_log.map(RefCell::new) }
    }

    /// Whether records are written at all; asked before one is put together.
    #[inline]
    pub fn logs_access(&self) -> bool {
        self.access_log.is_some()
    }

    /// Appends the access-log record of an exchange that began with `published`; `encode` writes
    /// it behind what is there and must not come back here.
    #[inline]
    pub fn log_access(&self, published: &Arc<Published>, encode: impl FnOnce(&mut Vec<u8>)) {
        if let Some(log) = &self.access_log {
            log.borrow_mut().append(published, encode);
        }
    }

    /// Hands over what has waited long enough; called on the worker's tick.
    pub fn on_tick(&self, now: Now) {
        self.counters.ticks.add(1);
        if let Some(log) = &self.access_log {
            log.borrow_mut().on_tick(now);
        }
    }

    /// Hands over whatever there is; called before the worker ends.
    pub fn flush(&self) {
        if let Some(log) = &self.access_log {
            log.borrow_mut().flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_core::snapshot::Snapshot;

    use super::*;

    #[test]
    fn without_an_access_log_no_record_is_put_together() {
        let telemetry = WorkerTelemetry::new(Arc::default(), None);
        let published = Arc::new(Published {
            revision: 1,
            snapshot: Arc::new(Snapshot::empty()),
            targets: Vec::new(),
            stage_slots: Vec::new(),
        });
        telemetry.log_access(&published, |_| panic!("nobody reads it"));
        telemetry.on_tick(Now::default());
        telemetry.flush();
        assert_eq!(telemetry.counters.ticks.value(), 1);
    }
}
