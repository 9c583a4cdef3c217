//! Do the key scenarios hold on either driver, whatever the rest of the suite runs on?

use std::time::Duration;

use rustix::process::Signal;

use crate::support::definition::everything;
use crate::support::gateway::{Gateway, Setup};
use crate::support::recording_origin::pattern;
use crate::support::{
    eventually, half_closed_client, killed_origin, recording_origin, reset_origin,
};

fn on(driver: &str, origin: &str) -> Gateway {
    Setup::of(&everything(origin)).driver(driver).workers(2).start()
}

fn check(driver: &str) {
    let origin = recording_origin::start();
    let mut gateway = on(driver, &origin.url());
    let log = gateway.log().join("\n");
    assert!(log.contains(&format!("\"driver\":\"{driver}\"")), "{log}");
    let mut client = gateway.connect();
    for size in [0, 1, 70_000, 1_000_000] {
        let body = pattern(size);
        assert!(client.ask("POST", "/echo", "", &body).body == body, "{size} bytes on {driver}");
        assert!(client.get(&format!("/chunked/{size}")).body == body, "{size} bytes on {driver}");
    }
    client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100));
    for _ in 0..100 {
        assert_eq!(client.response().status, 200);
    }
    let request = b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(half_closed_client::ask(gateway.http, request).status, 200);
    gateway.rewrite("api.yaml", &everything(&format!("{}/other", origin.url())));
    gateway.signal(Signal::HUP);
    eventually("the change is in force", || {
        origin.forget();
        client.get("/x");
        (origin.requests()[0].target() == "/other/x").then_some(())
    });
    gateway.signal(Signal::TERM);
    assert_eq!(gateway.wait(Duration::from_secs(5)), Some(0));
    check_failures(driver);
}

fn check_failures(driver: &str) {
    let resetting = reset_origin::start();
    assert_eq!(on(driver, &resetting.url()).get("/x").status, 504);
    let killed = killed_origin::start(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    let gateway = on(driver, &killed.origin.url());
    let mut client = gateway.connect();
    client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(client.head().expect("a head").status, 200);
    killed.kill();
    assert!(client.rest_until_any_end().1, "the answer is cut off");
}

#[test]
fn epoll_serves() {
    check("epoll");
}

#[test]
fn io_uring_serves_where_the_kernel_allows_it() {
    let origin = recording_origin::start();
    // `auto` tells what the kernel allows.
    let gateway = Setup::of(&everything(&origin.url())).driver("auto").start();
    if gateway.log().iter().any(|line| line.contains("\"driver\":\"io_uring\"")) {
        check("io_uring");
    }
}
