//! What exactly is asked, of whom, when, and what counts as an answer?

use std::io;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use rustls_pki_types::ServerName;

use super::arrivals::{Rate, Spacing};
use super::options::Options;
use super::tls;
use super::transport::Dial;
use crate::limits;
use crate::net;
use crate::runtime::Driver;

/// A run with every wish checked and every name resolved.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The URL as given, for reports.
    pub url: String,
    /// At a rate or as fast as answers come.
    pub mode: Mode,
    /// Connections of all threads.
    pub connections: usize,
    /// Requests at a time on each connection; 1 with HTTP/1.
    pub streams: usize,
    /// Threads.
    pub threads: usize,
    /// How long requests become due, warm-up included.
    pub duration: Duration,
    /// Requests due before this are left out of the figures.
    pub warmup: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Requests after which a connection is closed.
    pub requests_per_connection: Option<u64>,
    /// How connections are opened.
    pub dial: Dial,
    /// The request, for HTTP/2.
    pub http2_request: Option<http::Request<()>>,
    /// The request on the wire, for HTTP/1: head and body.
    pub http1_request: Vec<u8>,
    /// The body alone.
    pub body: Bytes,
    /// The verb is HEAD, whose answers have no bodies.
    pub is_head: bool,
    /// Statuses that are no error.
    pub expected: Vec<RangeInclusive<u16>>,
    /// Where random arrivals begin.
    pub seed: u64,
    /// How to wait for sockets.
    pub driver: Driver,
}

/// When requests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// When they are due.
    Open(Rate, Spacing),
    /// When the last one was answered.
    Closed,
}

/// Why there is no run.
#[derive(Debug, thiserror::Error)]
pub enum WrongUsage {
    /// The URL is no http or https URL with a host.
    #[error("'{0}' is no URL; write it like http://127.0.0.1:8080/pets")]
    Url(String),
    /// The host has no address.
    #[error("cannot resolve '{0}': {1}")]
    Unresolved(String, io::Error),
    /// A number is outside its bounds.
    #[error("{0} must be between {1} and {2}")]
    OutOfBounds(&'static str, f64, f64),
    /// A field, verb or target that cannot stand in a head.
    #[error("'{0}' cannot be sent: {1}")]
    Unsendable(String, &'static str),
    /// No list of statuses.
    #[error("'{0}' is no list of statuses; write it like 200-299,404")]
    Statuses(String),
    /// A file cannot be read.
    #[error("cannot read '{0}': {1}")]
    File(String, io::Error),
    /// TLS settings.
    #[error("TLS: {0}")]
    Tls(io::Error),
}

impl Plan {
    /// Checks the wishes and resolves the name.
    ///
    /// # Errors
    /// The first wish that cannot be met.
    pub fn new(options: &Options) -> Result<Self, WrongUsage> {
        check_bounds(options)?;
        let target = Target::parse(&options.url)?;
        let body = read_body(options)?;
        let fields = fields(options, &target, body.len())?;
        let http1_request = http1_request(options, &target, &fields, &body);
        let connections = options.connections;
        Ok(Self {
            url: options.url.clone(),
            mode: mode(options),
            connections,
            streams: options.streams,
            threads: options.threads.min(connections),
            duration: options.duration,
            warmup: options.warmup,
            timeout: options.timeout,
            requests_per_connection: (options.requests_per_connection > 0)
                .then_some(options.requests_per_connection),
            dial: dial(options, &target)?,
            http2_request: if options.http2 {
                Some(http2_request(options, &target, &fields)?)
            } else {
                None
            },
            http1_request,
            body: body.into(),
            is_head: options.method == "HEAD",
            expected: statuses(&options.expect)?,
            seed: options.seed,
            driver: options.driver.resolved(),
        })
    }

    /// The status is one of those expected.
    pub fn expects(&self, status: u16) -> bool {
        self.expected.iter().any(|range| range.contains(&status))
    }
}

fn check_bounds(options: &Options) -> Result<(), WrongUsage> {
    let numbers: [(&'static str, f64, f64, f64); 7] = [
        ("--rate", options.rate, 0.001, limits::RATE_MAX),
        ("--ramp-from", options.ramp_from, 0.0, limits::RATE_MAX),
        ("--connections", options.connections as f64, 1.0, limits::CONNECTIONS_MAX as f64),
        ("--streams", options.streams as f64, 1.0, limits::STREAMS_MAX as f64),
        ("--threads", options.threads as f64, 1.0, limits::THREADS_MAX as f64),
        ("--timeout in seconds", options.timeout.as_secs_f64(), 0.001, 3600.0),
        (
            "--duration in seconds beyond --warmup",
            options.duration.saturating_sub(options.warmup).as_secs_f64(),
            0.001,
            limits::DURATION_SECONDS_MAX as f64,
        ),
    ];
    for (name, number, least, most) in numbers {
        // Written so that NaN is refused.
        if !(least..=most).contains(&number) {
            return Err(WrongUsage::OutOfBounds(name, least, most));
        }
    }
    Ok(())
}

fn mode(options: &Options) -> Mode {
    if options.closed {
        return Mode::Closed;
    }
    let ramp = options.ramp.as_secs_f64();
    let from = if ramp > 0.0 { options.ramp_from } else { options.rate };
    Mode::Open(Rate { from, to: options.rate, ramp }, options.spacing)
}

/// The parts of a URL.
#[derive(Debug, Eq, PartialEq)]
struct Target {
    is_tls: bool,
    /// Host and port as written: the value of `Host`.
    authority: String,
    /// The host without port and brackets.
    host: String,
    port: u16,
    path_and_query: String,
}

impl Target {
    fn parse(url: &str) -> Result<Self, WrongUsage> {
        let wrong = || WrongUsage::Url(url.to_owned());
        let uri: http::Uri = url.parse().map_err(|_| wrong())?;
        let is_tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().ok_or_else(wrong)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || authority.as_str().contains('@') {
            return Err(wrong());
        }
        Ok(Self {
            is_tls,
            authority: authority.as_str().to_owned(),
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 }),
            path_and_query: uri.path_and_query().map_or("/", |found| found.as_str()).to_owned(),
        })
    }

    fn address(&self) -> Result<SocketAddr, WrongUsage> {
        let unresolved = |error| WrongUsage::Unresolved(self.host.clone(), error);
        let name =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        net::resolve(&format!("{name}:{}", self.port)).map_err(unresolved)
    }
}

fn dial(options: &Options, target: &Target) -> Result<Dial, WrongUsage> {
    let tls = if target.is_tls {
        let wishes = tls::Wishes {
            is_insecure: options.insecure,
            authorities: options.cacert.as_deref(),
            resumes: options.resume,
            is_http2: options.http2,
        };
        let name = ServerName::try_from(target.host.clone())
            .map_err(|_| WrongUsage::Url(options.url.clone()))?;
        Some((tls::config(&wishes).map_err(WrongUsage::Tls)?, name))
    } else {
        None
    };
    Ok(Dial { address: target.address()?, timeout: options.timeout, tls })
}

fn read_body(options: &Options) -> Result<Vec<u8>, WrongUsage> {
    if let Some(path) = &options.body_file {
        return std::fs::read(path)
            .map_err(|error| WrongUsage::File(path.display().to_string(), error));
    }
    Ok(options.body.clone().unwrap_or_default().into_bytes())
}

/// The fields of the request, without `Host` where HTTP/2 has a pseudo-header for it.
fn fields(
    options: &Options,
    target: &Target,
    body_bytes: usize,
) -> Result<Vec<(http::HeaderName, http::HeaderValue)>, WrongUsage> {
    let mut fields = Vec::new();
    for text in &options.headers {
        let unsendable = |why| WrongUsage::Unsendable(text.clone(), why);
        let (name, value) = text.split_once(':').ok_or_else(|| unsendable("it has no colon"))?;
        let name = name.trim().parse().map_err(|_| unsendable("its name is no token"))?;
        let value =
            value.trim().parse().map_err(|_| unsendable("its value has control characters"))?;
        fields.push((name, value));
    }
    let has = |wanted: &http::HeaderName, fields: &[(http::HeaderName, _)]| {
        fields.iter().any(|(name, _)| name == wanted)
    };
    if !options.http2 && !has(&http::header::HOST, &fields) {
        let value = target.authority.parse().map_err(|_| WrongUsage::Url(options.url.clone()))?;
        fields.insert(0, (http::header::HOST, value));
    }
    if body_bytes > 0 && !has(&http::header::CONTENT_LENGTH, &fields) {
        fields.push((http::header::CONTENT_LENGTH, http::HeaderValue::from(body_bytes)));
    }
    Ok(fields)
}

fn http1_request(
    options: &Options,
    target: &Target,
    fields: &[(http::HeaderName, http::HeaderValue)],
    body: &[u8],
) -> Vec<u8> {
    let mut bytes =
        format!("{} {} HTTP/1.1\r\n", options.method, target.path_and_query).into_bytes();
    for (name, value) in fields {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    if options.requests_per_connection == 1 {
        bytes.extend_from_slice(b"connection: close\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

fn http2_request(
    options: &Options,
    target: &Target,
    fields: &[(http::HeaderName, http::HeaderValue)],
) -> Result<http::Request<()>, WrongUsage> {
    let scheme = if target.is_tls { "https" } else { "http" };
    let mut request = http::Request::builder()
        .version(http::Version::HTTP_2)
        .method(options.method.as_str())
        .uri(format!("{scheme}://{}{}", target.authority, target.path_and_query));
    for (name, value) in fields {
        request = request.header(name, value);
    }
    request.body(()).map_err(|_| WrongUsage::Unsendable(options.method.clone(), "it is no verb"))
}

fn statuses(text: &str) -> Result<Vec<RangeInclusive<u16>>, WrongUsage> {
    let wrong = || WrongUsage::Statuses(text.to_owned());
    text.split(',')
        .map(|part| {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let from = from.trim().parse().map_err(|_| wrong())?;
            let to = to.trim().parse().map_err(|_| wrong())?;
            Ok(from..=to)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn plan(line: &[&str]) -> Result<Plan, WrongUsage> {
        let line = Line::parse_from([&["run"], line].concat());
        Plan::new(&line.options)
    }

    fn check_request(line: &[&str], expected: &str) {
        let plan = plan(line).expect("a plan");
        assert_eq!(String::from_utf8_lossy(&plan.http1_request), expected);
    }

    #[test]
    fn requests_are_written_once_and_for_all() {
        check_request(
            &["http://127.0.0.1:8080/a?b=c"],
            "GET /a?b=c HTTP/1.1\r\nhost: 127.0.0.1:8080\r\n\r\n",
        );
        check_request(
            &["http://127.0.0.1:1", "-X", "POST", "--body", "hi", "-H", "X-A: b", "-H", "Host: h"],
            "POST / HTTP/1.1\r\nx-a: b\r\nhost: h\r\ncontent-length: 2\r\n\r\nhi",
        );
        check_request(
            &["http://[::1]:1/", "--requests-per-connection", "1"],
            "GET / HTTP/1.1\r\nhost: [::1]:1\r\nconnection: close\r\n\r\n",
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for line in [
            &["ftp://127.0.0.1/"][..],
            &["127.0.0.1"],
            &["http://user@127.0.0.1/"],
            &["http://127.0.0.1/", "--rate", "NaN"],
            &["http://127.0.0.1/", "--connections", "0"],
            &["http://127.0.0.1/", "--duration", "1s", "--warmup", "2s"],
            &["http://127.0.0.1/", "-H", "no colon"],
            &["http://127.0.0.1/", "-H", "a b: c"],
            &["http://127.0.0.1/", "--expect", "ok"],
        ] {
            assert!(plan(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn a_ramp_begins_where_it_is_told() {
        let with = plan(&["--rate", "100", "--ramp", "5s", "--ramp-from", "10"]).expect("a plan");
        let rate = Rate { from: 10.0, to: 100.0, ramp: 5.0 };
        assert_eq!(with.mode, Mode::Open(rate, Spacing::Constant));
        let without = plan(&["--rate", "100"]).expect("a plan");
        assert_eq!(without.mode, Mode::Open(Rate::constant(100.0), Spacing::Constant));
        assert_eq!(plan(&["--closed"]).expect("a plan").mode, Mode::Closed);
    }

    #[test]
    fn expected_statuses_are_ranges() {
        let plan = plan(&["--expect", "200-299,404"]).expect("a plan");
        let found: Vec<u16> =
            [199, 200, 299, 300, 404].into_iter().filter(|s| plan.expects(*s)).collect();
        assert_eq!(found, [200, 299, 404]);
    }
}
