//! Are heads and chunk lines written as they should be?

use crate::message::{FieldBlock, HeadSink};
use crate::wire::{ChunkLine, HeadEncoder};

fn check(write: impl Fn(&mut Vec<u8>), expected: &str) {
    // Heads are appended: what is in the buffer already stays.
    let mut out = b"before".to_vec();
    write(&mut out);
    assert_eq!(String::from_utf8_lossy(&out), format!("before{expected}"));
}

#[test]
fn requests_are_written() {
    check(
        |out| {
            let mut head = HeadEncoder::request(out, b"GET", &[b"/a", b"?", b"b=c"]);
            head.push(b"Host", b"example.com");
            head.push(b"X-Empty", b"");
            head.chunked();
            head.connection_close();
            head.end();
        },
        "GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nX-Empty: \r\nTransfer-Encoding: chunked\r\n\
         Connection: close\r\n\r\n",
    );
}

#[test]
fn responses_are_written() {
    let status = |status, expected: &str| {
        check(|out| HeadEncoder::response(out, status).end(), &format!("{expected}\r\n\r\n"));
    };
    status(200, "HTTP/1.1 200 OK");
    status(404, "HTTP/1.1 404 Not Found");
    status(100, "HTTP/1.1 100 Continue");
    status(299, "HTTP/1.1 299 ");
    check(
        |out| {
            let mut head = HeadEncoder::response(out, 503);
            head.content_length(u64::MAX);
            head.connection_keep_alive();
            head.end();
        },
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 18446744073709551615\r\n\
         Connection: keep-alive\r\n\r\n",
    );
}

#[test]
fn blocks_are_copied() {
    let mut block = FieldBlock::default();
    block.push(b"A", b"b");
    block.push(b"C", b"");
    check(
        |out| {
            let mut head = HeadEncoder::response(out, 204);
            head.push_block(&block);
            head.end();
        },
        "HTTP/1.1 204 No Content\r\nA: b\r\nC: \r\n\r\n",
    );
}

#[test]
fn chunk_lines_are_written() {
    let line = |size, expected: &str| {
        assert_eq!(ChunkLine::new(size).as_bytes(), expected.as_bytes());
    };
    line(1, "1\r\n");
    line(255, "ff\r\n");
    line(16_384, "4000\r\n");
    line(usize::MAX, "ffffffffffffffff\r\n");
}

#[test]
#[cfg(debug_assertions)]
fn debug_builds_refuse_to_write_what_would_split() {
    for value in [b"a\r\nb: c".as_slice(), b"a\n", b"\0"] {
        let pushed = std::panic::catch_unwind(|| {
            HeadEncoder::response(&mut Vec::new(), 200).push(b"a", value);
        });
        assert!(pushed.is_err(), "{}", value.escape_ascii());
    }
}
