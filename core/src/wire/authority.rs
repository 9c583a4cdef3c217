//! Does an authority name a host and a port, and do two of them name the same?

use std::net::Ipv6Addr;

use crate::limits::HOST_BYTES_MAX;
use crate::message::Scheme;

use super::Malformed;
use super::grammar::{HOST, is};

/// A valid `uri-host [ ":" port ]` (RFC 9110 §7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    /// A host name, an IPv4 address or a bracketed IPv6 address, as spelled.
    pub host: &'a [u8],
    /// The port, where one is given.
    pub port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Reads an authority.
    ///
    /// Narrower than RFC 3986, whose `reg-name` may hold percent-encodings, commas and more: no such
    /// name is in DNS, and each is somebody's separator. User information is told apart.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let split = match bytes {
            [] => return Err(Malformed::HostEmpty),
            [b'[', ..] => split_literal(bytes),
            _ => split_name(bytes),
        };
        split
            .and_then(|(host, port)| match port.map(parse_port) {
                None => Some(Self { host, port: None }),
                Some(port) => port.map(|port| Self { host, port: Some(port) }),
            })
            .ok_or_else(|| name_fault(bytes))
    }

    /// Whether both lead to the same place when no port means `scheme`'s own.
    pub fn is_same(self, other: Authority<'_>, scheme: Scheme) -> bool {
        let default = match scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        self.host.eq_ignore_ascii_case(other.host)
            && self.port.unwrap_or(default) == other.port.unwrap_or(default)
    }
}

/// Host and port of `name` or `name:port`.
#[inline]
fn split_name(bytes: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let end = bytes.iter().position(|byte| !is(*byte, HOST)).unwrap_or(bytes.len());
    let (host, rest) = bytes.split_at(end);
    let port = match rest {
        [] => None,
        [b':', port @ ..] => Some(port),
        _ => return None,
    };
    is_name(host).then_some((host, port))
}

/// Labels of any length with single dots between; one dot at the end marks a full name.
#[inline]
fn is_name(host: &[u8]) -> bool {
    (1..=HOST_BYTES_MAX).contains(&host.len())
        && host[0] != b'.'
        && !host.windows(2).any(|pair| pair == b"..")
}

/// Host and port of `[address]` or `[address]:port`. Zones (`%eth0`) mean nothing to a peer.
#[cold]
fn split_literal(bytes: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let end = bytes.iter().position(|byte| *byte == b']')?;
    let address = std::str::from_utf8(&bytes[1..end]).ok()?;
    address.parse::<Ipv6Addr>().ok()?;
    match bytes.split_at(end + 1) {
        (host, []) => Some((host, None)),
        (host, [b':', port @ ..]) => Some((host, Some(port))),
        _ => None,
    }
}

/// 1 to 65535 in plain decimal.
fn parse_port(digits: &[u8]) -> Option<u16> {
    let has_form = matches!(digits, [b'1'..=b'9', rest @ ..] if rest.len() < 5
        && rest.iter().all(u8::is_ascii_digit));
    // At most five digits, which 32 bits hold.
    let value = || digits.iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'));
    if has_form { u16::try_from(value()).ok() } else { None }
}

#[cold]
fn name_fault(bytes: &[u8]) -> Malformed {
    if bytes.contains(&b'@') { Malformed::UserinfoPresent } else { Malformed::HostInvalid }
}
