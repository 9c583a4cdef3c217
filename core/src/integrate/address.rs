//! May a backend have this address or port?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is never connected to unless the operator allows it by name: link-local
/// addresses and those of the metadata services that hand out a host's credentials.
///
/// What a name resolves to must be asked too, on every resolution; a name is no promise.
pub fn is_link_local(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => {
            ip.is_unicast_link_local()
                || ip == AWS_METADATA
                || translated(ip).is_some_and(|ip| ip.is_link_local())
        }
    }
}

/// The instance metadata service over IPv6.
const AWS_METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// The IPv4 address that a NAT64 or 6to4 address leads to (RFC 6052 §2.1, RFC 3056 §2).
fn translated(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let from = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match ip.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(from(high, low)),
        [0x2002, high, low, ..] => Some(from(high, low)),
        // The deprecated IPv4-compatible form, ::a.b.c.d (RFC 4291 §2.5.5.1).
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => Some(from(high, low)),
        _ => None,
    }
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
            assert_eq!(is_link_local(parsed), expected, "{ip}");
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
        for ip in ["127.0.0.1", "10.0.0.1", "192.0.2.1", "::1", "fd00::1", "2001:db8::1"] {
            check(ip, false);
        }
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
