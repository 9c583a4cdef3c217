//! What does a client get when its integration fails?

use std::net::TcpListener;

use crate::support::definition::{everything, http, http_api_proxy, method, rest};
use crate::support::gateway::Setup;
use crate::support::{
    Gateway, Response, drip_origin, early_answering_origin, eventually, forgetful_origin,
    half_closed_client, killed_origin, recording_origin, reset_origin, stalled_origin,
    truncating_origin,
};

fn check_network_error(response: &Response) {
    assert_eq!(response.status, 504, "{response:?}");
    assert_eq!(response.text(), r#"{"message":"Network error communicating with endpoint"}"#);
    assert_eq!(response.field("x-amzn-errortype"), Some("InternalServerErrorException"));
}

/// An address where nobody listens.
fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

#[test]
fn an_origin_that_refuses_connections_is_a_network_error() {
    let gateway = Gateway::serving(&everything(&closed_port()));
    let mut client = gateway.connect();
    check_network_error(&client.get("/x"));
    check_network_error(&client.ask("POST", "/x", "", b"hello"));
}

#[test]
fn an_origin_that_resets_is_a_network_error() {
    for origin in [reset_origin::start(), reset_origin::start_resetting_at_once()] {
        let gateway = Gateway::serving(&everything(&origin.url()));
        let mut client = gateway.connect();
        check_network_error(&client.get("/x"));
        check_network_error(&client.ask("POST", "/x", "", b"hello"));
    }
}

#[test]
fn an_origin_that_closes_without_an_answer_is_a_network_error() {
    let origin = truncating_origin::start(b"");
    let gateway = Gateway::serving(&everything(&origin.url()));
    check_network_error(&gateway.get("/x"));
    let origin = truncating_origin::start(b"HTTP/1.1 200 OK\r\nContent-");
    let gateway = Gateway::serving(&everything(&origin.url()));
    check_network_error(&gateway.get("/x"));
}

#[test]
fn an_http_api_whose_origin_is_away_is_unavailable() {
    let any = "x-amazon-apigateway-any-method";
    let gateway =
        Gateway::serving(&http(&method("/$default", any, &http_api_proxy(&closed_port(), ""))));
    let response = gateway.get("/x");
    assert_eq!(
        (response.status, response.text().as_str()),
        (503, r#"{"message":"Service Unavailable"}"#)
    );
}

fn of_timeout(origin: &str) -> String {
    let integration =
        format!("{{type: http_proxy, httpMethod: GET, uri: '{origin}/x', timeoutInMillis: 100}}");
    rest(&method("/x", "get", &integration))
}

#[test]
fn a_stalled_origin_times_out() {
    let origin = stalled_origin::start();
    let gateway = Gateway::serving(&of_timeout(&origin.url()));
    let response = gateway.get("/x");
    assert_eq!(response.status, 504);
    assert_eq!(response.text(), r#"{"message":"Endpoint request timed out"}"#);
}

#[test]
fn an_origin_that_stalls_mid_body_does_not_end_the_body() {
    let origin = stalled_origin::start_stalling_mid_body();
    let gateway = Setup::of(&of_timeout(&origin.url())).with(&["--body-timeout", "200ms"]).start();
    let mut client = gateway.connect();
    client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let error = client.try_response_to("GET").expect_err("a body that is cut off");
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "{error}");
}

#[test]
fn killing_the_origin_mid_body_cuts_the_answer() {
    let answers: [&'static [u8]; 2] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst part",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nfirst part\r\n",
    ];
    for answer in answers {
        let killed = killed_origin::start(answer);
        let gateway = Gateway::serving(&everything(&killed.origin.url()));
        let mut client = gateway.connect();
        client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(client.head().expect("a head").status, 200);
        killed.kill();
        let (rest, has_ended) = client.rest_until_any_end();
        assert!(has_ended, "the connection ends");
        assert!(!rest.ends_with(b"0\r\n\r\n"), "no end is made up: {}", rest.escape_ascii());
        assert_eq!(gateway.ask_admin("/-/live").status, 200);
    }
}

#[test]
fn a_truncated_answer_is_not_made_whole() {
    let answers: [&'static [u8]; 4] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx\r\n",
    ];
    for answer in answers {
        let origin = truncating_origin::start(answer);
        let gateway = Gateway::serving(&everything(&origin.url()));
        let mut client = gateway.connect();
        client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let whole = client.try_response_to("GET");
        let is_honest = whole
            .as_ref()
            .map_or(true, |response| response.status == 504 || response.status == 502);
        assert!(is_honest, "{}: {whole:?}", answer.escape_ascii());
    }
}

#[test]
fn an_answer_that_drips_arrives() {
    let origin = drip_origin::start(b"slow but sure", std::time::Duration::from_millis(1));
    let gateway = Gateway::serving(&everything(&origin.url()));
    let mut client = gateway.connect();
    assert_eq!(client.get("/x").text(), "slow but sure");
    assert_eq!(client.get("/x").text(), "slow but sure");
}

#[test]
fn an_origin_may_answer_before_it_has_the_body() {
    let answer = b"HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly";
    for origin in
        [early_answering_origin::start(answer), early_answering_origin::start_closing(answer)]
    {
        let gateway = Gateway::serving(&everything(&origin.url()));
        let mut client = gateway.connect();
        client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nbegin");
        let response = client.response();
        assert_eq!((response.status, response.text().as_str()), (413, "early"));
    }
}

#[test]
fn a_reused_connection_that_died_is_replaced_for_an_idempotent_request() {
    let origin = forgetful_origin::start();
    let gateway = Gateway::serving(&everything(&origin.url()));
    let mut client = gateway.connect();
    for _ in 0..20 {
        assert_eq!(client.get("/x").status, 200);
    }
    assert_eq!(client.ask("PUT", "/x", "", b"").status, 200);
    assert_eq!(client.ask("DELETE", "/x", "", b"").status, 200);
}

#[test]
fn a_request_that_may_have_been_done_is_not_repeated() {
    let origin = recording_origin::start();
    let resetting = reset_origin::start();
    let gateway = Gateway::serving(&everything(&resetting.url()));
    check_network_error(&gateway.connect().ask("POST", "/x", "", b"hello"));
    assert_eq!(resetting.requests().len(), 1, "sent once");
    drop(origin);
}

#[test]
fn a_half_closed_client_gets_its_answer() {
    let origin = recording_origin::start();
    let gateway = Gateway::serving(&everything(&origin.url()));
    let response =
        half_closed_client::ask(gateway.http, b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(response.text(), "ok");
    let request = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(half_closed_client::ask(gateway.http, request).text(), "hello");
}

#[test]
fn a_client_that_goes_away_frees_its_upstream_connection() {
    let origin = stalled_origin::start();
    let gateway = Gateway::serving(&everything(&origin.url()));
    let mut client = gateway.connect();
    client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    eventually("the origin has the head", || (!origin.bytes().is_empty()).then_some(()));
    drop(client);
    // What follows from it is that the gateway goes on serving.
    assert_eq!(gateway.ask_admin("/-/ready").status, 200);
}
