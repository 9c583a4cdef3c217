//! How do requests follow each other on a connection?

use crate::support::definition::everything;
use crate::support::{Gateway, Origin, byte_by_byte_client, recording_origin};

fn started() -> (Gateway, Origin) {
    let origin = recording_origin::start();
    (Gateway::serving(&everything(&origin.url())), origin)
}

#[test]
fn a_connection_carries_many_requests_to_one_upstream_connection() {
    let (gateway, origin) = started();
    let mut client = gateway.connect();
    for count in 0..100 {
        let body = format!("body {count}");
        assert_eq!(client.ask("POST", "/echo", "", body.as_bytes()).text(), body);
    }
    assert_eq!(origin.requests().len(), 100);
    assert_eq!(origin.connections(), 1);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let (gateway, _origin) = started();
    let mut client = gateway.connect();
    let post = |body: &str| {
        format!(
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let chunked = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nchunked\r\n0\r\n\r\n";
    let head = "HEAD /bytes/10 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.send([&post("first"), chunked, head, &post("last")].concat());
    assert_eq!(client.response().text(), "first");
    assert_eq!(client.response().text(), "chunked");
    assert_eq!(client.response_to("HEAD").body, b"");
    assert_eq!(client.response().text(), "last");
}

#[test]
fn a_thousand_requests_in_one_packet_are_a_thousand_answers() {
    let (gateway, origin) = started();
    let mut client = gateway.connect();
    client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000));
    for _ in 0..1000 {
        assert_eq!(client.response().text(), "ok");
    }
    assert_eq!(origin.requests().len(), 1000);
}

#[test]
fn requests_arrive_byte_by_byte() {
    let (gateway, origin) = started();
    let mut client = gateway.connect();
    let request = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n";
    for _ in 0..2 {
        byte_by_byte_client::send(&mut client, request).expect("an open connection");
        assert_eq!(client.response().text(), "hello");
    }
    assert_eq!(origin.requests().len(), 2);
}

#[test]
fn a_request_may_be_cut_anywhere() {
    let (gateway, _origin) = started();
    let request = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
    for position in 1..request.len() {
        let mut client = byte_by_byte_client::send_in_two(gateway.http, request, position);
        assert_eq!(client.response().text(), "hello", "cut at {position}");
    }
}

#[test]
fn a_client_that_expects_to_continue_is_told_to() {
    let (gateway, origin) = started();
    let mut client = gateway.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assert_eq!(client.head().expect("an interim answer").status, 100);
    client.send("hello");
    assert_eq!(client.response().text(), "hello");
    assert_eq!(client.get("/x").status, 200);
    assert_eq!(origin.requests()[0].field("expect"), None);
}

#[test]
fn a_client_that_expects_to_continue_is_refused_at_once() {
    let (gateway, _origin) = started();
    let mut client = gateway.connect();
    client.send("POST /%zz HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    let response = client.response();
    assert_eq!(response.status, 400);
    assert!(response.closes(), "the body may or may not come: {response:?}");
}

#[test]
fn answers_without_body_leave_the_connection_in_step() {
    let (gateway, _origin) = started();
    let mut client = gateway.connect();
    for (verb, path, status) in [
        ("HEAD", "/bytes/1000", 200),
        ("GET", "/status/204", 204),
        ("HEAD", "/chunked/10", 200),
        ("GET", "/status/304", 304),
        ("HEAD", "/status/404", 404),
        ("GET", "/bytes/0", 200),
    ] {
        client.send(format!("{verb} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        let response = client.response_to(verb);
        assert_eq!((response.status, response.body.len()), (status, 0), "{verb} {path}");
        assert_eq!(client.get("/x").text(), "ok", "after {verb} {path}");
    }
}

#[test]
fn interim_answers_do_not_confuse_the_order() {
    let origin = Origin::answering(|request| {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        [interim.as_bytes(), &recording_origin::answer(request)].concat()
    });
    let gateway = Gateway::serving(&everything(&origin.url()));
    let mut client = gateway.connect();
    for _ in 0..3 {
        let mut response = client.response_after("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
        while response.status == 103 {
            response = client.response();
        }
        assert_eq!(response.text(), "ok");
    }
}

#[test]
fn an_upstream_that_says_close_is_not_asked_again() {
    let origin = Origin::answering(|request| {
        let answer = recording_origin::answer(request);
        String::from_utf8_lossy(&answer)
            .replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
            .into_bytes()
    });
    let gateway = Gateway::serving(&everything(&origin.url()));
    let mut client = gateway.connect();
    for _ in 0..5 {
        let response = client.get("/x");
        assert!(!response.closes(), "our connection is another: {response:?}");
    }
    assert_eq!(origin.connections(), 5);
}

#[test]
fn an_upstream_that_says_too_much_is_not_asked_again() {
    let origin = Origin::answering(|request| {
        [
            recording_origin::answer(request),
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil".to_vec(),
        ]
        .concat()
    });
    let gateway = Gateway::serving(&everything(&origin.url()));
    let mut client = gateway.connect();
    for _ in 0..5 {
        assert_eq!(client.get("/x").text(), "ok");
    }
}
