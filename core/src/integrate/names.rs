//! Is a header's name one of these?

use crate::message::KnownName;

const _: () = assert!(KnownName::COUNT <= 128, "a set of names has 128 bits");

/// A set of known names, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameSet(u128);

impl NameSet {
    /// The set of these names.
    pub const fn of(names: &[KnownName]) -> Self {
        let mut set = 0;
        let mut position = 0;
        while position < names.len() {
            set |= 1 << names[position] as u32;
            position += 1;
        }
        Self(set)
    }

    /// The names of either set.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Adds a name.
    pub const fn insert(&mut self, name: KnownName) {
        self.0 |= 1 << name as u32;
    }

    /// Whether `name` is in the set.
    #[inline]
    pub const fn has(self, name: KnownName) -> bool {
        self.0 & (1 << name as u32) != 0
    }
}

/// Fields that end at a connection (RFC 9110 §7.6.1), and what HTTP/1 framing or a proxy's own
/// authentication uses. None of them ever crosses the gateway, in either direction.
///
/// What `Connection` nominates beside them is [`crate::wire::HopByHop`]'s to tell.
pub const HOP_BY_HOP: NameSet = NameSet::of(&[
    KnownName::Connection,
    KnownName::Http2Settings,
    KnownName::KeepAlive,
    KnownName::ProxyAuthenticate,
    KnownName::ProxyAuthorization,
    KnownName::ProxyConnection,
    KnownName::Te,
    KnownName::Trailer,
    KnownName::TransferEncoding,
    KnownName::Upgrade,
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in() {
        let mut set = NameSet::of(&[KnownName::Accept, KnownName::XHttpMethodOverride]);
        set.insert(KnownName::Via);
        let both = set.and(HOP_BY_HOP);
        for name in KnownName::ALL {
            let expected =
                matches!(name, KnownName::Accept | KnownName::XHttpMethodOverride | KnownName::Via);
            assert_eq!(set.has(name), expected, "{name:?}");
            assert_eq!(both.has(name), expected || HOP_BY_HOP.has(name), "{name:?}");
        }
    }
}
