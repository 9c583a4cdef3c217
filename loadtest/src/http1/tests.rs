//! Are messages framed as their senders meant them, however they are cut?

use proptest::prelude::*;

use super::*;

fn check_response(head: &str, is_head: bool, expected: Result<(u16, Framing, bool), Malformed>) {
    let found = parse_response(head.as_bytes(), is_head);
    let found = found.map(|head| head.expect("the head is whole"));
    assert_eq!(found.map(|head| (head.status, head.framing, head.keep_alive)), expected, "{head}");
}

#[test]
fn response_framing_follows_rfc_9112() {
    let cases = [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            false,
            Ok((200, Framing::Length(5), true)),
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, Ok((200, Framing::Length(0), true))),
        ("HTTP/1.1 204 No\r\n\r\n", false, Ok((204, Framing::Length(0), true))),
        (
            "HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n",
            false,
            Ok((304, Framing::Length(0), true)),
        ),
        ("HTTP/1.1 100 Go on\r\n\r\n", false, Ok((100, Framing::Length(0), true))),
        ("HTTP/1.1 200 OK\r\n\r\n", false, Ok((200, Framing::UntilClose, false))),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            false,
            Ok((200, Framing::Chunked, true)),
        ),
        (
            "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n",
            false,
            Ok((200, Framing::Length(0), false)),
        ),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n",
            false,
            Ok((200, Framing::Length(1), false)),
        ),
        (
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n",
            false,
            Ok((200, Framing::Length(1), true)),
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", false, Err(Malformed::Length)),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            false,
            Err(Malformed::Length),
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            false,
            Err(Malformed::Length),
        ),
        ("HTP/1.1 200 OK\r\n\r\n", false, Err(Malformed::Head)),
    ];
    for (head, is_head, expected) in cases {
        check_response(head, is_head, expected);
    }
}

#[test]
fn a_head_that_has_not_come_whole_asks_for_more() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    for end in 0..head.len() {
        assert_eq!(parse_response(&head.as_bytes()[..end], false), Ok(None), "{end}");
    }
}

#[test]
fn a_head_without_end_is_refused() {
    let head = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(limits_head()));
    assert_eq!(parse_response(head.as_bytes(), false), Err(Malformed::HeadTooLong));
}

fn limits_head() -> usize {
    crate::limits::HEAD_BYTES_MAX
}

#[test]
fn a_request_tells_what_the_client_expects() {
    let bytes = b"POST /x HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\nabc";
    let request = parse_request(bytes).expect("well-formed").expect("whole");
    assert_eq!((request.method, request.target, request.minor), ("POST", "/x", 1));
    assert!(request.expects_continue && request.keep_alive);
    assert_eq!(request.framing, Framing::Length(3));
    assert_eq!(&bytes[request.head_bytes..], b"abc");
}

/// Pushes `input` in pieces of at most `piece` bytes; gives the body and what was left over.
fn read_body(framing: Framing, input: &[u8], piece: usize) -> Result<(Vec<u8>, usize), Malformed> {
    let mut reader = BodyReader::new(framing);
    let (mut body, mut start, mut end) = (Vec::new(), 0, 0);
    while !reader.is_done() {
        let step = reader.push(&input[start..end])?;
        body.extend_from_slice(step.data);
        start += step.consumed;
        if step.consumed == 0 {
            if end == input.len() {
                break;
            }
            end = (end + piece).min(input.len());
        }
    }
    Ok((body, input.len() - start))
}

#[test]
fn bodies_end_where_their_framing_says() {
    type Expected = Result<(&'static str, usize), Malformed>;
    let cases: [(Framing, &str, Expected); 9] = [
        (Framing::Length(0), "next", Ok(("", 4))),
        (Framing::Length(3), "abcnext", Ok(("abc", 4))),
        (Framing::UntilClose, "abc", Ok(("abc", 0))),
        (Framing::Chunked, "3\r\nabc\r\n0\r\n\r\nnext", Ok(("abc", 4))),
        (Framing::Chunked, "3;a=b\r\nabc\r\n0\r\nT: v\r\n\r\n", Ok(("abc", 0))),
        (Framing::Chunked, "A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n", Ok(("0123456789x", 0))),
        (Framing::Chunked, "g\r\n", Err(Malformed::Chunk)),
        (Framing::Chunked, "3\r\nabcd\r\n", Err(Malformed::Chunk)),
        (Framing::Chunked, "1000000000000000\r\n", Err(Malformed::Chunk)),
    ];
    for (framing, input, expected) in cases {
        let expected = expected.map(|(body, left)| (body.as_bytes().to_vec(), left));
        assert_eq!(read_body(framing, input.as_bytes(), usize::MAX / 2), expected, "{input}");
    }
}

proptest! {
    #[test]
    fn a_chunked_body_is_the_same_however_it_is_cut(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..8),
        piece in 1_usize..50,
    ) {
        let mut wire = Vec::new();
        for chunk in &chunks {
            wire.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            wire.extend_from_slice(chunk);
            wire.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b"0\r\n\r\nrest");
        prop_assert_eq!(read_body(Framing::Chunked, &wire, piece), Ok((chunks.concat(), 4)));
    }
}
