//! Which fields end at this connection and must not be forwarded?

use crate::message::{Field, Fields, KnownName};

use super::Malformed;
use super::grammar::{TOKEN, all, list_elements};

/// What `Connection` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ConnectionOptions {
    /// `close` is among the options.
    pub(super) closes: bool,
    /// `keep-alive` is among them.
    pub(super) keeps_alive: bool,
}

impl ConnectionOptions {
    /// Reads every `Connection` field of a head.
    ///
    /// An option that names a field which is meant for all recipients is refused. RFC 9110 §7.6.1
    /// forbids senders to do so and tells intermediaries to remove what is named; obeying would let a
    /// client take `Host`, `Content-Length`, `Authorization` or `X-Forwarded-For` out of the request
    /// that the upstream sees, and keeping the field would disobey. A refusal does neither.
    #[inline]
    pub(super) fn parse(bytes: &[u8], fields: &Fields) -> Result<Self, Malformed> {
        let mut options = Self::default();
        if !fields.has(KnownName::Connection) {
            return Ok(options);
        }
        for field in fields.all(KnownName::Connection) {
            for option in list_elements(field.value.of_bytes(bytes)) {
                options.take(option)?;
            }
        }
        Ok(options)
    }

    fn take(&mut self, option: &[u8]) -> Result<(), Malformed> {
        if option.eq_ignore_ascii_case(b"keep-alive") {
            self.keeps_alive = true;
            return Ok(());
        }
        if option.eq_ignore_ascii_case(b"close") {
            self.closes = true;
            return Ok(());
        }
        // Empty elements are ignored: RFC 9110 §5.6.1.2, "A recipient MUST parse and ignore a
        // reasonable number of empty list elements".
        if !all(option, TOKEN) {
            return Err(Malformed::ConnectionInvalid);
        }
        match KnownName::from_bytes(option) {
            Some(name) if !ends_here(name) => Err(Malformed::ConnectionNamesEndToEndField),
            _ => Ok(()),
        }
    }
}

/// Tells the fields of one head that must not be forwarded.
///
/// RFC 9110 §7.6.1: "Intermediaries MUST parse a received Connection header field before a message
/// is forwarded and, for each connection-option in this field, remove any header or trailer field(s)
/// from the message with the same name as the connection-option, and then remove the Connection
/// header field itself".
#[derive(Clone, Copy, Debug)]
pub struct HopByHop<'a> {
    bytes: &'a [u8],
    fields: &'a Fields,
    nominates: bool,
}

impl<'a> HopByHop<'a> {
    /// For the head whose fields lie in `bytes`. The usual heads, without `Connection` or with
    /// `close` or `keep-alive` alone, cost nothing more per field than a look at its known name.
    #[inline]
    pub fn of(bytes: &'a [u8], fields: &'a Fields) -> Self {
        let nominates = fields.has(KnownName::Connection)
            && fields.all(KnownName::Connection).any(|field| {
                let value = field.value.of_bytes(bytes);
                !value.eq_ignore_ascii_case(b"keep-alive") && !value.eq_ignore_ascii_case(b"close")
            });
        Self { bytes, fields, nominates }
    }

    /// Whether `field`, one of this head's, must not be forwarded.
    #[inline]
    pub fn ends_here(&self, field: &Field) -> bool {
        match field.known {
            Some(name) => ends_here(name),
            None => self.nominates && self.is_nominated(field.name.of_bytes(self.bytes)),
        }
    }

    /// Only names that are not known are looked for: a head that nominates a known one which is
    /// meant for all recipients was refused.
    fn is_nominated(&self, name: &[u8]) -> bool {
        self.fields.all(KnownName::Connection).any(|field| {
            list_elements(field.value.of_bytes(self.bytes))
                .any(|option| option.eq_ignore_ascii_case(name))
        })
    }
}

/// Whether fields of that name always end at this connection.
///
/// RFC 9110 §7.6.1 names `Proxy-Connection`, `Keep-Alive`, `TE`, `Transfer-Encoding` and `Upgrade`
/// beside `Connection`. To these come `Trailer`, since trailers are dropped; `HTTP2-Settings`, which
/// RFC 7540 §3.2.1 made connection-specific; and the two proxy authentication fields: they "apply only
/// to the next inbound proxy" (RFC 9110 §11.7), which would be us, and credentials meant for a
/// proxy are nothing for an upstream to see.
#[inline]
pub(super) fn ends_here(name: KnownName) -> bool {
    use KnownName as N;
    matches!(
        name,
        N::Connection
            | N::Http2Settings
            | N::KeepAlive
            | N::ProxyAuthenticate
            | N::ProxyAuthorization
            | N::ProxyConnection
            | N::Te
            | N::Trailer
            | N::TransferEncoding
            | N::Upgrade
    )
}
