//! Is every request logged as its format says?

use rustix::process::Signal;

use crate::support::definition::everything;
use crate::support::gateway::Setup;
use crate::support::{Gateway, eventually, recording_origin};

fn lines(gateway: &Gateway, name: &str, count: usize) -> Vec<String> {
    eventually("the log is written", || {
        let text = std::fs::read_to_string(gateway.path(name)).unwrap_or_default();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        (lines.len() >= count).then_some(lines)
    })
}

#[test]
fn the_json_preset_is_json() {
    let origin = recording_origin::start();
    let gateway =
        Setup::of(&everything(&origin.url())).with(&["--access-log", "access.log"]).start();
    let mut client = gateway.connect();
    let response = client.get("/x?a=b");
    assert_eq!(client.get("/status/404").status, 404);
    let lines = lines(&gateway, "access.log", 2);
    let first: serde_json::Value = serde_json::from_str(&lines[0]).expect("JSON");
    assert_eq!(first["requestId"].as_str(), response.field("x-amzn-requestid"), "{first}");
    assert_eq!(first["httpMethod"], "GET");
    assert_eq!(first["status"].to_string().trim_matches('"'), "200");
    assert!(lines[1].contains("404"));
}

#[test]
fn a_format_of_ones_own_is_rendered() {
    let origin = recording_origin::start();
    let format = "$context.requestId|$context.httpMethod|$context.path|$context.status|$context.protocol|$context.identity.sourceIp|$context.responseLength|$context.stage";
    let gateway = Setup::of(&everything(&origin.url()))
        .with(&["--access-log", "access.log", "--access-log-format", format])
        .start();
    let response = gateway.get("/bytes/10");
    let line = lines(&gateway, "access.log", 1).remove(0);
    let id = response.field("x-amzn-requestid").expect("an id");
    assert_eq!(line, format!("{id}|GET|/bytes/10|200|HTTP/1.1|127.0.0.1|10|prod"));
}

#[test]
fn what_a_client_sends_cannot_forge_a_line() {
    let origin = recording_origin::start();
    let format = "$context.requestId [$context.identity.userAgent] $context.status";
    let gateway = Setup::of(&everything(&origin.url()))
        .with(&["--access-log", "access.log", "--access-log-format", format])
        .start();
    let mut client = gateway.connect();
    assert_eq!(client.ask("GET", "/x", "User-Agent: a\u{85}b\tc\r\n", b"").status, 200);
    assert_eq!(client.get("/x").status, 200);
    assert_eq!(lines(&gateway, "access.log", 2).len(), 2);
}

#[test]
fn a_signal_reopens_the_file() {
    let origin = recording_origin::start();
    let gateway =
        Setup::of(&everything(&origin.url())).with(&["--access-log", "access.log"]).start();
    assert_eq!(gateway.get("/x").status, 200);
    lines(&gateway, "access.log", 1);
    std::fs::rename(gateway.path("access.log"), gateway.path("old.log")).expect("a move");
    gateway.signal(Signal::HUP);
    eventually("the file is made anew", || gateway.path("access.log").exists().then_some(()));
    assert_eq!(gateway.get("/x").status, 200);
    assert_eq!(lines(&gateway, "access.log", 1).len(), 1);
    assert_eq!(lines(&gateway, "old.log", 1).len(), 1);
}

#[test]
fn every_request_under_load_is_logged_or_counted() {
    let origin = recording_origin::start();
    let gateway = Setup::of(&everything(&origin.url()))
        .workers(2)
        .with(&["--access-log", "access.log"])
        .start();
    let mut client = gateway.connect();
    for _ in 0..50 {
        client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20));
        for _ in 0..20 {
            assert_eq!(client.response().status, 200);
        }
    }
    let lines = lines(&gateway, "access.log", 1000);
    assert_eq!(lines.len(), 1000);
    let mut ids: Vec<_> = lines
        .iter()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON")["requestId"].to_string()
        })
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1000, "every id is another");
}
