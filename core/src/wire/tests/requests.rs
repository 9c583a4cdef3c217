//! Do requests mean what they say, and is what they may not say refused?

use crate::limits::{HEADER_COUNT_MAX, HEADERS_BYTES_MAX, TARGET_BYTES_MAX, VERB_BYTES_MAX};
use crate::message::{BodyLength, KnownName, Request, RequestHead, Scheme, Verb, Version};

use crate::wire::{HeadScanner, Malformed, Parsed, parse_request};

/// Parses the head whole, and shows that a scanner fed byte by byte comes to the same verdict.
fn parse(bytes: &[u8]) -> Result<(Parsed, RequestHead), Malformed> {
    let mut head = RequestHead::default();
    let verdict = parse_request(bytes, Scheme::Http, &mut head);
    let mut scanner = HeadScanner::for_request();
    let scanned = (1..=bytes.len()).find_map(|len| scanner.push(&bytes[..len]).transpose());
    match (verdict, scanned) {
        (Ok(Parsed::Complete), Some(Ok(len))) => assert_eq!(len, head.len),
        (Ok(Parsed::Partial), None) => {}
        (Err(malformed), Some(Err(scanned))) => assert_eq!(malformed, scanned),
        // What is well-formed may still be wrong in what it says.
        (Err(_), Some(Ok(_))) => {}
        (verdict, scanned) => panic!("{} {verdict:?} {scanned:?}", bytes.escape_ascii()),
    }
    verdict.map(|parsed| (parsed, head))
}

fn refuse(bytes: impl AsRef<[u8]>, malformed: Malformed) {
    let bytes = bytes.as_ref();
    assert_eq!(parse(bytes).map(|_| ()), Err(malformed), "{}", bytes.escape_ascii());
}

/// Accepts a whole head and shows it to `look`.
fn accept(bytes: impl AsRef<[u8]>, look: impl FnOnce(Request<'_>)) {
    let bytes = bytes.as_ref();
    match parse(bytes) {
        Ok((Parsed::Complete, head)) => look(Request { bytes, head: &head }),
        other => panic!("{} {other:?}", bytes.escape_ascii()),
    }
}

/// A GET with these field lines besides Host.
fn get(lines: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n")
}

fn post(lines: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n")
}

#[test]
fn a_request_is_taken_apart() {
    let bytes = "POST /p/q?r=s?t HTTP/1.1\r\nHost: a.b:80\r\nX-C:\td e \r\nEmpty:\r\n\
                 content-length: 12\r\n\r\nbody";
    accept(bytes, |request| {
        assert_eq!(request.head.verb, Verb::Post);
        assert_eq!(request.verb_bytes(), b"POST");
        assert_eq!(request.path(), b"/p/q");
        assert_eq!(request.query(), Some(b"r=s?t".as_slice()));
        assert_eq!(request.authority(), b"a.b:80");
        assert_eq!(request.head.version, Version::Http11);
        assert_eq!(request.head.body, BodyLength::Sized(12));
        assert_eq!(request.first(KnownName::ContentLength), Some(b"12".as_slice()));
        assert_eq!(request.head.len, bytes.len() - 4);
        let pairs: Vec<_> = request.pairs().collect();
        assert_eq!(pairs[1], (b"X-C".as_slice(), b"d e".as_slice()));
        assert_eq!(pairs[2], (b"Empty".as_slice(), b"".as_slice()));
    });
}

#[test]
fn a_head_is_reused_without_a_trace() {
    let mut head = RequestHead::default();
    let first = post("Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n");
    let _ = parse_request(first.as_bytes(), Scheme::Http, &mut head);
    let second = get("");
    let parsed = parse_request(second.as_bytes(), Scheme::Http, &mut head);
    assert_eq!(parsed, Ok(Parsed::Complete));
    assert_eq!((head.verb, head.body, head.query), (Verb::Get, BodyLength::None, None));
    assert!(head.keeps_alive && !head.expects_continue);
    assert_eq!(head.fields.len(), 1);
}

#[test]
fn every_prefix_of_a_good_head_is_partial() {
    let bytes = format!("\r\n{}", post("Content-Length: 5\r\n"));
    for len in 0..bytes.len() {
        assert_eq!(parse(&bytes.as_bytes()[..len]).map(|(parsed, _)| parsed), Ok(Parsed::Partial));
    }
}

#[test]
fn pipelined_bytes_are_left_alone() {
    let bytes = format!("{}GET /second HTTP/1.1\r\nHost: \x00", get(""));
    accept(&bytes, |request| assert_eq!(request.head.len, get("").len()));
    let large = format!("{}{}", get(""), "x".repeat(100_000));
    accept(&large, |request| assert_eq!(request.head.len, get("").len()));
}

#[test]
fn verbs_are_tokens_of_any_kind() {
    let verb = |verb: &str, expected| {
        accept(format!("{verb} / HTTP/1.1\r\nHost: a\r\n\r\n"), |request| {
            assert_eq!(request.head.verb, expected, "{verb}");
            assert_eq!(request.verb_bytes(), verb.as_bytes());
        });
    };
    verb("GET", Verb::Get);
    verb("get", Verb::Other);
    verb("PURGE", Verb::Other);
    verb("TRACE", Verb::Other);
    verb("M-SEARCH", Verb::Other);
    verb(&"V".repeat(VERB_BYTES_MAX), Verb::Other);
    refuse(format!("{} /", "V".repeat(VERB_BYTES_MAX + 1)), Malformed::VerbTooLong);
    refuse("GE(T / HTTP/1.1\r\n", Malformed::VerbInvalid);
    refuse(" GET / HTTP/1.1\r\n", Malformed::VerbInvalid);
    refuse("GET\t/ HTTP/1.1\r\n", Malformed::VerbInvalid);
    refuse(b"\x16\x03\x01\x02", Malformed::VerbInvalid);
    refuse("GET\r\n", Malformed::TargetMissing);
}

#[test]
fn the_request_line_has_two_single_blanks() {
    refuse("GET  / HTTP/1.1\r\n", Malformed::TargetMissing);
    refuse("GET /  HTTP/1.1\r\n", Malformed::VersionInvalid);
    refuse("GET / HTTP/1.1 \r\n", Malformed::VersionInvalid);
    refuse("GET /\tHTTP/1.1\r\n", Malformed::TargetInvalid);
    refuse("GET / x HTTP/1.1\r\n", Malformed::VersionInvalid);
    refuse("GET HTTP/1.1\r\n", Malformed::VersionMissing);
    refuse("GET /\r\n", Malformed::VersionMissing);
    refuse("GET / \r\n", Malformed::VersionMissing);
    refuse("GET /\n", Malformed::BareLineFeed);
}

#[test]
fn versions_are_one_and_a_digit() {
    accept("GET / HTTP/1.0\r\nHost: a\r\n\r\n", |request| {
        assert_eq!(request.head.version, Version::Http10);
    });
    for version in ["HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/0.9", "HTTP/9.9", "HTTP/3.0"] {
        refuse(format!("GET / {version}\r\n"), Malformed::VersionUnsupported);
    }
    refuse("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Malformed::VersionUnsupported);
    for version in [
        "http/1.1",
        "HTTP/1.10",
        "HTTP/1",
        "HTTP/11",
        "HTTP/01.1",
        "HTTP/1.01",
        "HTTP 1.1",
        "HTTP/1 .1",
        "HTTP/1. 1",
        "HTTP/x.y",
        "HTTP/1,1",
        "HTTPS/1.1",
        "ICY/1.1",
        "HTTP/+1.1",
        "HTTP/1.1x",
        "/1.1",
    ] {
        refuse(format!("GET / {version}\r\n"), Malformed::VersionInvalid);
    }
}

#[test]
fn one_empty_line_may_come_first() {
    accept(format!("\r\n{}", get("")), |request| {
        assert_eq!(request.verb_bytes(), b"GET");
        assert_eq!(request.head.len, get("").len() + 2);
    });
    refuse(format!("\r\n\r\n{}", get("")), Malformed::LeadingEmptyLines);
    refuse(format!("\n{}", get("")), Malformed::BareLineFeed);
    refuse(format!("\r\n\n{}", get("")), Malformed::BareLineFeed);
    refuse(format!("\n\n{}", get("")), Malformed::BareLineFeed);
    refuse(format!("\r{}", get("")), Malformed::BareCarriageReturn);
}

#[test]
fn targets_hold_only_their_bytes() {
    for byte in 0..=u8::MAX {
        let bytes = [b"GET /a".as_slice(), &[byte], b"b HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
        match byte {
            b' ' => refuse(bytes, Malformed::VersionInvalid),
            b'\n' => refuse(bytes, Malformed::BareLineFeed),
            b'\r' => refuse(bytes, Malformed::VersionMissing),
            b'#' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                refuse(bytes, Malformed::TargetInvalid);
            }
            0x21..=0x7e => accept(bytes, |_| {}),
            _ => refuse(bytes, Malformed::TargetInvalid),
        }
    }
}

#[test]
fn absolute_targets_agree_with_host() {
    let check = |target: &str, host: &str, expected: Result<&str, Malformed>| {
        let bytes = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        match expected {
            Ok(path) => accept(bytes, |request| assert_eq!(request.path(), path.as_bytes())),
            Err(malformed) => refuse(bytes, malformed),
        }
    };
    check("http://a.b/c", "a.b", Ok("/c"));
    check("http://A.b:80", "a.B", Ok("/"));
    check("http://a.b/c", "c.d", Err(Malformed::HostDisagrees));
    check("http://a.b:81/c", "a.b", Err(Malformed::HostDisagrees));
    check("http://u@a.b/c", "a.b", Err(Malformed::UserinfoPresent));
    check("http://u@a.b/c", "u@a.b", Err(Malformed::UserinfoPresent));
    check("http:///c", "a.b", Err(Malformed::HostEmpty));
    check("https://a.b/c", "a.b", Err(Malformed::SchemeNotSecured));
    check("http://a.b@c.d/", "c.d", Err(Malformed::UserinfoPresent));
    check("*", "a.b", Err(Malformed::TargetFormNotAllowed));
    refuse("GET http://a.b/ HTTP/1.1\r\n\r\n", Malformed::HostMissing);
    accept("GET http://a.b:81/ HTTP/1.0\r\n\r\n", |request| {
        assert_eq!(request.authority(), b"a.b:81");
    });
}

#[test]
fn host_comes_once_and_names_a_host() {
    accept("GET / HTTP/1.0\r\n\r\n", |request| assert_eq!(request.authority(), b""));
    refuse("GET / HTTP/1.1\r\n\r\n", Malformed::HostMissing);
    refuse("GET / HTTP/1.1\r\nHost:\r\n\r\n", Malformed::HostEmpty);
    refuse("GET / HTTP/1.0\r\nHost:  \r\n\r\n", Malformed::HostEmpty);
    refuse("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", Malformed::HostRepeated);
    refuse("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", Malformed::HostRepeated);
    refuse("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", Malformed::HostInvalid);
    refuse("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Malformed::HostInvalid);
    refuse("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", Malformed::UserinfoPresent);
}

#[test]
fn field_lines_keep_the_grammar() {
    refuse(get("X: a\n"), Malformed::BareLineFeed);
    refuse("GET / HTTP/1.1\nHost: a\r\n\r\n", Malformed::BareLineFeed);
    refuse("GET / HTTP/1.1\r\nHost: a\n\n", Malformed::BareLineFeed);
    refuse("GET / HTTP/1.1\r\nHost: a\r\n\n", Malformed::BareLineFeed);
    refuse("GET / HTTP/1.1\n\n", Malformed::BareLineFeed);
    refuse("GET / HTTP/1.1\rHost: a\r\n\r\n", Malformed::BareCarriageReturn);
    refuse(get("X: a\rb\r\n"), Malformed::BareCarriageReturn);
    refuse(get("X: a\r\r\n"), Malformed::BareCarriageReturn);
    refuse("GET / HTTP/1.1\r\n Host: a\r\n\r\n", Malformed::BlankBeforeFirstField);
    refuse("GET / HTTP/1.1\r\n\r\r\n", Malformed::BareCarriageReturn);
    refuse(get("X: a\r\n b\r\n"), Malformed::FoldedLine);
    refuse(get("X:\r\n a\r\n"), Malformed::FoldedLine);
    refuse(get("X : a\r\n"), Malformed::BlankBeforeColon);
    refuse(get(": a\r\n"), Malformed::NameEmpty);
    refuse(get("X\r\n"), Malformed::ColonMissing);
    refuse(get("X[]: a\r\n"), Malformed::NameInvalid);
    refuse(get("X: a\0b\r\n"), Malformed::ValueInvalid);
    refuse(get("X: \u{1}\r\n"), Malformed::ValueInvalid);
    accept(get("X: \ta\tb \u{e9}\t \r\n"), |request| {
        let value = request.pairs().nth(1).map(|pair| pair.1.to_vec());
        assert_eq!(value, Some("a\tb \u{e9}".as_bytes().to_vec()));
    });
}

#[test]
fn sizes_have_their_answers() {
    let target = |len: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(len - 1));
    accept(target(TARGET_BYTES_MAX), |_| {});
    refuse(target(TARGET_BYTES_MAX + 1), Malformed::TargetTooLong);
    // "Host: a" and "X: " with their line ends take 14 bytes.
    let fields = |len: usize| get(&format!("X: {}\r\n", "a".repeat(len - 14)));
    accept(fields(HEADERS_BYTES_MAX), |_| {});
    refuse(fields(HEADERS_BYTES_MAX + 1), Malformed::FieldsTooLarge);
    accept(get(&"X: a\r\n".repeat(HEADER_COUNT_MAX - 1)), |request| {
        assert_eq!(request.head.fields.len(), HEADER_COUNT_MAX);
    });
    refuse(get(&"X: a\r\n".repeat(HEADER_COUNT_MAX)), Malformed::FieldsTooMany);
    assert_eq!(Malformed::TargetTooLong.status(), 414);
    assert_eq!(Malformed::FieldsTooLarge.status(), 431);
    assert_eq!(Malformed::FieldsTooMany.status(), 431);
}

#[test]
fn lookalike_names_are_refused() {
    for name in ["Content_Length", "transfer_encoding", "Host_", "x_forwarded_for"] {
        let bytes = get(&format!("{name}: 5\r\n"));
        match name {
            "Host_" => accept(bytes, |_| {}),
            _ => refuse(bytes, Malformed::NameLooksLikeAnother),
        }
    }
    accept(get("my_header: 5\r\n"), |_| {});
}

#[test]
fn a_trace_has_no_body() {
    accept("TRACE / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", |_| {});
    for framing in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
        let bytes = format!("TRACE / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n");
        refuse(bytes, Malformed::BodyNotAllowed);
    }
}

#[test]
fn expectations_wait_for_bodies() {
    let check = |bytes: String, expected| {
        accept(bytes, |request| assert_eq!(request.head.expects_continue, expected));
    };
    check(post("Expect: 100-Continue\r\nContent-Length: 5\r\n"), true);
    check(post("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"), true);
    check(post("Expect: 100-continue\r\nContent-Length: 0\r\n"), false);
    check(get("Expect: 100-continue\r\n"), false);
    let old = "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    check(old.to_owned(), false);
    for value in ["200-ok", "100-continue, x", "", "100-continue;a", "100continue"] {
        refuse(post(&format!("Expect: {value}\r\n")), Malformed::ExpectationUnknown);
    }
    let twice = "Expect: 100-continue\r\nExpect: x\r\n";
    refuse(post(twice), Malformed::ExpectationUnknown);
    assert_eq!(Malformed::ExpectationUnknown.status(), 417);
}

#[test]
fn connections_persist_as_versions_say() {
    let check = |version: &str, lines: &str, expected| {
        let bytes = format!("GET / {version}\r\nHost: a\r\n{lines}\r\n");
        accept(bytes, |request| assert_eq!(request.head.keeps_alive, expected, "{lines}"));
    };
    check("HTTP/1.1", "", true);
    check("HTTP/1.1", "Connection: close\r\n", false);
    check("HTTP/1.1", "Connection: keep-alive, Close\r\n", false);
    check("HTTP/1.0", "", false);
    check("HTTP/1.0", "Connection: Keep-Alive\r\n", true);
    check("HTTP/1.0", "Connection: keep-alive\r\nConnection: close\r\n", false);
    refuse(get("Connection: Host\r\n"), Malformed::ConnectionNamesEndToEndField);
    refuse(get("Connection: a b\r\n"), Malformed::ConnectionInvalid);
}
