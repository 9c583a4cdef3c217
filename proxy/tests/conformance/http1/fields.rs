//! Are field lines refused that RFC 9112 §5 does not allow, and names that pass for others?

use super::{Bench, Case, with_lines};

pub(super) fn cases() -> Vec<Case> {
    [names(), values(), lines(), lookalikes(), options()].concat()
}

/// `field-name = token`: every byte that is none, in the middle of a name.
fn names() -> Vec<Case> {
    let controls = (0..=0x20_u8).filter(|byte| !matches!(byte, b'\r' | b'\n'));
    let others = b"\"(),/;<=>?@[\\]{}\x7f\x80\xa0\xe9\xff".iter().copied();
    controls
        .chain(others)
        .map(|byte| {
            let lines = [b"X-A", &[byte][..], b"B: c\r\n"].concat();
            Case::new(format!("name with byte {byte:#04x}"), with_lines(lines), 400)
        })
        .collect()
}

/// Every control character but HTAB, in the middle of a value.
fn values() -> Vec<Case> {
    (0..=0x1f_u8)
        .chain([0x7f])
        .filter(|byte| !matches!(byte, b'\t' | b'\r' | b'\n'))
        .map(|byte| {
            let lines = [b"X-A: b", &[byte][..], b"c\r\n"].concat();
            Case::new(format!("value with byte {byte:#04x}"), with_lines(lines), 400)
        })
        .collect()
}

fn lines() -> Vec<Case> {
    [
        ("a line without colon", "X-A\r\n"),
        ("a line without colon, in the middle", "A: b\r\nX-A\r\nC: d\r\n"),
        ("an empty name", ": b\r\n"),
        ("an empty name with a blank", " : b\r\n"),
        ("a blank before the colon", "X-A : b\r\n"),
        ("a tab before the colon", "X-A\t: b\r\n"),
        ("a blank in the name", "X A: b\r\n"),
        ("a folded line", "X-A: b\r\n c\r\n"),
        ("a line folded with a tab", "X-A: b\r\n\tc\r\n"),
        ("a line folded into nothing", "X-A: b\r\n \r\n"),
        ("a fold that looks like a field", "X-A: b\r\n X-B: c\r\n"),
        ("a fold that hides a length", "X-A: b\r\n Content-Length: 5\r\n"),
        ("a line feed alone", "X-A: b\nX-B: c\r\n"),
        ("a line feed alone ends the head", "X-A: b\r\n\n"),
        ("a return alone", "X-A: b\rX-B: c\r\n"),
        ("a return alone at the end of a value", "X-A: b\r\r\n"),
        ("a return alone at the start of a line", "X-A: b\r\n\rX-B: c\r\n"),
        ("a return in a name", "X-\rA: b\r\n"),
        ("a line feed in a name", "X-\nA: b\r\n"),
        ("a line feed, then a return", "X-A: b\n\rX-B: c\r\n"),
        ("two line feeds hide a request", "X-A: b\n\nGET /smuggled HTTP/1.1\r\nHost: x\r\n"),
        ("two returns hide a request", "X-A: b\r\rGET /smuggled HTTP/1.1\r\nHost: x\r\n"),
        ("NUL hides a line", "X-A: b\0\r\n"),
        ("NUL before a line", "\0X-A: b\r\n"),
        ("a request line among the fields", "GET /smuggled HTTP/1.1\r\n"),
        ("a line separator in a name", "X-\u{2028}A: b\r\n"),
    ]
    .into_iter()
    .map(|(name, lines)| Case::new(name, with_lines(lines), 400))
    .chain([Case::new(
        "a blank before the first field",
        "GET /case HTTP/1.1\r\n Host: localhost\r\n\r\n",
        400,
    )])
    .collect()
}

/// Names that servers shaped after CGI read as ones that frame, route or authenticate.
fn lookalikes() -> Vec<Case> {
    [
        "Content_Length",
        "content_length",
        "CONTENT_LENGTH",
        "Content.Length",
        "Content~Length",
        "Content'Length",
        "Transfer_Encoding",
        "transfer_encoding",
        "Transfer.Encoding",
        "Transfer|Encoding",
        "X_Forwarded_For",
        "X_Forwarded_Host",
        "X-Forwarded_Proto",
        "Proxy_Connection",
        "X_Api_Key",
        "Max_Forwards",
        "Keep_Alive",
        "HTTP2_Settings",
        "X_HTTP_Method_Override",
    ]
    .into_iter()
    .map(|name| {
        Case::new(format!("{name} looks like another"), with_lines(format!("{name}: 0\r\n")), 400)
    })
    .collect()
}

/// Connection options (RFC 9110 §7.6.1) and expectations (§10.1.1).
fn options() -> Vec<Case> {
    let connection = [
        "Content-Length",
        "close, Content-Length",
        "Authorization",
        "Cookie",
        "Content-Type",
        "X-Forwarded-For",
        "close, x-api-key",
        "keep-alive, host",
        "a b",
        "close;q=1",
        "\"close\"",
        "close/1",
        "cl(ose)",
        "a=b",
    ];
    let expectation =
        ["100-continue, x", "x", "200-ok", "100-continue;q=1", "100", "continue", "100-continued"];
    connection
        .into_iter()
        .map(|value| (format!("Connection: {value}"), 400))
        .chain(expectation.into_iter().map(|value| (format!("Expect: {value}"), 417)))
        .map(|(line, status)| Case::new(&line, with_lines(format!("{line}\r\n")), status))
        .collect()
}

#[test]
fn field_lines_are_read_strictly() {
    Bench::start().check_all(&cases());
}
