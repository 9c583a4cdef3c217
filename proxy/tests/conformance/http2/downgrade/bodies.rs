//! Which bodies and trailers would mean more in HTTP/1.1, and what odd requests are allowed?

use super::super::field;
use super::{SMUGGLED, Variant, base};
use crate::support::hpack::Field;

/// Lengths that differ from what DATA holds, and trailers that would rule the message.
pub(super) fn bodies() -> Vec<Variant> {
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
pub(super) fn allowed() -> Vec<Variant> {
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
