//! Is a request refused whose body's end is in doubt (RFC 9112 §6.3)?

use super::{Bench, Case, with_lines};

pub(super) fn cases() -> Vec<Case> {
    [lengths(), codings(), both(), old(), bodies()].concat()
}

fn lengths() -> Vec<Case> {
    [
        "",
        " ",
        "a",
        "0x5",
        "5x",
        "x5",
        "+5",
        "-5",
        "-0",
        "5.0",
        "5,5",
        "5, 5",
        "5,6",
        ",5",
        "5,",
        "5 5",
        "5;",
        "\"5\"",
        "5e1",
        "1_0",
        "05",
        "00",
        "0005",
        "0,0",
        "5\t5",
        "\u{661}",
        "\u{ff15}",
        "५",
        "18446744073709551616",
        "18446744073709551615",
        "9223372036854775808",
        "99999999999999999999",
        "340282366920938463463374607431768211456",
        "0b1",
        "0o5",
        "NaN",
        "inf",
        "chunked",
        "5 chunked",
        "true",
        "5\u{b}",
        "5\u{0}",
    ]
    .into_iter()
    .map(|value| {
        let request = [with_lines(format!("Content-Length: {value}\r\n")), b"hello".to_vec()];
        Case::new(format!("Content-Length: {value:?}"), request.concat(), 400)
    })
    .chain(
        [
            ("two lengths, alike", "Content-Length: 5\r\nContent-Length: 5\r\n"),
            ("two lengths, unlike", "Content-Length: 5\r\nContent-Length: 6\r\n"),
            ("two lengths, in other case", "Content-Length: 5\r\ncontent-length: 0\r\n"),
            ("two lengths, the last empty", "Content-Length: 5\r\nContent-Length:\r\n"),
            ("two lengths, the first empty", "Content-Length:\r\nContent-Length: 5\r\n"),
            ("three lengths", "Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 5\r\n"),
            ("two lengths, one folded", "Content-Length: 5\r\nContent-Length:\r\n 0\r\n"),
            ("a length with a blank before the colon", "Content-Length : 5\r\n"),
            ("a length behind a blank", "A: b\r\n Content-Length: 5\r\n"),
            ("a folded length", "Content-Length:\r\n 5\r\n"),
            ("a length behind a bare return", "A: b\rContent-Length: 5\r\n"),
            ("a length behind a bare line feed", "A: b\nContent-Length: 5\r\n"),
            ("a length with NUL in its name", "Content-\0Length: 5\r\n"),
        ]
        .into_iter()
        .map(|(name, lines)| Case::new(name, [with_lines(lines), b"hello".to_vec()].concat(), 400)),
    )
    .collect()
}

/// `chunked`, alone and once, is all that is taken; what has `chunked` in it but is no such thing
/// is 400, what is only unknown is 501.
fn codings() -> Vec<Case> {
    let invalid = [
        "",
        " ",
        ",",
        "chunked,",
        ",chunked",
        ", chunked",
        "chunked,,chunked",
        "chunked, chunked",
        "chunked, identity",
        "chunked, gzip",
        "chunked,gzip,chunked",
        "xchunked",
        "chunkedx",
        "chunked x",
        "x chunked",
        "chunked;",
        "chunked;q=1",
        "chunked; a=b",
        "\"chunked\"",
        "'chunked'",
        "[chunked]",
        "(chunked)",
        "chunked\u{b}",
        "\u{b}chunked",
        "chunked\u{0}",
        "\u{0}chunked",
        "chunked\u{c}",
        "chunked\u{a0}",
        "\u{feff}chunked",
        "chunked-",
        "-chunked",
        "=chunked",
        "chunked=",
        "chu nked",
        "ch\u{fc}nked",
        "gzip,",
        "a b",
        "chunked\tx",
        "chunKed\u{1}",
    ];
    let unknown = [
        "gzip",
        "identity",
        "deflate",
        "compress",
        "br",
        "cow",
        "gzip, chunked",
        "identity, chunked",
        "chunk",
        "chun",
        "hunked",
        "chonked",
        "trailers",
        "x-gzip",
        "identity, gzip",
    ];
    let body = b"5\r\nhello\r\n0\r\n\r\n";
    let case = |status| {
        move |value: &&str| {
            let lines = format!("Transfer-Encoding: {value}\r\n");
            let request = [with_lines(lines).as_slice(), body].concat();
            Case::new(format!("Transfer-Encoding: {value:?}"), request, status)
        }
    };
    let lines = [
        ("two codings, alike", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        (
            "two codings, identity last",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        ),
        (
            "two codings, identity first",
            "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        ),
        ("two codings, the first empty", "Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n"),
        ("two codings, the last empty", "Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n"),
        ("two codings, the last odd", "Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n"),
        ("a coding with a blank before the colon", "Transfer-Encoding : chunked\r\n"),
        ("a coding with a tab before the colon", "Transfer-Encoding\t: chunked\r\n"),
        ("a folded coding", "Transfer-Encoding:\r\n chunked\r\n"),
        ("a coding folded with a tab", "Transfer-Encoding:\r\n\tchunked\r\n"),
        ("a coding behind a blank", "A: b\r\n Transfer-Encoding: chunked\r\n"),
        ("a coding behind a bare return", "A: b\rTransfer-Encoding: chunked\r\n"),
        ("a coding behind a bare line feed", "A: b\nTransfer-Encoding: chunked\r\n"),
        ("a coding with NUL in its name", "Transfer-\0Encoding: chunked\r\n"),
        (
            "a coding named by Connection",
            "Connection: Transfer-Encoding, Content-Type\r\nTransfer-Encoding: chunked\r\n",
        ),
    ];
    let lines = lines
        .into_iter()
        .map(|(name, lines)| Case::new(name, [with_lines(lines).as_slice(), body].concat(), 400));
    invalid.iter().map(case(400)).chain(unknown.iter().map(case(501))).chain(lines).collect()
}

/// "A server MAY reject a request that contains both Content-Length and Transfer-Encoding"
/// (RFC 9112 §6.1); we always do.
fn both() -> Vec<Case> {
    let (length, coding) = ("Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n");
    let body = "0\r\n\r\n";
    [
        ("length before coding", format!("{length}{coding}")),
        ("coding before length", format!("{coding}{length}")),
        ("coding between lengths", format!("{length}{coding}{length}")),
        ("length of 0 with coding", format!("Content-Length: 0\r\n{coding}")),
        ("invalid length with coding", format!("Content-Length: x\r\n{coding}")),
        ("empty length with coding", format!("Content-Length:\r\n{coding}")),
        ("length with an unknown coding", format!("{length}Transfer-Encoding: cow\r\n")),
        ("length with identity", format!("{length}Transfer-Encoding: identity\r\n")),
        ("length with an empty coding", format!("{length}Transfer-Encoding:\r\n")),
        ("length with a coding in other case", format!("{length}tRANSFER-eNCODING: CHUNKED\r\n")),
        (
            "length, coding, Connection names length",
            format!("{length}{coding}Connection: content-length\r\n"),
        ),
        (
            "length, coding, Connection names coding",
            format!("{length}{coding}Connection: transfer-encoding\r\n"),
        ),
    ]
    .into_iter()
    .map(|(name, lines)| {
        Case::new(name, [with_lines(lines).as_slice(), body.as_bytes()].concat(), 400)
    })
    .collect()
}

/// "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field
/// MUST treat the message as if the framing is faulty" (RFC 9112 §6.1).
fn old() -> Vec<Case> {
    ["", "Connection: keep-alive\r\n", "Content-Length: 5\r\n"]
        .into_iter()
        .map(|lines| {
            let request = format!(
                "POST /case HTTP/1.0\r\nHost: localhost\r\n{lines}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            );
            Case::new(format!("HTTP/1.0 with a coding and {lines:?}"), request, 400)
        })
        .collect()
}

/// "A client MUST NOT send content in a TRACE request" (RFC 9110 §9.3.8).
fn bodies() -> Vec<Case> {
    let trace = |lines: &str, body: &str| {
        format!("TRACE /case HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n{body}")
    };
    vec![
        Case::new("TRACE with a length", trace("Content-Length: 5\r\n", "hello"), 400),
        Case::new("TRACE with chunks", trace("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400),
    ]
}

#[test]
fn the_end_of_a_body_is_never_in_doubt() {
    Bench::start().check_all(&cases());
}
