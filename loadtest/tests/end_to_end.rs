//! Do the generator and the origin agree with each other on a real network, on both drivers?

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use clap::Parser;
use tollgate_loadtest::origin::{self, Echo, Origin};
use tollgate_loadtest::report::Report;
use tollgate_loadtest::run::{self, Assertion, Plan};
use tollgate_loadtest::runtime::Driver;

use support::{http2_server, tls_server};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: run::Options,
}

fn origin(plain: bool, driver: Driver) -> SocketAddr {
    let listen = "127.0.0.1:0".parse().expect("an address");
    let options = origin::Options { listen, threads: 1, driver, plain };
    Origin::start(&options).expect("a free port").address
}

/// Both drivers where the kernel has both.
fn drivers() -> Vec<Driver> {
    let mut drivers = vec![Driver::Epoll, Driver::Auto.resolved()];
    drivers.dedup();
    drivers
}

fn load(url: &str, line: &[&str]) -> Report {
    let line = Line::parse_from([&["run", url], line].concat());
    run::run(Plan::new(&line.options).expect("a plan"), false).expect("a run")
}

/// Sends `request` to a scripted origin and reads all that comes, also where it ends in a reset.
fn raw(address: SocketAddr, request: &str) -> (String, bool) {
    let mut stream = TcpStream::connect(address).expect("an origin");
    stream.write_all(request.as_bytes()).expect("open");
    let mut bytes = Vec::new();
    let was_reset = stream.read_to_end(&mut bytes).is_err();
    (String::from_utf8_lossy(&bytes).into_owned(), was_reset)
}

#[test]
fn an_open_loop_keeps_its_rate_and_counts_every_request() {
    for driver in drivers() {
        let address = origin(true, driver);
        let name = driver.name();
        let line = ["--rate", "2000", "--duration", "1s", "-c", "8", "--driver", name];
        let report = load(&format!("http://{address}/"), &line);
        assert_eq!((report.completed, report.failures), (2000, 0), "{name}: {report}");
        assert_eq!(report.statuses["2xx"], 2000);
        assert!(report.latency_us.min > 0.0 && report.latency_us.min <= report.latency_us.p50);
        assert!(!report.timeline.is_empty());
    }
}

#[test]
fn threads_share_rate_and_connections() {
    let address = origin(true, Driver::Auto);
    let line = ["--rate", "1000", "--duration", "1s", "-c", "5", "--threads", "2"];
    let report = load(&format!("http://{address}/"), &line);
    assert_eq!((report.completed, report.failures), (1000, 0), "{report}");
}

#[test]
fn a_closed_loop_opens_a_connection_for_each_request_when_told() {
    let address = origin(false, Driver::Auto);
    let line = ["--closed", "--duration", "300ms", "-c", "2", "--requests-per-connection", "1"];
    let report = load(&format!("http://{address}/bytes/10"), &line);
    assert!(report.completed > 0 && report.failures == 0, "{report}");
    assert_eq!(report.connections_opened, report.completed);
}

#[test]
fn latency_counts_from_the_moment_due_when_the_server_stalls() {
    let address = origin(false, Driver::Auto);
    // One connection, answers of 50 ms: 20 a second. Of 40 requests due in a second the last has
    // waited for about a second, though each took 50 ms once it was sent.
    let line = ["--rate", "40", "--duration", "1s", "-c", "1"];
    let report = load(&format!("http://{address}/delay/50"), &line);
    assert_eq!(report.completed, 40, "{report}");
    assert!(report.latency_us.max > 800_000.0, "{report}");
    assert!(report.service_us.p50 < report.latency_us.p50 / 2.0, "{report}");
    assert!(report.warnings.iter().any(|warning| warning.contains("connections busy")), "{report}");
}

#[test]
fn failures_are_told_apart() {
    let address = origin(false, Driver::Auto);
    let cases = [("reset", "closed"), ("truncate", "closed"), ("stall", "timed_out")];
    for (path, kind) in cases {
        let url = format!("http://{address}/{path}");
        let report =
            load(&url, &["--rate", "20", "--duration", "200ms", "-c", "4", "--timeout", "200ms"]);
        assert_eq!((report.completed, report.failures), (0, 4), "{path}: {report}");
        assert_eq!(report.failures_by_kind[kind], 4, "{path}: {report}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    let report = load(&format!("http://{nobody}/"), &["--rate", "20", "--duration", "200ms"]);
    assert_eq!(report.failures_by_kind["connect"], 4, "{report}");
    let promise: Assertion = "errors<1%".parse().expect("an assertion");
    assert!(promise.violation(&report).is_some());
}

#[test]
fn unexpected_statuses_are_errors_and_expected_ones_are_not() {
    let address = origin(false, Driver::Auto);
    let url = format!("http://{address}/status/503");
    let line = ["--rate", "50", "--duration", "200ms"];
    assert_eq!(load(&url, &line).status_errors, 10);
    let line = [&line[..], &["--expect", "200-299,503"]].concat();
    assert_eq!(load(&url, &line).status_errors, 0);
}

#[test]
fn every_way_to_send_a_body_is_read() {
    let address = origin(false, Driver::Auto);
    for path in ["bytes/100000", "chunked/100", "trailers", "close", "drip/5/1", "headers/50"] {
        for verb in ["GET", "HEAD", "POST"] {
            let url = format!("http://{address}/{path}");
            let line = ["-X", verb, "--body", "hello", "--rate", "50", "--duration", "100ms"];
            let report = load(&url, &line);
            assert_eq!((report.completed, report.failures), (5, 0), "{verb} {path}: {report}");
        }
    }
}

#[test]
fn the_origin_echoes_pipelined_requests_and_sends_continue_first() {
    let address = origin(false, Driver::Auto);
    let (wire, _) = raw(
        address,
        "POST /echo/a?b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\nabc\r\n0\r\n\r\nGET /status/404?close HTTP/1.1\r\nHost: h\r\n\r\n",
    );
    let (interim, rest) = wire.split_once("\r\n\r\n").expect("an interim answer");
    assert_eq!(interim, "HTTP/1.1 100 Continue");
    let (_, rest) = rest.split_once("\r\n\r\n").expect("a head");
    let (json, rest) = rest.split_once("HTTP/1.1 404 Not Found").expect("a second answer");
    let echo: Echo = serde_json::from_str(json).expect("JSON");
    assert_eq!(
        (echo.method.as_str(), echo.target.as_str(), echo.body.as_str()),
        ("POST", "/echo/a?b", "abc")
    );
    assert!(rest.contains("Connection: close"), "{rest}");
}

#[test]
fn the_origin_resets_truncates_and_refuses_as_told() {
    let address = origin(false, Driver::Auto);
    let (head, was_reset) = raw(address, "GET /reset HTTP/1.1\r\n\r\n");
    assert!(was_reset && !head.contains("\r\n\r\n"), "{head}");
    let (wire, was_reset) = raw(address, "GET /bytes/100?truncate HTTP/1.1\r\n\r\n");
    assert!(!was_reset && wire.ends_with(&"x".repeat(50)) && !wire.ends_with(&"x".repeat(51)));
    let (wire, _) =
        raw(address, "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
    assert!(wire.starts_with("HTTP/1.1 400"), "{wire}");
}

#[test]
fn a_relay_carries_both_ways_and_half_closes() {
    for driver in drivers() {
        let to = origin(false, driver);
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let listen = "127.0.0.1:0".parse().expect("an address");
            let options = tollgate_loadtest::relay::Options { listen, to, driver };
            tollgate_loadtest::relay::serve(&options, |address| sender.send(address).expect("open"))
        });
        let address = receiver.recv_timeout(Duration::from_secs(10)).expect("a relay");
        let report = load(
            &format!("http://{address}/bytes/70000"),
            &["--rate", "50", "--duration", "200ms"],
        );
        assert_eq!((report.completed, report.failures), (10, 0), "{report}");
        let mut stream = TcpStream::connect(address).expect("a relay");
        stream.write_all(b"GET /bytes/3?delay=20 HTTP/1.1\r\n\r\n").expect("open");
        stream.shutdown(std::net::Shutdown::Write).expect("open");
        let mut wire = String::new();
        stream.read_to_string(&mut wire).expect("the answer after our end");
        assert!(wire.ends_with("\r\n\r\nxxx"), "{wire}");
    }
}

#[test]
fn a_run_ends_in_time_when_nothing_answers() {
    let address = origin(false, Driver::Auto);
    let began = Instant::now();
    let line = ["--rate", "100", "--duration", "300ms", "-c", "1", "--timeout", "500ms"];
    let report = load(&format!("http://{address}/stall"), &line);
    assert_eq!((report.completed, report.failures), (0, 30), "{report}");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn tls_answers_larger_than_a_record_are_read() {
    let server = tls_server();
    let url = format!("https://localhost:{}/bytes/200000", server.address.port());
    let authority = server.certificate_path.to_str().expect("text");
    let line = ["--rate", "50", "--duration", "300ms", "-c", "3", "--cacert", authority];
    let report = load(&url, &line);
    assert_eq!((report.completed, report.failures), (15, 0), "{report}");
    assert!(report.bytes > 15 * 200_000, "{report}");
}

#[test]
fn tls_trusts_nobody_unasked() {
    let server = tls_server();
    let url = format!("https://localhost:{}/", server.address.port());
    let report = load(&url, &["--rate", "20", "--duration", "100ms", "-c", "1"]);
    assert_eq!((report.completed, report.failures_by_kind["connect"]), (0, 2), "{report}");
    let report = load(&url, &["--rate", "20", "--duration", "100ms", "-c", "1", "--insecure"]);
    assert_eq!((report.completed, report.failures), (2, 0), "{report}");
}

#[test]
fn http2_streams_share_a_connection() {
    for driver in drivers() {
        let address = http2_server();
        let url = format!("http://{address}/");
        let name = driver.name();
        let line = ["--http2", "--streams", "8", "-c", "2", "--rate", "500", "--duration", "500ms"];
        let line = [&line[..], &["--driver", name, "-X", "POST", "--body", "hello"]].concat();
        let report = load(&url, &line);
        assert_eq!((report.completed, report.failures), (250, 0), "{report}");
        assert_eq!(report.connections_opened, 2, "{report}");
        // The server's body is larger than a flow-control window of the protocol's default.
        assert_eq!(report.bytes, 250 * support::HTTP2_BODY_BYTES as u64, "{report}");
    }
}

#[test]
fn http2_connections_are_replaced_when_they_are_spent() {
    let url = format!("http://{}/", http2_server());
    let line = ["--http2", "--streams", "2", "-c", "1", "--rate", "100", "--duration", "300ms"];
    let line = [&line[..], &["--requests-per-connection", "10"]].concat();
    let report = load(&url, &line);
    assert_eq!((report.completed, report.failures), (30, 0), "{report}");
    assert!(report.connections_opened >= 3, "{report}");
}
