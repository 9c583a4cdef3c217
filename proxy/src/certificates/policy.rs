//! Which protocol versions does a security policy of AWS allow?

use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

/// A security policy, reduced to what differs here: the versions.
///
/// We have no TLS 1.0 and 1.1, so `TLS_1_0` means 1.2 and later. The policies' cipher lists are
/// not followed: ours is a subset of each that allows the version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecurityPolicy {
    /// TLS 1.2 and 1.3.
    #[default]
    Tls12AndLater,
    /// TLS 1.3 only.
    Tls13Only,
}

impl SecurityPolicy {
    /// The policy that AWS calls `name`; nothing when AWS has none of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "TLS_1_0"
            | "TLS_1_2"
            | "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"
            | "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09"
            | "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09"
            | "SecurityPolicy_TLS13_1_2_Ext2_PQ_2025_09"
            | "SecurityPolicy_TLS13_1_2_Ext2_FIPS_PQ_2025_09"
            | "SecurityPolicy_TLS13_1_2_PQ_2025_09"
            | "SecurityPolicy_TLS13_1_2_2021_06"
            | "SecurityPolicy_TLS12_PFS_2025_EDGE"
            | "SecurityPolicy_TLS12_2018_EDGE" => Some(Self::Tls12AndLater),
            "SecurityPolicy_TLS13_1_3_2025_09"
            | "SecurityPolicy_TLS13_1_3_FIPS_2025_09"
            | "SecurityPolicy_TLS13_2025_EDGE" => Some(Self::Tls13Only),
            _ => None,
        }
    }

    /// The versions as rustls wants them.
    pub(super) fn versions(self) -> &'static [&'static SupportedProtocolVersion] {
        static VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
        match self {
            Self::Tls12AndLater => &VERSIONS,
            Self::Tls13Only => &VERSIONS[..1],
        }
    }
}
