//! Which pseudo-headers would write another request line, and which fields another framing?

use super::super::field;
use super::{SMUGGLED, Variant, base, malformed, with, with_pseudo};
use crate::support::hpack::Field;

pub(super) fn pseudo_values() -> Vec<Variant> {
    let smuggled = format!("/ HTTP/1.1\r\nHost: localhost\r\n\r\n{SMUGGLED}");
    let paths: [&str; 30] = [
        "",
        "case",
        "*",
        "?a",
        "/ca se",
        " /case",
        "/case ",
        "/case HTTP/1.1",
        "/ca\r\nse",
        "/ca\nse",
        "/ca\rse",
        "/ca\0se",
        "/ca\tse",
        "/ca\u{7f}se",
        "/ca\u{e9}se",
        "/ca\"se",
        "/ca<se>",
        "/ca\\se",
        "/ca^se",
        "/ca`se",
        "/ca{se}",
        "/ca|se",
        "http://evil/case",
        "http://localhost/case",
        "//",
        "localhost:443",
        "\\case",
        "/?\r\nx: y",
        "/? HTTP/1.1\r\nx: y",
        &smuggled,
    ];
    let methods: [&str; 20] = [
        "",
        " ",
        "GET ",
        " GET",
        "G ET",
        "GET /x HTTP/1.1",
        "GET\r\n",
        "GET\r\nHost: evil\r\n\r\n",
        "GET\0",
        "GET\t",
        "GE:T",
        "GE/T",
        "G\u{e9}T",
        "GET\n",
        "\nGET",
        "G\"T",
        "CONNECT",
        "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\nGET",
        "(GET)",
        "GET,POST",
    ];
    let schemes: [&str; 12] = [
        "",
        "HTTP",
        "ftp",
        "http ",
        "http\r\nx: y",
        "http://evil",
        "https:",
        "javascript",
        "http\0",
        "file",
        "ws",
        "http://localhost/smuggled HTTP/1.1\r\nHost: a\r\n\r\nGET http",
    ];
    let authorities: [&str; 26] = [
        "",
        " ",
        "local host",
        " localhost",
        "localhost ",
        "localhost\r\nx: y",
        "localhost\nx: y",
        "localhost\rx",
        "localhost\0",
        "user@localhost",
        "user:x@localhost",
        "localhost/case",
        "localhost?x",
        "localhost#x",
        "localhost\\x",
        "localhost:",
        "localhost:x",
        "localhost:99999",
        "localhost,evil",
        "localhost, evil",
        "local%68ost",
        "loc\u{e9}l",
        "[::1",
        "a..b",
        "\tlocalhost",
        "http://localhost",
    ];
    let mut variants: Vec<Variant> = Vec::new();
    variants
        .extend(paths.iter().filter(|path| **path != "//").map(|path| with_pseudo(":path", path)));
    variants.extend(methods.iter().map(|method| with_pseudo(":method", method)));
    variants.extend(schemes.iter().map(|scheme| with_pseudo(":scheme", scheme)));
    variants.extend(authorities.iter().map(|authority| with_pseudo(":authority", authority)));
    variants
}

/// Pseudo-headers that are missing, repeated, out of place or unknown, and authorities that disagree.
pub(super) fn shapes() -> Vec<Variant> {
    let shape = |name: &str, change: &dyn Fn(&mut Vec<Field>)| {
        let mut fields = base("GET");
        change(&mut fields);
        malformed(name, fields)
    };
    let mut variants = vec![
        shape("no fields at all", &|f| f.clear()),
        shape("no :method", &|f| drop(f.remove(0))),
        shape("no :scheme", &|f| drop(f.remove(1))),
        shape("no :path", &|f| drop(f.remove(2))),
        shape("no :authority and no host", &|f| drop(f.remove(3))),
        shape(":method as a field behind others", &|f| {
            let method = f.remove(0);
            f.push(field("x-a", "b"));
            f.push(method);
        }),
        shape(":path behind a field", &|f| f.insert(2, field("x-a", "b"))),
        shape(":authority behind a field", &|f| f.insert(3, field("x-a", "b"))),
        shape(":status in a request", &|f| f.push(field(":status", "200"))),
        shape(":protocol without CONNECT", &|f| f.push(field(":protocol", "websocket"))),
        shape(":host", &|f| f.push(field(":host", "evil"))),
        shape(":Method", &|f| f.push(field(":Method", "POST"))),
        shape("an empty pseudo-header", &|f| f.push(field(":", "x"))),
        shape("host that disagrees", &|f| f.push(field("host", "evil"))),
        shape("host with another port", &|f| f.push(field("host", "localhost:81"))),
        shape("host twice", &|f| {
            f.extend([field("host", "localhost"), field("host", "localhost")]);
        }),
        shape("host twice, one evil", &|f| {
            f.extend([field("host", "localhost"), field("host", "evil")]);
        }),
        shape("host empty", &|f| f.push(field("host", ""))),
        shape("host with a line end", &|f| f.push(field("host", "localhost\r\nx: y"))),
        shape("host with a path", &|f| f.push(field("host", "localhost/x"))),
        shape("extended CONNECT", &|f| {
            f[0] = field(":method", "CONNECT");
            f.push(field(":protocol", "websocket"));
        }),
        shape("CONNECT of an authority", &|f| {
            *f = vec![field(":method", "CONNECT"), field(":authority", "localhost:443")];
        }),
    ];
    for (name, value) in
        [(":method", "POST"), (":scheme", "https"), (":path", "/other"), (":authority", "evil")]
    {
        variants.push(shape(&format!("{name} twice"), &|f| f.insert(4, field(name, value))));
        variants.push(shape(&format!("{name} twice at the start"), &|f| {
            f.insert(0, field(name, value));
        }));
        let again = base("GET").into_iter().find(|(own, _)| own == name.as_bytes());
        variants.push(shape(&format!("{name} twice alike"), &|f| f.extend(again.clone())));
    }
    variants
}

/// Fields that would frame or route the HTTP/1.1 request.
pub(super) fn framing() -> Vec<Variant> {
    let mut variants = Vec::new();
    for (name, value) in [
        ("transfer-encoding", "chunked"),
        ("transfer-encoding", "identity"),
        ("transfer-encoding", ""),
        ("transfer-encoding", "chunked, gzip"),
        ("connection", "close"),
        ("connection", "transfer-encoding"),
        ("connection", "host"),
        ("connection", ""),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "keep-alive"),
        ("upgrade", "h2c"),
        ("upgrade", "websocket"),
        ("te", "gzip"),
        ("te", "trailers, gzip"),
        ("te", "chunked"),
        ("content-length", "1"),
        ("content-length", "-1"),
        ("content-length", "+0"),
        ("content-length", "0x0"),
        ("content-length", "00"),
        ("content-length", ""),
        ("content-length", "0, 0"),
        ("content-length", "0,1"),
        ("content-length", " 0"),
        ("content-length", "99999999999999999999"),
        ("content-length", "a"),
        ("expect", "x"),
    ] {
        variants.push(with(name, value));
    }
    variants
}
