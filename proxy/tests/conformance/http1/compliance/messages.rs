//! What does RFC 9112 ask of messages and connections?

use super::Expect::{
    Answer, Body, Closes, Line, Origin as Seen, OriginBody, Status, Stays, Unseen,
};
use super::{Check, check, get, post, request};

/// RFC 9112: messages and connections.
pub(super) fn checks() -> Vec<Check> {
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
