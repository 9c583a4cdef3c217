//! What must each field of an HTTP/2 message keep, and where is it written?

use crate::limits::HEADER_COUNT_MAX;
use crate::message::{Fields, KnownName, Range};

use super::Fault;
use crate::wire::Malformed;
use crate::wire::framing::parse_length;
use crate::wire::grammar::{TOKEN, VALUE, all};
use crate::wire::lookalike::is_lookalike;

/// What each field must keep, in a header section as in trailers.
pub(super) fn check_field(name: &[u8], value: &[u8]) -> Result<(), Fault> {
    check_name(name).map_err(Fault::Stream)?;
    check_value(value).map_err(Fault::Stream)?;
    match name {
        // "The only exception to this is the TE header field, which MAY be present in an HTTP/2
        // request; when it is, it MUST NOT contain any value other than "trailers"."
        b"te" if value != b"trailers" => Err(Fault::Stream(Malformed::ConnectionSpecificField)),
        b"connection" | b"keep-alive" | b"proxy-connection" | b"transfer-encoding" | b"upgrade" => {
            Err(Fault::Stream(Malformed::ConnectionSpecificField))
        }
        _ if is_lookalike(name) => Err(Fault::Answer(Malformed::NameLooksLikeAnother)),
        _ => Ok(()),
    }
}

/// RFC 9113 §8.2.1 forbids upper case, control characters, blanks and colons in names; RFC 9110
/// forbids all but tokens.
fn check_name(name: &[u8]) -> Result<(), Malformed> {
    match name {
        [] => Err(Malformed::NameEmpty),
        [b':', ..] => Err(Malformed::PseudoHeaderUnexpected),
        _ if name.iter().any(u8::is_ascii_uppercase) => Err(Malformed::NameUppercase),
        _ if !all(name, TOKEN) => Err(Malformed::NameInvalid),
        _ => Ok(()),
    }
}

fn check_value(value: &[u8]) -> Result<(), Malformed> {
    match value {
        [b' ' | b'\t', ..] | [.., b' ' | b'\t'] => Err(Malformed::ValueBlankAround),
        _ if !all(value, VALUE) => Err(Malformed::ValueInvalid),
        _ => Ok(()),
    }
}

/// The length that the fields declare, at most once; RFC 9113 §8.1.1: a message "is malformed if the
/// value of the Content-Length header field does not equal the sum of the DATA frame payload
/// lengths". The sum is the frame layer's to watch; that none come is known at once.
pub(super) fn declared_length(
    buffer: &[u8],
    fields: &Fields,
    ends_stream: bool,
) -> Result<Option<u64>, Malformed> {
    let Some(field) = fields.first(KnownName::ContentLength) else { return Ok(None) };
    if fields.repeats(KnownName::ContentLength) {
        return Err(Malformed::LengthRepeated);
    }
    let length = parse_length(field.value.of_bytes(buffer))?;
    if ends_stream && length > 0 { Err(Malformed::LengthInvalid) } else { Ok(Some(length)) }
}

/// Appends `part` and tells where it lies. The sum of all parts is bounded by the limits on the
/// target and the fields, far below what a range can tell.
pub(super) fn put(buffer: &mut Vec<u8>, part: &[u8]) -> Range {
    let start = buffer.len();
    buffer.extend_from_slice(part);
    Range::new(start, buffer.len())
}

/// Writes fields under bounds, counted as the lines that they would be in HTTP/1.
pub(super) struct FieldWriter<'w> {
    pub(super) buffer: &'w mut Vec<u8>,
    pub(super) fields: &'w mut Fields,
    /// Bytes that may still be written.
    pub(super) bytes_left: usize,
}

impl FieldWriter<'_> {
    pub(super) fn write(&mut self, name: &[u8], value: &[u8]) -> Result<(), Malformed> {
        self.begin(name.len() + value.len())?;
        let name = put(self.buffer, name);
        let value = put(self.buffer, value);
        self.fields.push(self.buffer, name, value);
        Ok(())
    }

    /// RFC 9113 §8.2.3: "If there are multiple Cookie header fields after decompression, these MUST be
    /// concatenated into a single octet string using the two-octet delimiter of 0x3b, 0x20 (the ASCII
    /// string "; ") before being passed into a non-HTTP/2 context".
    pub(super) fn write_cookies<'a>(
        &mut self,
        crumbs: impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), Malformed> {
        self.begin(b"cookie".len())?;
        let name = put(self.buffer, b"cookie");
        let start = self.buffer.len();
        for crumb in crumbs.filter(|crumb| !crumb.is_empty()) {
            self.account(crumb.len() + b"; ".len())?;
            if self.buffer.len() > start {
                self.buffer.extend_from_slice(b"; ");
            }
            self.buffer.extend_from_slice(crumb);
        }
        let value = Range::new(start, self.buffer.len());
        self.fields.push(self.buffer, name, value);
        Ok(())
    }

    /// Makes sure that one more field of `bytes` may come.
    fn begin(&mut self, bytes: usize) -> Result<(), Malformed> {
        if self.fields.len() == HEADER_COUNT_MAX {
            return Err(Malformed::FieldsTooMany);
        }
        self.account(bytes + b": \r\n".len())
    }

    fn account(&mut self, bytes: usize) -> Result<(), Malformed> {
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(Malformed::FieldsTooLarge)?;
        Ok(())
    }
}
