//! Which hosts need no look-up?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses of a host that is one itself, or that always means this machine.
///
/// RFC 6761, 6.3: "Name resolution APIs and libraries SHOULD recognize localhost names as special
/// and SHOULD always return the IP loopback address for address queries".
pub fn literal_addresses(host: &str) -> Option<Vec<IpAddr>> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = bare.parse() {
        return Some(vec![address]);
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let is_local = name == "localhost" || name.ends_with(".localhost");
    is_local.then(|| vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, expected: Option<&[&str]>) {
        let expected = expected.map(|list| list.iter().map(|a| a.parse().expect(a)).collect());
        assert_eq!(literal_addresses(host), expected, "{host}");
    }

    #[test]
    fn literal_addresses_and_localhost_need_no_look_up() {
        check("10.1.2.3", Some(&["10.1.2.3"]));
        check("::1", Some(&["::1"]));
        check("[2001:db8::1]", Some(&["2001:db8::1"]));
        check("localhost", Some(&["127.0.0.1", "::1"]));
        check("LocalHost.", Some(&["127.0.0.1", "::1"]));
        check("pets.localhost", Some(&["127.0.0.1", "::1"]));
    }

    #[test]
    fn names_do() {
        for host in
            ["example.com", "notlocalhost", "localhost.example.com", "1.2.3", "[::1", "é.localhos"]
        {
            check(host, None);
        }
    }
}
