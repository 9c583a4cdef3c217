//! Do 300 clients that are slow on purpose cost little, end in time, and leave a bystander served?

use std::time::Duration;

use super::Bench;
use crate::support::client::Client;
use crate::support::eventually;
use crate::support::frames::{self, PREFACE, flag, setting};
use crate::support::hpack;
use crate::support::http2_client::Http2Client;
use crate::support::process::{cpu_time, resident_bytes};

const CLIENTS: usize = 300;

/// How much memory 300 slow clients may cost together.
const MEMORY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Lets `begin` make slow clients; they must be cheap while they last and gone soon after.
fn check<C>(begin: impl Fn(&Bench) -> C) {
    let bench = Bench::with(&[
        "--header-timeout",
        "1s",
        "--body-timeout",
        "1s",
        "--handshake-timeout",
        "1s",
        "--idle-timeout",
        "1s",
    ]);
    assert_eq!(bench.gateway.get("/x").status, 200);
    let (memory, cpu) = (resident_bytes(bench.gateway.pid()), cpu_time(bench.gateway.pid()));
    let clients: Vec<C> = (0..CLIENTS).map(|_| begin(&bench)).collect();
    assert_eq!(bench.gateway.get("/x").status, 200, "a bystander is served");
    let grown = resident_bytes(bench.gateway.pid()).saturating_sub(memory);
    assert!(grown < MEMORY_BYTES_MAX, "it grew by {grown} bytes");
    eventually("the slow clients are dropped", || {
        let open = bench.gateway.metric("tollgate_connections_open") as usize;
        (open <= 1).then_some(())
    });
    let used = cpu_time(bench.gateway.pid()).saturating_sub(cpu);
    assert!(used < Duration::from_secs(5), "it used {used:?}");
    assert_eq!(bench.gateway.get("/x").status, 200);
    drop(clients);
}

#[test]
fn heads_that_never_end() {
    check(|bench| {
        let mut client = bench.gateway.connect();
        client.send("GET /x HTTP/1.1\r\nHost: localhost\r\nX-A: ");
        client
    });
}

#[test]
fn bodies_that_never_end() {
    check(|bench| {
        let mut client = bench.gateway.connect();
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nbegin");
        client
    });
}

#[test]
fn answers_that_are_never_read() {
    check(|bench| {
        let mut client = bench.gateway.connect();
        socket2::SockRef::from(client.socket()).set_recv_buffer_size(4_096).expect("a socket");
        client.send("GET /bytes/1000000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client
    });
}

#[test]
fn http2_prefaces_that_never_end() {
    check(|bench| {
        let mut client = Client::connect(bench.gateway.http);
        client.send(&PREFACE[..10]);
        client
    });
}

#[test]
fn http2_settings_that_never_come() {
    check(|bench| {
        let mut client = Client::connect(bench.gateway.http);
        client.send(PREFACE);
        client
    });
}

#[test]
fn http2_header_blocks_that_never_end() {
    check(|bench| {
        let mut client = bench.connect();
        let block = hpack::encode(&client.request("GET", "/x"));
        client.send(frames::headers(1, flag::END_STREAM, block));
        client
    });
}

#[test]
fn http2_bodies_that_never_end() {
    check(|bench| {
        let mut client: Http2Client = bench.connect();
        super::post(&mut client, 1);
        client.send(frames::data(1, 0, "begin"));
        client
    });
}

#[test]
fn http2_answers_that_are_never_read() {
    check(|bench| {
        let mut client = bench.connect();
        client.send(frames::settings(&[(setting::INITIAL_WINDOW_SIZE, 1)]));
        client.send_get(1, "/bytes/1000000");
        client
    });
}

#[test]
fn tls_handshakes_that_never_end() {
    check(|bench| {
        let mut client = Client::connect(bench.gateway.tls);
        client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01");
        client
    });
}
