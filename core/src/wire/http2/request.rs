//! Which head does an HTTP/2 request carry?

use crate::limits::{HEADERS_BYTES_MAX, TARGET_BYTES_MAX, VERB_BYTES_MAX};
use crate::message::{BodyLength, KnownName, RequestHead, Scheme, Verb, Version};

use super::Fault;
use super::fields::{FieldWriter, check_field, declared_length, put};
use crate::wire::grammar::{TOKEN, all};
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
    let bytes_left = HEADERS_BYTES_MAX;
    let mut writer = FieldWriter { buffer, fields: &mut head.fields, bytes_left };
    if let Some(authority) = pseudo.authority {
        writer.write(b"host", authority).map_err(Fault::Answer)?;
    }
    let mut has_cookies = false;
    let mut host = None;
    for (name, value) in fields.clone() {
        check_field(name, value)?;
        match name {
            b"cookie" => has_cookies = true,
            b"host" if host.replace(value).is_some() => {
                return Err(Fault::Answer(Malformed::HostRepeated));
            }
            b"host" if pseudo.authority.is_some() => {}
            _ => writer.write(name, value).map_err(Fault::Answer)?,
        }
    }
    if has_cookies {
        let crumbs = fields.filter(|(name, _)| *name == b"cookie").map(|(_, crumb)| crumb);
        writer.write_cookies(crumbs).map_err(Fault::Answer)?;
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

/// Verb and target, as they would stand in a request line.
fn write_line(
    pseudo: &Pseudo<'_>,
    buffer: &mut Vec<u8>,
    head: &mut RequestHead,
) -> Result<(), Fault> {
    check_method(pseudo.method)?;
    check_scheme(pseudo.scheme)?;
    let path = pseudo.path.ok_or(Fault::Stream(Malformed::PseudoHeaderMissing))?;
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
        return Err(Fault::Stream(Malformed::VerbInvalid));
    }
    match method {
        _ if method.len() > VERB_BYTES_MAX => Err(Fault::Answer(Malformed::VerbTooLong)),
        b"CONNECT" => Err(Fault::Answer(Malformed::ConnectNotOffered)),
        _ => Ok(()),
    }
}

/// A scheme of another connection is let pass: behind something that ends TLS for us, `https` is
/// what the client must say.
fn check_scheme(scheme: Option<&[u8]>) -> Result<(), Fault> {
    match scheme {
        Some(b"http" | b"https") => Ok(()),
        Some(_) => Err(Fault::Answer(Malformed::SchemeUnknown)),
        None => Err(Fault::Stream(Malformed::PseudoHeaderMissing)),
    }
}

/// RFC 9113 §8.3.1: "This pseudo-header field MUST NOT be empty for "http" or "https" URIs;
/// "http" or "https" URIs that do not contain a path component MUST include a value of '/'. The
/// exceptions to this rule are: an OPTIONS request …, where the :path pseudo-header field MUST
/// include a value of '*'".
fn check_path(path: &[u8], method: &[u8]) -> Result<(), Fault> {
    if path.len() > TARGET_BYTES_MAX {
        return Err(Fault::Answer(Malformed::TargetTooLong));
    }
    let has_form = match path {
        [b'/', ..] => true,
        b"*" => method == b"OPTIONS",
        _ => false,
    };
    if has_form && is_target(path) { Ok(()) } else { Err(Fault::Stream(Malformed::TargetInvalid)) }
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
    let field = head.fields.first(KnownName::Host).ok_or(Fault::Answer(Malformed::HostMissing))?;
    head.authority = field.value;
    let authority = Authority::parse(field.value.of_bytes(buffer)).map_err(Fault::Answer)?;
    if let (Some(_), Some(host)) = (pseudo.authority, host) {
        let scheme = if pseudo.scheme == Some(b"https") { Scheme::Https } else { Scheme::Http };
        let host = Authority::parse(host).map_err(Fault::Answer)?;
        if !authority.is_same(host, scheme) {
            return Err(Fault::Answer(Malformed::HostDisagrees));
        }
    }
    Ok(())
}

fn find_body(ends_stream: bool, buffer: &[u8], head: &mut RequestHead) -> Result<(), Fault> {
    let length = declared_length(buffer, &head.fields, ends_stream).map_err(Fault::Stream)?;
    head.body = match length {
        Some(length) => BodyLength::Sized(length),
        None if ends_stream => BodyLength::None,
        None => BodyLength::UntilEnd,
    };
    let is_trace = head.verb_range.of_bytes(buffer) == b"TRACE";
    if is_trace && !head.body.is_empty() {
        return Err(Fault::Answer(Malformed::BodyNotAllowed));
    }
    head.expects_continue = expects_continue(head, buffer).map_err(Fault::Answer)?;
    Ok(())
}
