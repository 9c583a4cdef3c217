//! Which bytes does the origin send for a script?

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Write;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::script::{Content, Script};
use crate::http1::Request;
use crate::limits;

/// A request as the origin saw it: the body of an echo.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Echo {
    /// The verb.
    pub method: String,
    /// The target as it was on the wire.
    pub target: String,
    /// The target up to the question mark.
    pub path: String,
    /// The target behind the question mark, if there was one.
    pub query: Option<String>,
    /// `HTTP/1.1` or `HTTP/1.0`.
    pub version: String,
    /// The fields in their order, names in their case, bytes above 127 as Latin-1.
    pub headers: Vec<(String, String)>,
    /// The body as text, or in base64.
    pub body: String,
    /// The body was no UTF-8.
    pub is_base64_encoded: bool,
    /// Bytes of the whole body, even where only its beginning is shown.
    pub body_bytes: u64,
}

impl Echo {
    /// Describes `request`, of whose `body_bytes` bytes `body` was kept.
    pub fn of(request: &Request<'_>, body: &[u8], body_bytes: u64) -> Self {
        let (path, query) = match request.target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (request.target, None),
        };
        let latin1 = |value: &[u8]| value.iter().map(|byte| char::from(*byte)).collect();
        let text = std::str::from_utf8(body);
        Self {
            method: request.method.to_owned(),
            target: request.target.to_owned(),
            path: path.to_owned(),
            query,
            version: format!("HTTP/1.{}", request.minor),
            headers: request
                .headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), latin1(value)))
                .collect(),
            is_base64_encoded: text.is_err(),
            body: text.map_or_else(|_| STANDARD.encode(body), str::to_owned),
            body_bytes,
        }
    }
}

/// An answer ready to be sent.
#[derive(Debug)]
pub(super) struct Answer {
    /// The head with its empty line.
    pub(super) head: Vec<u8>,
    /// The pieces of the body as they go on the wire, chunk frames included.
    pub(super) pieces: Pieces,
}

/// A body in pieces that need not all exist at once.
#[derive(Debug)]
pub(super) enum Pieces {
    /// One piece.
    Whole(Vec<u8>),
    /// So many filler bytes.
    Filler(u64),
    /// So many chunks of 16 bytes, then the end given.
    Chunks(u64, Vec<u8>),
}

impl Pieces {
    /// The next piece of at most `bytes_max` bytes; empty at the end.
    pub(super) fn next(&mut self, bytes_max: usize) -> Vec<u8> {
        match self {
            Self::Whole(bytes) => {
                let rest = bytes.split_off(bytes_max.min(bytes.len()));
                std::mem::replace(bytes, rest)
            }
            Self::Filler(left) => {
                let count = usize::try_from(*left).map_or(bytes_max, |left| left.min(bytes_max));
                *left -= count as u64;
                vec![b'x'; count]
            }
            Self::Chunks(0, end) => std::mem::take(end),
            Self::Chunks(left, _) => {
                *left -= 1;
                b"10\r\n0123456789abcdef\r\n".to_vec()
            }
        }
    }
}

/// Makes the answer to `request` that `script` wants; `keep_alive` is what the client gets.
pub(super) fn answer(
    request: &Request<'_>,
    script: &Script,
    body: (&[u8], u64),
    keep_alive: bool,
) -> Answer {
    let status = script.status();
    let has_no_body = matches!(status, 204 | 304);
    let (content_type, pieces) = match script.content {
        Content::Echo => {
            let echo = Echo::of(request, body.0, body.1);
            let text = serde_json::to_vec(&echo).expect("an echo has text keys only");
            ("application/json", Pieces::Whole(text))
        }
        Content::Bytes(count) => ("application/octet-stream", Pieces::Filler(count)),
        Content::Chunks(count) => ("text/plain", Pieces::Chunks(count, Vec::new())),
    };
    let is_chunked = script.has_trailers || matches!(pieces, Pieces::Chunks(..));
    let (length, pieces) = match pieces {
        pieces if is_chunked && request.minor == 1 => (None, chunked(pieces, script.has_trailers)),
        Pieces::Whole(bytes) => (Some(bytes.len() as u64), Pieces::Whole(bytes)),
        Pieces::Filler(count) => (Some(count), Pieces::Filler(count)),
        // HTTP/1.0 knows no chunks: their content with a length.
        Pieces::Chunks(count, _) => (Some(count * 16), Pieces::Filler(count * 16)),
    };
    let mut head = head_start(status, script);
    if !has_no_body {
        put(&mut head, format_args!("Content-Type: {content_type}\r\n"));
        match length {
            Some(length) => put(&mut head, format_args!("Content-Length: {length}\r\n")),
            None => head.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        }
    }
    if !keep_alive {
        head.extend_from_slice(b"Connection: close\r\n");
    } else if request.minor == 0 {
        head.extend_from_slice(b"Connection: keep-alive\r\n");
    }
    head.extend_from_slice(b"\r\n");
    // RFC 9110, 9.3.2: "the server MUST NOT send content in the response" (to HEAD).
    let is_silent = has_no_body || request.method == "HEAD";
    Answer { head, pieces: if is_silent { Pieces::Whole(Vec::new()) } else { pieces } }
}

fn head_start(status: u16, script: &Script) -> Vec<u8> {
    let mut head = Vec::with_capacity(256);
    let reason = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Unknown");
    put(&mut head, format_args!("HTTP/1.1 {status} {reason}\r\n"));
    for (name, value) in &script.headers {
        put(&mut head, format_args!("{name}: {value}\r\n"));
    }
    for index in 0..script.headers_extra {
        put(&mut head, format_args!("X-Extra-{index}: value-{index}\r\n"));
    }
    if script.has_trailers {
        head.extend_from_slice(b"Trailer: X-Checksum\r\n");
    }
    head
}

fn chunked(pieces: Pieces, has_trailers: bool) -> Pieces {
    let mut end = b"0\r\n".to_vec();
    if has_trailers {
        end.extend_from_slice(b"X-Checksum: 0\r\n");
    }
    end.extend_from_slice(b"\r\n");
    match pieces {
        Pieces::Chunks(count, _) => Pieces::Chunks(count, end),
        Pieces::Filler(count) => Pieces::Chunks(count.div_ceil(16), end),
        Pieces::Whole(bytes) => {
            let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
            framed.extend_from_slice(&bytes);
            framed.extend_from_slice(b"\r\n");
            framed.extend_from_slice(&end);
            Pieces::Whole(framed)
        }
    }
}

fn put(head: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    head.write_fmt(text).expect("writing to memory does not fail");
}

/// Whole answers of `/bytes/N`, kept encoded because benchmarks ask for the same one for ever.
#[derive(Debug, Default)]
pub(super) struct Kept {
    answers: RefCell<HashMap<u64, Bytes>>,
}

impl Kept {
    /// A store for all connections of one thread.
    pub(super) fn shared() -> Rc<Self> {
        Rc::default()
    }

    /// The kept answer of a body of `count` bytes, made where there is room for it.
    pub(super) fn whole(&self, count: u64) -> Option<Bytes> {
        let mut answers = self.answers.borrow_mut();
        if let Some(answer) = answers.get(&count) {
            return Some(answer.clone());
        }
        if count > limits::ORIGIN_ANSWER_KEPT_BYTES_MAX
            || answers.len() >= limits::ORIGIN_ANSWERS_KEPT_MAX
        {
            return None;
        }
        let mut bytes = head_start(200, &Script::default());
        put(
            &mut bytes,
            format_args!(
                "Content-Type: application/octet-stream\r\nContent-Length: {count}\r\n\r\n"
            ),
        );
        bytes.resize(bytes.len() + usize::try_from(count).ok()?, b'x');
        Some(answers.entry(count).or_insert(Bytes::from(bytes)).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::parse_request;

    /// The answer to `request`, all pieces together.
    fn sent(request: &str) -> String {
        let bytes = request.as_bytes();
        let request = parse_request(bytes).expect("well-formed").expect("whole");
        let script = Script::read(request.target);
        let body = &bytes[request.head_bytes..];
        let mut answer = answer(&request, &script, (body, body.len() as u64), request.keep_alive);
        let mut wire = answer.head;
        loop {
            let piece = answer.pieces.next(7);
            if piece.is_empty() {
                return String::from_utf8(wire).expect("text");
            }
            wire.extend_from_slice(&piece);
        }
    }

    fn check(request: &str, expected: &str) {
        assert_eq!(sent(request), expected, "{request}");
    }

    #[test]
    fn answers_are_framed_as_asked() {
        check(
            "GET /bytes/3 HTTP/1.1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 3\r\n\r\nxxx",
        );
        check(
            "HEAD /bytes/3?status=404 HTTP/1.1\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nContent-Type: application/octet-stream\r\nContent-Length: 3\r\n\r\n",
        );
        check("GET /status/204 HTTP/1.1\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n");
        check(
            "GET /chunked/1 HTTP/1.1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n\
             10\r\n0123456789abcdef\r\n0\r\n\r\n",
        );
        check(
            "GET /bytes/1?trailers HTTP/1.1\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTrailer: X-Checksum\r\nContent-Type: application/octet-stream\r\n\
             Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
             10\r\n0123456789abcdef\r\n0\r\nX-Checksum: 0\r\n\r\n",
        );
        check(
            "GET /chunked/1?headers=1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-Extra-0: value-0\r\nContent-Type: text/plain\r\n\
             Content-Length: 16\r\nConnection: keep-alive\r\n\r\nxxxxxxxxxxxxxxxx",
        );
    }

    #[test]
    fn an_echo_shows_the_request_as_it_came() {
        let wire = sent("PUT /echo/%41?q=1 HTTP/1.1\r\nHost: h\r\nx-UPPER: 1\r\n\r\nbody");
        let (_, json) = wire.split_once("\r\n\r\n").expect("a head");
        let echo: Echo = serde_json::from_str(json).expect("JSON");
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(echo.headers, [header("Host", "h"), header("x-UPPER", "1")]);
        assert_eq!((echo.path.as_str(), echo.query.as_deref()), ("/echo/%41", Some("q=1")));
        assert_eq!((echo.body.as_str(), echo.is_base64_encoded), ("body", false));
    }

    #[test]
    fn kept_answers_are_bounded() {
        let kept = Kept::default();
        let first = kept.whole(64).expect("room");
        assert_eq!(first, kept.whole(64).expect("kept"));
        assert!(first.ends_with(&[b'x'; 64]));
        assert_eq!(kept.whole(limits::ORIGIN_ANSWER_KEPT_BYTES_MAX + 1), None);
        for count in 0..1_000 {
            kept.whole(count);
        }
        assert!(kept.answers.borrow().len() <= limits::ORIGIN_ANSWERS_KEPT_MAX);
    }
}
