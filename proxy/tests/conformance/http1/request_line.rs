//! Are request lines refused that RFC 9112 §3 does not allow?

use super::{Bench, Case};

const REST: &str = "HTTP/1.1\r\nHost: localhost\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    [verbs(), targets(), versions(), lines(), forms()].concat()
}

/// `method = token`: every byte that is none, in the middle of a verb.
fn verbs() -> Vec<Case> {
    let controls = (0..=0x1f_u8).filter(|byte| !matches!(byte, b'\r' | b'\n'));
    let others = b"\"(),/:;<=>?@[\\]{}\x7f\x80\xa0\xe9\xff".iter().copied();
    controls
        .chain(others)
        .map(|byte| {
            let request = [b"GE", &[byte][..], b"T /case ", REST.as_bytes()].concat();
            Case::new(format!("verb with byte {byte:#04x}"), request, 400)
        })
        .collect()
}

/// Bytes that RFC 3986 lets stand in no part of a target.
fn targets() -> Vec<Case> {
    let controls = (0..=0x1f_u8).filter(|byte| !matches!(byte, b'\r' | b'\n'));
    let others = b"\"#<>\\^`{|}\x7f\x80\xa0\xc3\xff".iter().copied();
    controls
        .chain(others)
        .map(|byte| {
            let request = [b"GET /ca", &[byte][..], b"se ", REST.as_bytes()].concat();
            Case::new(format!("target with byte {byte:#04x}"), request, 400)
        })
        .collect()
}

fn versions() -> Vec<Case> {
    let malformed = [
        "http/1.1",
        "Http/1.1",
        "HTTP/1.1 ",
        "HTTP/1.1\t",
        "HTTP/1",
        "HTTP/1.",
        "HTTP/.1",
        "HTTP/",
        "HTTP",
        "HTTP/1,1",
        "HTTP/1.10",
        "HTTP/11.1",
        "HTTP/01.1",
        "HTTP/1.01",
        "HTTP /1.1",
        "HTTP/ 1.1",
        "HTTP/1 .1",
        "HTTP/1. 1",
        "HTTPS/1.1",
        "HTTP/a.b",
        "HTTP/1.a",
        "HTTP/-1.1",
        "HTTP/+1.1",
        "HTTP\\1.1",
        "HTTP/1.1x",
        "XHTTP/1.1",
        "HTTP/1.1\0",
        "HTTP//1.1",
        "SIP/2.0",
        "ICAP/1.0",
        "1.1",
        "/1.1",
        "\u{ff28}TTP/1.1",
    ];
    let unsupported = ["HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/0.0", "HTTP/2.1"];
    let case = |status| {
        move |version: &&str| {
            let request = format!("GET /case {version}\r\nHost: localhost\r\n\r\n");
            Case::new(format!("version {version:?}"), request, status)
        }
    };
    malformed.iter().map(case(400)).chain(unsupported.iter().map(case(505))).collect()
}

fn lines() -> Vec<Case> {
    let host = "Host: localhost\r\n\r\n";
    [
        ("no version, as HTTP/0.9", format!("GET /case\r\n{host}")),
        ("no version, with a blank", format!("GET /case \r\n{host}")),
        ("no target", format!("GET HTTP/1.1\r\n{host}")),
        ("no target, two blanks", format!("GET  HTTP/1.1\r\n{host}")),
        ("a verb alone", format!("GET\r\n{host}")),
        ("a version alone", format!("HTTP/1.1\r\n{host}")),
        ("two blanks before the target", format!("GET  /case HTTP/1.1\r\n{host}")),
        ("two blanks after the target", format!("GET /case  HTTP/1.1\r\n{host}")),
        ("a tab after the verb", format!("GET\t/case HTTP/1.1\r\n{host}")),
        ("a tab after the target", format!("GET /case\tHTTP/1.1\r\n{host}")),
        ("a vertical tab after the target", format!("GET /case\x0bHTTP/1.1\r\n{host}")),
        ("a blank in the target", format!("GET /ca se HTTP/1.1\r\n{host}")),
        ("a version in the target", format!("GET /case HTTP/1.1 HTTP/1.1\r\n{host}")),
        ("a blank before the verb", format!(" GET /case HTTP/1.1\r\n{host}")),
        ("a tab before the verb", format!("\tGET /case HTTP/1.1\r\n{host}")),
        ("NUL before the verb", format!("\0GET /case HTTP/1.1\r\n{host}")),
        ("two empty lines before the line", format!("\r\n\r\nGET /case HTTP/1.1\r\n{host}")),
        ("a bare line feed before the line", format!("\nGET /case HTTP/1.1\r\n{host}")),
        ("a bare return before the line", format!("\rGET /case HTTP/1.1\r\n{host}")),
        ("a blank line before the line", format!(" \r\nGET /case HTTP/1.1\r\n{host}")),
        ("a line feed alone ends the line", format!("GET /case HTTP/1.1\n{host}")),
        ("a return alone ends the line", format!("GET /case HTTP/1.1\r{host}")),
        ("two returns end the line", format!("GET /case HTTP/1.1\r\r\n{host}")),
        ("a return in the target", format!("GET /ca\rse HTTP/1.1\r\n{host}")),
        ("a line feed in the target", format!("GET /ca\nse HTTP/1.1\r\n{host}")),
        ("a line end in the target", format!("GET /ca\r\nse HTTP/1.1\r\n{host}")),
        ("a line end in the verb", format!("GE\r\nT /case HTTP/1.1\r\n{host}")),
        ("a line feed in the verb", format!("GE\nT /case HTTP/1.1\r\n{host}")),
        ("a byte order mark", format!("\u{feff}GET /case HTTP/1.1\r\n{host}")),
        ("a response", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned()),
        ("only line feeds", "GET /case HTTP/1.1\nHost: localhost\n\n".to_owned()),
        ("TLS", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03\r\n\r\n".to_owned()),
        ("half the HTTP/2 preface", "PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n".to_owned()),
    ]
    .into_iter()
    .map(|(name, request)| Case::new(name, request, 400))
    .collect()
}

/// Target forms (RFC 9112 §3.2) and verbs that a gateway does not offer.
fn forms() -> Vec<Case> {
    let target = |verb: &str, target: &str, status| {
        let request = format!("{verb} {target} {REST}");
        Case::new(format!("{verb} of {target:?}"), request, status)
    };
    vec![
        target("GET", "*", 400),
        target("POST", "*", 400),
        target("OPTIONS", "**", 400),
        target("OPTIONS", "*/", 400),
        target("OPTIONS", "*?a", 400),
        target("options", "*", 400),
        target("GET", "case", 400),
        target("GET", "case/../x", 400),
        target("GET", "?query", 400),
        target("GET", "localhost", 400),
        target("GET", "localhost:80", 400),
        target("GET", "http:/localhost/case", 400),
        target("GET", "http:localhost/case", 400),
        target("GET", "http://", 400),
        target("GET", "http:///case", 400),
        target("GET", "http://@localhost/case", 400),
        target("GET", "http://user@localhost/case", 400),
        target("GET", "http://user:secret@localhost/case", 400),
        target("GET", "http://localhost:/case", 400),
        target("GET", "http://localhost:x/case", 400),
        target("GET", "http://localhost:99999/case", 400),
        target("GET", "http://local%68ost/case", 400),
        target("GET", "http://other/case", 400),
        target("GET", "http://localhost.evil/case", 400),
        target("GET", "http://localhost:8080/case", 400),
        target("GET", "https://localhost/case", 400),
        target("GET", "ftp://localhost/case", 400),
        target("GET", "file:///etc/passwd", 400),
        target("GET", "javascript:alert(1)", 400),
        target("GET", "://localhost/case", 400),
        target("GET", "http://[::1/case", 400),
        target("GET", "%2fcase", 400),
        target("GET", "\\case", 400),
        target("CONNECT", "localhost:443", 501),
        target("CONNECT", "/case", 501),
        target("CONNECT", "http://localhost/", 501),
        target("CONNECT", "*", 501),
    ]
}

#[test]
fn request_lines_are_read_strictly() {
    Bench::start().check_all(&cases());
}
