//! How does one thread count, and another read, without slowing the first?

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows, written by one thread and read by any.
///
/// `Relaxed` suffices: nothing else is published through a counter, and a reader may see a value
/// that is a moment old. One writer makes load and store enough, where `fetch_add` would lock the
/// cache line.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts `amount` more. Only the owner of the counter calls this.
    #[inline]
    pub fn add(&self, amount: u64) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(amount), Ordering::Relaxed);
    }

    /// What has been counted so far.
    #[inline]
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that rises and falls, written by one thread and read by any.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Gauge {
    /// One more. Only the owner of the gauge calls this.
    #[inline]
    pub fn rise(&self) {
        self.set(self.value().saturating_add(1));
    }

    /// One less; a gauge never falls below zero.
    #[inline]
    pub fn fall(&self) {
        debug_assert!(self.value() > 0, "a gauge fell more often than it rose");
        self.set(self.value().saturating_sub(1));
    }

    /// The number as it is now.
    #[inline]
    pub fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// The number as it was last set.
    #[inline]
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
