//! Does every wait end?

use std::time::Instant;

use crate::support::definition::everything;
use crate::support::gateway::Setup;
use crate::support::{Client, recording_origin};

#[test]
fn a_head_that_is_not_finished_in_time_is_408() {
    let origin = recording_origin::start();
    let gateway =
        Setup::of(&everything(&origin.url())).with(&["--header-timeout", "200ms"]).start();
    let mut client = gateway.connect();
    client.send("GET /x HTTP/1.1\r\nHost: local");
    let response = client.response();
    assert_eq!(response.status, 408);
    assert!(response.closes() && client.is_closed());
    assert!(origin.requests().is_empty());
}

#[test]
fn a_head_that_trickles_is_408_all_the_same() {
    let origin = recording_origin::start();
    let gateway =
        Setup::of(&everything(&origin.url())).with(&["--header-timeout", "200ms"]).start();
    let mut client = gateway.connect();
    client.send("GET /x HTTP/1.1\r\nHost: localhost\r\nX-A: ");
    let begin = Instant::now();
    while begin.elapsed().as_millis() < 400 && client.try_send("b").is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(client.response().status, 408);
}

#[test]
fn an_idle_connection_is_ended_without_an_answer() {
    let origin = recording_origin::start();
    let gateway = Setup::of(&everything(&origin.url())).with(&["--idle-timeout", "200ms"]).start();
    assert!(gateway.connect().is_closed(), "before any request");
    let mut client = gateway.connect();
    assert_eq!(client.get("/x").status, 200);
    assert!(client.is_closed(), "after a request");
}

#[test]
fn a_body_that_stalls_ends_the_exchange() {
    let origin = recording_origin::start();
    let gateway = Setup::of(&everything(&origin.url())).with(&["--body-timeout", "200ms"]).start();
    let mut client = gateway.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhello");
    let (answer, has_ended) = client.rest_until_any_end();
    assert!(has_ended, "the connection ends");
    let text = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || text.starts_with("HTTP/1.1 408 "), "{text}");
    assert!(origin.requests().is_empty(), "nothing whole reaches the origin");
}

#[test]
fn a_client_that_does_not_read_is_dropped() {
    let origin = recording_origin::start();
    let gateway = Setup::of(&everything(&origin.url())).with(&["--body-timeout", "300ms"]).start();
    let mut client = gateway.connect();
    // What the kernel takes for a client has been sent; it must be less than the answer.
    socket2::SockRef::from(client.socket()).set_recv_buffer_size(4_096).expect("a socket");
    client.send("GET /bytes/10000000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let open = || gateway.metric("tollgate_connections_open") as u64;
    crate::support::eventually("the answer has begun", || {
        (gateway.metric("tollgate_upstream_opened_total") >= 1.0).then_some(())
    });
    crate::support::eventually("the connection is gone", || (open() == 0).then_some(()));
    // An idle connection would stay for minutes, so it was the answer that was given up.
    assert_eq!(gateway.ask_admin("/-/live").status, 200);
}

#[test]
fn connections_above_the_cap_are_turned_away() {
    let origin = recording_origin::start();
    let gateway = Setup::of(&everything(&origin.url())).with(&["--max-connections", "3"]).start();
    let mut clients: Vec<Client> = (0..3).map(|_| gateway.connect()).collect();
    for client in &mut clients {
        assert_eq!(client.get("/x").status, 200);
    }
    let mut above = gateway.connect();
    let response = above.response();
    assert_eq!((response.status, response.closes()), (503, true));
    drop(clients);
    crate::support::eventually("there is room again", || {
        let mut client = gateway.connect();
        let asked = client.try_send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
        asked
            .and_then(|()| client.try_response_to("GET"))
            .ok()
            .filter(|answer| answer.status == 200)
    });
}
