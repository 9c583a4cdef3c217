//! What do the admin address and the admin thread know together?

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::telemetry::WorkerCounters;

use super::metrics::{self, AdminTotals, StageLabels, StageSlots};

/// Whether requests are welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Workers are not up yet, or names not looked up.
    Starting,
    /// All is well.
    Ready,
    /// The program is about to end.
    Draining,
}

/// What is shown on the admin address. Workers never touch it, so a lock harms nobody.
#[derive(Debug)]
pub struct Shared {
    readiness: AtomicU8,
    started: Instant,
    workers: Vec<Arc<WorkerCounters>>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    slots: StageSlots,
    totals: AdminTotals,
}

impl Shared {
    /// The state of a program that starts with these workers.
    pub fn new(workers: Vec<Arc<WorkerCounters>>) -> Self {
        Self {
            readiness: AtomicU8::new(Readiness::Starting as u8),
            started: Instant::now(),
            workers,
            known: Mutex::new(Known::default()),
        }
    }

    /// Whether requests are welcome.
    pub fn readiness(&self) -> Readiness {
        match self.readiness.load(Ordering::Relaxed) {
            state if state == Readiness::Ready as u8 => Readiness::Ready,
            state if state == Readiness::Starting as u8 => Readiness::Starting,
            _ => Readiness::Draining,
        }
    }

    /// Says so from now on.
    pub fn set_readiness(&self, readiness: Readiness) {
        self.readiness.store(readiness as u8, Ordering::Relaxed);
    }

    /// Changes what is known.
    pub fn update(&self, change: impl FnOnce(&mut AdminTotals)) {
        change(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner).totals);
    }

    /// The slot in which workers count a stage.
    pub fn slot_of(&self, labels: StageLabels) -> u32 {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).slots.slot_of(labels)
    }

    /// Client connections that are open on all workers.
    pub fn connections_open(&self) -> u64 {
        self.workers.iter().map(|worker| worker.connections_open.value()).sum()
    }

    /// Everything that is counted, as Prometheus text.
    pub fn metrics_text(&self) -> String {
        let (slots, mut totals) = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            (known.slots.clone(), known.totals.clone())
        };
        totals.uptime_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        metrics::render(&self.workers, &slots, &totals)
    }
}
