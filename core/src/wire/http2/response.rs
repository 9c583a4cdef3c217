//! Which head does an HTTP/2 response carry, and which fields may be sent in one?

use crate::limits::HEAD_BYTES_MAX;
use crate::message::{BodyLength, Fields, HeadSink, KnownName, ResponseHead, Verb, Version};

use super::Fault;
use super::fields::{FieldWriter, check_field, declared_length};
use crate::wire::Malformed;
use crate::wire::hop_by_hop::ends_here;

/// What is known of a response besides its fields.
#[derive(Clone, Copy, Debug)]
pub struct Outline {
    /// The verb of the request that it answers.
    pub verb: Verb,
    /// `:status` (RFC 9113 §8.3.2), as decoded.
    pub status: u16,
    /// Whether no DATA frame follows.
    pub ends_stream: bool,
}

/// Writes an upstream's response into `buffer` and its ranges into `head`.
///
/// Both are emptied first and reused; `head` is meaningful only after `Ok`. Any fault costs the
/// exchange a 502.
pub fn read_response<'a>(
    outline: &Outline,
    fields: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    buffer: &mut Vec<u8>,
    head: &mut ResponseHead,
) -> Result<(), Malformed> {
    if !(100..=999).contains(&outline.status) {
        return Err(Malformed::StatusInvalid);
    }
    buffer.clear();
    head.clear();
    let bytes_left = HEAD_BYTES_MAX;
    let mut writer = FieldWriter { buffer, fields: &mut head.fields, bytes_left };
    for (name, value) in fields {
        check_field(name, value).map_err(Fault::reason)?;
        writer.write(name, value)?;
    }
    head.status = outline.status;
    head.version = Version::Http2;
    head.keeps_alive = true;
    head.body = find_body(outline, buffer, &head.fields)?;
    Ok(())
}

fn find_body(outline: &Outline, buffer: &[u8], fields: &Fields) -> Result<BodyLength, Malformed> {
    // Here a length tells of a body that does not come: RFC 9110 §8.6.
    let tells_of_another = outline.verb == Verb::Head || outline.status == 304;
    let ends_stream = outline.ends_stream && !tells_of_another;
    let length = declared_length(buffer, fields, ends_stream)?;
    match (length, outline.status) {
        _ if tells_of_another => Ok(BodyLength::None),
        (Some(1..), 100..200 | 204) => Err(Malformed::BodyNotAllowed),
        (_, 100..200 | 204) => Ok(BodyLength::None),
        (Some(length), _) => Ok(BodyLength::Sized(length)),
        (None, _) if ends_stream => Ok(BodyLength::None),
        (None, _) => Ok(BodyLength::UntilEnd),
    }
}

/// Passes on to another sink what may stand in HTTP/2, with names in lower case.
///
/// RFC 9113 §8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific
/// header fields"; §8.2: "Field names MUST be converted to lowercase when constructing an HTTP/2
/// message". What `Connection` nominates is the forwarder's to leave out, as for HTTP/1: see
/// [`HopByHop`](crate::wire::HopByHop).
#[derive(Debug)]
pub struct FieldFilter<'s, S> {
    sink: &'s mut S,
    scratch: &'s mut Vec<u8>,
}

impl<'s, S: HeadSink> FieldFilter<'s, S> {
    /// Writes to `sink`; `scratch` is kept by the caller so that nothing is allocated once warm.
    pub fn new(sink: &'s mut S, scratch: &'s mut Vec<u8>) -> Self {
        Self { sink, scratch }
    }
}

impl<S: HeadSink> HeadSink for FieldFilter<'_, S> {
    fn push(&mut self, name: &[u8], value: &[u8]) {
        if KnownName::from_bytes(name).is_some_and(ends_here) {
            return;
        }
        if !name.iter().any(u8::is_ascii_uppercase) {
            self.sink.push(name, value);
            return;
        }
        self.scratch.clear();
        self.scratch.extend(name.iter().map(u8::to_ascii_lowercase));
        self.sink.push(self.scratch, value);
    }
}
