//! Is a chunked body refused that RFC 9112 §7.1 does not allow?

use super::{Bench, Case};

pub(super) fn cases() -> Vec<Case> {
    [sizes(), extensions(), ends(), trailers()].concat()
}

/// A chunked request with this body.
fn chunked(body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = b"POST /case HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    [head, body.as_ref()].concat()
}

fn sizes() -> Vec<Case> {
    [
        "",
        " ",
        "g",
        "0x5",
        "5x",
        "x",
        "+5",
        "-5",
        "-0",
        "5 ",
        " 5",
        "\t5",
        "5\t",
        "5.0",
        "5,5",
        "5 5",
        "_5",
        "5_0",
        "\"5\"",
        "5\u{0}",
        "\u{0}5",
        "\u{661}",
        "5\u{b}",
        "5h",
        "5\n",
        "5\r",
        "10000000000000005",
        "8000000000000000",
        "ffffffffffffffff",
        "fffffffffffffffff",
        "00000000000000005",
        "123456789012345678901234567890",
        "NaN",
        "5=a",
        "5&",
        "5:",
    ]
    .into_iter()
    .map(|size| {
        let body = format!("{size}\r\nhello\r\n0\r\n\r\n");
        Case::new(format!("chunk size {size:?}"), chunked(body), 400)
    })
    .collect()
}

fn extensions() -> Vec<Case> {
    let long = format!(";a={}", "b".repeat(300));
    let mut cases: Vec<Case> = [
        ";",
        "; ",
        ";;",
        ";a;",
        ";=b",
        ";a=",
        ";a=;b",
        "; a",
        ";a ",
        ";a =b",
        ";a= b",
        " ;a",
        "\t;a",
        ";a=b c",
        ";a b",
        ";a=\"b",
        ";a=\"b\"c",
        ";\"a\"=b",
        ";a=b\"",
        ";a=(b)",
        ";a,b",
        ";a=b,c",
        ";a\u{0}",
        ";a=\u{0}",
        ";a=\"\u{0}\"",
        ";a=\"\u{7f}\"",
        ";\u{e9}",
        ";a=\u{e9}",
        ";a\rb",
        ";a\nb",
        ";a=\"\rb\"",
        ";a=\"\nb\"",
        ";\n",
        ";a\n",
        ";a=b\n",
        ";a=\"b\\\n\"",
        " ",
    ]
    .into_iter()
    .map(|extension| {
        let body = format!("5{extension}\r\nhello\r\n0\r\n\r\n");
        Case::new(format!("chunk extension {extension:?}"), chunked(body), 400)
    })
    .collect();
    cases.push(Case::new(
        "a long extension",
        chunked(format!("5{long}\r\nhello\r\n0\r\n\r\n")),
        400,
    ));
    let costly = format!("1;{}\r\nx\r\n", "a".repeat(200)).repeat(200);
    cases.push(Case::new("many extensions", chunked(format!("{costly}0\r\n\r\n")), 400));
    cases
}

fn ends() -> Vec<Case> {
    [
        ("a line feed alone behind a size", "5\nhello\r\n0\r\n\r\n"),
        ("a return alone behind a size", "5\rhello\r\n0\r\n\r\n"),
        ("two returns behind a size", "5\r\r\nhello\r\n0\r\n\r\n"),
        ("a line feed alone behind data", "5\r\nhello\n0\r\n\r\n"),
        ("a return alone behind data", "5\r\nhello\r0\r\n\r\n"),
        ("nothing behind data", "5\r\nhello0\r\n\r\n"),
        ("more data than its size", "5\r\nhello!\r\n0\r\n\r\n"),
        ("less data than its size", "6\r\nhello\r\n0\r\n\r\n"),
        ("blanks behind data", "5\r\nhello  \r\n0\r\n\r\n"),
        ("a return and data behind data", "5\r\nhello\rx0\r\n\r\n"),
        ("two bytes instead of the end of data", "5\r\nhelloXX0\r\n\r\n"),
        ("a line feed alone behind the last size", "5\r\nhello\r\n0\n\r\n"),
        ("a return alone behind the last size", "0\rX\r\n"),
        ("a line feed alone at the end", "5\r\nhello\r\n0\r\n\n"),
        ("a return and a byte at the end", "5\r\nhello\r\n0\r\n\rX"),
        ("a second last chunk", "5\r\nhello\r\n0\r\n0\r\n\r\n"),
        ("an empty line before a size", "5\r\nhello\r\n\r\n0\r\n\r\n"),
        ("an empty line before the first size", "\r\n5\r\nhello\r\n0\r\n\r\n"),
        ("a line feed before the first size", "\n5\r\nhello\r\n0\r\n\r\n"),
        ("no chunks at all", "hello"),
    ]
    .into_iter()
    .map(|(name, body)| Case::new(name, chunked(body), 400))
    .collect()
}

fn trailers() -> Vec<Case> {
    let names = [
        "Content-Length",
        "Transfer-Encoding",
        "Host",
        "Connection",
        "Trailer",
        "TE",
        "Authorization",
        "Cookie",
        "Set-Cookie",
        "Content-Type",
        "Content-Encoding",
        "Expect",
        "X-Forwarded-For",
        "Content_Length",
        "Upgrade",
        "Keep-Alive",
        "Proxy-Connection",
        "X-HTTP-Method-Override",
    ];
    let named = names.into_iter().map(|name| {
        let body = format!("5\r\nhello\r\n0\r\n{name}: x\r\n\r\n");
        Case::new(format!("trailer {name}"), chunked(body), 400)
    });
    let lines = [
        ("a trailer without colon", "A\r\n"),
        ("a trailer with a blank before the colon", "A : b\r\n"),
        ("a trailer without name", ": b\r\n"),
        ("a trailer behind a blank", " A: b\r\n"),
        ("a folded trailer", "A: b\r\n c\r\n"),
        ("a trailer with NUL", "A: b\0\r\n"),
        ("a trailer with a bare return", "A: b\rC: d\r\n"),
        ("a trailer with a bare line feed", "A: b\nC: d\r\n"),
        ("a request in the trailers", "GET /smuggled HTTP/1.1\r\n"),
        ("a trailer with a blank in its name", "A B: c\r\n"),
    ];
    let lines = lines.into_iter().map(|(name, lines)| {
        Case::new(name, chunked(format!("5\r\nhello\r\n0\r\n{lines}\r\n")), 400)
    });
    let large = format!("A: {}\r\n", "b".repeat(5000));
    let large = Case::new("trailers too large", chunked(format!("0\r\n{large}\r\n")), 400);
    named.chain(lines).chain([large]).collect()
}

#[test]
fn chunks_are_read_strictly() {
    Bench::start().check_all(&cases());
}
