//! Which head does an HTTP/2 request carry?

use crate::limits::{HEADER_COUNT_MAX, HEADERS_BYTES_MAX, TARGET_BYTES_MAX, VERB_BYTES_MAX};
use crate::message::{BodyLength, KnownName, Range, RequestHead, Scheme, Verb, Version};

use super::Fault;
use crate::wire::framing::parse_length;
use crate::wire::grammar::{TOKEN, VALUE, all};
use crate::wire::lookalike::is_lookalike;
use crate::wire::request::expects_continue;
use crate::wire::target::is_target;
use crate::wire::trailers::is_forbidden;
use crate::wire::{Authority, Malformed};

/// The pseudo-header fields of a request (RFC 9113 §8.3.1), as decoded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pseudo<'a> {
    /// `:method`
    pub method: &'a [u8],
    /// `:scheme`
    pub scheme: Option<&'a [u8]>,
    /// `:authority`
    pub authority: Option<&'a [u8]>,
    /// `:path`
    pub path: Option<&'a [u8]>,
}

/// Writes a request into `buffer` and its ranges into `head`.
///
/// `fields` are the decoded fields in order; they are walked twice where there are cookies.
/// `ends_stream` says that no DATA frame follows. Both `buffer` and `head` are emptied first and
/// reused without allocation once warm; `head` is meaningful only after `Ok`.
///
/// A `host` field is written where the client sent `:authority` alone: RFC 9113 §8.3.1, "An
/// intermediary that converts an HTTP/2 request to HTTP/1.1 MUST create a Host header field if one is
/// not present in a request by copying the value of the :authority pseudo-header field".
pub fn read_request<'a>(
    pseudo: &Pseudo<'_>,
    fields: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone,
    ends_stream: bool,
    buffer: &mut Vec<u8>,
    head: &mut RequestHead,
) -> Result<(), Fault> {
    buffer.clear();
    head.clear();
    head.version = Version::Http2;
    write_line(pseudo, buffer, head)?;
    let mut writer = FieldWriter { buffer, head, bytes: 0 };
    if let Some(authority) = pseudo.authority {
        writer.write(b"host", authority)?;
    }
    let mut has_cookies = false;
    let mut host = None;
    for (name, value) in fields.clone() {
        check_field(name, value)?;
        match name {
            b"cookie" => has_cookies = true,
            b"host" if host.replace(value).is_some() => {
                return Err(answer(Malformed::HostRepeated));
            }
            b"host" if pseudo.authority.is_some() => {}
            _ => writer.write(name, value)?,
        }
    }
    if has_cookies {
        writer.write_cookies(fields.filter(|(name, _)| *name == b"cookie"))?;
    }
    find_authority(pseudo, host, buffer, head)?;
    find_body(ends_stream, buffer, head)?;
    head.keeps_alive = true;
    Ok(())
}

/// Checks the fields of a trailer section, which is then dropped.
pub fn check_trailers<'a>(
    fields: impl Iterator<Item = (&'a [u8], &'a [u8])>,
) -> Result<(), Malformed> {
    for (name, value) in fields {
        check_field(name, value).map_err(Fault::reason)?;
        if is_forbidden(name) {
            return Err(Malformed::TrailerForbidden);
        }
    }
    Ok(())
}

fn stream(malformed: Malformed) -> Fault {
    Fault::Stream(malformed)
}

fn answer(malformed: Malformed) -> Fault {
    Fault::Answer(malformed)
}

/// Verb and target, as they would stand in a request line.
fn write_line(
    pseudo: &Pseudo<'_>,
    buffer: &mut Vec<u8>,
    head: &mut RequestHead,
) -> Result<(), Fault> {
    check_method(pseudo.method)?;
    check_scheme(pseudo.scheme)?;
    let path = pseudo.path.ok_or(stream(Malformed::PseudoHeaderMissing))?;
    check_path(path, pseudo.method)?;
    head.verb = Verb::from_bytes(pseudo.method);
    head.verb_range = put(buffer, pseudo.method);
    let mark = memchr::memchr(b'?', path);
    head.path = put(buffer, &path[..mark.unwrap_or(path.len())]);
    head.query = mark.map(|mark| {
        buffer.push(b'?');
        put(buffer, &path[mark + 1..])
    });
    Ok(())
}

fn check_method(method: &[u8]) -> Result<(), Fault> {
    if method.is_empty() || !all(method, TOKEN) {
        return Err(stream(Malformed::VerbInvalid));
    }
    match method {
        _ if method.len() > VERB_BYTES_MAX => Err(answer(Malformed::VerbTooLong)),
        b"CONNECT" => Err(answer(Malformed::ConnectNotOffered)),
        _ => Ok(()),
    }
}

/// A scheme of another connection is let pass: behind something that ends TLS for us, `https` is
/// what the client must say.
fn check_scheme(scheme: Option<&[u8]>) -> Result<(), Fault> {
    match scheme {
        Some(b"http" | b"https") => Ok(()),
        Some(_) => Err(answer(Malformed::SchemeUnknown)),
        None => Err(stream(Malformed::PseudoHeaderMissing)),
    }
}

/// RFC 9113 §8.3.1: "This pseudo-header field MUST NOT be empty for "http" or "https" URIs;
/// "http" or "https" URIs that do not contain a path component MUST include a value of '/'. The
/// exceptions to this rule are: an OPTIONS request …, where the :path pseudo-header field MUST
/// include a value of '*'".
fn check_path(path: &[u8], method: &[u8]) -> Result<(), Fault> {
    if path.len() > TARGET_BYTES_MAX {
        return Err(answer(Malformed::TargetTooLong));
    }
    let has_form = match path {
        [b'/', ..] => true,
        b"*" => method == b"OPTIONS",
        _ => false,
    };
    if has_form && is_target(path) { Ok(()) } else { Err(stream(Malformed::TargetInvalid)) }
}

/// What each field must keep, in a header section as in trailers.
fn check_field(name: &[u8], value: &[u8]) -> Result<(), Fault> {
    check_name(name).map_err(stream)?;
    check_value(value).map_err(stream)?;
    match name {
        // "The only exception to this is the TE header field, which MAY be present in an HTTP/2
        // request; when it is, it MUST NOT contain any value other than "trailers"."
        b"te" if value != b"trailers" => Err(stream(Malformed::ConnectionSpecificField)),
        b"connection" | b"keep-alive" | b"proxy-connection" | b"transfer-encoding" | b"upgrade" => {
            Err(stream(Malformed::ConnectionSpecificField))
        }
        _ if is_lookalike(name) => Err(answer(Malformed::NameLooksLikeAnother)),
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

/// Appends `part` and tells where it lies. The sum of all parts is bounded by the limits on the
/// target and the fields, far below what a range can tell.
fn put(buffer: &mut Vec<u8>, part: &[u8]) -> Range {
    let start = buffer.len();
    buffer.extend_from_slice(part);
    Range::new(start, buffer.len())
}

/// Writes fields under the limits that HTTP/1 has, counted as the lines they would be.
struct FieldWriter<'w> {
    buffer: &'w mut Vec<u8>,
    head: &'w mut RequestHead,
    bytes: usize,
}

impl FieldWriter<'_> {
    fn write(&mut self, name: &[u8], value: &[u8]) -> Result<(), Fault> {
        self.account(name.len() + value.len() + b": \r\n".len())?;
        let name = put(self.buffer, name);
        let value = put(self.buffer, value);
        self.head.fields.push(self.buffer, name, value);
        Ok(())
    }

    /// RFC 9113 §8.2.3: "If there are multiple Cookie header fields after decompression, these MUST be
    /// concatenated into a single octet string using the two-octet delimiter of 0x3b, 0x20 (the ASCII
    /// string "; ") before being passed into a non-HTTP/2 context".
    fn write_cookies<'a>(
        &mut self,
        cookies: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<(), Fault> {
        self.account(b"cookie: \r\n".len())?;
        let name = put(self.buffer, b"cookie");
        let start = self.buffer.len();
        for (_, crumb) in cookies {
            self.bytes += crumb.len() + 2;
            if self.bytes > HEADERS_BYTES_MAX {
                return Err(answer(Malformed::FieldsTooLarge));
            }
            if self.buffer.len() > start {
                self.buffer.extend_from_slice(b"; ");
            }
            self.buffer.extend_from_slice(crumb);
        }
        let value = Range::new(start, self.buffer.len());
        self.head.fields.push(self.buffer, name, value);
        Ok(())
    }

    fn account(&mut self, bytes: usize) -> Result<(), Fault> {
        self.bytes += bytes;
        if self.bytes > HEADERS_BYTES_MAX {
            return Err(answer(Malformed::FieldsTooLarge));
        }
        if self.head.fields.len() == HEADER_COUNT_MAX {
            return Err(answer(Malformed::FieldsTooMany));
        }
        Ok(())
    }
}

/// `:authority`, or `host` where a request converted from HTTP/1.1 has that alone.
///
/// RFC 9113 §8.3.1: "A server SHOULD treat a request as malformed if it contains a Host header field
/// that identifies an entity that differs from the entity in the ":authority" pseudo-header field."
fn find_authority(
    pseudo: &Pseudo<'_>,
    host: Option<&[u8]>,
    buffer: &[u8],
    head: &mut RequestHead,
) -> Result<(), Fault> {
    let field = head.fields.first(KnownName::Host).ok_or(answer(Malformed::HostMissing))?;
    head.authority = field.value;
    let authority = Authority::parse(field.value.of_bytes(buffer)).map_err(answer)?;
    if let (Some(_), Some(host)) = (pseudo.authority, host) {
        let scheme = if pseudo.scheme == Some(b"https") { Scheme::Https } else { Scheme::Http };
        let host = Authority::parse(host).map_err(answer)?;
        if !authority.is_same(host, scheme) {
            return Err(answer(Malformed::HostDisagrees));
        }
    }
    Ok(())
}

/// RFC 9113 §8.1.1: "A request or response that is defined as having content when it contains a
/// Content-Length header field is malformed if the value of the Content-Length header field does not
/// equal the sum of the DATA frame payload lengths". The sum itself is the frame layer's to watch.
fn find_body(ends_stream: bool, buffer: &[u8], head: &mut RequestHead) -> Result<(), Fault> {
    let length = match head.fields.first(KnownName::ContentLength) {
        None => None,
        Some(_) if head.fields.repeats(KnownName::ContentLength) => {
            return Err(stream(Malformed::LengthRepeated));
        }
        Some(field) => Some(parse_length(field.value.of_bytes(buffer)).map_err(stream)?),
    };
    head.body = match (length, ends_stream) {
        (Some(1..), true) => return Err(stream(Malformed::LengthInvalid)),
        (Some(length), _) => BodyLength::Sized(length),
        (None, true) => BodyLength::None,
        (None, false) => BodyLength::UntilEnd,
    };
    let is_trace = head.verb_range.of_bytes(buffer) == b"TRACE";
    if is_trace && !head.body.is_empty() {
        return Err(answer(Malformed::BodyNotAllowed));
    }
    head.expects_continue = expects_continue(head, buffer).map_err(answer)?;
    Ok(())
}
