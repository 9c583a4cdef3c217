//! Are chunked bodies decoded and refused, however they are cut?

use crate::limits::CHUNK_LINE_BYTES_MAX;
use crate::wire::{ChunkStep, ChunkedDecoder, Malformed};

/// Pushes `input` in pieces of `step` bytes: the data and the length of the body, if it ended.
fn decode(input: &[u8], step: usize) -> Result<(Vec<u8>, Option<usize>), Malformed> {
    let mut decoder = ChunkedDecoder::new();
    let mut data = Vec::new();
    let mut used = 0;
    for piece in input.chunks(step) {
        let mut rest = piece;
        while !rest.is_empty() {
            match decoder.push(rest)? {
                ChunkStep::Data(range) => {
                    used += range.end;
                    data.extend_from_slice(&rest[range.clone()]);
                    rest = &rest[range.end..];
                }
                ChunkStep::NeedsMore => {
                    used += rest.len();
                    rest = &[];
                }
                ChunkStep::Done { consumed } => return Ok((data, Some(used + consumed))),
            }
        }
    }
    Ok((data, None))
}

fn check(input: &[u8], expected: Result<(&[u8], Option<usize>), Malformed>) {
    for step in 1..=input.len() {
        let decoded = decode(input, step);
        let decoded = decoded.as_ref().map(|(data, end)| (data.as_slice(), *end));
        assert_eq!(decoded, expected.as_ref().copied(), "{} by {step}", input.escape_ascii());
    }
}

#[test]
fn data_and_end_are_found_however_the_input_is_cut() {
    check(b"0\r\n\r\n", Ok((b"", Some(5))));
    check(b"5\r\nhello\r\n0\r\n\r\nGET /", Ok((b"hello", Some(15))));
    check(b"2\r\nhe\r\n00003\r\nllo\r\n000\r\nA: b\r\n\r\n", Ok((b"hello", Some(32))));
    check(b"a\r\n0123456789\r\nA\r\n", Ok((b"0123456789", None)));
    check(
        b"1;a\r\nx\r\n1;a=b;c\r\ny\r\n1;a=\"b;\\\" c\"\r\nz\r\n0;e=f\r\n\r\n",
        Ok((b"xyz", Some(46))),
    );
    check(b"2\r\n\r\n\r\n0\r\n\r\n", Ok((b"\r\n", Some(12))));
    check(b"5\r\nhel", Ok((b"hel", None)));
    check(b"7fffffffffffffff\r\nx", Ok((b"x", None)));
}

#[test]
fn sizes_are_hex_digits_alone() {
    for size in [
        "",
        " 5",
        "5 ",
        "\t5",
        "+5",
        "-5",
        "-1",
        "0x5",
        "0X5",
        "5h",
        "1_0",
        "0 ",
        "5,",
        "g",
        "\"5\"",
        "\r\n5",
        "8000000000000000",
        "ffffffffffffffff",
        "00000000000000005",
        "10000000000000000",
        "٥",
        "5\u{b}",
        "\0",
        "5\0",
        ";a",
        "5 ;a",
        "=",
    ] {
        check(format!("{size}\r\nhello\r\n0\r\n\r\n").as_bytes(), Err(Malformed::ChunkSizeInvalid));
    }
}

#[test]
fn extensions_are_tokens_and_quoted_strings() {
    for extension in [
        ";",
        ";;a",
        "; a",
        ";a ",
        ";a =b",
        ";a= b",
        ";a=",
        ";=b",
        ";bad[=x",
        ";a=b c",
        ";a=\"b",
        ";a=\"b\"c",
        ";a=\"b\\",
        ";\0ext",
        ";a\u{7f}",
        ";a=\"\u{1}\"",
        ";é",
        ";a;",
    ] {
        check(
            format!("5{extension}\r\nhello\r\n0\r\n\r\n").as_bytes(),
            Err(Malformed::ChunkExtensionInvalid),
        );
    }
}

#[test]
fn lines_end_with_both_signs() {
    check(b"5\nhello\r\n0\r\n\r\n", Err(Malformed::BareLineFeed));
    check(b"\n5\r\nhello", Err(Malformed::BareLineFeed));
    check(b"5;\nhello\r\n0\r\n\r\n", Err(Malformed::BareLineFeed));
    check(b"5;a\nhello\r\n0\r\n\r\n", Err(Malformed::BareLineFeed));
    check(b"5;a=\"\n\"\r\nhello", Err(Malformed::BareLineFeed));
    check(b"5\rhello\r\n0\r\n\r\n", Err(Malformed::BareCarriageReturn));
    check(b"5\r\r\nhello", Err(Malformed::BareCarriageReturn));
    check(b"5;a\rX\r\nhello\r\n0\r\n\r\n", Err(Malformed::BareCarriageReturn));
    check(b"0\r\n\n", Err(Malformed::BareLineFeed));
    check(b"0\r\n\rx", Err(Malformed::BareCarriageReturn));
    check(b"0\n\n", Err(Malformed::BareLineFeed));
}

#[test]
fn data_ends_where_its_size_says() {
    for input in [
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello!!\r\n0\r\n\r\n",
        "5\r\nhello\rx",
    ] {
        check(input.as_bytes(), Err(Malformed::ChunkEndMissing));
    }
}

#[test]
fn trailers_are_read_and_judged() {
    check(b"0\r\nA: b\r\nC: d\r\n\r\nX", Ok((b"", Some(17))));
    check(b"0\r\nContent-Length: 5\r\n\r\n", Err(Malformed::TrailerForbidden));
    check(b"0\r\nGET / HTTP/1.1\r\n\r\n", Err(Malformed::BlankBeforeColon));
}

#[test]
fn lines_have_a_bound_each_and_together() {
    let line = |len: usize| format!("1;{}\r\nx\r\n", "a".repeat(len));
    check(line(CHUNK_LINE_BYTES_MAX - 2).as_bytes(), Ok((b"x", None)));
    check(line(CHUNK_LINE_BYTES_MAX - 1).as_bytes(), Err(Malformed::ChunkLineTooLong));
    let flood = line(200).repeat(100);
    assert_eq!(decode(flood.as_bytes(), 4096), Err(Malformed::ChunkExtensionsTooLarge));
    // Signed uploads have 86 bytes of extension for each 64 KiB chunk, never enough to matter.
    let signed = format!("ffff;{}\r\n{}\r\n", "a".repeat(86), "x".repeat(0xffff)).repeat(10);
    assert_eq!(decode(signed.as_bytes(), 4096).map(|(data, _)| data.len()), Ok(655_350));
    assert_eq!(decode(b"1\r\nx\r\n".repeat(9_999).as_slice(), 999).map(|it| it.0.len()), Ok(9_999));
}

#[test]
fn a_finished_decoder_takes_no_more() {
    let mut decoder = ChunkedDecoder::new();
    assert_eq!(decoder.push(b"0\r\n\r\nGET"), Ok(ChunkStep::Done { consumed: 5 }));
    assert!(decoder.is_done());
    assert_eq!(decoder.push(b"GET"), Ok(ChunkStep::Done { consumed: 0 }));
    assert_eq!(decoder.push(b""), Ok(ChunkStep::Done { consumed: 0 }));
}
