//! May a backend have this address or port?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is never connected to unless the operator allows it by name: link-local
/// addresses and those where clouds hand out the credentials of their hosts.
///
/// What a name resolves to must be asked too, on every resolution; a name is no promise.
pub fn is_forbidden(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_forbidden_v4(ip),
        IpAddr::V6(ip) => {
            // fd00:ec2::/32 holds EC2's instance metadata, time, DNS and pod credentials.
            let is_ec2 = ip.segments()[..2] == [0xfd00, 0x0ec2];
            is_ec2 || ip.is_unicast_link_local() || embedded_v4(ip).is_some_and(is_forbidden_v4)
        }
    }
}

/// Whether `host` is one of `allowed`, however either is spelled.
pub fn is_among(host: &str, allowed: &[String]) -> bool {
    let bare = |host: &str| host.trim_end_matches('.').to_ascii_lowercase();
    let is_same = |one: &str| match (one.parse::<IpAddr>(), host.parse::<IpAddr>()) {
        (Ok(one), Ok(other)) => one.to_canonical() == other.to_canonical(),
        _ => bare(one) == bare(host),
    };
    allowed.iter().any(|one| is_same(one))
}

/// Metadata services outside 169.254.0.0/16: Alibaba Cloud, Azure's host agent, and Oracle Cloud's
/// older instances.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];

fn is_forbidden_v4(ip: Ipv4Addr) -> bool {
    ip.is_link_local() || METADATA_V4.contains(&ip)
}

/// The IPv4 address inside an IPv6 one, where the network would send the packet there: compatible
/// (`::a.b.c.d`, RFC 4291 §2.5.5.1), NAT64 (`64:ff9b::a.b.c.d`, RFC 6052 §2.1) and 6to4 (`2002::/16`,
/// RFC 3056 §2).
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match ip.segments() {
        [0, 0, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => (high, low),
        [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
}

/// Whether a backend may listen on `port`: "80, 443, 1024–65535", and any port near by, where
/// tests and sidecars live.
pub fn is_port_allowed(host: &str, port: u16) -> bool {
    let is_near = match host.parse() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    };
    matches!(port, 80 | 443 | 1024..) || is_near && port != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_addresses_are_refused_in_every_spelling() {
        let check = |ip: &str, expected| {
            let parsed: IpAddr = ip.parse().expect("an address");
            assert_eq!(is_forbidden(parsed), expected, "{ip}");
        };
        check("169.254.169.254", true);
        check("169.254.0.1", true);
        check("::ffff:169.254.169.254", true);
        check("::169.254.169.254", true);
        check("64:ff9b::a9fe:a9fe", true);
        check("2002:a9fe:a9fe::1", true);
        check("fe80::1", true);
        check("febf::1", true);
        check("fd00:ec2::254", true);
        check("fd00:ec2::23", true);
        check("100.100.100.200", true);
        check("168.63.129.16", true);
        check("192.0.0.192", true);
        for ip in ["127.0.0.1", "10.0.0.1", "192.0.2.1", "::1", "fd00::1", "2001:db8::1"] {
            check(ip, false);
        }
    }

    #[test]
    fn hosts_are_allowed_by_name_or_address_in_any_spelling() {
        let allowed = ["metadata.test", "169.254.169.254", "fe80::1"].map(str::to_owned);
        let check = |host, expected| assert_eq!(is_among(host, &allowed), expected, "{host}");
        check("metadata.test", true);
        check("Metadata.TEST.", true);
        check("169.254.169.254", true);
        check("::ffff:169.254.169.254", true);
        check("fe80:0:0::1", true);
        check("169.254.169.253", false);
        check("other.test", false);
        check("", false);
    }

    #[test]
    fn low_ports_are_for_neighbours() {
        let check = |host, port, expected| {
            assert_eq!(is_port_allowed(host, port), expected, "{host}:{port}");
        };
        check("example.com", 80, true);
        check("example.com", 443, true);
        check("example.com", 1024, true);
        check("example.com", 65_535, true);
        check("example.com", 22, false);
        check("198.51.100.1", 25, false);
        check("127.0.0.1", 81, true);
        check("10.1.2.3", 25, true);
        check("::1", 81, true);
        check("localhost", 81, true);
        check("localhost", 0, false);
    }
}
