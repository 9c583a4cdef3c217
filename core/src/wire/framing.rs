//! Where does a message's body end?

use crate::message::{BodyLength, Fields, KnownName, Verb, Version};

use super::Malformed;
use super::grammar::{TOKEN, all, list_elements};

/// How the body of a request is delimited (RFC 9112 §6.3, in its order, each ambiguity refused).
#[inline]
pub(super) fn of_request(
    bytes: &[u8],
    fields: &Fields,
    version: Version,
) -> Result<BodyLength, Malformed> {
    // "If this is a request message and none of the above are true, then the message body length
    // is zero".
    Ok(declared(bytes, fields, version)?.unwrap_or(BodyLength::None))
}

/// How the body of a response to a `verb` request is delimited.
///
/// What is declared is checked even where no body can follow: an upstream that errs there is
/// not one whose next bytes can be trusted.
pub(super) fn of_response(
    bytes: &[u8],
    fields: &Fields,
    version: Version,
    verb: Verb,
    status: u16,
) -> Result<BodyLength, Malformed> {
    let declared = declared(bytes, fields, version)?;
    match status {
        // RFC 9110 §8.6: "A server MUST NOT send a Content-Length header field in any response with
        // a status code of 1xx (Informational) or 204 (No Content)"; RFC 9112 §6.1 says the same of
        // Transfer-Encoding. A length of zero is a common and harmless slip.
        100..200 | 204 if declared.is_some_and(|body| !body.is_empty()) => {
            Err(Malformed::BodyNotAllowed)
        }
        // "Any response to a HEAD request and any response with a 1xx (Informational), 204 (No
        // Content), or 304 (Not Modified) status code is always terminated by the first empty line".
        100..200 | 204 | 304 => Ok(BodyLength::None),
        _ if verb == Verb::Head => Ok(BodyLength::None),
        _ => Ok(declared.unwrap_or(BodyLength::UntilEnd)),
    }
}

/// What Content-Length or Transfer-Encoding say; `None` where neither came.
#[inline]
fn declared(
    bytes: &[u8],
    fields: &Fields,
    version: Version,
) -> Result<Option<BodyLength>, Malformed> {
    let length = fields.first(KnownName::ContentLength);
    let coding = fields.first(KnownName::TransferEncoding);
    match (length, coding) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Malformed::LengthWithTransferEncoding),
        (Some(_), None) if fields.repeats(KnownName::ContentLength) => {
            Err(Malformed::LengthRepeated)
        }
        (Some(field), None) => {
            parse_length(field.value.of_bytes(bytes)).map(|length| Some(BodyLength::Sized(length)))
        }
        (None, Some(_)) if version == Version::Http10 => Err(Malformed::TransferEncodingInHttp10),
        (None, Some(_)) if fields.repeats(KnownName::TransferEncoding) => {
            Err(Malformed::TransferEncodingInvalid)
        }
        (None, Some(field)) => {
            check_coding(field.value.of_bytes(bytes)).map(|()| Some(BodyLength::Chunked))
        }
    }
}

/// A length in plain decimal: no sign, no blank, no list, and no leading zero, which some read as
/// octal. Above `i64::MAX` it is refused, because many a reader's integer ends there.
pub(super) fn parse_length(value: &[u8]) -> Result<u64, Malformed> {
    let has_form = match value {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.len() < 19 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !has_form {
        return Err(Malformed::LengthInvalid);
    }
    // At most 19 digits: below 10^19, which 64 bits hold.
    let length = value.iter().fold(0, |length, digit| length * 10 + u64::from(digit - b'0'));
    if length > i64::MAX.unsigned_abs() { Err(Malformed::LengthInvalid) } else { Ok(length) }
}

/// `chunked`, in whatever case, and nothing else.
fn check_coding(value: &[u8]) -> Result<(), Malformed> {
    if value.eq_ignore_ascii_case(b"chunked") { Ok(()) } else { Err(name_coding(value)) }
}

/// Tells a coding we don't know from a list that is wrong in itself. Anything that has `chunked` in
/// it anywhere but as the last whole element is wrong: repeated, not last, disguised.
#[cold]
fn name_coding(value: &[u8]) -> Malformed {
    let mut last_is_chunked = false;
    for element in list_elements(value) {
        let is_disguised = element.len() != 7 && holds_chunked(element);
        if element.is_empty() || !all(element, TOKEN) || last_is_chunked || is_disguised {
            return Malformed::TransferEncodingInvalid;
        }
        last_is_chunked = element.eq_ignore_ascii_case(b"chunked");
    }
    Malformed::TransferEncodingUnknown
}

fn holds_chunked(element: &[u8]) -> bool {
    element.windows(7).any(|part| part.eq_ignore_ascii_case(b"chunked"))
}
