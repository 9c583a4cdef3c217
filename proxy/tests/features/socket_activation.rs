//! Does a socket that the service manager holds outlive the process that serves on it?

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::Client;
use crate::support::definition::{method, mock, rest};
use crate::support::gateway::Setup;

/// Serves on a handed-over socket, drains, and serves again whoever came meanwhile.
fn check(driver: &str) {
    let socket = Arc::new(TcpListener::bind("127.0.0.1:0").expect("a port"));
    let definition = rest(&method("/a", "get", &mock(200, "a")));
    let setup = Setup::of(&definition).workers(2).driver(driver).on(&socket);
    let mut first = setup.start();
    assert_eq!(first.http, socket.local_addr().expect("an address"));
    for _ in 0..20 {
        assert_eq!(first.get("/a").status, 200);
    }
    first.signal(Signal::TERM);
    assert_eq!(first.wait(Duration::from_secs(5)), Some(0));
    let log = first.log();
    let is_complaint = |line: &&String| {
        line.contains("\"level\":\"WARN\"") || line.contains("\"level\":\"ERROR\"")
    };
    assert_eq!(log.iter().find(is_complaint), None, "{log:#?}");
    let mut meanwhile = Client::connect(first.http);
    meanwhile.send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let second = setup.start();
    assert_eq!(meanwhile.response().status, 200);
    assert_eq!(second.get("/a").status, 200);
}

#[test]
fn two_workers_share_it_and_leave_it_listening_on_epoll() {
    check("epoll");
}

#[test]
fn two_workers_share_it_and_leave_it_listening_on_the_best_driver() {
    check("auto");
}
