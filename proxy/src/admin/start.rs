//! In which order does tollgate start and end?

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tollgate_core::snapshot::Snapshot;

use crate::options::{AccessLogOptions, AccessLogTarget, Listen, ServeOptions};
use crate::telemetry::{
    AccessLog, LogThread, Sink, WorkerCounters, WorkerTelemetry, render_access,
    start_operational_log,
};

use super::control::{Control, Leave};
use super::definitions::{self, Manner};
use super::door::Door;
use super::publishing::Publishing;
use super::state::{Readiness, Shared};
use super::watch::Watch;
use super::{Ground, Workers, console, host, http, report, systemd};

/// How long the log thread may take for its last lines.
const LOG_PATIENCE: Duration = Duration::from_secs(2);

/// Serves until told to end. `start_workers` is called once, with all that workers need.
pub fn run(
    options: &ServeOptions,
    start_workers: impl FnOnce(Ground) -> io::Result<Workers>,
) -> ExitCode {
    if let Err(problem) = start_operational_log(&options.log_level, options.log_format) {
        return report::wrong_usage(&problem);
    }
    let manner = manner_of(options);
    let watch = Watch::new(definitions::stamps(&options.definition));
    let loaded = definitions::load(&options.definition, &manner, None);
    report::tell_all(&loaded, options.log_format);
    let Some(snapshot) = loaded.snapshot else { return report::invalid() };
    match serve(options, (manner, watch), snapshot, start_workers) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => report::failed(&problem),
    }
}

fn manner_of(options: &ServeOptions) -> Manner {
    let logs_access = options.access_log.target != AccessLogTarget::Off;
    Manner {
        access_log_format: logs_access.then(|| options.access_log.format.as_str().to_owned()),
        allows_link_local: !options.upstream.allow_link_local.is_empty(),
    }
}

/// Addresses and threads: everything that the program holds while it serves.
fn serve(
    options: &ServeOptions,
    (manner, watch): (Manner, Watch),
    snapshot: Snapshot,
    start_workers: impl FnOnce(Ground) -> io::Result<Workers>,
) -> Result<(), String> {
    let sockets = Sockets::open(options)?;
    let counters: Vec<Arc<WorkerCounters>> = sockets.cores.iter().map(|_| Arc::default()).collect();
    let (log_thread, telemetry) = start_logs(&options.access_log, &counters)?;
    let shared = Arc::new(Shared::new(counters));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_name("tollgate-files")
        .build()
        .map_err(|error| format!("the admin thread has no runtime: {error}"))?;
    let listen = sockets.listeners.iter().map(|(listen, _)| listen.clone()).collect();
    let started = console::Started::of(&snapshot, options, listen, sockets.admin_address);
    let workers_count = sockets.cores.len();
    let allowed = options.upstream.allow_link_local.clone();
    let publishing = Publishing::start(snapshot, allowed, Arc::clone(&shared), 0);
    let ground = Ground {
        driver: options.worker.driver,
        connections_max: sockets.connections_max,
        cores: sockets.cores,
        listeners: sockets.listeners,
        publication: publishing.for_workers(),
        telemetry,
        timeout: options.timeout.clone(),
        upstream: options.upstream.clone(),
    };
    let files = (options, manner, watch);
    let outcome = runtime.block_on(async {
        let mut control = Control::new(Arc::clone(&shared), publishing, files, log_thread)?;
        let door = Door::new(options.admin.hosts.iter().cloned());
        http::start(sockets.admin, Arc::clone(&shared), door)?;
        control.look_up_first_names().await;
        let workers = start_workers(ground).map_err(|error| format!("workers: {error}"))?;
        shared.update(|totals| totals.driver = workers.driver);
        shared.set_readiness(Readiness::Ready);
        systemd::notify_ready("serving");
        started.tell(workers.driver, workers_count, options.log_format);
        let leave = Leave {
            drain_delay: options.admin.drain_delay,
            grace_period: options.admin.grace_period,
        };
        let outcome = control.run(&workers, leave).await.map_err(|error| error.to_string());
        if let Some(log_thread) = control.into_log_thread() {
            stop_logs(log_thread);
        }
        outcome
    });
    // A definition that is still being read must not keep the program from ending.
    runtime.shutdown_background();
    outcome
}

/// What is opened before anything starts, so that a wrong address is known at once.
struct Sockets {
    cores: Vec<usize>,
    connections_max: usize,
    listeners: Vec<(Listen, Vec<TcpListener>)>,
    admin: TcpListener,
    admin_address: SocketAddr,
}

impl Sockets {
    fn open(options: &ServeOptions) -> Result<Self, String> {
        let inherited = systemd::inherited().map_err(|error| error.to_string())?;
        let assigned = systemd::assign(inherited, &options.listen)?;
        let cores = host::cores_of_workers(&host::allowed_cores(), options.worker.workers);
        let connections_max =
            host::connections_max(host::raise_open_files(), options.worker.max_connections);
        let mut listeners = Vec::new();
        for (listen, socket) in options.listen.iter().zip(assigned.listen) {
            let sockets = host::listen(listen.address, socket, cores.len())
                .map_err(|error| cannot_listen("--listen", listen.address, &error))?;
            // Port 0 asks for any; what was given is what is told.
            let address = sockets[0].local_addr().unwrap_or(listen.address);
            listeners.push((Listen { address, ..listen.clone() }, sockets));
        }
        let admin = host::listen_admin(options.admin.address, assigned.admin)
            .map_err(|error| cannot_listen("--admin", options.admin.address, &error))?;
        if !options.admin.address.ip().is_loopback() {
            tracing::warn!(
                address = %options.admin.address,
                "whoever reaches the admin address can read metrics: let a firewall decide who"
            );
        }
        let admin_address = admin.local_addr().unwrap_or(options.admin.address);
        let connections_max = (connections_max as usize).div_ceil(cores.len());
        Ok(Self { cores, connections_max, listeners, admin, admin_address })
    }
}

/// Names the option, the address and what may help.
fn cannot_listen(option: &str, address: SocketAddr, error: &io::Error) -> String {
    let advice = match error.kind() {
        io::ErrorKind::AddrInUse => "another program listens there; choose another port",
        io::ErrorKind::AddrNotAvailable => "no network interface here has that address",
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need CAP_NET_BIND_SERVICE or a socket from the service manager"
        }
        _ => return format!("{option} {address}: {error}"),
    };
    format!("{option} {address}: {advice}")
}

/// Starts the log thread, where access logs are on, and gives each worker its end.
fn start_logs(
    options: &AccessLogOptions,
    counters: &[Arc<WorkerCounters>],
) -> Result<(Option<LogThread>, Vec<WorkerTelemetry>), String> {
    let sink = match &options.target {
        AccessLogTarget::Off => return Ok((None, telemetry_of(counters, Vec::new()))),
        AccessLogTarget::Stdout => Sink::stdout(),
        AccessLogTarget::File(path) => Sink::file(path.clone())
            .map_err(|error| format!("--access-log {}: {error}", path.display()))?,
    };
    let (thread, logs) = LogThread::start(counters, sink, render_access)
        .map_err(|error| format!("the log thread cannot start: {error}"))?;
    Ok((Some(thread), telemetry_of(counters, logs)))
}

fn telemetry_of(counters: &[Arc<WorkerCounters>], logs: Vec<AccessLog>) -> Vec<WorkerTelemetry> {
    let mut logs = logs.into_iter();
    counters.iter().map(|own| WorkerTelemetry::new(Arc::clone(own), logs.next())).collect()
}

fn stop_logs(log_thread: LogThread) {
    match log_thread.stop(LOG_PATIENCE) {
        None => tracing::warn!("the access log's reader is stuck: its last lines are lost"),
        Some(counters) if counters.lost > 0 => {
            tracing::warn!(lost = counters.lost, "access-log records were lost");
        }
        Some(_) => {}
    }
}
