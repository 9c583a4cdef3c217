//! Is a trailer section one that may be dropped without a thought?

use crate::limits::TRAILER_BYTES_MAX;
use crate::message::KnownName;

use super::Malformed;
use super::field_lines::{FieldLines, Piece};
use super::hop_by_hop::ends_here;
use super::lookalike::is_lookalike;

/// Longest name kept for judging: no forbidden one is longer.
const NAME_BYTES_MAX: usize = 32;

/// Reads the trailer section of a chunked body byte by byte and forgets it.
///
/// RFC 9110 §6.5.1: "Trailer fields … can be … discarded by an intermediary", and merging them into
/// the head is how a body comes to rewrite its own request. A section that tries is refused.
#[derive(Clone, Debug)]
pub(super) struct Trailers {
    lines: FieldLines,
    name: [u8; NAME_BYTES_MAX],
    name_len: usize,
}

impl Trailers {
    pub(super) const fn new() -> Self {
        Self { lines: FieldLines::new(), name: [0; NAME_BYTES_MAX], name_len: 0 }
    }

    /// Takes one byte; says whether the section, and with it the body, ends.
    pub(super) fn push(&mut self, byte: u8) -> Result<bool, Malformed> {
        let piece = self.lines.push(byte)?;
        if self.lines.bytes() > TRAILER_BYTES_MAX {
            return Err(Malformed::TrailersTooLarge);
        }
        match piece {
            Piece::End => return Ok(true),
            Piece::Other => {}
            Piece::Name => {
                if let Some(slot) = self.name.get_mut(self.name_len) {
                    *slot = byte;
                }
                self.name_len += 1;
            }
            Piece::Colon => {
                let is_forbidden = self.name.get(..self.name_len).is_some_and(is_forbidden);
                self.name_len = 0;
                if is_forbidden {
                    return Err(Malformed::TrailerForbidden);
                }
            }
        }
        Ok(false)
    }
}

/// Whether no trailer may have this name.
///
/// RFC 9110 §6.5.1: "Many fields cannot be processed outside the header section because their
/// evaluation is necessary prior to receiving the content, such as those that describe message
/// framing, routing, authentication, request modifiers, response controls, or content format".
pub(super) fn is_forbidden(name: &[u8]) -> bool {
    use KnownName as N;
    let Some(known) = N::from_bytes(name) else { return is_lookalike(name) };
    ends_here(known)
        || matches!(
            known,
            N::Authorization
                | N::CacheControl
                | N::ContentEncoding
                | N::ContentLength
                | N::ContentType
                | N::Cookie
                | N::Expect
                | N::Forwarded
                | N::Host
                | N::IfModifiedSince
                | N::IfNoneMatch
                | N::Location
                | N::MaxForwards
                | N::SetCookie
                | N::Vary
                | N::WwwAuthenticate
                | N::XApiKey
                | N::XForwardedFor
                | N::XForwardedHost
                | N::XForwardedPort
                | N::XForwardedProto
                | N::XHttpMethodOverride
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(section: &[u8], expected: Result<usize, Malformed>) {
        let mut trailers = Trailers::new();
        let verdict =
            section.iter().enumerate().find_map(|(position, byte)| match trailers.push(*byte) {
                Ok(false) => None,
                Ok(true) => Some(Ok(position + 1)),
                Err(malformed) => Some(Err(malformed)),
            });
        assert_eq!(verdict, Some(expected), "{}", section.escape_ascii());
    }

    #[test]
    fn harmless_trailers_are_read_to_their_end() {
        check(b"\r\n", Ok(2));
        check(b"Grpc-Status: 0\r\nx-amz-checksum-crc32: AAAA\r\n\r\nGET", Ok(46));
        check(b"ETag: \"a\"\r\nContent-MD5: x\r\n\r\n", Ok(29));
        let long = [b"a".repeat(100).as_slice(), b": b\r\n\r\n"].concat();
        check(&long, Ok(107));
    }

    #[test]
    fn trailers_that_would_rule_a_message_are_refused() {
        for name in [
            "Content-Length",
            "transfer-encoding",
            "HOST",
            "Connection",
            "Trailer",
            "te",
            "Authorization",
            "Cookie",
            "Set-Cookie",
            "Content-Type",
            "Expect",
            "X-Forwarded-For",
            "Content_Length",
            "x-http-method-override",
        ] {
            check(
                format!("A: b\r\n{name}: x\r\n\r\n").as_bytes(),
                Err(Malformed::TrailerForbidden),
            );
        }
    }

    #[test]
    fn trailers_keep_the_rules_of_field_lines() {
        check(b"\n", Err(Malformed::BareLineFeed));
        check(b"a: b\n\r\n", Err(Malformed::BareLineFeed));
        check(b"a : b\r\n\r\n", Err(Malformed::BlankBeforeColon));
        check(b"a: b\r\n c\r\n\r\n", Err(Malformed::FoldedLine));
        check(b"GET / HTTP/1.1\r\n", Err(Malformed::BlankBeforeColon));
        let large = [b"a: ".as_slice(), &[b'x'; TRAILER_BYTES_MAX], b"\r\n\r\n"].concat();
        check(&large, Err(Malformed::TrailersTooLarge));
    }
}
