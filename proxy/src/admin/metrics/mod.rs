//! What does a scrape show?
//!
//! Workers' counters are summed when somebody asks; nothing is summed on a request's path.

mod exposition;
mod stages;

pub use exposition::{CONTENT_TYPE, Exposition, FamilyType};
pub use stages::{StageLabels, StageSlots};

use std::sync::Arc;

use crate::telemetry::{Counter, Gauge, WorkerCounters};

/// What the admin thread itself knows, at one moment.
#[derive(Clone, Debug, Default)]
pub struct AdminTotals {
    /// The snapshot's revision.
    pub snapshot_revision: u64,
    /// Snapshots that were replaced and still finish exchanges.
    pub snapshots_retired: u64,
    /// Definitions that were read again and published.
    pub reloads: u64,
    /// Definitions that were read again and refused.
    pub reload_failures: u64,
    /// Names that cannot be looked up now.
    pub names_failing: u64,
    /// Look-ups that failed.
    pub name_failures: u64,
    /// Access-log records written.
    pub log_records_written: u64,
    /// Access-log records lost because the file could not be written.
    pub log_records_lost: u64,
    /// Workers that run.
    pub workers_running: u64,
    /// The driver that workers run on.
    pub driver: &'static str,
    /// Microseconds since the program started.
    pub uptime_us: u64,
}

/// Everything that is shown, as Prometheus text.
pub fn render(workers: &[Arc<WorkerCounters>], slots: &StageSlots, admin: &AdminTotals) -> String {
    let mut exposition = Exposition::default();
    render_admin(&mut exposition, admin, workers.len());
    stages::render(&mut exposition, workers, slots);
    for (name, help, counter) in COUNTERS {
        let value = workers.iter().map(|worker| counter(worker).value()).sum();
        exposition.counter(name, help, value);
    }
    for (name, help, gauge) in GAUGES {
        let value = workers.iter().map(|worker| gauge(worker).value()).sum();
        exposition.gauge(name, help, value);
    }
    exposition.into_text()
}

fn render_admin(exposition: &mut Exposition, admin: &AdminTotals, workers: usize) {
    let mut info = exposition.begin("tollgate_info", FamilyType::Gauge, "What runs here");
    info.sample("", &[("version", env!("CARGO_PKG_VERSION")), ("driver", admin.driver)], 1);
    let mut uptime =
        exposition.begin("tollgate_uptime_seconds", FamilyType::Gauge, "Time since the start");
    uptime.seconds("", &[], admin.uptime_us);
    exposition.gauge("tollgate_workers", "Worker threads", workers as u64);
    for (name, help, value) in [
        ("tollgate_snapshot_revision", "Revision of what is served", admin.snapshot_revision),
        (
            "tollgate_snapshots_retired",
            "Replaced snapshots that still finish requests",
            admin.snapshots_retired,
        ),
        ("tollgate_workers_running", "Worker threads that run", admin.workers_running),
        ("tollgate_dns_names_failing", "Names that cannot be looked up now", admin.names_failing),
    ] {
        exposition.gauge(name, help, value);
    }
    for (name, help, value) in [
        ("tollgate_dns_failures_total", "Look-ups that failed", admin.name_failures),
        (
            "tollgate_log_records_written_total",
            "Access-log records written",
            admin.log_records_written,
        ),
        (
            "tollgate_log_records_lost_total",
            "Access-log records that their file did not take",
            admin.log_records_lost,
        ),
        ("tollgate_reload_failures_total", "Changes that were refused", admin.reload_failures),
        ("tollgate_reloads_total", "Changes that were published", admin.reloads),
    ] {
        exposition.counter(name, help, value);
    }
}

type CounterLine = (&'static str, &'static str, fn(&WorkerCounters) -> &Counter);

/// One line per counter of a worker, sorted by name.
const COUNTERS: &[CounterLine] = &[
    ("tollgate_accept_failures_total", "Accepts that failed", |w| &w.accept_failed),
    ("tollgate_client_timeouts_total", "Clients that were too slow", |w| &w.client_timeouts),
    ("tollgate_connections_accepted_total", "Client connections accepted", |w| {
        &w.connections_accepted
    }),
    ("tollgate_connections_refused_total", "Client connections above the cap", |w| {
        &w.connections_refused
    }),
    (
        "tollgate_log_records_dropped_total",
        "Access-log records the writer could not keep up with",
        |w| &w.log_records_dropped,
    ),
    ("tollgate_panics_fenced_total", "Panics that cost one exchange", |w| &w.panics),
    ("tollgate_received_bytes_total", "Bytes from clients", |w| &w.bytes_received),
    ("tollgate_requests_malformed_total", "Requests that are not HTTP we vouch for", |w| {
        &w.malformed
    }),
    ("tollgate_requests_shed_total", "Requests answered 503 because of overload", |w| &w.shed),
    ("tollgate_sent_bytes_total", "Bytes to clients", |w| &w.bytes_sent),
    ("tollgate_tls_handshake_failures_total", "TLS handshakes that failed", |w| {
        &w.handshake_failures
    }),
    ("tollgate_tls_handshakes_resumed_total", "TLS handshakes that resumed a session", |w| {
        &w.handshakes_resumed
    }),
    ("tollgate_tls_handshakes_total", "TLS handshakes that ended well", |w| &w.handshakes),
    ("tollgate_upstream_connect_failures_total", "Upstream connections that did not open", |w| {
        &w.upstream_connect_failures
    }),
    ("tollgate_upstream_opened_total", "Upstream connections opened", |w| &w.upstream_opened),
    ("tollgate_upstream_retries_total", "Requests sent upstream again", |w| &w.upstream_retries),
    ("tollgate_upstream_reused_total", "Upstream connections used once more", |w| {
        &w.upstream_reused
    }),
    ("tollgate_worker_ticks_total", "Ticks of the workers' loops", |w| &w.ticks),
];

type GaugeLine = (&'static str, &'static str, fn(&WorkerCounters) -> &Gauge);

/// One line per gauge of a worker, sorted by name.
const GAUGES: &[GaugeLine] = &[
    ("tollgate_connections_open", "Client connections open", |w| &w.connections_open),
    ("tollgate_exchanges_open", "Requests in flight", |w| &w.exchanges_open),
    ("tollgate_upstream_busy", "Upstream connections that carry a request", |w| &w.upstream_busy),
    ("tollgate_upstream_idle", "Upstream connections that wait for one", |w| &w.upstream_idle),
];

#[cfg(test)]
mod tests;
