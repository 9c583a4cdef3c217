//! In which order does tollgate start and end?

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tollgate_core::snapshot::Snapshot;

use crate::options::{AccessLogOptions, AccessLogTarget, Listen, ServeOptions};
use crate::telemetry::{
    AccessLog, LogThread, Sink, WorkerCounters, WorkerTelemetry, render_access,
    start_operational_log,
};

use super::certificates::Tls;
use super::control::{Control, Leave};
use super::definitions::{self, Manner};
use super::door::Door;
use super::publishing::Publishing;
use super::state::{Readiness, Shared};
use super::watch::Watch;
use super::{Ground, Held, Listener, Workers, console, host, http, report, systemd};

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
    let tls = Tls::load(options).map_err(|problems| report::tell_settings(&problems));
    let (Some(snapshot), Ok(tls)) = (loaded.snapshot, tls) else { return report::invalid() };
    if tls.upstream.system_authorities == 0 && snapshot.targets.iter().any(|t| t.is_tls) {
        tracing::warn!(
            "this system trusts no certificate authority, so public https integrations fail: \
             install ca-certificates, or name authorities with --upstream-ca"
        );
    }
    match serve(options, (manner, watch), (snapshot, tls), start_workers) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => report::failed(&problem),
    }
}

fn manner_of(options: &ServeOptions) -> Manner {
    let logs_access = options.access_log.target != AccessLogTarget::Off;
    Manner {
        access_log_format: logs_access.then(|| options.access_log.format.as_str().to_owned()),
        link_local_hosts: options.upstream.allow_link_local.clone(),
    }
}

/// Addresses and threads: everything that the program holds while it serves.
fn serve(
    options: &ServeOptions,
    (manner, watch): (Manner, Watch),
    (snapshot, tls): (Snapshot, Tls),
    start_workers: impl FnOnce(Ground) -> io::Result<Workers>,
) -> Result<(), String> {
    let sockets = Sockets::open(options)?;
    let counters: Vec<Arc<WorkerCounters>> = sockets.cores.iter().map(|_| Arc::default()).collect();
    let (log_thread, telemetry) = start_logs(&options.access_log, &counters)?;
    let shared = Arc::new(Shared::new(counters));
    let started = console::Started::of(&snapshot, options, &sockets);
    let allowed = options.upstream.allow_link_local.clone();
    let publishing = Publishing::start(snapshot, allowed, Arc::clone(&shared), 0);
    let (admin, listeners) = (sockets.admin, sockets.listeners.into_iter().zip(tls.listeners));
    let ground = Ground {
        driver: options.worker.driver,
        connections_max: sockets.connections_max,
        cores: sockets.cores,
        listeners: listeners
            .map(|((_, held, sockets), tls)| Listener { tls, sockets, held })
            .collect(),
        publication: publishing.for_workers(),
        telemetry,
        timeout: options.timeout.clone(),
        upstream_tls: tls.upstream,
    };
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let files = (options, manner, watch, tls.certificates);
        let mut control = Control::new(Arc::clone(&shared), publishing, files, log_thread)?;
        let door = Door::new(options.admin.hosts.iter().cloned());
        http::start(admin, Arc::clone(&shared), door)?;
        control.look_up_first_names().await;
        let workers = start_workers(ground).map_err(|error| format!("workers: {error}"))?;
        shared.update(|totals| totals.driver = workers.driver);
        shared.set_readiness(Readiness::Ready);
        systemd::notify_ready("serving");
        started.tell(workers.driver, options.log_format);
        let outcome = control.run(&workers, Leave::of(&options.admin)).await;
        if let Some(log_thread) = control.into_log_thread() {
            stop_logs(log_thread);
        }
        outcome.map_err(|error| error.to_string())
    });
    // A definition that is still being read must not keep the program from ending.
    runtime.shutdown_background();
    outcome
}

fn runtime() -> Result<Runtime, String> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().thread_name("tollgate-files").build();
    runtime.map_err(|error| format!("the admin thread has no runtime: {error}"))
}

/// What is opened before anything starts, so that a wrong address is known at once.
#[derive(Debug)]
pub(super) struct Sockets {
    /// The core of each worker.
    pub(super) cores: Vec<usize>,
    /// Client connections of one worker.
    connections_max: usize,
    /// The addresses that were bound, with a socket for each worker.
    pub(super) listeners: Vec<(Listen, Held, Vec<TcpListener>)>,
    admin: TcpListener,
    /// The admin address that was bound.
    pub(super) admin_address: SocketAddr,
}

impl Sockets {
    fn open(options: &ServeOptions) -> Result<Self, String> {
        let inherited = systemd::inherited().map_err(|error| error.to_string())?;
        let assigned = systemd::assign(inherited, &options.listen)?;
        let cores = host::cores_of_workers(&host::allowed_cores(), options.worker.workers);
        let connections_max =
            host::connections_max(host::raise_open_files(), options.worker.max_connections);
        host::keep_pages_small();
        let mut listeners = Vec::new();
        for (listen, socket) in options.listen.iter().zip(assigned.listen) {
            let held = match socket {
                Some(_) => Held::WithServiceManager,
                None => Held::Alone,
            };
            let sockets = host::listen(listen.address, socket, cores.len())
                .map_err(|error| cannot_listen("--listen", listen.address, &error))?;
            // Port 0 asks for any; what was given is what is told.
            let address = sockets[0].local_addr().unwrap_or(listen.address);
            listeners.push((Listen { address, ..listen.clone() }, held, sockets));
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

/// A folder that is not there is the usual reason.
fn cannot_log(path: &Path, error: &io::Error) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let advice = match folder.filter(|folder| !folder.is_dir()) {
        Some(folder) => format!("create the folder {} first", folder.display()),
        None => report::advice_on_file(error).to_owned(),
    };
    format!("--access-log {}: {error}; {advice}", path.display())
}

/// Starts the log thread, where access logs are on, and gives each worker its end.
fn start_logs(
    options: &AccessLogOptions,
    counters: &[Arc<WorkerCounters>],
) -> Result<(Option<LogThread>, Vec<WorkerTelemetry>), String> {
    let sink = match &options.target {
        AccessLogTarget::Off => return Ok((None, telemetry_of(counters, Vec::new()))),
        AccessLogTarget::Stdout => Sink::stdout(),
        AccessLogTarget::File(path) => {
            Sink::file(path.clone()).map_err(|error| cannot_log(path, &error))?
        }
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

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::options::{Arguments, Command};

    fn options(line: &[&str]) -> ServeOptions {
        let own = ["tollgate", "serve", "--listen=127.0.0.1:0", "--admin=127.0.0.1:0"];
        let line = own.iter().chain(line);
        match Arguments::try_parse_from(line).map(|arguments| arguments.command) {
            Ok(Command::Serve(options)) => *options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn sockets_are_bound_for_each_worker_and_their_ports_told() {
        let sockets = Sockets::open(&options(&["a.yaml", "--workers=3", "--max-connections=10"]))
            .expect("bound");
        assert_eq!(sockets.cores.len(), 3);
        assert_eq!(sockets.connections_max, 4, "shared among workers, rounded up");
        let (listen, held, own) = &sockets.listeners[0];
        assert_eq!(*held, Held::Alone);
        assert_eq!(own.len(), 3);
        assert_eq!(own[2].local_addr().expect("an address"), listen.address);
        assert!(listen.address.port() != 0 && sockets.admin_address.port() != 0);
    }

    #[test]
    fn an_address_that_cannot_be_bound_is_named_with_its_option_and_advice() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
        let taken = taken.local_addr().map(|address| (taken, address)).expect("an address");
        let mut options = options(&["a.yaml"]);
        options.admin.address = taken.1;
        let error = Sockets::open(&options).expect_err("it is taken");
        assert_eq!(
            error,
            format!("--admin {}: another program listens there; choose another port", taken.1)
        );
        let foreign = "192.0.2.1:80".parse().expect("an address");
        let kind = io::ErrorKind::AddrNotAvailable.into();
        let error = cannot_listen("--listen", foreign, &kind);
        assert_eq!(error, "--listen 192.0.2.1:80: no network interface here has that address");
    }

    #[test]
    fn every_worker_has_its_end_of_the_access_log_where_there_is_one() {
        let counters = [Arc::default(), Arc::default()];
        let (thread, telemetry) =
            start_logs(&options(&["a.yaml"]).access_log, &counters).expect("started");
        assert!(thread.is_none());
        assert!(telemetry.iter().all(|own| !own.logs_access()));
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("access.log");
        let on = options(&["a.yaml", &format!("--access-log={}", file.display())]);
        let (thread, telemetry) = start_logs(&on.access_log, &counters).expect("started");
        assert_eq!(telemetry.iter().filter(|own| own.logs_access()).count(), 2);
        thread.map(stop_logs).expect("it ran");
        let nowhere = options(&["a.yaml", "--access-log=/proc/nowhere/log"]);
        let error = start_logs(&nowhere.access_log, &counters).expect_err("no such folder");
        assert!(error.starts_with("--access-log /proc/nowhere/log: "), "{error}");
        assert!(error.ends_with("; create the folder /proc/nowhere first"), "{error}");
        let nothing = options(&["a.yaml", &format!("--access-log={}", folder.path().display())]);
        let error = start_logs(&nothing.access_log, &counters).expect_err("it is a folder");
        assert!(error.ends_with("; name a file in this folder"), "{error}");
    }

    #[test]
    fn definitions_are_read_as_the_options_want_it() {
        assert!(manner_of(&options(&["a.yaml"])).link_local_hosts.is_empty());
        let manner = manner_of(&options(&["a.yaml", "--allow-link-local=a", "--access-log=-"]));
        assert_eq!(manner.link_local_hosts, ["a"]);
        assert_eq!(manner.access_log_format.as_deref(), Some("JSON"));
    }
}
