//! Is this the head of a request, and what does it say?

use std::mem::MaybeUninit;

use httparse::Status;

use crate::limits::{
    HEAD_BYTES_MAX, HEADER_COUNT_MAX, HEADERS_BYTES_MAX, TARGET_BYTES_MAX, VERB_BYTES_MAX,
};
use crate::message::{Field, Fields, KnownName, Range, RequestHead, Scheme, Verb, Version};

use super::hop_by_hop::ConnectionOptions;
use super::lookalike::is_lookalike;
use super::target::{Target, is_target};
use super::{Authority, HeadScanner, Malformed, Parsed, framing};

/// Reads the head of a request from the front of `bytes` into `head`.
///
/// `connection` says how the client is connected. `head` is meaningful only after
/// [`Parsed::Complete`]; its ranges point into `bytes`. On [`Parsed::Partial`] hand all the bytes
/// to a [`HeadScanner`] until it tells the length, then call again: calling this at every read would
/// look at every byte every time.
pub fn parse_request(
    bytes: &[u8],
    connection: Scheme,
    head: &mut RequestHead,
) -> Result<Parsed, Malformed> {
    let window = &bytes[..bytes.len().min(HEAD_BYTES_MAX)];
    let mut slots = [const { MaybeUninit::uninit() }; HEADER_COUNT_MAX];
    let mut request = httparse::Request::new(&mut []);
    if let Ok(Status::Complete(len)) = request.parse_with_uninit_headers(window, &mut slots)
        && let Some(target) = fill(head, &request, &window[..len])
    {
        judge(head, &window[..len], target, connection)?;
        return Ok(Parsed::Complete);
    }
    match HeadScanner::for_request().push(bytes)? {
        None => Ok(Parsed::Partial),
        Some(_) => Err(Malformed::Disputed),
    }
}

/// Fills in what is written and tells where the target lies; `None` where the head does not keep
/// the strict rules. What `httparse` tolerates and we don't: line feeds alone, several empty lines
/// before the request, any byte in a target, any size.
#[inline]
fn fill(
    head: &mut RequestHead,
    request: &httparse::Request<'_, '_>,
    bytes: &[u8],
) -> Option<Range> {
    let verb = Range::of(bytes, request.method?.as_bytes());
    let target = Range::of(bytes, request.path?.as_bytes());
    let begins_well = verb.start == 0 || verb.start == 2 && bytes.starts_with(b"\r\n");
    // "HTTP/1.1" and its line end follow the target and a blank.
    let fields = target.end() + b" HTTP/1.1\r\n".len();
    let keeps_bounds = usize::from(verb.len) <= VERB_BYTES_MAX
        && usize::from(target.len) <= TARGET_BYTES_MAX
        && bytes.len().saturating_sub(fields + 2) <= HEADERS_BYTES_MAX;
    if !begins_well
        || !keeps_bounds
        || !is_target(target.of_bytes(bytes))
        || !fill_fields(&mut head.fields, request.headers, bytes)
    {
        return None;
    }
    head.verb_range = verb;
    head.verb = Verb::from_bytes(verb.of_bytes(bytes));
    head.version = if request.version? == 0 { Version::Http10 } else { Version::Http11 };
    head.len = bytes.len();
    Some(target)
}

/// Fills in the fields; tells whether every line of `head` ends with CR LF. A field's value may be
/// followed by blanks that the parser cut off, so it is the bytes before each name that are looked
/// at, and the end of the head.
#[inline]
pub(super) fn fill_fields(
    fields: &mut Fields,
    parsed: &[httparse::Header<'_>],
    head: &[u8],
) -> bool {
    let line_ends_before = |start: usize| {
        start >= 2 && head.get(start - 2..start).is_some_and(|line_end| line_end == b"\r\n")
    };
    fields.clear();
    let mut is_strict = head.ends_with(b"\r\n") && line_ends_before(head.len() - 2);
    for field in parsed {
        let name = Range::of(head, field.name.as_bytes());
        is_strict &= line_ends_before(usize::from(name.start));
        fields.push(head, name, Range::of(head, field.value));
    }
    is_strict
}

/// What a well-formed head says, rule by rule.
#[inline]
fn judge(
    head: &mut RequestHead,
    bytes: &[u8],
    target: Range,
    connection: Scheme,
) -> Result<(), Malformed> {
    let is_lookalike =
        |field: &Field| field.known.is_none() && is_lookalike(field.name.of_bytes(bytes));
    if head.fields.iter().any(is_lookalike) {
        return Err(Malformed::NameLooksLikeAnother);
    }
    let verb = head.verb_range.of_bytes(bytes);
    let target = Target::parse(bytes, target, verb, connection)?;
    head.path = target.path;
    head.query = target.query;
    head.authority = find_authority(head, bytes, &target)?;
    head.body = framing::of_request(bytes, &head.fields, head.version)?;
    if head.verb == Verb::Other && verb == b"TRACE" && !head.body.is_empty() {
        return Err(Malformed::BodyNotAllowed);
    }
    head.expects_continue = expects_continue(head, bytes)?;
    let options = ConnectionOptions::parse(bytes, &head.fields)?;
    head.keeps_alive = keeps_alive(head.version, options);
    Ok(())
}

/// RFC 9112 §9.3: persistent unless `close` in HTTP/1.1, only with `keep-alive` in HTTP/1.0.
#[inline]
pub(super) fn keeps_alive(version: Version, options: ConnectionOptions) -> bool {
    !options.closes && (version != Version::Http10 || options.keeps_alive)
}

/// The one authority of the request: `Host`, and the target's where it has one, which must agree.
#[inline]
fn find_authority(head: &RequestHead, bytes: &[u8], target: &Target) -> Result<Range, Malformed> {
    let host = match head.fields.first(KnownName::Host) {
        Some(_) if head.fields.repeats(KnownName::Host) => return Err(Malformed::HostRepeated),
        Some(field) => field.value,
        None if head.version == Version::Http11 => return Err(Malformed::HostMissing),
        None => {
            return target.origin.map_or(Ok(Range::default()), |(_, range)| {
                Authority::parse(range.of_bytes(bytes)).map(|_| range)
            });
        }
    };
    let authority = Authority::parse(host.of_bytes(bytes))?;
    match target.origin {
        None => Ok(host),
        Some((scheme, range)) => {
            let named = Authority::parse(range.of_bytes(bytes))?;
            if named.is_same(authority, scheme) { Ok(range) } else { Err(Malformed::HostDisagrees) }
        }
    }
}

/// RFC 9110 §10.1.1: "A server that receives a 100-continue expectation in an HTTP/1.0 request MUST
/// ignore that expectation", and one that will see no body has nothing to continue.
pub(super) fn expects_continue(head: &RequestHead, bytes: &[u8]) -> Result<bool, Malformed> {
    if !head.fields.has(KnownName::Expect) {
        return Ok(false);
    }
    let is_known = head
        .fields
        .all(KnownName::Expect)
        .all(|field| field.value.of_bytes(bytes).eq_ignore_ascii_case(b"100-continue"));
    if !is_known {
        return Err(Malformed::ExpectationUnknown);
    }
    Ok(head.version != Version::Http10 && !head.body.is_empty())
}
