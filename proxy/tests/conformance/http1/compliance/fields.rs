//! What does RFC 9110 ask of fields and intermediaries?

use super::Expect::{
    Answer, AnswerHas, Body, Closes, Line, Origin as Seen, OriginBody, Status, Stays, Unseen,
};
use super::{Check, check, get, post, request};

/// RFC 9110: fields and intermediaries.
pub(super) fn checks() -> Vec<Check> {
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
