//! What did the gateway send, to the byte? An origin that remembers and answers as the path says.

use super::origin::{Origin, Recorded};

/// Answers by path: `/status/N`, `/bytes/N`, `/chunked/N`, `/echo`, else 200 with `ok`.
///
/// A query of `close` adds `Connection: close` (and the answer is still the last thing it knows).
pub(crate) fn start() -> Origin {
    Origin::answering(answer)
}

/// The answer to one request.
pub(crate) fn answer(request: &Recorded) -> Vec<u8> {
    let target = request.target();
    let path = target.split('?').next().unwrap_or_default();
    let mut words = path.rsplit('/');
    let last = words.next().unwrap_or_default();
    let number = last.parse::<usize>().ok();
    let is_head = request.head.starts_with(b"HEAD ");
    let body = match (words.next(), number) {
        (Some("status"), Some(status)) => return of_status(status),
        (Some("bytes"), Some(len)) => pattern(len),
        (Some("chunked"), Some(len)) => return chunked(&pattern(len), is_head),
        _ if last == "echo" => request.body.clone(),
        _ => b"ok".to_vec(),
    };
    with_length(200, "", if is_head { &[] } else { &body }, body.len())
}

/// Bytes that show where in a body they stand.
pub(crate) fn pattern(len: usize) -> Vec<u8> {
    let mut bytes = b"0123456789abcdefghijklmnopqrstuvwxyz".repeat(len / 36 + 1);
    bytes.truncate(len);
    bytes
}

/// An answer with a length.
pub(crate) fn answer_with(status: usize, fields: &str, body: &[u8]) -> Vec<u8> {
    with_length(status, fields, body, body.len())
}

fn with_length(status: usize, fields: &str, body: &[u8], len: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} Any\r\nContent-Type: text/plain\r\nContent-Length: {len}\r\n{fields}\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn of_status(status: usize) -> Vec<u8> {
    match status {
        204 | 304 => format!("HTTP/1.1 {status} Any\r\nETag: \"a\"\r\n\r\n").into_bytes(),
        _ => answer_with(status, "", format!("status {status}").as_bytes()),
    }
}

fn chunked(body: &[u8], is_head: bool) -> Vec<u8> {
    const CHUNK: usize = 1000;
    let mut answer =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_vec();
    if is_head {
        return answer;
    }
    for chunk in body.chunks(CHUNK) {
        answer.extend(format!("{:x}\r\n", chunk.len()).bytes());
        answer.extend_from_slice(chunk);
        answer.extend(b"\r\n");
    }
    answer.extend(b"0\r\n\r\n");
    answer
}
