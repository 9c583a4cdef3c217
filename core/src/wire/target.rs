//! What does a request target name: a path, a whole URI, or the server itself?

use crate::message::{Range, Scheme};

use super::Malformed;
use super::grammar::{TARGET, all};

/// The parts of a request target, as ranges into the head's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Starts with `/`, or is `*`.
    pub(super) path: Range,
    /// What follows the first `?`.
    pub(super) query: Option<Range>,
    /// Scheme and authority of an absolute-form target.
    pub(super) origin: Option<(Scheme, Range)>,
}

impl Target {
    /// Reads the target at `range` of `bytes` (RFC 9112 §3.2). `connection` is the scheme that the
    /// connection itself stands for.
    #[inline]
    pub(super) fn parse(
        bytes: &[u8],
        range: Range,
        verb: &[u8],
        connection: Scheme,
    ) -> Result<Self, Malformed> {
        let target = range.of_bytes(bytes);
        if verb == b"CONNECT" {
            return Err(Malformed::ConnectNotOffered);
        }
        match target {
            [b'/', ..] => Ok(Self::from_path_and_query(range, target, None)),
            // "The asterisk-form of request-target is only used for a server-wide OPTIONS request."
            b"*" if verb == b"OPTIONS" => Ok(Self { path: range, query: None, origin: None }),
            _ => Self::from_absolute(range, target, connection),
        }
    }

    #[inline]
    fn from_path_and_query(range: Range, target: &[u8], origin: Option<(Scheme, Range)>) -> Self {
        let start = usize::from(range.start);
        match memchr::memchr(b'?', target) {
            None => Self { path: range, query: None, origin },
            Some(mark) => Self {
                path: Range::new(start, start + mark),
                query: Some(Range::new(start + mark + 1, range.end())),
                origin,
            },
        }
    }

    #[cold]
    fn from_absolute(range: Range, target: &[u8], connection: Scheme) -> Result<Self, Malformed> {
        let mark = target.windows(3).position(|part| part == b"://");
        let mark = mark.ok_or(Malformed::TargetFormNotAllowed)?;
        let scheme = parse_scheme(&target[..mark])?;
        if scheme == Scheme::Https && connection == Scheme::Http {
            return Err(Malformed::SchemeNotSecured);
        }
        let start = usize::from(range.start);
        let authority = mark + 3;
        let len = target[authority..].iter().position(|byte| matches!(byte, b'/' | b'?'));
        let path = authority + len.unwrap_or(target.len() - authority);
        let origin = Some((scheme, Range::new(start + authority, start + path)));
        let rest = Range::new(start + path, range.end());
        let mut parsed = Self::from_path_and_query(rest, &target[path..], origin);
        if parsed.path.is_empty() {
            // "If the target URI's path component is empty, the client MUST send "/" as the path":
            // the second slash of `://` is one.
            parsed.path = Range::new(start + authority - 1, start + authority);
        }
        Ok(parsed)
    }
}

fn parse_scheme(scheme: &[u8]) -> Result<Scheme, Malformed> {
    if scheme.eq_ignore_ascii_case(b"http") {
        Ok(Scheme::Http)
    } else if scheme.eq_ignore_ascii_case(b"https") {
        Ok(Scheme::Https)
    } else {
        Err(Malformed::SchemeUnknown)
    }
}

/// Whether every byte may stand in a target.
#[inline]
pub(super) fn is_target(bytes: &[u8]) -> bool {
    all(bytes, TARGET)
}
