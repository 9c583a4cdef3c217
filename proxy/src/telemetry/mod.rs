//! What happened, and who is told?
//!
//! Each worker counts in its own [`WorkerCounters`] and writes access-log records into its own
//! batch; the admin thread sums the first when it is scraped, and a log thread renders the second.
//! tollgate's own log goes to standard error through `tracing`, never from a request's path.
//!
//! Absent on purpose: a registry that workers look things up in. They hold what they count in.

mod access_log;
mod counter;
mod histogram;
mod operational_log;
mod stage_counters;
mod worker_counters;
mod worker_telemetry;

pub use access_log::{AccessLog, LogCounters, LogThread, Sink, render_access};
pub use counter::{Counter, Gauge};
pub use histogram::{Histogram, HistogramTotals};
pub use operational_log::{is_for_people, start_operational_log};
pub use stage_counters::{CLASS_COUNT, SLOT_COUNT, StageCounters, StageTable, StageTotals};
pub use worker_counters::WorkerCounters;
pub use worker_telemetry::WorkerTelemetry;
