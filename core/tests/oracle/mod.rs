//! Do the clever parsers agree with naive ones?
//!
//! The naive ones are written from the RFC with another shape: they split, search and compare text,
//! slowly. Random changes to the collection of requests must get the same verdict from both.

mod naive_chunks;
mod naive_request;

use proptest::collection::vec;
use proptest::prelude::*;
use tollgate_core::message::{Request, RequestHead, Scheme};
use tollgate_core::wire::{
    ChunkStep, ChunkedDecoder, HeadScanner, Malformed, Parsed, parse_request,
};

use crate::corpus;

/// Bytes and strings that have confused a parser somewhere.
const SPICES: [&[u8]; 46] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b"\x0b",
    b"\x0c",
    b":",
    b";",
    b",",
    b"=",
    b"\"",
    b"\\",
    b"/",
    b"?",
    b"#",
    b"@",
    b"[",
    b"]",
    b"{",
    b"%",
    b"_",
    b"-",
    b"+",
    b"0",
    b"5",
    b"a",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\xc3\xa9",
    b"\r\n\r\n",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Host: b\r\n",
    b"\r\n ",
    b"chunked",
    b"0\r\n\r\n",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"http://a",
    b"Connection: close\r\n",
    b"Expect: 100-continue\r\n",
    b"TRACE",
    b"\x85",
];

/// One change to a request.
#[derive(Clone, Debug)]
enum Change {
    Insert(usize, usize),
    Replace(usize, usize),
    Delete(usize, usize),
    Repeat(usize, usize),
    FlipCase(usize),
    Byte(usize, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let place = 0..400usize;
    prop_oneof![
        (place.clone(), 0..SPICES.len()).prop_map(|(at, spice)| Change::Insert(at, spice)),
        (place.clone(), 0..SPICES.len()).prop_map(|(at, spice)| Change::Replace(at, spice)),
        (place.clone(), 1..12usize).prop_map(|(at, len)| Change::Delete(at, len)),
        (place.clone(), 1..40usize).prop_map(|(at, len)| Change::Repeat(at, len)),
        place.clone().prop_map(Change::FlipCase),
        (place, any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let place = |at: usize| at % (bytes.len() + 1);
    let range = |at: usize, len: usize| place(at)..(place(at) + len).min(bytes.len());
    match *change {
        Change::Insert(at, spice) => {
            let at = place(at);
            bytes.splice(at..at, SPICES[spice].iter().copied());
        }
        Change::Replace(at, spice) => {
            let range = range(at, SPICES[spice].len());
            bytes.splice(range, SPICES[spice].iter().copied());
        }
        Change::Delete(at, len) => {
            bytes.drain(range(at, len));
        }
        Change::Repeat(at, len) => {
            let range = range(at, len);
            let copy = bytes[range.clone()].to_vec();
            bytes.splice(range.end..range.end, copy);
        }
        Change::FlipCase(at) => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 0x20;
            }
        }
        Change::Byte(at, byte) => {
            let range = range(at, 1);
            bytes.splice(range, [byte]);
        }
    }
}

/// A request of the collection, changed a little.
fn changed_request() -> impl Strategy<Value = Vec<u8>> {
    let requests: Vec<Vec<u8>> =
        corpus::requests().into_iter().filter(|request| request.len() < 400).collect();
    let changes = vec(change(), 0..4);
    (prop::sample::select(requests), changes).prop_map(|(mut bytes, changes)| {
        changes.iter().for_each(|change| apply(&mut bytes, change));
        bytes
    })
}

/// What a request says, in the form in which both parsers can be compared.
fn clever(bytes: &[u8]) -> Result<Option<naive_request::Request>, Malformed> {
    let mut head = RequestHead::default();
    if parse_request(bytes, Scheme::Http, &mut head)? == Parsed::Partial {
        return Ok(None);
    }
    let request = Request { bytes, head: &head };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Some(naive_request::Request {
        verb: text(request.verb_bytes()),
        path: text(request.path()),
        query: request.query().map(text),
        authority: text(request.authority()).to_ascii_lowercase(),
        fields: request.pairs().map(|(name, value)| (text(name), value.to_vec())).collect(),
        body: format!("{:?}", head.body),
        keeps_alive: head.keeps_alive,
        expects_continue: head.expects_continue,
        len: head.len,
    }))
}

/// The verdict of a scanner that is fed `bytes` in pieces of `step`.
fn scanned(bytes: &[u8], step: usize) -> Result<Option<usize>, Malformed> {
    let mut scanner = HeadScanner::for_request();
    for end in (step..bytes.len()).step_by(step).chain([bytes.len()]) {
        if let Some(len) = scanner.push(&bytes[..end])? {
            return Ok(Some(len));
        }
    }
    Ok(None)
}

/// The body and its length on the wire, or why it is refused; cut as `cuts` says, in turn.
fn clever_chunks(bytes: &[u8], cuts: &[usize]) -> Result<(Vec<u8>, Option<usize>), Malformed> {
    let (mut decoder, mut data) = (ChunkedDecoder::new(), Vec::new());
    let (mut start, mut end) = (0, 0);
    let mut cuts = cuts.iter().cycle();
    loop {
        if start == end {
            if end == bytes.len() {
                return Ok((data, None));
            }
            end = (end + cuts.next().map_or(bytes.len(), |cut| *cut)).min(bytes.len());
        }
        match decoder.push(&bytes[start..end])? {
            ChunkStep::Data(range) => {
                data.extend_from_slice(&bytes[start..end][range.clone()]);
                start += range.end;
            }
            ChunkStep::NeedsMore => start = end,
            ChunkStep::Done { consumed } => return Ok((data, Some(start + consumed))),
        }
    }
}

/// A well-formed chunked body around `data` cut at `sizes`, with something pipelined behind.
fn chunked(data: &[u8], sizes: &[usize], extension: &str, trailer: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = data;
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let size = sizes.next().map_or(rest.len(), |size| (*size).min(rest.len()));
        let (chunk, behind) = rest.split_at(size);
        bytes.extend_from_slice(format!("{size:x}{extension}\r\n").as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
        rest = behind;
    }
    bytes.extend_from_slice(format!("0\r\n{trailer}\r\n").as_bytes());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn requests_get_the_verdict_of_the_naive_parser(bytes in changed_request()) {
        match (naive_request::parse(&bytes), clever(&bytes)) {
            (naive_request::Verdict::Taken(expected), taken) => {
                prop_assert_eq!(taken, Ok(Some(expected)));
            }
            (naive_request::Verdict::Refused(why), taken) => {
                prop_assert!(taken.is_err(), "{why}: {taken:?}");
            }
            // A fault may be seen before the end comes.
            (naive_request::Verdict::Endless, taken) => {
                prop_assert!(matches!(taken, Ok(None) | Err(_)), "{taken:?}");
            }
        }
    }

    #[test]
    fn verdicts_do_not_depend_on_the_cuts(bytes in changed_request(), step in 1..60usize) {
        let whole = clever(&bytes).map(|taken| taken.map(|request| request.len));
        let in_pieces = scanned(&bytes, step).and_then(|len| {
            len.map_or(Ok(None), |_| clever(&bytes).map(|taken| taken.map(|request| request.len)))
        });
        prop_assert_eq!(whole, in_pieces);
        prop_assert_ne!(whole, Err(Malformed::Disputed));
    }

    #[test]
    fn a_parser_says_nothing_new_when_more_comes(bytes in changed_request()) {
        let mut settled = None;
        for len in 0..=bytes.len() {
            let verdict = clever(&bytes[..len]);
            if let Some(settled) = &settled {
                prop_assert_eq!(settled, &verdict);
            } else if !matches!(verdict, Ok(None)) {
                settled = Some(verdict);
            }
        }
    }

    #[test]
    fn chunks_are_put_together_however_they_are_cut(
        data in vec(any::<u8>(), 0..300),
        sizes in vec(1..40usize, 1..6),
        cuts in vec(1..50usize, 1..6),
        extension in prop::sample::select(vec!["", ";a", ";a=b", ";a=\"; \\\" b\";c"]),
        trailer in prop::sample::select(vec!["", "A: b\r\n", "A: b\r\nC:\r\n"]),
    ) {
        let mut bytes = chunked(&data, &sizes, extension, trailer);
        let len = bytes.len();
        bytes.extend_from_slice(b"GET / HTTP/1.1\r\n");
        prop_assert_eq!(clever_chunks(&bytes, &cuts), Ok((data, Some(len))));
    }

    #[test]
    fn chunks_get_the_verdict_of_the_naive_decoder(
        data in vec(any::<u8>(), 0..60),
        sizes in vec(1..20usize, 1..4),
        cuts in vec(1..50usize, 1..6),
        changes in vec(change(), 0..3),
    ) {
        let mut bytes = chunked(&data, &sizes, ";a=\"b c\"", "X: y\r\n");
        changes.iter().for_each(|change| apply(&mut bytes, change));
        match (naive_chunks::decode(&bytes), clever_chunks(&bytes, &cuts)) {
            (naive_chunks::Verdict::Ended(data, len), taken) => {
                prop_assert_eq!(taken, Ok((data, Some(len))));
            }
            (naive_chunks::Verdict::Refused(why), taken) => {
                prop_assert!(taken.is_err(), "{why}: {taken:?}");
            }
            (naive_chunks::Verdict::Endless, taken) => {
                prop_assert!(matches!(taken, Ok((_, None)) | Err(_)), "{taken:?}");
            }
        }
    }
}
