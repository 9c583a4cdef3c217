//! Does tollgate do what RFC 9110 and RFC 9112 ask of a server and of an intermediary?

mod fields;
mod messages;

use super::Bench;
use crate::support::client::Response;

/// What must be true of one request.
#[derive(Clone, Copy, Debug)]
enum Expect {
    /// The status of the answer.
    Status(u16),
    /// The body of the answer.
    Body(&'static str),
    /// A field of the answer, or that it is absent.
    Answer(&'static str, Option<&'static str>),
    /// A field of the answer is there, whatever it says.
    AnswerHas(&'static str),
    /// The connection goes on.
    Stays,
    /// The answer says `close` and the connection ends.
    Closes,
    /// The request line that the origin got.
    Line(&'static str),
    /// A field that the origin got, or that it is absent.
    Origin(&'static str, Option<&'static str>),
    /// The body that the origin got.
    OriginBody(&'static str),
    /// The origin got nothing.
    Unseen,
}

use Expect::{
    Answer, AnswerHas, Body, Closes, Line, Origin as Seen, OriginBody, Status, Stays, Unseen,
};

struct Check {
    rule: &'static str,
    request: String,
    expects: &'static [Expect],
}

fn check(rule: &'static str, request: impl Into<String>, expects: &'static [Expect]) -> Check {
    Check { rule, request: request.into(), expects }
}

fn request(verb: &str, target: &str, lines: &str, body: &str) -> String {
    format!("{verb} {target} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n{body}")
}

fn get(target: &str, lines: &str) -> String {
    request("GET", target, lines, "")
}

fn post(lines: &str, body: &str) -> String {
    request("POST", "/echo", lines, body)
}

#[test]
fn messages_are_served_as_rfc_9112_says() {
    run(&messages::checks());
}

#[test]
fn fields_are_forwarded_as_rfc_9110_says() {
    run(&fields::checks());
}

fn run(checks: &[Check]) {
    let bench = Bench::start();
    let faults: Vec<String> = checks.iter().filter_map(|check| fault_of(&bench, check)).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), checks.len(), faults.join("\n"));
}

fn fault_of(bench: &Bench, check: &Check) -> Option<String> {
    bench.origin.forget();
    let mut client = bench.gateway.connect();
    client.send(&check.request);
    let verb = check.request.trim_start().split(' ').next().unwrap_or_default();
    let response = match client.try_response_to(verb) {
        Ok(response) => response,
        Err(error) => return Some(format!("{}: no answer: {error}", check.rule)),
    };
    let seen = bench.origin.requests();
    let seen = seen.first();
    let mut is_met = |expect: &Expect| match expect {
        Stays => {
            !response.closes()
                && client.try_send(get("/again", "")).is_ok()
                && client.try_response_to("GET").is_ok_and(|again| again.status == 200)
        }
        Closes => response.closes() && client.is_closed(),
        Unseen => seen.is_none(),
        Line(line) => seen.is_some_and(|seen| seen.line() == *line),
        Seen(name, value) => seen.is_some_and(|seen| seen.field(name).as_deref() == *value),
        OriginBody(body) => seen.is_some_and(|seen| seen.body == body.as_bytes()),
        of_answer => is_met_by_answer(of_answer, &response),
    };
    let broken = check.expects.iter().find(|expect| !is_met(expect))?;
    let seen = seen.map(crate::support::Recorded::text);
    Some(format!("{}: not {broken:?}: {response:?}, origin saw {seen:?}", check.rule))
}

fn is_met_by_answer(expect: &Expect, response: &Response) -> bool {
    match expect {
        Status(status) => response.status == *status,
        Body(body) => response.body == body.as_bytes(),
        Answer(name, value) => response.field(name) == *value,
        AnswerHas(name) => response.field(name).is_some(),
        _ => false,
    }
}
