//! Does tollgate do what RFC 9110 and RFC 9112 ask of a server and of an intermediary?

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

/// RFC 9112: messages and connections.
fn messages() -> Vec<Check> {
    let old = |lines: &str| format!("GET /x HTTP/1.0\r\nHost: localhost\r\n{lines}\r\n");
    vec![
        check(
            "9112 2.2: one empty line before a request is ignored",
            format!("\r\n{}", get("/x", "")),
            &[Status(200), Line("GET /x HTTP/1.1"), Stays],
        ),
        check(
            "9112 2.3: an intermediary sends its own version",
            old(""),
            &[Status(200), Line("GET /x HTTP/1.1")],
        ),
        check(
            "9112 3: a verb is case-sensitive",
            request("get", "/x", "", ""),
            &[Line("get /x HTTP/1.1")],
        ),
        check(
            "9112 3: unknown verbs are tokens",
            request("PURGE", "/x", "", ""),
            &[Line("PURGE /x HTTP/1.1")],
        ),
        check(
            "9112 3.2.1: the query stays",
            get("/x?a=1&b=%20&c", ""),
            &[Status(200), Line("GET /x?a=1&b=%20&c HTTP/1.1")],
        ),
        check("9112 3.2.1: an empty query is a query or none", get("/x?", ""), &[Status(200)]),
        check(
            "9112 3.2.2: a server accepts the absolute form",
            get("http://localhost/x", ""),
            &[Status(200), Line("GET /x HTTP/1.1")],
        ),
        check(
            "9112 3.2.2: an absolute form without path",
            get("http://localhost", ""),
            &[Status(200), Line("GET / HTTP/1.1")],
        ),
        check(
            "9112 3.2.2: an absolute form with query alone",
            get("http://localhost?a", ""),
            &[Status(200), Line("GET /?a HTTP/1.1")],
        ),
        check(
            "9112 3.2: HTTP/1.0 needs no Host",
            "GET /x HTTP/1.0\r\n\r\n",
            &[Status(200), Closes],
        ),
        check(
            "9112 3.2: Host without value",
            "GET /x HTTP/1.1\r\nHost:\r\n\r\n",
            &[Status(400), Unseen, Closes],
        ),
        check("9112 3.2: no Host", "GET /x HTTP/1.1\r\n\r\n", &[Status(400), Unseen, Closes]),
        check(
            "9112 5: no blank behind the colon",
            get("/x", "X-A:b\r\n"),
            &[Seen("x-a", Some("b"))],
        ),
        check(
            "9112 5: blanks around a value are none of it",
            get("/x", "X-A: \t b \t\r\n"),
            &[Seen("x-a", Some("b"))],
        ),
        check("9112 5: an empty value", get("/x", "X-A:\r\n"), &[Seen("x-a", Some(""))]),
        check(
            "9112 5.1: a blank before the colon",
            get("/x", "X-A : b\r\n"),
            &[Status(400), Unseen, Closes],
        ),
        check(
            "9112 5.2: a folded line",
            get("/x", "X-A: b\r\n c\r\n"),
            &[Status(400), Unseen, Closes],
        ),
        check(
            "9112 6: GET may have a body",
            request("GET", "/echo", "Content-Length: 5\r\n", "hello"),
            &[Status(200), Body("hello"), OriginBody("hello"), Stays],
        ),
        check(
            "9112 6: DELETE may have a body",
            request("DELETE", "/echo", "Content-Length: 5\r\n", "hello"),
            &[OriginBody("hello"), Stays],
        ),
        check(
            "9112 6: OPTIONS may have a body",
            request("OPTIONS", "/echo", "Content-Length: 5\r\n", "hello"),
            &[OriginBody("hello"), Stays],
        ),
        check(
            "9112 6: PATCH has a body",
            request("PATCH", "/echo", "Content-Length: 5\r\n", "hello"),
            &[OriginBody("hello"), Stays],
        ),
        check(
            "9112 6: PUT has a body",
            request("PUT", "/echo", "Content-Length: 5\r\n", "hello"),
            &[OriginBody("hello"), Stays],
        ),
        check(
            "9112 6.1: chunked is read",
            post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
            &[Status(200), Body("hello"), Stays],
        ),
        check(
            "9112 6.1: an unknown coding is 501",
            post("Transfer-Encoding: foo\r\n", ""),
            &[Status(501), Unseen, Closes],
        ),
        check(
            "9112 6.1: a coding in HTTP/1.0",
            "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            &[Status(400), Unseen, Closes],
        ),
        check(
            "9112 6.2: no length and no coding is no body",
            request("POST", "/echo", "", ""),
            &[Status(200), OriginBody(""), Stays],
        ),
        check(
            "9112 6.2: a length of zero",
            post("Content-Length: 0\r\n", ""),
            &[Status(200), OriginBody(""), Stays],
        ),
        check(
            "9112 6.3: a length that is none",
            post("Content-Length: x\r\n", ""),
            &[Status(400), Unseen, Closes],
        ),
        check(
            "9112 7.1: sizes in either case",
            post(
                "Transfer-Encoding: chunked\r\n",
                "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
            ),
            &[OriginBody("01234567890123456789"), Stays],
        ),
        check(
            "9112 7.1: leading zeros of a size",
            post("Transfer-Encoding: chunked\r\n", "00005\r\nhello\r\n00\r\n\r\n"),
            &[OriginBody("hello"), Stays],
        ),
        check(
            "9112 7.1.1: unknown extensions are ignored",
            post("Transfer-Encoding: chunked\r\n", "5;a=b;c=\"d;e\"\r\nhello\r\n0;f\r\n\r\n"),
            &[OriginBody("hello"), Stays],
        ),
        check(
            "9112 7.1.2: trailers may be dropped",
            post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n"),
            &[OriginBody("hello"), Seen("x-t", None), Stays],
        ),
        check(
            "9112 7.4: TE ends here",
            get("/x", "TE: trailers\r\nConnection: TE\r\n"),
            &[Status(200), Seen("te", None), Stays],
        ),
        check("9112 9.3: HTTP/1.1 persists", get("/x", ""), &[Status(200), Stays]),
        check("9112 9.3: close ends", get("/x", "Connection: close\r\n"), &[Status(200), Closes]),
        check(
            "9112 9.3: close in any case",
            get("/x", "Connection: CLOSE\r\n"),
            &[Status(200), Closes],
        ),
        check(
            "9112 9.3: close in a list",
            get("/x", "Connection: x-a, close\r\n"),
            &[Status(200), Closes],
        ),
        check(
            "9112 9.3: close in a second line",
            get("/x", "Connection: x-a\r\nConnection: close\r\n"),
            &[Status(200), Closes],
        ),
        check(
            "9112 9.3: close beats keep-alive",
            get("/x", "Connection: keep-alive, close\r\n"),
            &[Status(200), Closes],
        ),
        check("9112 9.3: HTTP/1.0 ends", old(""), &[Status(200), Closes]),
        check(
            "9112 9.3: HTTP/1.0 persists when asked",
            old("Connection: keep-alive\r\n"),
            &[Status(200), Answer("connection", Some("keep-alive")), Stays],
        ),
        check(
            "9112 9.3: HTTP/1.0 persists when asked in any case",
            old("Connection: Keep-Alive\r\n"),
            &[Status(200), Stays],
        ),
        check(
            "9112 9.3: HTTP/1.0 with close",
            old("Connection: close\r\n"),
            &[Status(200), Closes],
        ),
        check(
            "9112 9.3: persists after a refusal by the API",
            get("/status/404", ""),
            &[Status(404), Stays],
        ),
        check("9112 9.3: persists after a failure", get("/status/500", ""), &[Status(500), Stays]),
        check(
            "9112 11.2: no smuggling by both lengths",
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            &[Status(400), Unseen, Closes],
        ),
    ]
}

/// RFC 9110: fields and intermediaries.
fn fields() -> Vec<Check> {
    vec![
        check(
            "9110 5.3: repeated lines keep their order",
            get("/x", "X-A: 1\r\nX-B: 2\r\nX-A: 3\r\n"),
            &[Seen("x-a", Some("1")), Seen("x-b", Some("2"))],
        ),
        check(
            "9110 5.5: obs-text is opaque",
            get("/x", "X-A: caf\u{e9}\r\n"),
            &[Status(200), Seen("x-a", Some("caf\u{e9}"))],
        ),
        check(
            "9110 5.5: a tab within a value",
            get("/x", "X-A: b\tc\r\n"),
            &[Status(200), Seen("x-a", Some("b\tc"))],
        ),
        check(
            "9110 5.6.1: empty list elements are ignored",
            get("/x", "Connection: , ,x-a,\r\nX-A: 1\r\n"),
            &[Status(200), Seen("x-a", None), Stays],
        ),
        check(
            "9110 7.2: Host is the target's",
            get("/x", ""),
            &[Status(200), Seen("connection", None)],
        ),
        check(
            "9110 7.6.1: Connection never crosses",
            get("/x", "Connection: keep-alive\r\n"),
            &[Seen("connection", None)],
        ),
        check(
            "9110 7.6.1: what Connection names never crosses",
            get("/x", "Connection: X-Hop\r\nX-Hop: 1\r\n"),
            &[Seen("x-hop", None)],
        ),
        check(
            "9110 7.6.1: named in another case",
            get("/x", "Connection: x-hop\r\nX-HOP: 1\r\n"),
            &[Seen("x-hop", None)],
        ),
        check(
            "9110 7.6.1: named in a list",
            get(
                "/x",
                "Connection: close, X-Hop , x-other\r\nX-Hop: 1\r\nX-Other: 2\r\nX-Stay: 3\r\n",
            ),
            &[Seen("x-hop", None), Seen("x-other", None), Seen("x-stay", Some("3"))],
        ),
        check(
            "9110 7.6.1: named before or after",
            get("/x", "X-Hop: 1\r\nConnection: X-Hop\r\n"),
            &[Seen("x-hop", None)],
        ),
        check(
            "9110 7.6.1: Proxy-Connection",
            get("/x", "Proxy-Connection: keep-alive\r\n"),
            &[Seen("proxy-connection", None)],
        ),
        check(
            "9110 7.6.1: Keep-Alive",
            get("/x", "Keep-Alive: timeout=5\r\n"),
            &[Seen("keep-alive", None)],
        ),
        check("9110 7.6.1: TE", get("/x", "TE: gzip\r\n"), &[Seen("te", None)]),
        check(
            "9110 7.6.1: Transfer-Encoding is ours",
            post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            &[OriginBody("")],
        ),
        check(
            "9110 7.6.1: Upgrade",
            get("/x", "Upgrade: websocket\r\nConnection: Upgrade\r\n"),
            &[Status(200), Seen("upgrade", None), Seen("connection", None)],
        ),
        check(
            "9110 7.8: an upgrade to h2c is not obeyed",
            get(
                "/x",
                "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            ),
            &[Status(200), Seen("http2-settings", None), Seen("upgrade", None)],
        ),
        check(
            "9110 11.7: Proxy-Authorization ends here",
            get("/x", "Proxy-Authorization: Basic eA==\r\n"),
            &[Seen("proxy-authorization", None)],
        ),
        check(
            "9110 7.7: no transformation of a body",
            post("Content-Length: 5\r\nCache-Control: no-transform\r\n", "hello"),
            &[OriginBody("hello"), Seen("cache-control", Some("no-transform"))],
        ),
        check(
            "9110 8.3: Content-Type stays",
            post("Content-Length: 2\r\nContent-Type: application/json; charset=utf-8\r\n", "{}"),
            &[Seen("content-type", Some("application/json; charset=utf-8"))],
        ),
        check(
            "9110 8.6: the length stays",
            post("Content-Length: 5\r\n", "hello"),
            &[Seen("content-length", Some("5")), Seen("transfer-encoding", None)],
        ),
        check(
            "9110 9.3.2: HEAD has no body",
            request("HEAD", "/bytes/10", "", ""),
            &[Status(200), Line("HEAD /bytes/10 HTTP/1.1"), Body(""), Stays],
        ),
        check(
            "9110 9.3.8: TRACE with a body",
            request("TRACE", "/x", "Content-Length: 1\r\n", "x"),
            &[Status(400), Unseen, Closes],
        ),
        check(
            "9110 9.3.6: CONNECT makes no tunnel",
            "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n",
            &[Status(501), Unseen, Closes],
        ),
        check(
            "9110 10.1.1: an unknown expectation",
            post("Content-Length: 1\r\nExpect: x\r\n", "x"),
            &[Status(417), Unseen, Closes],
        ),
        check(
            "9110 10.1.1: Expect without a body",
            get("/x", "Expect: 100-continue\r\n"),
            &[Status(200), Stays],
        ),
        check(
            "9110 10.1.1: Expect in HTTP/1.0 is ignored",
            "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
            &[Status(200), Body("hello")],
        ),
        check(
            "9110 10.1.4: TE names nothing else",
            get("/x", "TE: trailers, deflate;q=0.5\r\n"),
            &[Status(200), Seen("te", None)],
        ),
        check(
            "9110 10.1.5: User-Agent stays",
            get("/x", "User-Agent: a/1 (b)\r\n"),
            &[Seen("user-agent", Some("a/1 (b)"))],
        ),
        check(
            "9110 11.6.2: Authorization stays",
            get("/x", "Authorization: Bearer x\r\n"),
            &[Seen("authorization", Some("Bearer x"))],
        ),
        check(
            "9110 12.5.3: Accept-Encoding stays",
            get("/x", "Accept-Encoding: gzip\r\n"),
            &[Seen("accept-encoding", Some("gzip"))],
        ),
        check(
            "9110 13: conditions stay",
            get(
                "/x",
                "If-None-Match: \"a\"\r\nIf-Modified-Since: Fri, 20 Nov 2026 06:02:09 GMT\r\n",
            ),
            &[Seen("if-none-match", Some("\"a\""))],
        ),
        check(
            "9110 14: ranges stay",
            get("/x", "Range: bytes=0-1\r\n"),
            &[Seen("range", Some("bytes=0-1"))],
        ),
        check(
            "9110 15.3.5: 204 has no body",
            get("/status/204", ""),
            &[
                Status(204),
                Body(""),
                Answer("content-length", None),
                Answer("transfer-encoding", None),
                Stays,
            ],
        ),
        check(
            "9110 15.4.5: 304 has no body",
            get("/status/304", ""),
            &[Status(304), Body(""), Answer("transfer-encoding", None), AnswerHas("etag"), Stays],
        ),
        check(
            "9110 6.6.1: a server with a clock sends Date",
            get("/x", ""),
            &[AnswerHas("date"), Stays],
        ),
        check(
            "9110 6.6.1: a refusal has a Date",
            "GET /x HTTP/1.1\r\n\r\n",
            &[Status(400), AnswerHas("date")],
        ),
        check(
            "9110 15.5.15: a long target is 414",
            get(&format!("/{}", "a".repeat(11_000)), ""),
            &[Status(414), Unseen, Closes],
        ),
        check(
            "6585 5: large fields are 431",
            get("/x", &format!("X-A: {}\r\n", "b".repeat(11_000))),
            &[Status(431), Unseen, Closes],
        ),
        check(
            "9110 8.6: the length of an answer",
            get("/bytes/10", ""),
            &[Body("0123456789"), Answer("content-length", Some("10")), Stays],
        ),
        check("9112 6.1: a chunked answer", get("/chunked/10", ""), &[Body("0123456789"), Stays]),
        check(
            "6265 5.4: Cookie stays",
            get("/x", "Cookie: a=b; c=d\r\n"),
            &[Seen("cookie", Some("a=b; c=d"))],
        ),
        check(
            "7239: Forwarded by a client does not replace ours",
            get("/x", "X-Forwarded-For: 1.2.3.4\r\n"),
            &[Status(200), Stays],
        ),
    ]
}

#[test]
fn messages_are_served_as_rfc_9112_says() {
    run(&messages());
}

#[test]
fn fields_are_forwarded_as_rfc_9110_says() {
    run(&fields());
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
