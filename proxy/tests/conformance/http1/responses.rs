//! Is an origin's answer taken, mended or refused as RFC 9110 and RFC 9112 ask?

use std::sync::{Arc, Mutex};

use crate::support::definition::everything;
use crate::support::{Gateway, Origin, Response};

/// What an origin says, and what the client must get.
struct Check {
    rule: &'static str,
    verb: &'static str,
    answer: String,
    status: u16,
    body: &'static str,
    /// Fields that the client must see so, or not at all.
    fields: &'static [(&'static str, Option<&'static str>)],
}

/// An answer that is taken.
fn taken(
    rule: &'static str,
    answer: impl Into<String>,
    (status, body): (u16, &'static str),
    fields: &'static [(&'static str, Option<&'static str>)],
) -> Check {
    Check { rule, verb: "GET", answer: answer.into(), status, body, fields }
}

/// An answer that is refused: the client learns that the origin failed, and nothing of what it said.
fn refused(rule: &'static str, answer: impl Into<String>) -> Check {
    Check { rule, verb: "GET", answer: answer.into(), status: 0, body: "", fields: &[] }
}

fn ok(lines: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{lines}\r\n{body}")
}

fn of_length(lines: &str) -> String {
    ok(&format!("Content-Length: 5\r\n{lines}"), "hello")
}

fn heads() -> Vec<Check> {
    let plain = (200, "hello");
    vec![
        taken(
            "9112 4: a reason is ignored",
            "HTTP/1.1 200 Whatever it is\r\nContent-Length: 5\r\n\r\nhello",
            plain,
            &[],
        ),
        taken(
            "9112 4: an empty reason",
            "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello",
            plain,
            &[],
        ),
        taken(
            "9112 4: no reason and no blank",
            "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
            plain,
            &[],
        ),
        taken(
            "9110 15: unknown statuses pass",
            "HTTP/1.1 299 X\r\nContent-Length: 5\r\n\r\nhello",
            (299, "hello"),
            &[],
        ),
        taken(
            "9110 15: unknown failures pass",
            "HTTP/1.1 599 X\r\nContent-Length: 5\r\n\r\nhello",
            (599, "hello"),
            &[],
        ),
        taken(
            "9112 2.3: HTTP/1.0 answers",
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            plain,
            &[],
        ),
        taken(
            "9112 6.3: the end of the connection ends a body",
            ok("Connection: close\r\n", "hello"),
            plain,
            &[],
        ),
        taken("9112 6.3: HTTP/1.0 without length", "HTTP/1.0 200 OK\r\n\r\nhello", plain, &[]),
        taken(
            "9112 6.3: chunked",
            ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
            plain,
            &[],
        ),
        taken(
            "9112 7.1.1: extensions of an answer",
            ok("Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0;c\r\n\r\n"),
            plain,
            &[],
        ),
        taken(
            "9112 7.1.2: trailers of an answer",
            ok(
                "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n",
                "5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
            ),
            plain,
            &[("x-t", None), ("trailer", None)],
        ),
        taken(
            "9110 7.6.1: what Connection names",
            of_length("Connection: X-Hop\r\nX-Hop: 1\r\nX-Stay: 2\r\n"),
            plain,
            &[("x-hop", None), ("x-stay", Some("2"))],
        ),
        taken(
            "9110 7.6.1: Keep-Alive",
            of_length("Keep-Alive: timeout=5\r\n"),
            plain,
            &[("keep-alive", None)],
        ),
        taken(
            "9110 7.6.1: Proxy-Connection",
            of_length("Proxy-Connection: close\r\n"),
            plain,
            &[("proxy-connection", None)],
        ),
        taken("9110 7.6.1: Upgrade", of_length("Upgrade: h2c\r\n"), plain, &[("upgrade", None)]),
        taken(
            "9110 7.6.1: the origin's close is not ours",
            of_length("Connection: close\r\n"),
            plain,
            &[("connection", None)],
        ),
        taken(
            "9110 8.8.3: ETag passes",
            of_length("ETag: \"a\"\r\n"),
            plain,
            &[("etag", Some("\"a\""))],
        ),
        taken(
            "9110 10.2.2: Location passes",
            "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n",
            (302, ""),
            &[("location", Some("http://elsewhere/"))],
        ),
        taken(
            "9110 15.2: 100 is not final",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            plain,
            &[],
        ),
        taken(
            "9110 15.2: 103 is not final",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            plain,
            &[],
        ),
        taken(
            "9110 15.2: several are not final",
            format!(
                "{}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 102 Processing\r\n\r\n".repeat(5)
            ),
            plain,
            &[],
        ),
        taken(
            "9110 15.3.5: 204",
            "HTTP/1.1 204 No Content\r\n\r\n",
            (204, ""),
            &[("content-length", None)],
        ),
        taken(
            "9110 15.4.5: 304",
            "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
            (304, ""),
            &[("etag", Some("\"a\""))],
        ),
        taken(
            "9110 15.4.5: 304 may tell a length",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            (304, ""),
            &[],
        ),
        taken(
            "9110 15.3.6: 205",
            "HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n",
            (205, ""),
            &[],
        ),
        taken("9110 5.5: an empty value", of_length("X-A:\r\n"), plain, &[("x-a", Some(""))]),
        taken(
            "9110 5.3: cookies are not joined",
            of_length("Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n"),
            plain,
            &[("set-cookie", Some("a=b"))],
        ),
        taken("9112 5: names in any case", ok("cOnTeNt-LeNgTh: 5\r\n", "hello"), plain, &[]),
        Check {
            verb: "HEAD",
            ..taken(
                "9110 9.3.2: HEAD tells a length without body",
                ok("Content-Length: 5\r\n", ""),
                (200, ""),
                &[],
            )
        },
        Check {
            verb: "HEAD",
            ..taken(
                "9110 9.3.2: HEAD may tell chunked",
                ok("Transfer-Encoding: chunked\r\n", ""),
                (200, ""),
                &[],
            )
        },
        Check {
            verb: "HEAD",
            ..taken("9110 9.3.2: HEAD without either", ok("", ""), (200, ""), &[])
        },
    ]
}

fn refusals() -> Vec<Check> {
    vec![
        refused(
            "9112 6.3: both length and coding",
            ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        ),
        refused(
            "9112 6.3: lengths that differ",
            ok("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"),
        ),
        refused("9112 6.3: a list of lengths", ok("Content-Length: 5, 6\r\n", "hello")),
        refused("9112 6.3: a negative length", ok("Content-Length: -5\r\n", "hello")),
        refused("9112 6.3: a length with a sign", ok("Content-Length: +5\r\n", "hello")),
        refused("9112 6.3: a hexadecimal length", ok("Content-Length: 0x5\r\n", "hello")),
        refused("9112 6.3: an empty length", ok("Content-Length:\r\n", "hello")),
        refused(
            "9112 6.3: a length too large",
            ok("Content-Length: 99999999999999999999\r\n", "hello"),
        ),
        refused("9112 6.1: an unknown coding", ok("Transfer-Encoding: gzip\r\n", "hello")),
        refused("9112 6.1: chunked not last", ok("Transfer-Encoding: chunked, gzip\r\n", "hello")),
        refused(
            "9112 6.1: chunked twice",
            ok("Transfer-Encoding: chunked, chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        ),
        refused(
            "9112 6.1: a coding in HTTP/1.0",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        refused("9112 5.1: a blank before the colon", of_length("X-A : b\r\n")),
        refused("9112 5.2: a folded line", of_length("X-A: b\r\n c\r\n")),
        refused("9110 5.5: NUL in a value", of_length("X-A: b\0\r\n")),
        refused("9110 5.5: a bare return in a value", of_length("X-A: b\rX-B: c\r\n")),
        refused("9112 2.2: a bare line feed", of_length("X-A: b\nX-B: c\r\n")),
        refused("9112 5: no colon", of_length("X-A\r\n")),
        refused("9112 5: an empty name", of_length(": b\r\n")),
        refused("9110 5.1: a name that is no token", of_length("X A: b\r\n")),
        refused("9112 4: no HTTP", "hello\r\n\r\n"),
        refused("9112 4: a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
        refused("9112 4: a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
        refused(
            "9112 4: a status that is no number",
            "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n",
        ),
        refused("9110 15: a status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"),
        refused("9112 4: another version", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
        refused("9112 4: a tab before the status", "HTTP/1.1\t200 OK\r\nContent-Length: 0\r\n\r\n"),
        refused("9112 4: a version in lower case", "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        refused("9112 4: HTTP/0.9", "<html>hello</html>"),
        refused(
            "9110 7.8: an upgrade that nobody asked for",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        ),
        refused(
            "9110 15.3.5: 204 with a length",
            "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
        ),
        refused(
            "9110 15.3.5: 204 with chunks",
            "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ),
        refused("9112 8: nothing at all", ""),
        refused("9112 8: half a status line", "HTTP/1.1 2"),
        refused("9112 8: half a head", "HTTP/1.1 200 OK\r\nContent-Le"),
        refused(
            "9112 7.1: a first size that is none",
            ok("Transfer-Encoding: chunked\r\n", "x\r\nhello\r\n0\r\n\r\n"),
        ),
        refused("a head too large", of_length(&format!("X-A: {}\r\n", "b".repeat(40_000)))),
        refused("fields too many", of_length(&"A: b\r\n".repeat(500))),
        refused("interim answers without end", "HTTP/1.1 102 Processing\r\n\r\n".repeat(1000)),
    ]
}

/// Answers each request with what is set, then ends the connection.
struct Stage {
    answer: Arc<Mutex<String>>,
    gateway: Gateway,
    _origin: Origin,
}

impl Stage {
    fn start() -> Self {
        let answer: Arc<Mutex<String>> = Arc::default();
        let own = Arc::clone(&answer);
        let origin = Origin::start(move |peer| {
            if peer.request().is_ok() {
                let answer = own.lock().expect("an answer").clone();
                let _ = peer.send(answer.as_bytes());
            }
        });
        let gateway = Gateway::serving(&everything(&origin.url()));
        Self { answer, gateway, _origin: origin }
    }

    fn fault_of(&self, check: &Check) -> Option<String> {
        self.answer.lock().expect("an answer").clone_from(&check.answer);
        let mut client = self.gateway.connect();
        client.send(format!("{} /x HTTP/1.1\r\nHost: localhost\r\n\r\n", check.verb));
        let response = match client.try_response_to(check.verb) {
            Ok(response) => response,
            Err(error) => return Some(format!("{}: no answer: {error}", check.rule)),
        };
        let fault = match check.status {
            0 => fault_of_refusal(&response),
            _ => fault_of_taken(check, &response),
        };
        fault.map(|fault| format!("{}: {fault}: {response:?}", check.rule))
    }
}

fn fault_of_refusal(response: &Response) -> Option<String> {
    let is_failure = matches!(response.status, 500 | 502..=504);
    let leaks = response.text().contains("hello");
    (!is_failure || leaks).then(|| "not refused".to_owned())
}

fn fault_of_taken(check: &Check, response: &Response) -> Option<String> {
    if response.status != check.status || response.body != check.body.as_bytes() {
        return Some(format!("not {} {:?}", check.status, check.body));
    }
    let broken = check.fields.iter().find(|(name, value)| response.field(name) != *value)?;
    Some(format!("not {broken:?}"))
}

fn run(checks: &[Check]) {
    let stage = Stage::start();
    let faults: Vec<String> = checks.iter().filter_map(|check| stage.fault_of(check)).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), checks.len(), faults.join("\n"));
}

#[test]
fn answers_are_taken_as_the_rfcs_say() {
    run(&heads());
}

#[test]
fn answers_that_cannot_be_trusted_are_refused() {
    run(&refusals());
}
