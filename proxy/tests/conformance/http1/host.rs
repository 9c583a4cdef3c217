//! Is a request refused that does not say exactly once where it goes (RFC 9112 §3.2)?

use super::{Bench, Case};

pub(super) fn cases() -> Vec<Case> {
    let request = |lines: &str| format!("GET /case HTTP/1.1\r\n{lines}\r\n");
    let values = [
        "",
        " ",
        "\t",
        "a b",
        "a, b",
        "a,b",
        "localhost,",
        "localhost, localhost",
        "a/b",
        "localhost/",
        "/",
        "http://localhost",
        "a?b",
        "a#b",
        "a\\b",
        "a@b",
        "user@localhost",
        "user:x@localhost",
        "@localhost",
        "localhost@",
        "a%41",
        "a%00b",
        "localhost%0d%0a",
        "a\"b",
        "'a'",
        "a;b",
        "a=b",
        "a&b",
        "a|b",
        "a^b",
        "a`b",
        "a{b}",
        "<a>",
        "(a)",
        "a*b",
        "*",
        "a+b",
        "a~b",
        "a!b",
        "a$b",
        "localhost:",
        "localhost:x",
        "localhost:0",
        "localhost:080",
        "localhost:65536",
        "localhost:99999999999",
        "localhost:-1",
        "localhost:+80",
        "localhost: 80",
        "localhost :80",
        "localhost:80:80",
        "localhost:80 ,x",
        ":80",
        ":",
        ".",
        "..",
        "a..b",
        ".a",
        "[",
        "]",
        "[]",
        "[::1",
        "::1",
        "[::1]x",
        "[::1]:",
        "[::1]:x",
        "[::1%25lo]",
        "[fe80::1%eth0]",
        "[v1.x]",
        "[:::1]",
        "[1:2:3]",
        "\u{e9}",
        "xn--\u{e9}",
        "a\u{0}b",
        "a\u{1}b",
        "a\u{7f}b",
    ];
    let mut cases: Vec<Case> = values
        .iter()
        .map(|value| {
            Case::new(format!("Host: {value:?}"), request(&format!("Host: {value}\r\n")), 400)
        })
        .collect();
    let long = "a".repeat(256);
    cases.extend(
        [
            ("no Host", ""),
            ("Host twice, alike", "Host: localhost\r\nHost: localhost\r\n"),
            ("Host twice, unlike", "Host: localhost\r\nHost: other\r\n"),
            ("Host twice, in other case", "Host: localhost\r\nhOST: localhost\r\n"),
            ("Host twice, the first empty", "Host:\r\nHost: localhost\r\n"),
            ("Host twice, the last empty", "Host: localhost\r\nHost:\r\n"),
            ("Host twice, far apart", "Host: a\r\nA: b\r\nC: d\r\nHost: b\r\n"),
            ("Host three times", "Host: a\r\nHost: a\r\nHost: a\r\n"),
            ("Host with a blank before its colon", "Host : localhost\r\n"),
            ("Host with a tab before its colon", "Host\t: localhost\r\n"),
            ("Host with NUL in its name", "Ho\0st: localhost\r\n"),
            ("Host folded", "Host:\r\n localhost\r\n"),
            ("Host folded twice", "Host: local\r\n host\r\n"),
            ("Host behind a blank", " Host: localhost\r\n"),
            ("Host with a fold behind it", "Host: localhost\r\n \r\n"),
            ("a second Host behind a blank", "Host: localhost\r\n Host: other\r\n"),
            ("a second Host behind a tab", "Host: localhost\r\n\tHost: other\r\n"),
            ("a second Host with a blank before its colon", "Host: localhost\r\nHost : other\r\n"),
            ("Host behind a bare line feed", "A: b\nHost: localhost\r\n"),
            ("Host behind a bare return", "A: b\rHost: localhost\r\n"),
            ("a second Host behind a bare return", "Host: localhost\r\nA: b\rHost: other\r\n"),
            ("a second Host behind a bare line feed", "Host: localhost\r\nA: b\nHost: other\r\n"),
            ("Host in Connection", "Host: localhost\r\nConnection: close, Host\r\n"),
            ("no Host, X-Forwarded-Host", "X-Forwarded-Host: localhost\r\n"),
        ]
        .iter()
        .map(|(name, lines)| Case::new(*name, request(lines), 400)),
    );
    cases.push(Case::new("a Host too long", request(&format!("Host: {long}\r\n")), 400));
    cases.push(Case::new(
        "an absolute target without Host",
        "GET http://localhost/case HTTP/1.1\r\n\r\n",
        400,
    ));
    cases.push(Case::new(
        "an absolute target with another Host",
        "GET http://localhost/case HTTP/1.1\r\nHost: other\r\n\r\n",
        400,
    ));
    cases.push(Case::new(
        "HTTP/1.0 with two Hosts",
        "GET /case HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
        400,
    ));
    cases.push(Case::new(
        "HTTP/1.0 with a bad Host",
        "GET /case HTTP/1.0\r\nHost: a b\r\n\r\n",
        400,
    ));
    cases
}

#[test]
fn a_request_names_its_host_once() {
    Bench::start().check_all(&cases());
}
