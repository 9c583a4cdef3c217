//! What does a request's head ask for?

use super::{Fields, Framing, Malformed};
use crate::limits;

/// A request's head, borrowed from the bytes it was read into.
#[derive(Debug)]
pub struct Request<'b> {
    /// The verb as sent.
    pub method: &'b str,
    /// The target as sent: path and query, or an absolute URL.
    pub target: &'b str,
    /// The minor version: 0 or 1.
    pub minor: u8,
    /// The fields in their order, names in their case.
    pub headers: Vec<(&'b str, &'b [u8])>,
    /// How long the body is.
    pub framing: Framing,
    /// The connection may serve another request.
    pub keep_alive: bool,
    /// The client waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
    /// Bytes of the head with its empty line.
    pub head_bytes: usize,
}

/// Reads a request's head off the front of `bytes`; `None` when it has not come whole.
///
/// # Errors
/// The bytes are no head, or none that can be framed.
pub fn parse_request(bytes: &[u8]) -> Result<Option<Request<'_>>, Malformed> {
    let mut storage = [httparse::EMPTY_HEADER; limits::HEADER_COUNT_MAX];
    let mut parsed = httparse::Request::new(&mut storage);
    let head_bytes = match parsed.parse(bytes).map_err(|_| Malformed::Head)? {
        httparse::Status::Complete(head_bytes) => head_bytes,
        httparse::Status::Partial if bytes.len() > limits::HEAD_BYTES_MAX => {
            return Err(Malformed::HeadTooLong);
        }
        httparse::Status::Partial => return Ok(None),
    };
    let (Some(method), Some(target), Some(minor)) = (parsed.method, parsed.path, parsed.version)
    else {
        return Err(Malformed::Head);
    };
    let fields = Fields::read(parsed.headers, minor)?;
    Ok(Some(Request {
        method,
        target,
        minor,
        headers: parsed.headers.iter().map(|header| (header.name, header.value)).collect(),
        // RFC 9112, 6.3: "If this is a request message and none of the above are true, then the
        // message body length is zero (no message body is present)."
        framing: match (fields.is_chunked, fields.length) {
            (true, _) => Framing::Chunked,
            (false, length) => Framing::Length(length.unwrap_or(0)),
        },
        keep_alive: fields.keep_alive,
        expects_continue: fields.expects_continue,
        head_bytes,
    }))
}
