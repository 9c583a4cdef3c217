//! Which addresses may integrations not reach, unless their host is allowed by name?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is link-local or one where a cloud hands out its hosts' credentials.
///
/// An integration's URI can come from whoever may write a definition; what answers on these
/// addresses would hand that person the host's own role.
pub fn is_forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_forbidden_v4(address),
        IpAddr::V6(address) => is_forbidden_v6(address),
    }
}

/// Metadata services outside 169.254.0.0/16.
const METADATA_V4: [Ipv4Addr; 3] = [
    // Alibaba Cloud.
    Ipv4Addr::new(100, 100, 100, 200),
    // Azure's host agent.
    Ipv4Addr::new(168, 63, 129, 16),
    // Oracle Cloud's older instances.
    Ipv4Addr::new(192, 0, 0, 192),
];

fn is_forbidden_v4(address: Ipv4Addr) -> bool {
    address.is_link_local() || METADATA_V4.contains(&address)
}

fn is_forbidden_v6(address: Ipv6Addr) -> bool {
    // fd00:ec2::/32 holds EC2's instance metadata, time, DNS and pod credentials.
    let is_ec2 = address.segments()[..2] == [0xfd00, 0x0ec2];
    address.is_unicast_link_local() || is_ec2 || embedded_v4(address).is_some_and(is_forbidden_v4)
}

/// The IPv4 address inside an IPv6 one, where the network would send the packet there: mapped
/// (`::ffff:a.b.c.d`), compatible (`::a.b.c.d`), NAT64 (`64:ff9b::a.b.c.d`) and 6to4 (`2002::/16`).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let (high, low) = match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0 | 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => (g, h),
        [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_local_and_metadata_addresses_are_forbidden_in_every_spelling() {
        for text in [
            "169.254.169.254",
            "169.254.170.2",
            "169.254.0.1",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fe80::1",
            "febf::1",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(is_forbidden(text.parse().expect(text)), "{text}");
        }
    }

    #[test]
    fn other_addresses_are_not() {
        for text in
            ["127.0.0.1", "10.0.0.1", "169.253.255.255", "8.8.8.8", "::1", "fd00::1", "2001:db8::1"]
        {
            assert!(!is_forbidden(text.parse().expect(text)), "{text}");
        }
    }
}
