//! Do HTTP/2 heads keep to RFC 9113 §8 and to what HTTP/1 lines can carry?

use crate::message::{BodyLength, HeadSink, Request, RequestHead, ResponseHead, Verb};

use super::*;

/// A GET of `/` at `a.b`, from which each case departs.
const PLAIN: Pseudo<'static> =
    Pseudo { method: b"GET", scheme: Some(b"https"), authority: Some(b"a.b"), path: Some(b"/") };

type Pair<'a> = (&'a str, &'a str);

struct Read {
    buffer: Vec<u8>,
    head: RequestHead,
}

impl Read {
    fn pairs(&self) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let request = Request { bytes: &self.buffer, head: &self.head };
        request.pairs().map(|(name, value)| (text(name), text(value))).collect()
    }
}

fn read(pseudo: &Pseudo<'_>, fields: &[Pair<'_>], ends_stream: bool) -> Result<Read, Fault> {
    let fields = fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let (mut buffer, mut head) = (b"old".to_vec(), RequestHead::default());
    read_request(pseudo, fields, ends_stream, &mut buffer, &mut head)?;
    Ok(Read { buffer, head })
}

/// With `fields`, a plain GET is refused so.
fn refuse(fields: &[Pair<'_>], fault: Fault) {
    assert_eq!(read(&PLAIN, fields, true).map(|read| read.pairs()), Err(fault), "{fields:?}");
}

fn refuse_pseudo(pseudo: Pseudo<'_>, fault: Fault) {
    assert_eq!(read(&pseudo, &[], true).map(|read| read.pairs()), Err(fault), "{pseudo:?}");
}

#[test]
fn a_request_becomes_a_head() -> Result<(), Fault> {
    let pseudo = Pseudo { method: b"PURGE", path: Some(b"/x/y?q=1?2"), ..PLAIN };
    let read = read(&pseudo, &[("accept", "*/*"), ("te", "trailers")], true)?;
    let request = Request { bytes: &read.buffer, head: &read.head };
    assert_eq!(request.verb_bytes(), b"PURGE");
    assert_eq!(request.path(), b"/x/y");
    assert_eq!(request.query(), Some(b"q=1?2".as_slice()));
    assert_eq!(request.authority(), b"a.b");
    assert_eq!(read.head.body, BodyLength::None);
    assert!(read.head.keeps_alive && !read.head.expects_continue);
    let expected = [("host", "a.b"), ("accept", "*/*"), ("te", "trailers")];
    assert_eq!(read.pairs(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(())
}

#[test]
fn the_authority_comes_from_either_place() -> Result<(), Fault> {
    let check = |authority: Option<&str>, host: Option<&str>, expected: &str| {
        let pseudo = Pseudo { authority: authority.map(str::as_bytes), ..PLAIN };
        let fields: Vec<Pair<'_>> = host.map(|host| ("host", host)).into_iter().collect();
        let read = read(&pseudo, &fields, true)?;
        let request = Request { bytes: &read.buffer, head: &read.head };
        assert_eq!(String::from_utf8_lossy(request.authority()), expected);
        assert_eq!(read.pairs(), [("host".to_owned(), expected.to_owned())]);
        Ok(())
    };
    check(Some("a.b"), None, "a.b")?;
    check(None, Some("a.b:1"), "a.b:1")?;
    check(Some("a.b"), Some("A.B:443"), "a.b")
}

#[test]
fn pseudo_headers_are_checked() {
    let stream = |pseudo, malformed| refuse_pseudo(pseudo, Fault::Stream(malformed));
    stream(Pseudo { method: b"", ..PLAIN }, Malformed::VerbInvalid);
    for method in [&b"GET / HTTP/1.1\r\nX: y"[..], b"G T", b"GET\r\n", b"GET\0", b"G\xc3\x89T"] {
        stream(Pseudo { method, ..PLAIN }, Malformed::VerbInvalid);
    }
    stream(Pseudo { scheme: None, ..PLAIN }, Malformed::PseudoHeaderMissing);
    stream(Pseudo { path: None, ..PLAIN }, Malformed::PseudoHeaderMissing);
    let paths = [
        &b""[..],
        b"*",
        b"x",
        b"http://a.b/",
        b"/ HTTP/1.1\r\nX: y",
        b"/a b",
        b"/\0",
        b"/\r",
        b"/\n",
        b"/#x",
        b"/\x7f",
        b"/\xc3\xa9",
        b"/<",
        b"?x",
        b"/a\tb",
        b"/\\",
        b"/|",
    ];
    for path in paths {
        stream(Pseudo { path: Some(path), ..PLAIN }, Malformed::TargetInvalid);
    }
    let long = [b"/".as_slice(), &[b'a'; 10_240]].concat();
    let answer = |pseudo, malformed| refuse_pseudo(pseudo, Fault::Answer(malformed));
    answer(Pseudo { path: Some(&long), ..PLAIN }, Malformed::TargetTooLong);
    answer(Pseudo { method: b"CONNECT", ..PLAIN }, Malformed::ConnectNotOffered);
    answer(Pseudo { method: &[b'A'; 33], ..PLAIN }, Malformed::VerbTooLong);
    for scheme in [&b"ftp"[..], b"", b"HTTP", b"http://a/?", b"https\r\nX: y"] {
        answer(Pseudo { scheme: Some(scheme), ..PLAIN }, Malformed::SchemeUnknown);
    }
    answer(Pseudo { authority: None, ..PLAIN }, Malformed::HostMissing);
    answer(Pseudo { authority: Some(b""), ..PLAIN }, Malformed::HostEmpty);
    answer(Pseudo { authority: Some(b"u@a.b"), ..PLAIN }, Malformed::UserinfoPresent);
    for authority in [&b"a.b/x"[..], b"a.b\r", b"a b", b"a.b:x", b"a.b,c.d", b"a.b?", b"a.b#"] {
        answer(Pseudo { authority: Some(authority), ..PLAIN }, Malformed::HostInvalid);
    }
}

#[test]
fn options_may_ask_for_the_server() -> Result<(), Fault> {
    let read = read(&Pseudo { method: b"OPTIONS", path: Some(b"*"), ..PLAIN }, &[], true)?;
    assert_eq!(read.head.path.of_bytes(&read.buffer), b"*");
    Ok(())
}

#[test]
fn field_names_are_lower_case_tokens() {
    let stream = |name, malformed| refuse(&[(name, "x")], Fault::Stream(malformed));
    stream("", Malformed::NameEmpty);
    stream("X-Upper", Malformed::NameUppercase);
    stream("x-uppeR", Malformed::NameUppercase);
    stream(":path", Malformed::PseudoHeaderUnexpected);
    stream(":protocol", Malformed::PseudoHeaderUnexpected);
    for name in ["a b", "a:b", "a\r\nb", "a\n", "a\0", "é", "a\t", "a(", "a: b\r\nc", "a\u{7f}"] {
        stream(name, Malformed::NameInvalid);
    }
    for name in ["content_length", "transfer_encoding", "x_forwarded_for"] {
        refuse(&[(name, "x")], Fault::Answer(Malformed::NameLooksLikeAnother));
    }
}

#[test]
fn field_values_carry_no_controls_and_no_blanks_around() {
    for value in ["a\r\nb: c", "a\n", "\r", "\0", "a\u{1}b", "\u{7f}", "a\nb"] {
        refuse(&[("x", value)], Fault::Stream(Malformed::ValueInvalid));
    }
    for value in [" a", "a ", "\ta", "a\t", " "] {
        refuse(&[("x", value)], Fault::Stream(Malformed::ValueBlankAround));
    }
    assert!(read(&PLAIN, &[("x", ""), ("y", "a\tb é")], true).is_ok());
}

#[test]
fn connection_specific_fields_are_malformed() {
    for (name, value) in [
        ("connection", "close"),
        ("connection", "x-a"),
        ("keep-alive", "5"),
        ("proxy-connection", "close"),
        ("transfer-encoding", "chunked"),
        ("transfer-encoding", ""),
        ("upgrade", "h2c"),
        ("te", "gzip"),
        ("te", ""),
        ("te", "trailers, gzip"),
        ("te", "Trailers"),
    ] {
        refuse(&[(name, value)], Fault::Stream(Malformed::ConnectionSpecificField));
    }
}

#[test]
fn host_comes_once_and_agrees() {
    refuse(&[("host", "c.d")], Fault::Answer(Malformed::HostDisagrees));
    refuse(&[("host", "a.b:80")], Fault::Answer(Malformed::HostDisagrees));
    refuse(&[("host", "")], Fault::Answer(Malformed::HostEmpty));
    refuse(&[("host", "a.b@c.d")], Fault::Answer(Malformed::UserinfoPresent));
    refuse(&[("host", "a.b"), ("host", "a.b")], Fault::Answer(Malformed::HostRepeated));
    refuse(&[("host", "a.b"), ("host", "c.d")], Fault::Answer(Malformed::HostRepeated));
}

#[test]
fn lengths_agree_with_the_stream() {
    let check = |fields: &[Pair<'_>], ends_stream, expected| {
        let body = read(&PLAIN, fields, ends_stream).map(|read| read.head.body);
        assert_eq!(body, expected, "{fields:?} {ends_stream}");
    };
    check(&[], true, Ok(BodyLength::None));
    check(&[], false, Ok(BodyLength::UntilEnd));
    check(&[("content-length", "5")], false, Ok(BodyLength::Sized(5)));
    check(&[("content-length", "0")], true, Ok(BodyLength::Sized(0)));
    let invalid = Err(Fault::Stream(Malformed::LengthInvalid));
    check(&[("content-length", "5")], true, invalid);
    for value in ["", "+5", "5, 5", "0x5", "05", "-1", "5a", "18446744073709551616"] {
        check(&[("content-length", value)], false, invalid);
    }
    let repeated = Err(Fault::Stream(Malformed::LengthRepeated));
    check(&[("content-length", "5"), ("content-length", "5")], false, repeated);
}

#[test]
fn cookie_crumbs_become_one_field() -> Result<(), Fault> {
    let fields = [("cookie", "a=1"), ("x", "y"), ("cookie", "b=2"), ("cookie", "c=3")];
    let read = read(&PLAIN, &fields, true)?;
    let expected = [("host", "a.b"), ("x", "y"), ("cookie", "a=1; b=2; c=3")];
    assert_eq!(read.pairs(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(())
}

#[test]
fn expectations_are_as_in_http1() {
    let check = |value, ends_stream, expected| {
        let read = read(&PLAIN, &[("expect", value)], ends_stream);
        assert_eq!(read.map(|read| read.head.expects_continue), expected, "{value}");
    };
    check("100-continue", false, Ok(true));
    check("100-Continue", true, Ok(false));
    check("200-ok", false, Err(Fault::Answer(Malformed::ExpectationUnknown)));
}

#[test]
fn trace_carries_no_body() {
    let pseudo = Pseudo { method: b"TRACE", ..PLAIN };
    assert!(read(&pseudo, &[], true).is_ok());
    let refused = read(&pseudo, &[], false).map(|read| read.pairs());
    assert_eq!(refused, Err(Fault::Answer(Malformed::BodyNotAllowed)));
}

#[test]
fn fields_have_the_bounds_of_http1() {
    let value = "v".repeat(5_000);
    let large = [("a", value.as_str()), ("b", value.as_str()), ("c", value.as_str())];
    refuse(&large, Fault::Answer(Malformed::FieldsTooLarge));
    refuse(&large.map(|(_, value)| ("cookie", value)), Fault::Answer(Malformed::FieldsTooLarge));
    refuse(&[("x", "y"); 128], Fault::Answer(Malformed::FieldsTooMany));
    assert!(read(&PLAIN, &[("x", "y"); 127], true).is_ok());
}

#[test]
fn trailers_are_checked() {
    let check = |name: &str, value: &str, expected| {
        let fields = [(name.as_bytes(), value.as_bytes())];
        assert_eq!(check_trailers(fields.into_iter()), expected, "{name}");
    };
    check("grpc-status", "0", Ok(()));
    check(":path", "/", Err(Malformed::PseudoHeaderUnexpected));
    check("content-length", "0", Err(Malformed::TrailerForbidden));
    check("host", "a", Err(Malformed::TrailerForbidden));
    check("transfer-encoding", "chunked", Err(Malformed::ConnectionSpecificField));
    check("X", "y", Err(Malformed::NameUppercase));
    check("x", "y\r\n", Err(Malformed::ValueInvalid));
}

/// Reads a response with these fields.
fn respond(outline: Outline, fields: &[Pair<'_>]) -> Result<ResponseHead, Malformed> {
    let fields = fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let (mut buffer, mut head) = (b"old".to_vec(), ResponseHead::default());
    read_response(&outline, fields, &mut buffer, &mut head)?;
    Ok(head)
}

#[test]
fn responses_have_the_body_that_verb_and_status_allow() {
    let check = |verb, status, length: Option<&str>, ends_stream, expected| {
        let fields: Vec<Pair<'_>> = length.map(|it| ("content-length", it)).into_iter().collect();
        let head = respond(Outline { verb, status, ends_stream }, &fields);
        let body = head.map(|head| head.body);
        assert_eq!(body, expected, "{verb:?} {status} {length:?} {ends_stream}");
    };
    check(Verb::Get, 200, None, false, Ok(BodyLength::UntilEnd));
    check(Verb::Get, 200, None, true, Ok(BodyLength::None));
    check(Verb::Get, 200, Some("5"), false, Ok(BodyLength::Sized(5)));
    check(Verb::Get, 200, Some("0"), true, Ok(BodyLength::Sized(0)));
    check(Verb::Get, 200, Some("5"), true, Err(Malformed::LengthInvalid));
    check(Verb::Get, 200, Some("5, 5"), false, Err(Malformed::LengthInvalid));
    check(Verb::Head, 200, Some("5"), true, Ok(BodyLength::None));
    check(Verb::Get, 304, Some("5"), true, Ok(BodyLength::None));
    check(Verb::Get, 204, None, true, Ok(BodyLength::None));
    check(Verb::Get, 204, Some("5"), false, Err(Malformed::BodyNotAllowed));
    check(Verb::Get, 103, None, false, Ok(BodyLength::None));
    check(Verb::Get, 42, None, true, Err(Malformed::StatusInvalid));
}

#[test]
fn response_fields_keep_the_same_rules() {
    let outline = Outline { verb: Verb::Get, status: 200, ends_stream: true };
    let refuse = |name, value, malformed| {
        let head = respond(outline, &[(name, value)]);
        assert_eq!(head.map(|head| head.status), Err(malformed), "{name}: {value}");
    };
    refuse("X", "y", Malformed::NameUppercase);
    refuse("x", "y\r\nz: 1", Malformed::ValueInvalid);
    refuse("connection", "close", Malformed::ConnectionSpecificField);
    refuse("transfer-encoding", "chunked", Malformed::ConnectionSpecificField);
    refuse(":status", "200", Malformed::PseudoHeaderUnexpected);
    let head = respond(outline, &[("set-cookie", "a=1"), ("set-cookie", "b=2")]);
    assert_eq!(head.map(|head| head.fields.len()), Ok(2));
}

#[derive(Default)]
struct Sink(Vec<(String, String)>);

impl HeadSink for Sink {
    fn push(&mut self, name: &[u8], value: &[u8]) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.0.push((text(name), text(value)));
    }
}

#[test]
fn responses_leave_out_what_http2_forbids() {
    let (mut sink, mut scratch) = (Sink::default(), Vec::new());
    let mut filter = FieldFilter::new(&mut sink, &mut scratch);
    for (name, value) in [
        ("Content-Type", "a/b"),
        ("Connection", "close"),
        ("Transfer-Encoding", "chunked"),
        ("Keep-Alive", "5"),
        ("x-lower", "1"),
        ("Upgrade", "h2c"),
        ("Proxy-Connection", "x"),
        ("X-Upper", "2"),
        ("Set-Cookie", "A=B"),
    ] {
        filter.push(name.as_bytes(), value.as_bytes());
    }
    let expected =
        [("content-type", "a/b"), ("x-lower", "1"), ("x-upper", "2"), ("set-cookie", "A=B")];
    assert_eq!(sink.0, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}
