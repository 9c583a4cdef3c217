//! How does a test get a gateway of its own?

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::attempt::{eventually, within};
use super::client::{Client, Response};
use super::tls_client::Authority;

/// A running `tollgate serve`, ended with the value.
pub(crate) struct Gateway {
    child: Child,
    /// Where plain HTTP is served.
    pub(crate) http: SocketAddr,
    /// Where HTTPS is served.
    pub(crate) tls: SocketAddr,
    /// Health and metrics.
    pub(crate) admin: SocketAddr,
    /// Who signed the certificate of `tls`, for `localhost` and `127.0.0.1`.
    pub(crate) authority: Authority,
    log: Arc<Mutex<Vec<String>>>,
    directory: tempfile::TempDir,
}

/// What a gateway is started with.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    files: Vec<(String, String, String)>,
    workers: usize,
    driver: String,
    arguments: Vec<String>,
    inherited: Option<Arc<TcpListener>>,
}

impl Setup {
    /// Serves one document at the root.
    pub(crate) fn of(definition: &str) -> Self {
        let driver = std::env::var("TOLLGATE_TEST_DRIVER").unwrap_or_else(|_| "auto".to_owned());
        let (files, arguments) = (Vec::new(), Vec::new());
        let setup = Self { files, workers: 1, driver, arguments, inherited: None };
        setup.file("api.yaml", "", definition)
    }

    /// Serves a further document under a base path.
    pub(crate) fn file(mut self, name: &str, base_path: &str, definition: &str) -> Self {
        self.files.push((name.to_owned(), base_path.to_owned(), definition.to_owned()));
        self
    }

    /// Moves the first document to a base path.
    pub(crate) fn root_at(mut self, base_path: &str) -> Self {
        self.files[0].1 = base_path.to_owned();
        self
    }

    /// With that many workers instead of one.
    pub(crate) fn workers(mut self, count: usize) -> Self {
        self.workers = count;
        self
    }

    /// On that driver whatever the environment says.
    pub(crate) fn driver(mut self, driver: &str) -> Self {
        self.driver = driver.to_owned();
        self
    }

    /// Serving plain HTTP on a socket that is handed over, as a service manager does it.
    pub(crate) fn on(mut self, socket: &Arc<TcpListener>) -> Self {
        self.inherited = Some(Arc::clone(socket));
        self
    }

    /// With further arguments.
    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// Starts it and waits until it is ready.
    pub(crate) fn start(&self) -> Gateway {
        Gateway::start(self)
    }
}

impl Gateway {
    /// One document, one worker, everything else as it comes.
    pub(crate) fn serving(definition: &str) -> Self {
        Setup::of(definition).start()
    }

    fn start(setup: &Setup) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let authority = Authority::new(&["localhost", "127.0.0.1"]);
        authority.write(directory.path());
        let mut child = command(setup, directory.path()).spawn().expect("the tollgate binary");
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        follow(child.stderr.take().expect("a pipe"), Arc::clone(&log));
        let found = within(Duration::from_secs(20), || addresses(&log.lock().expect("the log")));
        let Some([http, tls, admin]) = found else {
            let _ = child.kill();
            panic!("the gateway did not start: {:#?}", log.lock().expect("the log"));
        };
        let gateway = Self { child, http, tls, admin, authority, log, directory };
        eventually("the gateway is ready", || {
            (gateway.ask_admin("/-/ready").status == 200).then_some(())
        });
        gateway
    }

    /// A plain connection.
    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.http)
    }

    /// Asks with a GET on a connection of its own.
    pub(crate) fn get(&self, path: &str) -> Response {
        self.connect().get(path)
    }

    /// Asks the admin address.
    pub(crate) fn ask_admin(&self, path: &str) -> Response {
        Client::connect(self.admin).get(path)
    }

    /// The value of the first metric whose line starts so.
    pub(crate) fn metric(&self, start: &str) -> f64 {
        let text = self.ask_admin("/metrics").text();
        let line = text.lines().find(|line| line.starts_with(start));
        let value = line.and_then(|line| line.rsplit(' ').next());
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{start} in {text}"))
    }

    /// Where the HTTPS address that was given last is served.
    pub(crate) fn last_https(&self) -> SocketAddr {
        let log = self.log().join("\n");
        let (_, rest) = log.rsplit_once("https://").expect("an address");
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
        rest[..end.unwrap_or(rest.len())].parse().expect("an address")
    }

    /// Lines of its log so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().expect("the log").clone()
    }

    /// A file in its directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Replaces a served document as editors do: written beside it, then moved over it.
    pub(crate) fn rewrite(&self, name: &str, definition: &str) {
        let beside = self.path(&format!(".{name}.new"));
        std::fs::write(&beside, definition).expect("a file");
        std::fs::rename(beside, self.path(name)).expect("a move");
    }

    /// The revision of the snapshot in force.
    pub(crate) fn revision(&self) -> u64 {
        self.metric("tollgate_snapshot_revision") as u64
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.kernel_pid(), signal).expect("a live process");
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn kernel_pid(&self) -> Pid {
        let raw = i32::try_from(self.child.id()).expect("a process id");
        Pid::from_raw(raw).expect("a process id")
    }

    /// Waits for its end, at most `patience`; the exit code.
    pub(crate) fn wait(&mut self, patience: Duration) -> Option<i32> {
        within(patience, || self.child.try_wait().expect("a child"))
            .and_then(|status| status.code())
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            eprintln!("the gateway's last lines: {:#?}", &log[log.len().saturating_sub(20)..]);
        }
    }
}

fn command(setup: &Setup, directory: &Path) -> Command {
    let mut command = match setup.inherited {
        None => Command::new(BINARY),
        Some(_) => adopting(),
    };
    command.current_dir(directory).arg("serve").args(["--log-format", "json"]);
    for (name, base_path, definition) in &setup.files {
        std::fs::write(directory.join(name), definition).expect("a file");
        command.arg(match base_path.as_str() {
            "" => name.clone(),
            base_path => format!("{name}=/{base_path}"),
        });
    }
    let inherited = setup.inherited.as_ref().map(|socket| socket.local_addr());
    let listen = inherited
        .map_or(Ok("127.0.0.1:0".to_owned()), |address| address.map(|address| address.to_string()));
    command.args(["--listen", &listen.expect("an address"), "--admin", "127.0.0.1:0"]);
    command.args(["--listen", "tls://127.0.0.1:0?cert=chain.pem&key=key.pem"]);
    command.args(["--workers", &setup.workers.to_string(), "--driver", &setup.driver]);
    command.args(&setup.arguments);
    command.stdin(match &setup.inherited {
        None => Stdio::null(),
        Some(socket) => Stdio::from(OwnedFd::from(socket.try_clone().expect("a socket"))),
    });
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

const BINARY: &str = env!("CARGO_BIN_EXE_tollgate");

/// Takes the socket on its standard input for the first one that a service manager hands over
/// (`sd_listen_fds(3)`). The shell becomes the gateway, so the process id stays.
fn adopting() -> Command {
    const SCRIPT: &str =
        r#"exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=web exec "$0" "$@""#;
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT, BINARY]);
    command
}

/// Collects the log until the process ends.
fn follow(stderr: ChildStderr, log: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            log.lock().expect("the log").push(line);
        }
    });
}

/// The addresses that the line about its start tells: plain, TLS, admin.
fn addresses(log: &[String]) -> Option<[SocketAddr; 3]> {
    let line = log.iter().find(|line| line.contains("\"message\":\"serving\""))?;
    let after = |mark: &str| {
        let rest = line.split_once(mark)?.1;
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':')?;
        rest[..end].parse().ok()
    };
    Some([after("http://")?, after("https://")?, after("\"admin\":\"")?])
}
