//! Is this the head of a request, and what does it say?

use std::mem::MaybeUninit;

use httparse::Status;

use crate::limits::{
    HEAD_BYTES_MAX, HEADER_COUNT_MAX, HEADERS_BYTES_MAX, TARGET_BYTES_MAX, VERB_BYTES_MAX,
};
use crate::message::{KnownName, Range, RequestHead, Scheme, Verb, Version};

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
        && let Some(line) = Line::of(&request, window)
        && line.keeps_strict_rules(&request, &window[..len])
    {
        fill(head, window, &line, request.headers)?;
        head.len = len;
        judge(head, window, line.target, connection)?;
        return Ok(Parsed::Complete);
    }
    match HeadScanner::for_request().push(bytes)? {
        None => Ok(Parsed::Partial),
        Some(_) => Err(Malformed::Disputed),
    }
}

/// The parts of a request line.
struct Line {
    verb: Range,
    target: Range,
    version: Version,
}

impl Line {
    #[inline]
    fn of(request: &httparse::Request<'_, '_>, window: &[u8]) -> Option<Self> {
        let version = if request.version? == 0 { Version::Http10 } else { Version::Http11 };
        Some(Self {
            verb: Range::of(window, request.method?.as_bytes()),
            target: Range::of(window, request.path?.as_bytes()),
            version,
        })
    }

    /// What `httparse` tolerates and we don't: line feeds alone, several empty lines before the
    /// request, any byte in a target, any size. `head` is the head alone.
    #[inline]
    fn keeps_strict_rules(&self, request: &httparse::Request<'_, '_>, head: &[u8]) -> bool {
        // "HTTP/1.1" and its line end follow the target and a blank.
        let fields = self.target.end() + b" HTTP/1.1\r\n".len();
        let begins_well = self.verb.start == 0 || head.starts_with(b"\r\n") && self.verb.start == 2;
        begins_well
            && usize::from(self.verb.len) <= VERB_BYTES_MAX
            && usize::from(self.target.len) <= TARGET_BYTES_MAX
            && is_target(self.target.of_bytes(head))
            && ends_lines_strictly(request.headers, head)
            && head.len().saturating_sub(fields + 2) <= HEADERS_BYTES_MAX
    }
}

/// Whether every line of `head` ends with CR LF. A field's value may be followed by blanks that the
/// parser cut off, so it is the start of each name that is looked at, and the end of the head.
#[inline]
pub(super) fn ends_lines_strictly(fields: &[httparse::Header<'_>], head: &[u8]) -> bool {
    let ends_before = |start: usize| {
        start >= 2 && head.get(start - 2..start).is_some_and(|line_end| line_end == b"\r\n")
    };
    head.ends_with(b"\r\n")
        && ends_before(head.len() - 2)
        && fields
            .iter()
            .all(|field| ends_before(usize::from(Range::of(head, field.name.as_bytes()).start)))
}

#[inline]
fn fill(
    head: &mut RequestHead,
    bytes: &[u8],
    line: &Line,
    fields: &[httparse::Header<'_>],
) -> Result<(), Malformed> {
    head.fields.clear();
    for field in fields {
        let name = Range::of(bytes, field.name.as_bytes());
        let known = head.fields.push(bytes, name, Range::of(bytes, field.value));
        if known.is_none() && is_lookalike(field.name.as_bytes()) {
            return Err(Malformed::NameLooksLikeAnother);
        }
    }
    head.verb_range = line.verb;
    head.verb = Verb::from_bytes(line.verb.of_bytes(bytes));
    head.version = line.version;
    Ok(())
}

/// What a well-formed head says, rule by rule.
#[inline]
fn judge(
    head: &mut RequestHead,
    bytes: &[u8],
    target: Range,
    connection: Scheme,
) -> Result<(), Malformed> {
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
