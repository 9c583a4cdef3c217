//! Does a change of the definition reach clients whole, at once, and only if it is in order?

use rustix::process::Signal;

use crate::support::definition::{http_proxy, method, mock, rest};
use crate::support::gateway::Setup;
use crate::support::{Gateway, eventually, is_long, load, recording_origin};

/// A version whose two paths both say which it is: the mock in its body, the other in its target.
fn version(origin: &str, name: &str) -> String {
    rest(
        &[
            method(
                "/version",
                "get",
                &mock(200, &format!("{{\"version\":\"{name}\",\"again\":\"{name}\"}}")),
            ),
            method("/proxied", "get", &http_proxy(origin, &format!("/{name}"))),
        ]
        .concat(),
    )
}

const REQUEST: &str = "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn swap(gateway: &Gateway, definition: &str) {
    let before = gateway.revision();
    gateway.rewrite("api.yaml", definition);
    gateway.signal(Signal::HUP);
    eventually("the change is in force", || (gateway.revision() > before).then_some(()));
}

#[test]
fn a_thousand_swaps_under_load_fail_nothing_and_mix_nothing() {
    let swaps = if is_long() { 1000 } else { 200 };
    let origin = recording_origin::start();
    let versions = ["a", "b"].map(|name| version(&origin.url(), name));
    let gateway = Setup::of(&versions[0]).workers(2).start();
    let is_pure = |text: &str| {
        let pure =
            ["a", "b"].map(|name| format!("{{\"version\":\"{name}\",\"again\":\"{name}\"}}"));
        pure.iter().any(|pure| pure == text)
    };
    let loads = [
        load::start(gateway.http, 4, REQUEST, move |response| {
            let text = response.text();
            if response.status == 200 && is_pure(&text) {
                Ok(())
            } else {
                Err(format!("{} {text}", response.status))
            }
        }),
        load::start(
            gateway.http,
            4,
            "GET /proxied HTTP/1.1\r\nHost: localhost\r\n\r\n",
            |response| {
                if response.status == 200 {
                    Ok(())
                } else {
                    Err(format!("{} {}", response.status, response.text()))
                }
            },
        ),
    ];
    for count in 1..=swaps {
        swap(&gateway, &versions[count % 2]);
    }
    let answered: usize = loads.iter().map(load::Load::answered).sum();
    let faults: Vec<String> = loads.into_iter().flat_map(load::Load::end).collect();
    assert!(
        faults.is_empty(),
        "{} of {answered}: {:?}",
        faults.len(),
        &faults[..faults.len().min(5)]
    );
    assert!(answered > swaps, "{answered} answers");
    assert!(gateway.revision() > swaps as u64);
}

#[test]
fn a_hundred_bad_edits_change_nothing() {
    let origin = recording_origin::start();
    let good = version(&origin.url(), "a");
    let gateway = Gateway::serving(&good);
    let load =
        load::start(gateway.http, 2, REQUEST, |response| match response.text().contains("\"a\"") {
            true => Ok(()),
            false => Err(response.text()),
        });
    let revision = gateway.revision();
    let bad = [
        "{",
        "openapi: 3.0.1\n",
        "\t: x",
        "[]",
        "",
        "openapi: 3.0.1\npaths: {/x: {get: {x-amazon-apigateway-integration: {type: nonsense}}}}\n",
        "\u{0}",
    ];
    for count in 0..100_u64 {
        gateway.rewrite("api.yaml", &format!("{}\n#{count}", bad[count as usize % bad.len()]));
        gateway.signal(Signal::HUP);
        eventually("the change is refused", || {
            (gateway.metric("tollgate_reload_failures_total") as u64 > count).then_some(())
        });
    }
    assert_eq!(load.end(), Vec::<String>::new());
    assert_eq!(gateway.revision(), revision);
    assert!(
        gateway
            .log()
            .iter()
            .any(|line| line.contains("\"level\":\"ERROR\"") || line.contains("\"error\""))
    );
    swap(&gateway, &version(&origin.url(), "b"));
    assert!(gateway.get("/version").text().contains("\"b\""));
}

#[test]
fn a_saved_file_is_noticed_without_a_signal() {
    let origin = recording_origin::start();
    let gateway = Gateway::serving(&version(&origin.url(), "a"));
    gateway.rewrite("api.yaml", &version(&origin.url(), "b"));
    eventually("the change is in force", || {
        gateway.get("/version").text().contains("\"b\"").then_some(())
    });
}

#[test]
fn an_exchange_ends_in_the_version_in_which_it_began() {
    let origin = recording_origin::start();
    let gateway = Gateway::serving(&version(&origin.url(), "a"));
    let mut client = gateway.connect();
    client.send("GET /proxied HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe");
    eventually("the request is under way", || (!origin.bytes().is_empty()).then_some(()));
    swap(&gateway, &version(&origin.url(), "b"));
    client.send("llo");
    assert_eq!(client.response().status, 200);
    assert_eq!(origin.only_request().target(), "/a");
}
