//! Do responses mean what they say, and is what they may not say refused?

use crate::limits::{HEAD_BYTES_MAX, HEADER_COUNT_MAX, HEADERS_BYTES_MAX};
use crate::message::{BodyLength, ResponseHead, Verb, Version};
use crate::wire::{HeadScanner, Malformed, Parsed, parse_response};

/// Parses a response whole, and shows that a scanner comes to the same verdict.
fn response(bytes: &[u8], verb: Verb) -> Result<(Parsed, ResponseHead), Malformed> {
    let mut head = ResponseHead::default();
    let verdict = parse_response(bytes, verb, &mut head);
    let mut scanner = HeadScanner::for_response();
    let scanned = (1..=bytes.len()).find_map(|len| scanner.push(&bytes[..len]).transpose());
    match (verdict, scanned) {
        (Ok(Parsed::Complete), Some(Ok(len))) => assert_eq!(len, head.len),
        (Ok(Parsed::Partial), None) | (Err(_), Some(Ok(_))) => {}
        (Err(malformed), Some(Err(scanned))) => assert_eq!(malformed, scanned),
        (verdict, scanned) => panic!("{} {verdict:?} {scanned:?}", bytes.escape_ascii()),
    }
    verdict.map(|parsed| (parsed, head))
}

fn refuse_response(bytes: impl AsRef<[u8]>, malformed: Malformed) {
    let bytes = bytes.as_ref();
    assert_eq!(response(bytes, Verb::Get).map(|_| ()), Err(malformed), "{}", bytes.escape_ascii());
}

#[test]
fn a_response_is_taken_apart() {
    let bytes = b"HTTP/1.1 404 Not \xe9 Found\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabcHTTP";
    let Ok((Parsed::Complete, head)) = response(bytes, Verb::Get) else { panic!("refused") };
    assert_eq!((head.status, head.version, head.keeps_alive), (404, Version::Http11, true));
    assert_eq!(head.reason.of_bytes(bytes), b"Not \xe9 Found");
    assert_eq!((head.body, head.len), (BodyLength::Sized(3), bytes.len() - 7));
    assert_eq!(head.fields.len(), 2);
}

#[test]
fn reasons_may_be_missing() {
    for bytes in ["HTTP/1.1 200 \r\n\r\n", "HTTP/1.1 200\r\n\r\n"] {
        let Ok((Parsed::Complete, head)) = response(bytes.as_bytes(), Verb::Get) else {
            panic!("refused")
        };
        assert!(head.reason.is_empty());
        assert_eq!(head.body, BodyLength::UntilEnd);
        assert!(!head.keeps_alive, "its end is the connection's");
    }
}

#[test]
fn responses_are_read_as_strictly() {
    refuse_response("\r\nHTTP/1.1 200 OK\r\n\r\n", Malformed::VersionMissing);
    refuse_response("HTTP/1.1 200 OK\n\n", Malformed::BareLineFeed);
    refuse_response("HTTP/1.1 200\n\n", Malformed::BareLineFeed);
    refuse_response("HTTP/1.1 200 OK\r\nA: b\n\r\n", Malformed::BareLineFeed);
    refuse_response("HTTP/1.1  200 OK\r\n\r\n", Malformed::StatusInvalid);
    refuse_response("HTTP/1.1 099 OK\r\n\r\n", Malformed::StatusInvalid);
    refuse_response("HTTP/1.1 20 OK\r\n\r\n", Malformed::StatusInvalid);
    refuse_response("HTTP/1.1 2000 OK\r\n\r\n", Malformed::StatusInvalid);
    refuse_response("HTTP/1.1 200\tOK\r\n\r\n", Malformed::StatusInvalid);
    refuse_response("HTTP/1.1 200 O\0K\r\n\r\n", Malformed::ReasonInvalid);
    refuse_response("HTTP/2.0 200 OK\r\n\r\n", Malformed::VersionUnsupported);
    refuse_response("HTTP/1.1\r\n\r\n", Malformed::VersionInvalid);
    refuse_response("ICY 200 OK\r\n\r\n", Malformed::VersionInvalid);
    refuse_response("HTTP/1.1 200 OK\r\n A: b\r\n\r\n", Malformed::BlankBeforeFirstField);
    refuse_response("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", Malformed::FoldedLine);
    refuse_response("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", Malformed::BlankBeforeColon);
    let both = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
    refuse_response(both, Malformed::LengthWithTransferEncoding);
    let twice = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n";
    refuse_response(twice, Malformed::LengthRepeated);
    let old = "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    refuse_response(old, Malformed::TransferEncodingInHttp10);
    let unknown = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n";
    refuse_response(unknown, Malformed::TransferEncodingUnknown);
}

#[test]
fn a_response_may_have_more_fields_than_a_request() {
    let line = format!("A: {}\r\n", "x".repeat(HEADERS_BYTES_MAX));
    let bytes = format!("HTTP/1.1 200 OK\r\n{line}{line}\r\n");
    assert!(response(bytes.as_bytes(), Verb::Get).is_ok());
    let endless = format!("HTTP/1.1 200 OK\r\nA: {}", "x".repeat(HEAD_BYTES_MAX));
    refuse_response(endless, Malformed::HeadTooLarge);
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(HEADER_COUNT_MAX + 1));
    refuse_response(many, Malformed::FieldsTooMany);
}

#[test]
fn responses_persist_as_versions_say() {
    let check = |bytes: &str, verb, expected| {
        let head = response(bytes.as_bytes(), verb);
        assert_eq!(head.map(|(_, head)| head.keeps_alive), Ok(expected), "{bytes}");
    };
    let sized = "Content-Length: 0\r\n";
    check(&format!("HTTP/1.1 200 OK\r\n{sized}\r\n"), Verb::Get, true);
    check(&format!("HTTP/1.1 200 OK\r\n{sized}Connection: close\r\n\r\n"), Verb::Get, false);
    check(&format!("HTTP/1.0 200 OK\r\n{sized}\r\n"), Verb::Get, false);
    check(&format!("HTTP/1.0 200 OK\r\n{sized}Connection: keep-alive\r\n\r\n"), Verb::Get, true);
    check("HTTP/1.1 304 Not Modified\r\n\r\n", Verb::Get, true);
    check("HTTP/1.1 200 OK\r\n\r\n", Verb::Head, true);
}
