//! What does a response's head promise?

use super::{Fields, Framing, Malformed};
use crate::limits;

/// What the generator needs to know of a response's head.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ResponseHead {
    /// The status; 100 to 199 announce another head.
    pub status: u16,
    /// How long the body is.
    pub framing: Framing,
    /// The connection may serve another request.
    pub keep_alive: bool,
    /// Bytes of the head with its empty line.
    pub head_bytes: usize,
}

/// Reads the head of a response to a request off the front of `bytes`; `None` when it has not come
/// whole. `is_head` tells that the request was a HEAD, which is answered without a body.
///
/// # Errors
/// The bytes are no head, or none that can be framed.
pub fn parse_response(bytes: &[u8], is_head: bool) -> Result<Option<ResponseHead>, Malformed> {
    let mut storage = [httparse::EMPTY_HEADER; limits::HEADER_COUNT_MAX];
    let mut parsed = httparse::Response::new(&mut storage);
    let head_bytes = match parsed.parse(bytes).map_err(|_| Malformed::Head)? {
        httparse::Status::Complete(head_bytes) => head_bytes,
        httparse::Status::Partial if bytes.len() > limits::HEAD_BYTES_MAX => {
            return Err(Malformed::HeadTooLong);
        }
        httparse::Status::Partial => return Ok(None),
    };
    let (Some(status), Some(minor)) = (parsed.code, parsed.version) else {
        return Err(Malformed::Head);
    };
    let fields = Fields::read(parsed.headers, minor)?;
    // RFC 9112, 6.3: "Any response to a HEAD request and any response with a 1xx, 204, or 304 status
    // code is always terminated by the first empty line after the header fields."
    let has_no_body = is_head || matches!(status, 100..=199 | 204 | 304);
    let framing = match (has_no_body, fields.is_chunked, fields.length) {
        (true, _, _) => Framing::Length(0),
        (false, true, _) => Framing::Chunked,
        (false, false, Some(length)) => Framing::Length(length),
        (false, false, None) => Framing::UntilClose,
    };
    let keep_alive = fields.keep_alive && framing != Framing::UntilClose;
    Ok(Some(ResponseHead { status, framing, keep_alive, head_bytes }))
}
