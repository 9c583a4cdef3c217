//! Do both machines and the naive parser agree on a request, and does forwarding keep its meaning?

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_core::message::{HeadSink, KnownName, Request, RequestHead, Scheme};
use tollgate_core::wire::{HeadEncoder, HeadScanner, HopByHop, Malformed, Parsed, parse_request};

#[path = "../../tests/oracle/naive_request.rs"]
mod naive_request;

use naive_request::Verdict;

// The first byte says how the rest is cut.
fuzz_target!(|input: &[u8]| {
    let Some((step, bytes)) = input.split_first() else { return };
    let mut head = RequestHead::default();
    let verdict = parse_request(bytes, Scheme::Http, &mut head);
    assert_ne!(verdict, Err(Malformed::Disputed));
    let scanned = scan(bytes, usize::from(*step) + 1);
    match verdict {
        Ok(Parsed::Complete) => assert_eq!(scanned, Ok(Some(head.len))),
        Ok(Parsed::Partial) => assert_eq!(scanned, Ok(None)),
        Err(malformed) => assert!(matches!(scanned, Ok(Some(_))) || scanned == Err(malformed)),
    }
    match naive_request::parse(bytes) {
        Verdict::Taken(naive) => {
            // The naive parser does not count bytes of fields.
            if verdict != Err(Malformed::FieldsTooLarge) {
                assert_eq!(verdict, Ok(Parsed::Complete));
                compare(&naive, Request { bytes, head: &head });
            }
        }
        Verdict::Refused(why) => assert!(verdict.is_err(), "{why}"),
        Verdict::Endless => assert_ne!(verdict, Ok(Parsed::Complete)),
    }
    if verdict == Ok(Parsed::Complete) {
        forward(Request { bytes, head: &head });
    }
});

fn scan(bytes: &[u8], step: usize) -> Result<Option<usize>, Malformed> {
    let mut scanner = HeadScanner::for_request();
    for end in (0..bytes.len()).step_by(step).chain([bytes.len()]) {
        if let Some(len) = scanner.push(&bytes[..end])? {
            return Ok(Some(len));
        }
    }
    Ok(None)
}

fn compare(naive: &naive_request::Request, request: Request<'_>) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(naive.verb, text(request.verb_bytes()));
    assert_eq!(naive.path, text(request.path()));
    assert_eq!(naive.query, request.query().map(text));
    assert_eq!(naive.authority, text(request.authority()).to_ascii_lowercase());
    assert_eq!(naive.body, format!("{:?}", request.head.body));
    assert_eq!(naive.len, request.head.len);
    assert_eq!(naive.keeps_alive, request.head.keeps_alive);
    assert_eq!(naive.expects_continue, request.head.expects_continue);
    assert_eq!(naive.fields.len(), request.head.fields.len());
}

/// Writes the request as it would be forwarded and reads it back.
fn forward(request: Request<'_>) {
    let mut out = Vec::new();
    let query = request.query();
    let target = [request.path(), if query.is_some() { b"?" } else { b"" }, query.unwrap_or(b"")];
    let mut encoder = HeadEncoder::request(&mut out, request.verb_bytes(), &target);
    let hop_by_hop = HopByHop::of(request.bytes, &request.head.fields);
    let mut kept = Vec::new();
    for field in &request.head.fields {
        if !hop_by_hop.ends_here(field) && field.known != Some(KnownName::Host) {
            let (name, value) =
                (field.name.of_bytes(request.bytes), field.value.of_bytes(request.bytes));
            encoder.push(name, value);
            kept.push((name, value));
        }
    }
    encoder.push(b"Host", b"upstream.example");
    encoder.end();
    let mut again = RequestHead::default();
    let parsed = parse_request(&out, Scheme::Http, &mut again);
    if matches!(parsed, Err(Malformed::FieldsTooLarge | Malformed::FieldsTooMany)) {
        return;
    }
    assert_eq!(parsed, Ok(Parsed::Complete), "{}", out.escape_ascii());
    let read = Request { bytes: &out, head: &again };
    assert_eq!(again.len, out.len());
    assert_eq!(read.path(), request.path());
    assert_eq!(read.query(), request.query());
    assert_eq!(read.pairs().take(kept.len()).collect::<Vec<_>>(), kept);
}
