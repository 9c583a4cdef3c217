//! Do bodies of every size and coding pass both ways, byte for byte?

use crate::support::definition::{everything, method, mock, rest};
use crate::support::recording_origin::pattern;
use crate::support::{Gateway, Origin, is_long, recording_origin};

/// Largest payload (AWS: 10 MB).
const LARGEST: usize = 10 * 1024 * 1024;

fn started() -> (Gateway, Origin) {
    let origin = recording_origin::start();
    (Gateway::serving(&everything(&origin.url())), origin)
}

fn sizes() -> Vec<usize> {
    let small = [0, 1, 999, 4_096, 8_191, 8_192, 8_193, 16_384, 65_535, 65_536, 65_537, 1_000_000];
    let large: &[usize] = if is_long() { &[5_000_000, LARGEST - 1, LARGEST] } else { &[LARGEST] };
    [&small[..], large].concat()
}

#[test]
fn bodies_with_a_length_pass_up_and_down() {
    let (gateway, origin) = started();
    let mut client = gateway.connect();
    for size in sizes() {
        origin.forget();
        let body = pattern(size);
        let response = client.ask("POST", "/echo", "", &body);
        assert!(response.body == body && !response.is_chunked, "{size} bytes back");
        let seen = origin.only_request();
        assert!(seen.body == body, "{size} bytes at the origin");
        if size > 0 {
            assert_eq!(seen.field("content-length"), Some(size.to_string()));
        }
    }
}

#[test]
fn chunked_bodies_pass_up() {
    let (gateway, origin) = started();
    let mut client = gateway.connect();
    for (size, chunk) in
        [(0, 1), (1, 1), (1_000, 1), (1_000, 7), (100_000, 1_000), (1_000_000, 65_536)]
    {
        origin.forget();
        let body = pattern(size);
        let mut bytes =
            b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_vec();
        for chunk in body.chunks(chunk) {
            bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        let response = client.response_after(&bytes);
        assert!(response.body == body, "{size} bytes in chunks of {chunk} back");
        let seen = origin.only_request();
        assert!(seen.body == body, "{size} bytes in chunks of {chunk} at the origin");
        let framings = seen.values("content-length").len() + seen.values("transfer-encoding").len();
        assert_eq!(framings, 1, "one framing: {}", seen.text());
    }
}

#[test]
fn answers_of_either_coding_pass_down() {
    let (gateway, _origin) = started();
    let mut client = gateway.connect();
    for size in sizes() {
        let expected = pattern(size);
        let sized = client.get(&format!("/bytes/{size}"));
        assert!(sized.body == expected && !sized.is_chunked, "{size} bytes with a length");
        let chunked = client.get(&format!("/chunked/{size}"));
        // What has come whole with its head is sent with its length.
        let is_framed_alike = chunked.is_chunked || size < 100_000;
        assert!(chunked.body == expected && is_framed_alike, "{size} bytes chunked");
    }
}

#[test]
fn an_http_1_0_client_gets_no_chunks() {
    let (gateway, _origin) = started();
    let mut client = gateway.connect();
    let response = client.response_after("GET /chunked/5000 HTTP/1.0\r\n\r\n");
    assert!(!response.is_chunked && response.body == pattern(5000));
}

#[test]
fn a_payload_above_10_mb_is_too_large() {
    let (gateway, origin) = started();
    let mut client = gateway.connect();
    client.send(format!(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        LARGEST + 1
    ));
    let response = client.response();
    assert_eq!(response.status, 413, "{response:?}");
    assert_eq!(response.field("x-amzn-errortype"), Some("RequestTooLargeException"));
    assert!(origin.requests().is_empty());
}

#[test]
fn a_chunked_payload_above_10_mb_is_too_large() {
    let (gateway, origin) = started();
    let mut client = gateway.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunk = [b"10000\r\n".as_slice(), &pattern(65_536), b"\r\n"].concat();
    for _ in 0..=161 {
        if client.try_send(&chunk).is_err() {
            break;
        }
    }
    let response = client.try_response_to("POST").expect("an answer");
    assert_eq!(response.status, 413, "{response:?}");
    assert!(origin.requests().is_empty(), "nothing whole reaches the origin");
}

#[test]
fn a_long_body_that_nobody_reads_ends_the_connection_politely() {
    let gateway = Gateway::serving(&rest(&method("/x", "get", &mock(200, "ok"))));
    let mut client = gateway.connect();
    client.send("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
    let _ = client.try_send(pattern(500_000));
    assert_eq!(client.response().status, 403);
}

#[test]
fn a_short_body_that_nobody_reads_is_skipped() {
    let gateway = Gateway::serving(&rest(&method("/x", "get", &mock(200, "ok"))));
    let mut client = gateway.connect();
    for _ in 0..3 {
        let body = b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assert_eq!(client.ask("POST", "/nowhere", "", body).status, 403);
        assert_eq!(client.get("/x").text(), "ok");
    }
}
