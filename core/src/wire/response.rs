//! Is this the head of a response, and what does it say?

use std::mem::MaybeUninit;

use httparse::Status;

use crate::limits::{HEAD_BYTES_MAX, HEADER_COUNT_MAX};
use crate::message::{BodyLength, Range, ResponseHead, Verb, Version};

use super::hop_by_hop::ConnectionOptions;
use super::request::{fill_fields, keeps_alive};
use super::{HeadScanner, Malformed, Parsed, framing};

/// Reads the head of the response to a `verb` request from the front of `bytes` into `head`.
///
/// As strict as [`parse_request`](super::parse_request): an upstream that smuggles costs its
/// exchange a 502 and its connection. Interim responses (1xx) are reported like any other, without
/// body; the caller goes on reading. `head` is meaningful only after [`Parsed::Complete`].
pub fn parse_response(
    bytes: &[u8],
    verb: Verb,
    head: &mut ResponseHead,
) -> Result<Parsed, Malformed> {
    let window = &bytes[..bytes.len().min(HEAD_BYTES_MAX)];
    let mut slots = [const { MaybeUninit::uninit() }; HEADER_COUNT_MAX];
    let mut response = httparse::Response::new(&mut []);
    let parsed = httparse::ParserConfig::default().parse_response_with_uninit_headers(
        &mut response,
        window,
        &mut slots,
    );
    if let Ok(Status::Complete(len)) = parsed
        && fill(head, &response, &window[..len]).is_some()
    {
        judge(head, window, verb)?;
        return Ok(Parsed::Complete);
    }
    match HeadScanner::for_response().push(bytes)? {
        None => Ok(Parsed::Partial),
        Some(_) => Err(Malformed::Disputed),
    }
}

/// Fills in what is written; `None` where the head does not keep the strict rules: an empty line
/// before it, line feeds alone, a status below 100.
fn fill(
    head: &mut ResponseHead,
    response: &httparse::Response<'_, '_>,
    bytes: &[u8],
) -> Option<()> {
    let starts_well = bytes.first() == Some(&b'H');
    let status = response.code.filter(|status| *status >= 100)?;
    if !starts_well || !fill_fields(&mut head.fields, response.headers, bytes) {
        return None;
    }
    head.status = status;
    head.reason = reason(bytes)?;
    head.version = if response.version? == 0 { Version::Http10 } else { Version::Http11 };
    head.len = bytes.len();
    Some(())
}

/// The reason phrase, from the bytes: `httparse` hides one that holds obs-text.
fn reason(head: &[u8]) -> Option<Range> {
    let start = b"HTTP/1.1 200 ".len();
    let end = memchr::memchr(b'\r', head)?;
    Some(Range::new(start.min(end), end))
}

fn judge(head: &mut ResponseHead, bytes: &[u8], verb: Verb) -> Result<(), Malformed> {
    head.body = framing::of_response(bytes, &head.fields, head.version, verb, head.status)?;
    let options = ConnectionOptions::parse(bytes, &head.fields)?;
    head.keeps_alive = keeps_alive(head.version, options) && head.body != BodyLength::UntilEnd;
    Ok(())
}
