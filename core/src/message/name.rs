//! Which header names does some step look for?

/// A header name that some step looks for; every other name is just bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "each variant is the header of that name")]
pub enum KnownName {
    Accept,
    AcceptEncoding,
    AccessControlAllowCredentials,
    AccessControlAllowHeaders,
    AccessControlAllowMethods,
    AccessControlAllowOrigin,
    AccessControlExposeHeaders,
    AccessControlMaxAge,
    AccessControlRequestHeaders,
    AccessControlRequestMethod,
    Age,
    Authorization,
    CacheControl,
    Connection,
    ContentEncoding,
    ContentLength,
    ContentMd5,
    ContentType,
    Cookie,
    Date,
    Expect,
    Forwarded,
    Host,
    Http2Settings,
    IfModifiedSince,
    IfNoneMatch,
    KeepAlive,
    Location,
    MaxForwards,
    Origin,
    ProxyAuthenticate,
    ProxyAuthorization,
    ProxyConnection,
    Referer,
    Server,
    SetCookie,
    Te,
    Trailer,
    TransferEncoding,
    Upgrade,
    UserAgent,
    Vary,
    Via,
    WwwAuthenticate,
    XAmzApigwId,
    XAmznApigatewayApiId,
    XAmznErrortype,
    XAmznRequestid,
    XAmznTraceId,
    XApiKey,
    XApigwApiId,
    XForwardedFor,
    XForwardedHost,
    XForwardedPort,
    XForwardedProto,
    XHttpMethodOverride,
}

/// Names in lower case, in the order of the enum.
const NAMES: [&str; KnownName::COUNT] = [
    "accept",
    "accept-encoding",
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "access-control-request-headers",
    "access-control-request-method",
    "age",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-md5",
    "content-type",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "if-modified-since",
    "if-none-match",
    "keep-alive",
    "location",
    "max-forwards",
    "origin",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "referer",
    "server",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "www-authenticate",
    "x-amz-apigw-id",
    "x-amzn-apigateway-api-id",
    "x-amzn-errortype",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-api-key",
    "x-apigw-api-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-http-method-override",
];

impl KnownName {
    /// How many names are known.
    pub const COUNT: usize = 56;

    /// Every known name, in the order of the enum.
    pub const ALL: [KnownName; Self::COUNT] = [
        Self::Accept,
        Self::AcceptEncoding,
        Self::AccessControlAllowCredentials,
        Self::AccessControlAllowHeaders,
        Self::AccessControlAllowMethods,
        Self::AccessControlAllowOrigin,
        Self::AccessControlExposeHeaders,
        Self::AccessControlMaxAge,
        Self::AccessControlRequestHeaders,
        Self::AccessControlRequestMethod,
        Self::Age,
        Self::Authorization,
        Self::CacheControl,
        Self::Connection,
        Self::ContentEncoding,
        Self::ContentLength,
        Self::ContentMd5,
        Self::ContentType,
        Self::Cookie,
        Self::Date,
        Self::Expect,
        Self::Forwarded,
        Self::Host,
        Self::Http2Settings,
        Self::IfModifiedSince,
        Self::IfNoneMatch,
        Self::KeepAlive,
        Self::Location,
        Self::MaxForwards,
        Self::Origin,
        Self::ProxyAuthenticate,
        Self::ProxyAuthorization,
        Self::ProxyConnection,
        Self::Referer,
        Self::Server,
        Self::SetCookie,
        Self::Te,
        Self::Trailer,
        Self::TransferEncoding,
        Self::Upgrade,
        Self::UserAgent,
        Self::Vary,
        Self::Via,
        Self::WwwAuthenticate,
        Self::XAmzApigwId,
        Self::XAmznApigatewayApiId,
        Self::XAmznErrortype,
        Self::XAmznRequestid,
        Self::XAmznTraceId,
        Self::XApiKey,
        Self::XApigwApiId,
        Self::XForwardedFor,
        Self::XForwardedHost,
        Self::XForwardedPort,
        Self::XForwardedProto,
        Self::XHttpMethodOverride,
    ];

    /// The known name spelled `name`, in whatever case.
    #[inline]
    pub fn from_bytes(name: &[u8]) -> Option<Self> {
        let candidate = Self::ALL[usize::from(SLOTS[slot_of(name)?].checked_sub(1)?)];
        is_spelled(name, NAMES[candidate as usize].as_bytes()).then_some(candidate)
    }

    /// The name in lower case.
    pub fn as_str(self) -> &'static str {
        NAMES[self as usize]
    }
}

/// Whether `name` is `lower` in whatever case; `lower` consists of small letters, digits and `-`.
///
/// Eight bytes at once, the last eight overlapping: a byte may differ from its counterpart in bit 0x20
/// and only where that is a letter, which among these bytes are those with bit 0x40. The benchmark
/// `wire/parse` shows it.
#[inline]
fn is_spelled(name: &[u8], lower: &[u8]) -> bool {
    const LETTER_BITS: u64 = 0x4040_4040_4040_4040;
    let differs = |name: u64, lower: u64| (name ^ lower) & !((lower & LETTER_BITS) >> 1) != 0;
    if name.len() != lower.len() {
        return false;
    }
    let (Some(name_end), Some(lower_end)) = (name.last_chunk(), lower.last_chunk()) else {
        return name.eq_ignore_ascii_case(lower);
    };
    let (names, lowers) = (name.as_chunks().0, lower.as_chunks().0);
    let ends = [(name_end, lower_end)];
    !names
        .iter()
        .zip(lowers)
        .chain(ends)
        .any(|(name, lower)| differs(u64::from_le_bytes(*name), u64::from_le_bytes(*lower)))
}

/// One more than a name's position, at the slot that [`slot_of`] gives it.
///
/// Length and four of the letters tell all known names apart; the factors were searched for
/// so that no two share a slot, and the build fails when a new name breaks that.
const SLOTS: [u8; SLOT_COUNT] = slots();
const SLOT_COUNT: usize = 256;

const fn slots() -> [u8; SLOT_COUNT] {
    let mut slots = [0; SLOT_COUNT];
    let mut position = 0;
    while position < KnownName::COUNT {
        let Some(slot) = slot_of(NAMES[position].as_bytes()) else {
            panic!("a known name is shorter than two letters")
        };
        assert!(slots[slot] == 0, "two known names share a slot: search for new factors");
        position += 1;
        slots[slot] = position as u8;
    }
    slots
}

#[inline]
const fn slot_of(name: &[u8]) -> Option<usize> {
    if name.len() < 2 {
        return None;
    }
    let first = name[0] as usize | 0x20;
    let middle = name[name.len() / 2] as usize | 0x20;
    let last_but_one = name[name.len() - 2] as usize | 0x20;
    let last = name[name.len() - 1] as usize | 0x20;
    let hash =
        name.len().wrapping_mul(251) + first * 376 + last * 16 + last_but_one * 241 + middle * 23;
    Some((hash ^ (hash >> 7)) & (SLOT_COUNT - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_is_found() {
        for known in KnownName::ALL {
            assert_eq!(KnownName::from_bytes(known.as_str().as_bytes()), Some(known));
            assert_eq!(
                KnownName::from_bytes(known.as_str().to_uppercase().as_bytes()),
                Some(known)
            );
        }
    }

    #[test]
    fn other_names_are_not_known() {
        for name in ["", "x", "hosts", "x-custom", "content-lengtH2", "cookie2"] {
            assert_eq!(KnownName::from_bytes(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn no_other_byte_passes_for_one_of_a_name() {
        for known in KnownName::ALL {
            for position in 0..known.as_str().len() {
                for byte in 0..=u8::MAX {
                    let mut name = known.as_str().as_bytes().to_vec();
                    name[position] = byte;
                    let found = KnownName::from_bytes(&name);
                    let is_same = name.eq_ignore_ascii_case(known.as_str().as_bytes());
                    assert_eq!(found == Some(known), is_same, "{}", name.escape_ascii());
                }
            }
        }
    }
}
