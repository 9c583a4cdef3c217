//! May this request to the admin address be answered?
//!
//! A page in an operator's browser can make that browser send requests to loopback and private
//! addresses. With DNS rebinding it can even read the answers, under a name of its own. Such
//! requests are told by their `Host` and `Origin`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use http::HeaderMap;
use http::header::{HOST, ORIGIN};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// `Host` is missing, repeated or not one we are known by.
    ForeignHost,
    /// `Origin` is another site than ours.
    ForeignOrigin,
}

impl Refusal {
    /// What the client is told.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::ForeignHost => {
                "unknown host: ask by address or as localhost, or name the host with --admin-host\n"
            }
            Self::ForeignOrigin => "requests from other sites are refused\n",
        }
    }
}

/// The names under which the admin address may be asked.
#[derive(Clone, Debug)]
pub(super) struct Door {
    hosts: BTreeSet<String>,
}

impl Door {
    /// A door for literal addresses, `localhost`, and these names.
    pub(super) fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        Self { hosts: hosts.into_iter().collect() }
    }

    /// Whether a request with these fields may be answered.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn check(&self, fields: &HeaderMap) -> Result<(), Refusal> {
        let mut hosts = fields.get_all(HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Err(Refusal::ForeignHost);
        };
        let host = host.to_str().map_err(|_| Refusal::ForeignHost)?;
        if !self.is_ours(host) {
            return Err(Refusal::ForeignHost);
        }
        // Only browsers send `Origin`; ours is the very host that was asked, over plain HTTP.
        let is_same_origin = |origin: &http::HeaderValue| {
            origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://")) == Some(host)
        };
        match fields.get_all(ORIGIN).iter().all(is_same_origin) {
            true => Ok(()),
            false => Err(Refusal::ForeignOrigin),
        }
    }

    /// A literal address cannot be rebound, so any is ours; a name must be known.
    fn is_ours(&self, authority: &str) -> bool {
        let Some(host) = host_of(authority) else { return false };
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        host.parse::<IpAddr>().is_ok() || name == "localhost" || self.hosts.contains(&name)
    }
}

/// The host of `host[:port]`, without the brackets of an IPv6 address.
fn host_of(authority: &str) -> Option<&str> {
    let (host, rest) = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']')?,
        None => authority.find(':').map_or((authority, ""), |at| authority.split_at(at)),
    };
    let port = rest.strip_prefix(':').unwrap_or(rest);
    port.bytes().all(|b| b.is_ascii_digit()).then_some(host)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn check(fields: &[(HeaderName, &'static str)], expected: Result<(), Refusal>) {
        let mut map = HeaderMap::new();
        for (name, value) in fields {
            map.append(name, HeaderValue::from_static(value));
        }
        let door = Door::new(["gate.internal".to_owned()]);
        assert_eq!(door.check(&map), expected, "{fields:?}");
    }

    #[test]
    fn addresses_localhost_and_known_names_are_ours() {
        for host in [
            "127.0.0.1:9080",
            "127.0.0.1",
            "[::1]:9080",
            "[::1]",
            "10.1.2.3:80",
            "localhost:9080",
            "LOCALHOST.",
            "gate.internal:9080",
            "Gate.Internal",
        ] {
            check(&[(HOST, host)], Ok(()));
        }
    }

    #[test]
    fn other_names_are_refused() {
        for host in [
            "",
            "evil.example:9080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "[::1",
            "[evil]:1",
            "localhost:9080.evil.example",
            "evil@localhost",
        ] {
            check(&[(HOST, host)], Err(Refusal::ForeignHost));
        }
        check(&[], Err(Refusal::ForeignHost));
        check(&[(HOST, "localhost"), (HOST, "localhost")], Err(Refusal::ForeignHost));
    }

    #[test]
    fn requests_from_other_sites_are_refused() {
        let ours = (HOST, "localhost:9080");
        check(&[ours.clone(), (ORIGIN, "http://localhost:9080")], Ok(()));
        for origin in ["null", "http://evil.example", "http://localhost", "https://localhost:9080"]
        {
            check(&[ours.clone(), (ORIGIN, origin)], Err(Refusal::ForeignOrigin));
        }
        check(
            &[ours.clone(), (ORIGIN, "http://localhost:9080"), (ORIGIN, "null")],
            Err(Refusal::ForeignOrigin),
        );
    }
}
