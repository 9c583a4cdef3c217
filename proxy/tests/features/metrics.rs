//! Do the metrics say what happened?

use crate::support::definition::everything;
use crate::support::gateway::Setup;
use crate::support::{eventually, recording_origin};

#[test]
fn requests_are_counted_by_stage_and_class() {
    let origin = recording_origin::start();
    let gateway = Setup::of(&everything(&origin.url())).workers(2).start();
    let mut client = gateway.connect();
    for path in ["/x", "/x", "/status/404", "/status/500"] {
        client.get(path);
    }
    let counted = |class: &str| {
        let text = gateway.ask_admin("/metrics").text();
        let lines = text.lines().filter(|line| line.starts_with("tollgate_requests_total{"));
        lines
            .filter(|line| {
                line.contains("stage=\"prod\"") && line.contains(&format!("status=\"{class}\""))
            })
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum::<f64>() as u64
    };
    eventually("all are counted", || {
        ((counted("2xx"), counted("4xx"), counted("5xx")) == (2, 1, 1)).then_some(())
    });
    assert_eq!(gateway.metric("tollgate_connections_accepted_total") as u64, 1);
    assert_eq!(gateway.metric("tollgate_connections_open") as u64, 1);
    assert_eq!(gateway.metric("tollgate_upstream_opened_total") as u64, 1);
    assert_eq!(gateway.metric("tollgate_workers ") as u64, 2);
    drop(client);
    eventually("the connection is gone", || {
        (gateway.metric("tollgate_connections_open") == 0.0).then_some(())
    });
}

#[test]
fn malformed_requests_are_counted() {
    let origin = recording_origin::start();
    let gateway = Setup::of(&everything(&origin.url())).start();
    let mut client = gateway.connect();
    client.send("NONSENSE\r\n\r\n");
    assert_eq!(client.response().status, 400);
    assert_eq!(gateway.metric("tollgate_requests_malformed_total") as u64, 1);
}

#[test]
fn health_is_told_on_the_admin_address_alone() {
    let origin = recording_origin::start();
    let gateway = Setup::of(&everything(&origin.url())).start();
    assert_eq!(gateway.ask_admin("/-/live").status, 200);
    assert_eq!(gateway.ask_admin("/-/ready").status, 200);
    assert_eq!(gateway.get("/-/ready").text(), "ok", "clients' paths are the API's own");
}
