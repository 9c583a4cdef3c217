//! What does one worker count?

use super::{Counter, Gauge, StageCounters, StageTable};

/// Everything one worker counts: written by that worker alone, read by the admin thread.
///
/// Aligned so that no two workers share a cache line, nor the pair of lines that is fetched
/// together. To count something new, add the field here and its line in the table of
/// `admin/metrics.rs`.
#[derive(Debug, Default)]
#[repr(align(128))]
pub struct WorkerCounters {
    /// Client connections accepted.
    pub connections_accepted: Counter,
    /// Client connections closed at once, because the cap was reached.
    pub connections_refused: Counter,
    /// Client connections open now.
    pub connections_open: Gauge,
    /// Accepts that failed, such as for want of file descriptors.
    pub accept_failed: Counter,
    /// TLS handshakes that ended well.
    pub handshakes: Counter,
    /// Those of them that resumed a session.
    pub handshakes_resumed: Counter,
    /// TLS handshakes that failed or took too long.
    pub handshake_failures: Counter,
    /// Bytes received from clients.
    pub bytes_received: Counter,
    /// Bytes sent to clients.
    pub bytes_sent: Counter,
    /// Requests refused because their bytes are not HTTP we vouch for.
    pub malformed: Counter,
    /// Requests answered 503 at once, because the worker is overloaded.
    pub shed: Counter,
    /// Requests or connections ended because the client was too slow.
    pub client_timeouts: Counter,
    /// Exchanges in flight now.
    pub exchanges_open: Gauge,
    /// Panics that cost one exchange.
    pub panics: Counter,
    /// Upstream connections opened.
    pub upstream_opened: Counter,
    /// Upstream connections used once more.
    pub upstream_reused: Counter,
    /// Upstream connections that could not be opened.
    pub upstream_connect_failures: Counter,
    /// Requests sent upstream a second time.
    pub upstream_retries: Counter,
    /// Upstream connections that wait for a request.
    pub upstream_idle: Gauge,
    /// Upstream connections that carry one.
    pub upstream_busy: Gauge,
    /// Access-log records that were not written, because the writer fell behind.
    pub log_records_dropped: Counter,
    /// Wake-ups of the worker's loop by its tick.
    pub ticks: Counter,
    stages: StageTable,
}

impl WorkerCounters {
    /// The counters of a stage; slot 0 is for requests that no stage took.
    #[inline]
    pub fn stage_counters(&self, slot: u32) -> &StageCounters {
        self.stages.at(slot)
    }

    /// Counts one exchange that has ended; see [`StageCounters::on_request`].
    #[inline]
    pub fn on_request(&self, slot: u32, status: u16, latency_us: u64, integration_us: Option<u64>) {
        self.stages.at(slot).on_request(status, latency_us, integration_us);
    }

    /// The counters of a stage, where this worker has met it; for readers.
    pub fn peek_stage(&self, slot: u32) -> Option<&StageCounters> {
        self.stages.peek(slot)
    }
}
