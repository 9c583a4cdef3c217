//! What time is it, as the outside told us?

/// One reading of the clocks, taken once per wake-up and passed as the last argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Microseconds on a clock that never goes back; its zero is arbitrary.
    pub monotonic_us: u64,
    /// Milliseconds since 1970-01-01T00:00:00Z, as clients read it.
    pub unix_ms: u64,
}

impl Now {
    /// Microseconds since `earlier`, zero when `earlier` lies ahead.
    pub fn since_us(self, earlier: Now) -> u64 {
        self.monotonic_us.saturating_sub(earlier.monotonic_us)
    }

    /// Whole seconds since the epoch.
    pub fn unix_s(self) -> u64 {
        self.unix_ms / 1000
    }
}
