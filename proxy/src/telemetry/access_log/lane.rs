//! How does a worker hand its batches over, and get them back?

use std::sync::Arc;
use std::thread::Thread;

use rtrb::{Consumer, Producer, RingBuffer};
use tollgate_core::time::Now;

use crate::publication::Published;
use crate::telemetry::WorkerCounters;

use super::Batch;

/// Batches on their way between one worker and the log thread: 64 of them are 4 MiB, and at
/// 100,000 requests a second and worker they bridge a tenth of a second.
const BATCHES_MAX: usize = 64;

/// How long records may wait for their batch to fill.
const WAIT_US_MAX: u64 = 100_000;

/// The worker's end of the access log.
#[derive(Debug)]
pub struct AccessLog {
    batch: Batch,
    handed_over_us: u64,
    full: Producer<Batch>,
    empty: Consumer<Batch>,
    writer: Option<Thread>,
    counters: Arc<WorkerCounters>,
}

/// The log thread's end, for one worker.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) full: Consumer<Batch>,
    pub(super) empty: Producer<Batch>,
}

impl AccessLog {
    /// Both ends for one worker, which counts in `counters` what it has to drop.
    pub(super) fn with_lane(counters: Arc<WorkerCounters>) -> (Self, Lane) {
        let (full, full_end) = RingBuffer::new(BATCHES_MAX);
        let (empty_end, empty) = RingBuffer::new(BATCHES_MAX);
        let log =
            Self { batch: Batch::new(), handed_over_us: 0, full, empty, writer: None, counters };
        (log, Lane { full: full_end, empty: empty_end })
    }

    /// Tells whom to wake.
    pub(super) fn set_writer(&mut self, writer: Thread) {
        self.writer = Some(writer);
    }

    /// Appends the record of an exchange that began with `published`; `encode` writes it behind
    /// what is there. Neither waits nor, once warm, allocates.
    #[inline]
    pub fn append(&mut self, published: &Arc<Published>, encode: impl FnOnce(&mut Vec<u8>)) {
        self.batch.append(published, encode);
        if self.batch.is_full() {
            self.hand_over();
        }
    }

    /// Hands over what has waited long enough; called on the worker's tick.
    pub fn on_tick(&mut self, now: Now) {
        if now.monotonic_us.saturating_sub(self.handed_over_us) >= WAIT_US_MAX {
            self.handed_over_us = now.monotonic_us;
            self.flush();
        }
    }

    /// Hands over whatever there is.
    pub fn flush(&mut self) {
        if !self.batch.is_empty() {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        if self.full.is_full() {
            self.counters.log_records_dropped.add(self.batch.records());
            self.batch.clear();
            return;
        }
        let next = self.empty.pop().unwrap_or_else(|_| Batch::new());
        let full = std::mem::replace(&mut self.batch, next);
        if let Err(rtrb::PushError::Full(full)) = self.full.push(full) {
            self.counters.log_records_dropped.add(full.records());
        }
        if let Some(writer) = &self.writer {
            writer.unpark();
        }
    }
}
