//! Can a field name be taken for another by a server behind us?

use crate::message::KnownName;

use super::grammar::{PLAIN_NAME, all};

/// Longest name worth comparing: no critical one is longer.
const NAME_BYTES_MAX: usize = 32;

/// Whether `name` is not, but may be read as, one that frames, routes or authenticates a request.
///
/// CGI and everything shaped after it (WSGI, Rack, PHP, old httpd) turns `-` into `_`, and some
/// turn every other sign into `_` too, so `Content_Length` and `content.length` both arrive as
/// `CONTENT_LENGTH`: a length we never checked, in a place we would not look.
#[inline]
pub(super) fn is_lookalike(name: &[u8]) -> bool {
    !all(name, PLAIN_NAME) && is_critical_once_plain(name)
}

#[cold]
fn is_critical_once_plain(name: &[u8]) -> bool {
    let mut plain = [0; NAME_BYTES_MAX];
    let Some(plain) = plain.get_mut(..name.len()) else { return false };
    for (plain, byte) in plain.iter_mut().zip(name) {
        *plain = if byte.is_ascii_alphanumeric() { *byte } else { b'-' };
    }
    KnownName::from_bytes(plain).is_some_and(is_critical)
}

/// Names that decide where a message ends, where it goes or who sent it.
fn is_critical(name: KnownName) -> bool {
    use KnownName as N;
    matches!(
        name,
        N::Authorization
            | N::Connection
            | N::ContentEncoding
            | N::ContentLength
            | N::Cookie
            | N::Expect
            | N::Forwarded
            | N::Host
            | N::Http2Settings
            | N::KeepAlive
            | N::MaxForwards
            | N::ProxyAuthenticate
            | N::ProxyAuthorization
            | N::ProxyConnection
            | N::Te
            | N::Trailer
            | N::TransferEncoding
            | N::Upgrade
            | N::Via
            | N::XAmzApigwId
            | N::XAmznApigatewayApiId
            | N::XAmznRequestid
            | N::XAmznTraceId
            | N::XApiKey
            | N::XApigwApiId
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

    #[test]
    fn names_that_become_critical_are_lookalikes() {
        for name in [
            "Content_Length",
            "content.length",
            "Transfer_Encoding",
            "TRANSFER~ENCODING",
            "transfer!encoding",
            "x_forwarded-for",
            "X_Api_Key",
            "proxy_connection",
            "Keep_Alive",
        ] {
            assert!(is_lookalike(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for name in [
            "Content-Length",
            "Host",
            "X-Custom",
            "x_custom",
            "user_agent",
            "my_host",
            "content_lengths",
            "_",
            "a_name_that_is_longer_than_any_critical_one",
        ] {
            assert!(!is_lookalike(name.as_bytes()), "{name}");
        }
    }
}
