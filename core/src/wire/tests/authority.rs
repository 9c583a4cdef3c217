//! Are authorities taken apart, compared and refused as they should be?

use crate::limits::HOST_BYTES_MAX;
use crate::message::Scheme;
use crate::wire::{Authority, Malformed};

#[test]
fn valid_authorities_are_taken_apart() {
    let check = |text: &str, host: &str, port| {
        let expected = Authority { host: host.as_bytes(), port };
        assert_eq!(Authority::parse(text.as_bytes()), Ok(expected), "{text}");
    };
    check("example.com", "example.com", None);
    check("Example.COM:8080", "Example.COM", Some(8080));
    check("a_b-c.d.", "a_b-c.d.", None);
    check("127.0.0.1:1", "127.0.0.1", Some(1));
    check("[::1]", "[::1]", None);
    check("[2001:db8::7]:65535", "[2001:db8::7]", Some(65535));
    check(&"a".repeat(HOST_BYTES_MAX), &"a".repeat(HOST_BYTES_MAX), None);
}

#[test]
fn everything_else_is_refused() {
    let check = |text: &[u8], malformed| {
        assert_eq!(Authority::parse(text), Err(malformed), "{}", text.escape_ascii());
    };
    check(b"", Malformed::HostEmpty);
    check(b"user@example.com", Malformed::UserinfoPresent);
    check(b"user:pass@example.com:80", Malformed::UserinfoPresent);
    check(b"@example.com", Malformed::UserinfoPresent);
    let invalid: [&[u8]; 30] = [
        b"a b",
        b"a,b",
        b"a/b",
        b"a?b",
        b"a#b",
        b"a\\b",
        b"a%41",
        b"a\0",
        b"a\xc3\xa9",
        b"a:",
        b":80",
        b"a:0",
        b"a:080",
        b"a:65536",
        b"a:123456",
        b"a:+80",
        b"a:8 0",
        b"a:80:80",
        b"a:x",
        b".a",
        b"a..b",
        b".",
        b"[::1",
        b"[::1]x",
        b"[::1]:",
        b"[fe80::1%25eth0]",
        b"[v1.x]",
        b"[]",
        b"::1",
        b"a;b",
    ];
    for text in invalid {
        check(text, Malformed::HostInvalid);
    }
    check(&[b'a'; HOST_BYTES_MAX + 1], Malformed::HostInvalid);
}

#[test]
fn a_missing_port_is_the_scheme_s_own() {
    let check = |one: &str, other: &str, scheme, expected| {
        let parse = |text: &'static str| Authority::parse(text.as_bytes());
        let (one, other) = (one.to_owned().leak(), other.to_owned().leak());
        let is_same =
            parse(one).is_ok_and(|one| parse(other).is_ok_and(|other| one.is_same(other, scheme)));
        assert_eq!(is_same, expected, "{one} {other}");
    };
    check("a.b", "A.B:80", Scheme::Http, true);
    check("a.b:443", "a.b", Scheme::Https, true);
    check("a.b:443", "a.b", Scheme::Http, false);
    check("a.b", "a.c", Scheme::Http, false);
    check("[::1]:80", "[::1]", Scheme::Http, true);
    check("a.b.", "a.b", Scheme::Http, false);
}
