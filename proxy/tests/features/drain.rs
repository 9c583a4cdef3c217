//! Does SIGTERM let requests in flight finish?

use std::time::Duration;

use rustix::process::Signal;

use crate::support::client::Client;
use crate::support::definition::everything;
use crate::support::frames::code;
use crate::support::gateway::Setup;
use crate::support::http2_client::Http2Client;
use crate::support::{Origin, eventually, recording_origin, stalled_origin};

/// An origin that answers each request after a while.
fn slow_origin() -> Origin {
    Origin::start(|peer| {
        while let Ok(request) = peer.request() {
            std::thread::sleep(Duration::from_millis(300));
            if peer.send(&recording_origin::answer(&request)).is_err() {
                return;
            }
        }
    })
}

#[test]
fn requests_in_flight_are_answered_before_the_end() {
    let origin = slow_origin();
    let mut gateway = Setup::of(&everything(&origin.url())).workers(2).start();
    let mut clients: Vec<Client> = (0..50).map(|_| gateway.connect()).collect();
    for client in &mut clients {
        client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    eventually("all are under way", || (origin.requests().len() == 50).then_some(()));
    gateway.signal(Signal::TERM);
    for client in &mut clients {
        assert_eq!(client.response().text(), "ok");
    }
    assert_eq!(gateway.wait(Duration::from_secs(5)), Some(0));
}

#[test]
fn clients_under_load_see_no_cut_answer() {
    let origin = recording_origin::start();
    let mut gateway = Setup::of(&everything(&origin.url())).workers(2).start();
    let address = gateway.http;
    // A connection that ends between two requests is in order; one that ends within an answer is not.
    let threads: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(move || {
                let mut client = Client::connect(address);
                let mut answered = 0;
                loop {
                    if client
                        .try_send("GET /bytes/5000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .is_err()
                    {
                        return Ok(answered);
                    }
                    match client.head() {
                        // An end before the first byte: the request was never begun.
                        Err(_) => return Ok(answered),
                        Ok(head) if head.field("content-length") != Some("5000") => {
                            return Err(format!("{head:?}"));
                        }
                        Ok(head) => {
                            client.exactly(5000).map_err(|error| error.to_string())?;
                            answered += 1;
                            if head.closes() {
                                return Ok(answered);
                            }
                        }
                    }
                }
            })
        })
        .collect();
    eventually("there is load", || (origin.requests().len() > 500).then_some(()));
    gateway.signal(Signal::TERM);
    for thread in threads {
        let answered: Result<usize, String> = thread.join().expect("a client");
        assert!(answered.as_ref().is_ok_and(|answered| *answered > 0), "{answered:?}");
    }
    assert_eq!(gateway.wait(Duration::from_secs(5)), Some(0));
}

#[test]
fn streams_in_flight_are_answered_before_the_end() {
    let origin = slow_origin();
    let mut gateway = Setup::of(&everything(&origin.url())).start();
    let mut client = Http2Client::dial(gateway.http).shake_hands();
    for stream in [1, 3, 5] {
        client.send_get(stream, "/x");
    }
    eventually("all are under way", || (origin.requests().len() == 3).then_some(()));
    gateway.signal(Signal::TERM);
    let answers = [1, 3, 5].map(|stream| client.answer(stream));
    assert!(answers.iter().all(|answer| answer.body == b"ok"), "{answers:?}");
    let goaway = answers.iter().find_map(|answer| answer.goaway);
    assert_eq!(goaway.or_else(|| client.answer(7).goaway), Some(code::NO_ERROR));
    assert_eq!(gateway.wait(Duration::from_secs(5)), Some(0));
}

#[test]
fn what_is_not_answered_in_the_grace_period_is_cut() {
    let origin = stalled_origin::start();
    let mut gateway =
        Setup::of(&everything(&origin.url())).with(&["--grace-period", "300ms"]).start();
    let mut client = gateway.connect();
    client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    eventually("it is under way", || (!origin.bytes().is_empty()).then_some(()));
    gateway.signal(Signal::TERM);
    assert!(gateway.wait(Duration::from_secs(5)).is_some(), "it ends");
}

#[test]
fn a_second_signal_ends_at_once() {
    let origin = stalled_origin::start();
    let mut gateway =
        Setup::of(&everything(&origin.url())).with(&["--grace-period", "60s"]).start();
    let mut client = gateway.connect();
    client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    eventually("it is under way", || (!origin.bytes().is_empty()).then_some(()));
    gateway.signal(Signal::TERM);
    eventually("it drains", || (gateway.ask_admin("/-/ready").status == 503).then_some(()));
    assert!(gateway.is_running());
    gateway.signal(Signal::TERM);
    assert!(gateway.wait(Duration::from_secs(3)).is_some(), "it ends");
}

#[test]
fn readiness_goes_first() {
    let origin = recording_origin::start();
    let mut gateway = Setup::of(&everything(&origin.url())).with(&["--drain-delay", "1s"]).start();
    gateway.signal(Signal::TERM);
    eventually("readiness is withdrawn", || {
        (gateway.ask_admin("/-/ready").status == 503).then_some(())
    });
    assert_eq!(gateway.get("/x").status, 200, "new connections are served meanwhile");
    assert_eq!(gateway.wait(Duration::from_secs(10)), Some(0));
}
