//! Is what is unusual but allowed served, and does it reach the origin in the same meaning?

use super::Bench;

/// Sends `request`, which must be answered 200, and compares what the origin got.
fn check(bench: &Bench, request: &str, line: &str, fields: &[(&str, Option<&str>)], body: &str) {
    bench.origin.forget();
    let mut client = bench.gateway.connect();
    client.send(request);
    let verb = request.trim_start().split(' ').next().unwrap_or_default();
    let response = client.response_to(verb);
    assert_eq!(response.status, 200, "{request:?}: {}", response.text());
    let seen = bench.origin.only_request();
    assert_eq!(seen.line(), line, "{request:?}");
    assert_eq!(String::from_utf8_lossy(&seen.body), body, "{request:?}");
    for (name, value) in fields {
        assert_eq!(seen.field(name).as_deref(), *value, "{name} of {request:?}: {}", seen.text());
    }
}

#[test]
fn what_is_unusual_but_allowed_keeps_its_meaning() {
    let bench = Bench::start();
    let host = "Host: localhost\r\n";
    let get = |target: &str, lines: &str| format!("GET {target} HTTP/1.1\r\n{host}{lines}\r\n");
    let post = |lines: &str, body: &str| format!("POST /x HTTP/1.1\r\n{host}{lines}\r\n{body}");
    let chunked = |body: &str| post("Transfer-Encoding: chunked\r\n", body);
    let got = |request: &str, line: &str, fields: &[(&str, Option<&str>)]| {
        check(&bench, request, line, fields, "");
    };
    let posted = |request: &str, body: &str| check(&bench, request, "POST /x HTTP/1.1", &[], body);

    got(&format!("\r\n{}", get("/x", "")), "GET /x HTTP/1.1", &[]);
    got(&get("/x?a?b=/c&d", ""), "GET /x?a?b=/c&d HTTP/1.1", &[]);
    got(&get("/x", "X-A:b\r\n"), "GET /x HTTP/1.1", &[("x-a", Some("b"))]);
    got(&get("/x", "X-A: \t b \t \r\n"), "GET /x HTTP/1.1", &[("x-a", Some("b"))]);
    got(&get("/x", "X-A:\r\n"), "GET /x HTTP/1.1", &[("x-a", Some(""))]);
    got(&get("/x", "X-A: b\tc\r\n"), "GET /x HTTP/1.1", &[("x-a", Some("b\tc"))]);
    got(&get("/x", "!#$%&'*+-.^`|~: b\r\n"), "GET /x HTTP/1.1", &[("!#$%&'*+-.^`|~", Some("b"))]);
    got(
        &get("/x", "Connection: X-A\r\nX-A: b\r\nX-B: c\r\n"),
        "GET /x HTTP/1.1",
        &[("x-a", None), ("x-b", Some("c")), ("connection", None)],
    );
    got(&get("/x", "Connection: ,close ,, keep-alive\r\n"), "GET /x HTTP/1.1", &[]);
    got(
        &get("/x", "TE: trailers\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nUpgrade: h2c\r\n"),
        "GET /x HTTP/1.1",
        &[("te", None), ("keep-alive", None), ("proxy-connection", None), ("upgrade", None)],
    );
    got("GET http://localhost/x HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /x HTTP/1.1", &[]);
    got("GET HTTP://LOCALHOST:80/x HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /x HTTP/1.1", &[]);
    got("GET /x HTTP/1.0\r\n\r\n", "GET /x HTTP/1.1", &[]);
    got("GET /x HTTP/1.0\r\nHost: localhost\r\n\r\n", "GET /x HTTP/1.1", &[]);
    got("GET /x HTTP/1.1\r\nhOsT: localhost:1234\r\n\r\n", "GET /x HTTP/1.1", &[]);

    posted(&post("Content-Length: 5\r\n", "hello"), "hello");
    posted(&post("content-LENGTH:5\r\n", "hello"), "hello");
    posted(&post("Content-Length: 0\r\n", ""), "");
    posted(&chunked("5\r\nhello\r\n0\r\n\r\n"), "hello");
    posted(&chunked("0\r\n\r\n"), "");
    posted(&chunked("0005\r\nhello\r\n000\r\n\r\n"), "hello");
    posted(&chunked("A\r\nhellohello\r\na\r\nhellohello\r\n0\r\n\r\n"), "hellohellohellohello");
    posted(&chunked("5;a\r\nhello\r\n0;b=c;d=\"e;\\\"f\"\r\n\r\n"), "hello");
    posted(&chunked("5\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n"), "hello");
    posted(&chunked("7\r\nGET /\r\n\r\n0\r\n\r\n"), "GET /\r\n");
    posted(&post("Transfer-Encoding: ChUnKeD\r\n", "5\r\nhello\r\n0\r\n\r\n"), "hello");
    posted(&post("Transfer-Encoding:\tchunked \r\n", "5\r\nhello\r\n0\r\n\r\n"), "hello");
}

#[test]
fn chunk_extensions_and_trailers_never_cross() {
    let bench = Bench::start();
    let mut client = bench.gateway.connect();
    client.send(
        "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTrailer: X-Secret\r\n\r\n\
         5;extension=1\r\nhello\r\n0;last\r\nX-Secret: 1\r\n\r\n",
    );
    assert_eq!(client.response().status, 200);
    let bytes = String::from_utf8_lossy(&bench.origin.bytes()).to_ascii_lowercase();
    for trace in ["extension", "secret", "trailer", ";last"] {
        assert!(!bytes.contains(trace), "{trace} in {bytes:?}");
    }
}
