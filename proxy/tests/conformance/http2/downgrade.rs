//! Can a request that is malformed in HTTP/2 become something else in HTTP/1.1?
//!
//! Each variant is sent on a connection of its own. Either the origin sees nothing, or it sees exactly
//! one request whose every line is in order and means what the HTTP/2 request said.

use super::{Bench, Over, field};
use crate::support::Recorded;
use crate::support::client::find;
use crate::support::frames::{self, flag};
use crate::support::hpack::{self, Field};

/// A request to be sent: its fields, its body, its trailers.
#[derive(Clone, Debug)]
struct Variant {
    name: String,
    fields: Vec<Field>,
    body: Option<Vec<u8>>,
    trailers: Option<Vec<Field>>,
    /// Whether nothing of it may reach the origin whole.
    is_malformed: bool,
}

const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn base(method: &str) -> Vec<Field> {
    vec![
        field(":method", method),
        field(":scheme", "http"),
        field(":path", "/case"),
        field(":authority", "localhost"),
    ]
}

fn malformed(name: impl Into<String>, fields: Vec<Field>) -> Variant {
    Variant { name: name.into(), fields, body: None, trailers: None, is_malformed: true }
}

fn with(name: &str, value: impl AsRef<[u8]>) -> Variant {
    let value = value.as_ref();
    let mut fields = base("GET");
    fields.push(field(name, value));
    malformed(format!("{} = {}", name.escape_debug(), value.escape_ascii()), fields)
}

fn with_pseudo(name: &str, value: impl AsRef<[u8]>) -> Variant {
    let value = value.as_ref();
    let mut fields = base("GET");
    for own in &mut fields {
        if own.0 == name.as_bytes() {
            own.1 = value.to_vec();
        }
    }
    malformed(format!("{name} = {}", value.escape_ascii()), fields)
}

/// Names that are no lower-case tokens.
fn names() -> Vec<Variant> {
    let mut names: Vec<String> = [
        "",
        " ",
        "x a",
        " x",
        "x ",
        "x\t",
        "x:",
        "x:y",
        "x: y",
        "x\r",
        "x\n",
        "x\r\n",
        "x\r\ny",
        "x\n y",
        "x\0",
        "\0x",
        "X",
        "x-Y",
        "CONTENT-LENGTH",
        "Transfer-Encoding",
        "Host",
        "x\u{7f}",
        "x\u{80}",
        "x\u{e9}",
        "x,y",
        "x;y",
        "x=y",
        "x(y)",
        "x[y]",
        "x{y}",
        "x<y>",
        "x@y",
        "x\\y",
        "x/y",
        "x?y",
        "x\"y\"",
        "\u{b}x",
        "x\u{c}",
        "transfer-encoding ",
        " transfer-encoding",
        "transfer-encoding\t",
        "content-length ",
        "content-length\0",
        "transfer-encoding:chunked",
        "host ",
        "x: y\r\nhost: evil\r\nz",
        ":",
        ":x",
        "::method",
        "content_length",
        "transfer_encoding",
        "content.length",
        "x_forwarded_for",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push(format!("x: y\r\n\r\n{SMUGGLED}z"));
    names.iter().map(|name| with(name, "chunked")).collect()
}

/// Values that would end their line, or are not clean.
fn values() -> Vec<Variant> {
    let smuggled = format!("a\r\n\r\n{SMUGGLED}");
    let values: [&[u8]; 22] = [
        b"a\r\nhost: evil",
        b"a\nhost: evil",
        b"a\rhost: evil",
        b"a\r\n",
        b"\r\na",
        b"a\n",
        b"\na",
        b"a\r",
        b"\ra",
        b"a\0b",
        b"\0",
        b"a\0",
        b"a\x01",
        b"a\x0bb",
        b"a\x0cb",
        b"a\x1b[2J",
        b"a\x7f",
        b" a",
        b"a ",
        b"\ta",
        b"a\t",
        smuggled.as_bytes(),
    ];
    let mut variants: Vec<Variant> = Vec::new();
    for name in ["x-a", "user-agent", "cookie"] {
        variants.extend(values.iter().map(|value| with(name, value)));
    }
    variants
}

fn pseudo_values() -> Vec<Variant> {
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
fn shapes() -> Vec<Variant> {
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
fn framing() -> Vec<Variant> {
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

/// Lengths that differ from what DATA holds, and trailers that would rule the message.
fn bodies() -> Vec<Variant> {
    let of = |name: &str, lengths: &[&str], body: &str| {
        let mut fields = base("POST");
        fields.extend(lengths.iter().map(|length| field("content-length", length)));
        Variant {
            name: name.to_owned(),
            fields,
            body: Some(body.as_bytes().to_vec()),
            trailers: None,
            is_malformed: true,
        }
    };
    let mut variants = vec![
        of("a length above the body", &["6"], "hello"),
        of("a length below the body", &["4"], "hello"),
        of("a length without body", &["5"], ""),
        of("a length that hides a request", &["5"], &format!("hello{SMUGGLED}")),
        of("two lengths", &["5", "6"], "hello"),
        of("two lengths alike", &["5", "5"], "hello"),
        of("a length far above the body", &["1000000"], "hello"),
        of("a length above 10 MB", &["10485761"], "hello"),
        of("a length with a sign", &["+5"], "hello"),
        of("a length with a blank", &["5 "], "hello"),
    ];
    for (name, value) in [
        (":method", "GET"),
        (":path", "/x"),
        (":status", "200"),
        ("transfer-encoding", "chunked"),
        ("content-length", "5"),
        ("content-length", "0"),
        ("host", "evil"),
        ("connection", "close"),
        ("te", "gzip"),
        ("upgrade", "x"),
        ("X-Upper", "x"),
        ("x y", "z"),
        ("", "z"),
        ("x-a", "b\r\nc: d"),
        ("x-a", "b\0"),
        ("x-a\r\nc", "d"),
        ("authorization", "x"),
        ("cookie", "a=b"),
        ("content-type", "x"),
        ("trailer", "x"),
        ("content_length", "0"),
    ] {
        let mut variant = of(
            &format!("trailer {} = {}", name.escape_debug(), value.escape_debug()),
            &[],
            "hello",
        );
        variant.trailers = Some(vec![field(name, value)]);
        variants.push(variant);
    }
    variants
}

/// What is allowed, though it looks odd, and must arrive in one meaning.
fn allowed() -> Vec<Variant> {
    let of = |name: &str, fields: Vec<Field>, body: Option<&str>| Variant {
        name: name.to_owned(),
        fields,
        body: body.map(|body| body.as_bytes().to_vec()),
        trailers: None,
        is_malformed: false,
    };
    let get = |more: &[Field]| [base("GET"), more.to_vec()].concat();
    let post = |more: &[Field]| [base("POST"), more.to_vec()].concat();
    vec![
        of("plain", get(&[]), None),
        of(
            "cookie crumbs",
            get(&[field("cookie", "a=b"), field("x-a", "1"), field("cookie", "c=d")]),
            None,
        ),
        of("an empty cookie", get(&[field("cookie", "")]), None),
        of("host alike", get(&[field("host", "localhost")]), None),
        of("host alike in capitals", get(&[field("host", "LOCALHOST")]), None),
        of("host with the default port", get(&[field("host", "localhost:80")]), None),
        of("te trailers", get(&[field("te", "trailers")]), None),
        of("a body that is a request", post(&[]), Some(SMUGGLED)),
        of(
            "a body that is a request, with its length",
            post(&[field("content-length", SMUGGLED.len().to_string())]),
            Some(SMUGGLED),
        ),
        of(
            "a body that is chunks",
            post(&[]),
            Some("0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"),
        ),
        of("a body of GET", get(&[]), Some("hello")),
        of("an empty body", post(&[]), Some("")),
        of("a length of 0", post(&[field("content-length", "0")]), Some("")),
        of("expect", post(&[field("expect", "100-continue")]), Some("hello")),
        of("an empty value", get(&[field("x-a", "")]), None),
        of("many alike", get(&vec![field("x-a", "b"); 50]), None),
    ]
}

/// What the `h2` crate mends before anybody sees it: the mended request may cross, whole and clean.
#[test]
fn what_is_mended_crosses_clean() {
    let bench = Bench::start();
    for (path, expected) in [("/case#x", "/case"), ("/#", "/"), ("/case?a#b", "/case?a")] {
        bench.origin.forget();
        let mut client = bench.dial(Over::Cleartext).shake_hands();
        let fields = client.request("GET", path);
        client.ask(1, &fields, None);
        assert!(bench.origin.requests().iter().all(|seen| seen.target() == expected), "{path}");
    }
    // The request is whole with its length of 0, and goes; what follows ends the stream.
    bench.origin.forget();
    let mut client = bench.dial(Over::Cleartext).shake_hands();
    let mut fields = base("POST");
    fields.push(field("content-length", "0"));
    client.ask(1, &fields, Some(SMUGGLED.as_bytes()));
    assert!(find(&bench.origin.bytes(), b"smuggled").is_none());
}

#[test]
fn nothing_malformed_crosses() {
    let variants =
        [names(), values(), pseudo_values(), shapes(), framing(), bodies(), allowed()].concat();
    assert!(variants.len() >= 176, "{}", variants.len());
    let bench = Bench::start();
    let faults: Vec<String> =
        variants.iter().filter_map(|variant| fault_of(&bench, variant)).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), variants.len(), faults.join("\n"));
}

fn fault_of(bench: &Bench, variant: &Variant) -> Option<String> {
    bench.origin.forget();
    let mut client = bench.dial(Over::Cleartext).shake_hands();
    let ends = |is_last: bool| if is_last { flag::END_STREAM } else { 0 };
    let is_last = variant.body.is_none() && variant.trailers.is_none();
    let block = hpack::encode(&variant.fields);
    client.send(frames::headers(1, flag::END_HEADERS | ends(is_last), block));
    if let Some(body) = &variant.body {
        client.send(frames::data(1, ends(variant.trailers.is_none()), body.as_slice()));
    }
    if let Some(trailers) = &variant.trailers {
        let block = hpack::encode(trailers);
        client.send(frames::headers(1, flag::END_HEADERS | flag::END_STREAM, block));
    }
    let answer = client.answer(1);
    let seen = bench.origin.requests();
    let fault = match (variant.is_malformed, seen.as_slice()) {
        (true, []) if answer.status == 200 => Some("answered 200".to_owned()),
        (true, []) => None,
        (true, seen) => Some(format!("the origin saw {seen:?}")),
        (false, [one]) => fault_of_crossing(variant, one),
        (false, seen) => Some(format!("not one request but {seen:?}")),
    };
    let leaks = variant.is_malformed && find(&bench.origin.bytes(), b"smuggled").is_some();
    let fault = fault.or(leaks.then(|| "the hidden request crossed".to_owned()));
    fault.map(|fault| format!("{}: {fault}; {answer:?}", variant.name))
}

fn fault_of_crossing(variant: &Variant, seen: &Recorded) -> Option<String> {
    let is_whole = variant.body.clone().unwrap_or_default() == seen.body;
    let text = seen.text();
    let is_clean = text.split("\r\n").skip(1).all(|line| {
        line.is_empty()
            || line.split_once(": ").is_some_and(|(name, _)| !name.contains([' ', '\t']))
    });
    let is_framed_once =
        seen.values("content-length").len() + seen.values("transfer-encoding").len() <= 1;
    let has_one_host = seen.values("host").len() == 1;
    let is_right = is_whole && is_clean && is_framed_once && has_one_host && !text.contains('\0');
    (!is_right).then(|| format!("crossed as {seen:?}"))
}
