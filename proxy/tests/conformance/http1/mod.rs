//! Is every malformed or ambiguous HTTP/1 request refused, and nothing of it forwarded?
//!
//! Each case is sent with a pipelined request behind it. It must get exactly one answer, of the right
//! status, and the end of the connection; the origin must see nothing of the case that is whole,
//! and nothing at all of the request behind it.

mod chunks;
mod compliance;
mod fields;
mod fragments;
mod framing;
mod host;
mod request_line;
mod responses;
mod served;
mod sizes;

use std::time::Duration;

use crate::support::client::find;
use crate::support::definition::everything;
use crate::support::{Client, Gateway, Origin, recording_origin};

/// What stands behind every case.
const BEHIND: &[u8] = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// How long a refusal may take; a case that waits for more bytes fails then.
const REFUSAL_PATIENCE: Duration = Duration::from_secs(3);

/// A request that must be refused.
#[derive(Clone, Debug)]
pub(super) struct Case {
    name: String,
    request: Vec<u8>,
    status: u16,
}

impl Case {
    fn new(name: impl Into<String>, request: impl AsRef<[u8]>, status: u16) -> Self {
        Self { name: name.into(), request: request.as_ref().to_vec(), status }
    }
}

/// A request whose head is in order but for these lines.
fn with_lines(lines: impl AsRef<[u8]>) -> Vec<u8> {
    [b"POST /case HTTP/1.1\r\nHost: localhost\r\n", lines.as_ref(), b"\r\n"].concat()
}

/// The gateway and the origin of a table.
struct Bench {
    gateway: Gateway,
    origin: Origin,
}

impl Bench {
    fn start() -> Self {
        let origin = recording_origin::start();
        let gateway = Gateway::serving(&everything(&origin.url()));
        Self { gateway, origin }
    }

    /// What is wrong with how `case` is treated.
    fn fault_of(&self, case: &Case, send: impl Fn(&mut Client, &[u8])) -> Option<String> {
        let mut client = self.gateway.connect();
        client.socket().set_read_timeout(Some(REFUSAL_PATIENCE)).expect("a socket");
        send(&mut client, &[&case.request, BEHIND].concat());
        let (answer, has_ended) = client.rest_until_any_end();
        let fault = fault_of_answer(&answer, has_ended, case.status).or_else(|| self.leak());
        self.origin.forget();
        fault.map(|fault| {
            format!("{}: {fault}\n    {}", case.name, shortened(&case.request.escape_ascii()))
        })
    }

    fn leak(&self) -> Option<String> {
        if find(&self.origin.bytes(), b"smuggled").is_some() {
            return Some("the request behind it reached the origin".to_owned());
        }
        let requests = self.origin.requests();
        (!requests.is_empty()).then(|| format!("the origin saw it whole: {requests:?}"))
    }

    /// Checks every case, then that nothing arrived late.
    fn check_all(&self, cases: &[Case]) {
        let mut faults: Vec<_> = cases
            .iter()
            .filter_map(|case| {
                self.fault_of(case, |client, bytes| {
                    let _ = client.try_send(bytes);
                })
            })
            .collect();
        assert_eq!(self.gateway.get("/end").status, 200);
        let late = self.origin.requests();
        faults.extend(
            late.iter().filter(|it| it.target() != "/end").map(|it| format!("late: {it:?}")),
        );
        assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
    }
}

fn fault_of_answer(answer: &[u8], has_ended: bool, status: u16) -> Option<String> {
    let text = String::from_utf8_lossy(answer).into_owned();
    let first = format!("HTTP/1.1 {status} ");
    let answers = text.matches("HTTP/1.").count();
    match () {
        () if answer.is_empty() && has_ended => Some("closed without an answer".to_owned()),
        () if answer.is_empty() => Some("no answer".to_owned()),
        () if !text.starts_with(&first) => {
            Some(format!("not {status} but {:?}", text.lines().next().unwrap_or_default()))
        }
        () if answers != 1 => Some(format!("{answers} answers: {text:?}")),
        () if !text.to_ascii_lowercase().contains("\r\nconnection: close\r\n") => {
            Some(format!("the answer does not say close: {text:?}"))
        }
        () if !has_ended => Some("the connection stays open".to_owned()),
        () => None,
    }
}

fn shortened(text: &impl ToString) -> String {
    let text = text.to_string();
    match text.char_indices().nth(400) {
        Some((at, _)) => format!("{}… ({} characters)", &text[..at], text.len()),
        None => text,
    }
}

/// All tables together.
fn all_cases() -> Vec<Case> {
    [
        request_line::cases(),
        host::cases(),
        fields::cases(),
        framing::cases(),
        chunks::cases(),
        sizes::cases(),
    ]
    .concat()
}

#[test]
fn the_corpus_is_large() {
    let cases = all_cases();
    assert!(cases.len() >= 350, "{}", cases.len());
    let mut names: Vec<_> = cases.iter().map(|case| &case.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "each case has a name of its own");
}
