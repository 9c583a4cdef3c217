//! Is the end of a body known, or the message refused?

use crate::message::{BodyLength, Verb, Version};
use crate::wire::Malformed;
use crate::wire::framing::{of_request, of_response, parse_length};

use super::fields_of;

#[test]
fn lengths_are_plain_decimals() {
    let check = |value: &str, expected| {
        assert_eq!(parse_length(value.as_bytes()), expected, "{value:?}");
    };
    check("0", Ok(0));
    check("5", Ok(5));
    check("10485760", Ok(10_485_760));
    check("9223372036854775807", Ok(i64::MAX as u64));
    for value in [
        "",
        "+5",
        "-5",
        "-0",
        "5,5",
        "5, 5",
        "5 5",
        "0x5",
        "5h",
        "0_10",
        "1_0",
        "5.0",
        "5e3",
        "05",
        "00",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999",
        "٥",
        "５",
        "5;",
        "5\0",
        " 5",
        "5\t",
        "\u{b}5",
        "Infinity",
        "NaN",
    ] {
        check(value, Err(Malformed::LengthInvalid));
    }
}

#[test]
fn only_chunked_alone_is_a_coding() {
    let check = |value: &str, expected| {
        let line = format!("Transfer-Encoding: {value}");
        let body = of_request(line.as_bytes(), &fields_of(&line), Version::Http11);
        assert_eq!(body, expected, "{value:?}");
    };
    check("chunked", Ok(BodyLength::Chunked));
    check("CHUNKED", Ok(BodyLength::Chunked));
    for value in ["gzip", "identity", "deflate", "gzip, chunked", "foo", "hcunked", "compress"] {
        check(value, Err(Malformed::TransferEncodingUnknown));
    }
    for value in [
        "",
        ",",
        ", chunked",
        "chunked,",
        "chunked, chunked",
        "chunked, gzip",
        "chunked;q=1",
        "chunked;",
        "xchunked",
        "chunkedx",
        "x-chunked",
        "\"chunked\"",
        "'chunked'",
        "\u{b}chunked",
        "chunked\0",
        "chun ked",
        "chunked chunked",
        "gzip;q=1",
        "gzip chunked",
        "[chunked]",
        "chunked=1",
        "chunKed\u{7f}",
        "\u{ff43}hunked",
        "identity, chunked, identity",
        "chunked\u{a0}",
    ] {
        check(value, Err(Malformed::TransferEncodingInvalid));
    }
}

#[test]
fn a_request_says_its_length_once_or_not_at_all() {
    let check = |lines: &str, version, expected| {
        assert_eq!(of_request(lines.as_bytes(), &fields_of(lines), version), expected, "{lines}");
    };
    check("", Version::Http11, Ok(BodyLength::None));
    check("Content-Length: 0", Version::Http10, Ok(BodyLength::Sized(0)));
    check("Content-Length: 7", Version::Http11, Ok(BodyLength::Sized(7)));
    check("Transfer-Encoding: chunked", Version::Http11, Ok(BodyLength::Chunked));
    let refuse = |lines, version, malformed| check(lines, version, Err(malformed));
    refuse("Content-Length: 7\ncontent-length: 7", Version::Http11, Malformed::LengthRepeated);
    refuse(
        "Content-Length: 7\nTransfer-Encoding: chunked",
        Version::Http11,
        Malformed::LengthWithTransferEncoding,
    );
    refuse("Transfer-Encoding: chunked", Version::Http10, Malformed::TransferEncodingInHttp10);
    refuse(
        "Transfer-Encoding: chunked\nTransfer-Encoding: chunked",
        Version::Http11,
        Malformed::TransferEncodingInvalid,
    );
}

#[test]
fn a_response_depends_on_verb_and_status() {
    let check = |lines: &str, verb, status, expected| {
        let fields = fields_of(lines);
        let body = of_response(lines.as_bytes(), &fields, Version::Http11, verb, status);
        assert_eq!(body, expected, "{lines} {verb:?} {status}");
    };
    check("", Verb::Get, 200, Ok(BodyLength::UntilEnd));
    check("Content-Length: 5", Verb::Get, 200, Ok(BodyLength::Sized(5)));
    check("Transfer-Encoding: chunked", Verb::Post, 500, Ok(BodyLength::Chunked));
    check("Content-Length: 5", Verb::Head, 200, Ok(BodyLength::None));
    check("Transfer-Encoding: chunked", Verb::Head, 200, Ok(BodyLength::None));
    check("Content-Length: 5", Verb::Get, 304, Ok(BodyLength::None));
    check("", Verb::Get, 204, Ok(BodyLength::None));
    check("Content-Length: 0", Verb::Get, 204, Ok(BodyLength::None));
    check("", Verb::Get, 100, Ok(BodyLength::None));
    check("Content-Length: 5", Verb::Get, 204, Err(Malformed::BodyNotAllowed));
    check("Transfer-Encoding: chunked", Verb::Get, 101, Err(Malformed::BodyNotAllowed));
    check("Content-Length: x", Verb::Head, 200, Err(Malformed::LengthInvalid));
    check("Transfer-Encoding: gzip", Verb::Get, 304, Err(Malformed::TransferEncodingUnknown));
}
