//! Do the gauges and the counters of overload and slowness say what is so?

use std::time::Duration;

use crate::support::definition::everything;
use crate::support::gateway::Setup;
use crate::support::{Client, Gateway, Origin, eventually, recording_origin, stalled_origin};

/// Waits until a metric has a value.
fn check(gateway: &Gateway, metric: &str, expected: f64) {
    eventually(&format!("{metric} is {expected}"), || {
        (gateway.metric(metric) == expected).then_some(())
    });
}

/// Connection, exchange and both kinds of upstream connection.
fn check_gauges(gateway: &Gateway, expected: [f64; 4]) {
    let names = ["connections_open", "exchanges_open", "upstream_busy", "upstream_idle"];
    for (name, expected) in names.iter().zip(expected) {
        check(gateway, &format!("tollgate_{name}"), expected);
    }
}

#[test]
fn gauges_follow_what_is_under_way() {
    let origin = stalled_origin::start();
    let gateway = Setup::of(&everything(&origin.url())).start();
    check_gauges(&gateway, [0.0; 4]);
    let mut client = gateway.connect();
    client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    check_gauges(&gateway, [1.0, 1.0, 1.0, 0.0]);
    drop(client);
    let origin = recording_origin::start();
    gateway.rewrite("api.yaml", &everything(&origin.url()));
    eventually("the change is served", || (gateway.revision() == 2).then_some(()));
    let mut client = gateway.connect();
    assert_eq!(client.get("/x").status, 200);
    check(&gateway, "tollgate_upstream_idle", 1.0);
}

#[test]
fn clients_that_are_too_slow_are_counted() {
    let origin = recording_origin::start();
    let patience = ["--header-timeout=100ms", "--body-timeout=100ms", "--handshake-timeout=100ms"];
    let gateway = Setup::of(&everything(&origin.url())).with(&patience).start();
    let counted = |expected| check(&gateway, "tollgate_client_timeouts_total", expected);
    let mut head = gateway.connect();
    head.send("GET /x HTTP/1.1\r\n");
    assert_eq!(head.response().status, 408);
    counted(1.0);
    let mut body = gateway.connect();
    body.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nbegin");
    assert_eq!(body.response().status, 408);
    counted(2.0);
    let mut handshake = Client::connect(gateway.tls);
    handshake.send(b"\x16\x03\x01\x02\x00\x01\x00\x01");
    counted(3.0);
    assert_eq!(gateway.get("/x").status, 200);
    counted(3.0);
}

#[test]
fn an_upstream_that_takes_longer_than_a_head_may_costs_no_connection() {
    let origin = Origin::start(|peer| {
        while let Ok(request) = peer.request() {
            std::thread::sleep(Duration::from_millis(400));
            if peer.send(&recording_origin::answer(&request)).is_err() {
                return;
            }
        }
    });
    let patience = ["--header-timeout=100ms", "--body-timeout=100ms"];
    let gateway = Setup::of(&everything(&origin.url())).with(&patience).start();
    let mut client = gateway.connect();
    for _ in 0..2 {
        assert_eq!(client.get("/x").status, 200);
        client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nbe");
        client.send("gin");
        assert_eq!(client.response().status, 200);
    }
    check(&gateway, "tollgate_client_timeouts_total", 0.0);
}
