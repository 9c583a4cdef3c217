//! Can a request that is malformed in HTTP/2 become something else in HTTP/1.1?
//!
//! Each variant is sent on a connection of its own. Either the origin sees nothing, or it sees exactly
//! one request whose every line is in order and means what the HTTP/2 request said.

mod bodies;
mod fields;
mod pseudo;

use super::{Bench, Over, field};
use crate::support::Recorded;
use crate::support::client::find;
use crate::support::frames::{self, flag};
use crate::support::hpack::{self, Field};

/// A request to be sent: its fields, its body, its trailers.
#[derive(Clone, Debug)]
struct Variant {
    name: String,
    fields: Vec<Field>,
    body: Option<Vec<u8>>,
    trailers: Option<Vec<Field>>,
    /// Whether nothing of it may reach the origin whole.
    is_malformed: bool,
}

const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn base(method: &str) -> Vec<Field> {
    vec![
        field(":method", method),
        field(":scheme", "http"),
        field(":path", "/case"),
        field(":authority", "localhost"),
    ]
}

fn malformed(name: impl Into<String>, fields: Vec<Field>) -> Variant {
    Variant { name: name.into(), fields, body: None, trailers: None, is_malformed: true }
}

fn with(name: &str, value: impl AsRef<[u8]>) -> Variant {
    let value = value.as_ref();
    let mut fields = base("GET");
    fields.push(field(name, value));
    malformed(format!("{} = {}", name.escape_debug(), value.escape_ascii()), fields)
}

fn with_pseudo(name: &str, value: impl AsRef<[u8]>) -> Variant {
    let value = value.as_ref();
    let mut fields = base("GET");
    for own in &mut fields {
        if own.0 == name.as_bytes() {
            own.1 = value.to_vec();
        }
    }
    malformed(format!("{name} = {}", value.escape_ascii()), fields)
}

/// What the `h2` crate mends before anybody sees it: the mended request may cross, whole and clean.
#[test]
fn what_is_mended_crosses_clean() {
    let bench = Bench::start();
    for (path, expected) in [("/case#x", "/case"), ("/#", "/"), ("/case?a#b", "/case?a")] {
        bench.origin.forget();
        let mut client = bench.dial(Over::Cleartext).shake_hands();
        let fields = client.request("GET", path);
        client.ask(1, &fields, None);
        assert!(bench.origin.requests().iter().all(|seen| seen.target() == expected), "{path}");
    }
    // The request is whole with its length of 0, and goes; what follows ends the stream.
    bench.origin.forget();
    let mut client = bench.dial(Over::Cleartext).shake_hands();
    let mut fields = base("POST");
    fields.push(field("content-length", "0"));
    client.ask(1, &fields, Some(SMUGGLED.as_bytes()));
    assert!(find(&bench.origin.bytes(), b"smuggled").is_none());
}

#[test]
fn nothing_malformed_crosses() {
    let variants = [
        fields::names(),
        fields::values(),
        pseudo::pseudo_values(),
        pseudo::shapes(),
        pseudo::framing(),
        bodies::bodies(),
        bodies::allowed(),
    ]
    .concat();
    assert!(variants.len() >= 176, "{}", variants.len());
    let bench = Bench::start();
    let faults: Vec<String> =
        variants.iter().filter_map(|variant| fault_of(&bench, variant)).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), variants.len(), faults.join("\n"));
}

fn fault_of(bench: &Bench, variant: &Variant) -> Option<String> {
    bench.origin.forget();
    let mut client = bench.dial(Over::Cleartext).shake_hands();
    let ends = |is_last: bool| if is_last { flag::END_STREAM } else { 0 };
    let is_last = variant.body.is_none() && variant.trailers.is_none();
    let block = hpack::encode(&variant.fields);
    client.send(frames::headers(1, flag::END_HEADERS | ends(is_last), block));
    if let Some(body) = &variant.body {
        client.send(frames::data(1, ends(variant.trailers.is_none()), body.as_slice()));
    }
    if let Some(trailers) = &variant.trailers {
        let block = hpack::encode(trailers);
        client.send(frames::headers(1, flag::END_HEADERS | flag::END_STREAM, block));
    }
    let answer = client.answer(1);
    let seen = bench.origin.requests();
    let fault = match (variant.is_malformed, seen.as_slice()) {
        (true, []) if answer.status == 200 => Some("answered 200".to_owned()),
        (true, []) => None,
        (true, seen) => Some(format!("the origin saw {seen:?}")),
        (false, [one]) => fault_of_crossing(variant, one),
        (false, seen) => Some(format!("not one request but {seen:?}")),
    };
    let leaks = variant.is_malformed && find(&bench.origin.bytes(), b"smuggled").is_some();
    let fault = fault.or(leaks.then(|| "the hidden request crossed".to_owned()));
    fault.map(|fault| format!("{}: {fault}; {answer:?}", variant.name))
}

fn fault_of_crossing(variant: &Variant, seen: &Recorded) -> Option<String> {
    let is_whole = variant.body.clone().unwrap_or_default() == seen.body;
    let text = seen.text();
    let is_clean = text.split("\r\n").skip(1).all(|line| {
        line.is_empty()
            || line.split_once(": ").is_some_and(|(name, _)| !name.contains([' ', '\t']))
    });
    let is_framed_once =
        seen.values("content-length").len() + seen.values("transfer-encoding").len() <= 1;
    let has_one_host = seen.values("host").len() == 1;
    let is_right = is_whole && is_clean && is_framed_once && has_one_host && !text.contains('\0');
    (!is_right).then(|| format!("crossed as {seen:?}"))
}
