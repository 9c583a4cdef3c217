//! Is an accepted HTTP/2 request exactly one HTTP/1 request of the same meaning?

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use tollgate_core::message::{BodyLength, HeadSink, Request, RequestHead, Scheme};
use tollgate_core::wire::{HeadEncoder, HopByHop, Parsed, http2, parse_request};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    method: &'a [u8],
    scheme: Option<&'a [u8]>,
    authority: Option<&'a [u8]>,
    path: Option<&'a [u8]>,
    fields: Vec<(Name<'a>, &'a [u8])>,
    ends_stream: bool,
    is_plain: bool,
}

/// Names that some rule is about come often.
#[derive(Arbitrary, Debug)]
enum Name<'a> {
    Any(&'a [u8]),
    Host,
    Cookie,
    ContentLength,
    Te,
    Connection,
    TransferEncoding,
    Expect,
}

impl<'a> Name<'a> {
    fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Any(bytes) => bytes,
            Self::Host => b"host",
            Self::Cookie => b"cookie",
            Self::ContentLength => b"content-length",
            Self::Te => b"te",
            Self::Connection => b"connection",
            Self::TransferEncoding => b"transfer-encoding",
            Self::Expect => b"expect",
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let mut pseudo = http2::Pseudo {
        method: input.method,
        scheme: input.scheme,
        authority: input.authority,
        path: input.path,
    };
    if input.is_plain {
        pseudo.method = b"POST";
        pseudo.scheme = Some(b"http");
    }
    let fields = input.fields.iter().map(|(name, value)| (name.bytes(), *value));
    let (mut buffer, mut head) = (Vec::new(), RequestHead::default());
    let _ = http2::check_trailers(fields.clone());
    if http2::read_request(&pseudo, fields, input.ends_stream, &mut buffer, &mut head).is_ok() {
        check(Request { bytes: &buffer, head: &head }, &pseudo);
    }
});

/// Writes the request as lines and reads them back.
fn check(request: Request<'_>, pseudo: &http2::Pseudo<'_>) {
    let path = [request.path(), request.query().unwrap_or(b"")].join(&b'?');
    let whole = if request.query().is_some() { &path[..] } else { request.path() };
    assert_eq!(Some(whole), pseudo.path);
    let mut out = Vec::new();
    let mut encoder = HeadEncoder::request(&mut out, request.verb_bytes(), &[whole]);
    let hop_by_hop = HopByHop::of(request.bytes, &request.head.fields);
    let forwarded = || request.head.fields.iter().filter(|field| !hop_by_hop.ends_here(field));
    for field in forwarded() {
        encoder.push(field.name.of_bytes(request.bytes), field.value.of_bytes(request.bytes));
    }
    encoder.end();
    let mut again = RequestHead::default();
    let parsed = parse_request(&out, Scheme::Http, &mut again);
    assert_eq!(parsed, Ok(Parsed::Complete), "{}", out.escape_ascii());
    assert_eq!(again.len, out.len());
    assert_eq!(again.fields.len(), forwarded().count());
    let read = Request { bytes: &out, head: &again };
    assert_eq!(read.authority(), request.authority());
    assert_eq!(read.verb_bytes(), request.verb_bytes());
    assert_eq!(read.path(), request.path());
    if request.head.body != BodyLength::UntilEnd {
        assert_eq!(again.body, request.head.body);
    }
}
