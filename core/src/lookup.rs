//! Which value belongs to these bytes?
//!
//! [`Lookup`] is built once when a snapshot is compiled and only read afterwards: few entries are
//! compared one by one, many are found by hash, so that the ten-thousandth costs what the tenth does.
//!
//! The hash needs no secret. Keys come from the operator and decide where entries lie; bytes from
//! the network are only looked up, and a look-up walks at most over entries that lie side by side.

use crate::message::percent;

/// Up to this many entries are compared one by one, which a hash would only delay.
const SCANNED_MAX: usize = 4;

/// Bytes that an escaped key may have once decoded; longer ones are not found.
const DECODED_BYTES_MAX: usize = crate::limits::PATH_SEGMENT_BYTES_MAX;

/// A map from bytes to values that never changes once built.
#[derive(Clone, Debug)]
pub struct Lookup<T> {
    entries: Vec<(Box<[u8]>, T)>,
    /// Empty where entries are scanned, else a power of two, at most half of it taken.
    slots: Vec<Slot>,
}

/// `position` is one more than the entry's; 0 is a free slot.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u32,
    position: u32,
}

impl<T> Default for Lookup<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), slots: Vec::new() }
    }
}

impl<T> FromIterator<(Box<[u8]>, T)> for Lookup<T> {
    /// The first of several entries with one key counts.
    fn from_iter<I: IntoIterator<Item = (Box<[u8]>, T)>>(entries: I) -> Self {
        let entries: Vec<_> = entries.into_iter().collect();
        let slots = if entries.len() > SCANNED_MAX { slots_of(&entries) } else { Vec::new() };
        Self { entries, slots }
    }
}

impl<T> Lookup<T> {
    /// The value of `key`.
    #[inline]
    pub fn find(&self, key: &[u8]) -> Option<&T> {
        if self.slots.is_empty() {
            return self.entries.iter().find(|(own, _)| **own == *key).map(|(_, value)| value);
        }
        let hash = hash_of(key);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            let position = (slot.position as usize).checked_sub(1)?;
            if slot.hash == hash && *self.entries[position].0 == *key {
                return Some(&self.entries[position].1);
            }
            at = (at + 1) & mask;
        }
    }

    /// The value of what the percent-encoded `key` stands for.
    ///
    /// `%3A` finds `:`. That is safe because no key holds an escape itself, and needed because
    /// a request that spells a path differently must not slip past the route that is meant.
    #[cold]
    pub fn find_decoded(&self, key: &[u8]) -> Option<&T> {
        let mut decoded = [0; DECODED_BYTES_MAX];
        self.find(percent::decode_to_slice(key, &mut decoded)?)
    }

    /// Keys and values in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &T)> {
        self.entries.iter().map(|(key, value)| (&**key, value))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

fn slots_of<T>(entries: &[(Box<[u8]>, T)]) -> Vec<Slot> {
    // At most half of the slots are taken, so a walk over taken ones ends soon and always.
    let mut slots = vec![Slot::default(); (entries.len() * 2).next_power_of_two()];
    let mask = slots.len() - 1;
    for (position, (key, _)) in (1..).zip(entries) {
        let hash = hash_of(key);
        let mut at = hash as usize & mask;
        while slots[at].position != 0 {
            at = (at + 1) & mask;
        }
        slots[at] = Slot { hash, position };
    }
    slots
}

/// Mixes eight bytes at a time; the last eight may overlap those before, which saves a loop over
/// single bytes.
#[inline]
fn hash_of(key: &[u8]) -> u32 {
    let mut hash = mixed(key.len() as u64, 0);
    if let Some(last) = key.last_chunk::<8>() {
        for chunk in key.chunks_exact(8) {
            hash = mixed(hash, chunk.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight)));
        }
        hash = mixed(hash, u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (key.first_chunk::<4>(), key.last_chunk::<4>()) {
        let high = u64::from(u32::from_le_bytes(*first)) << 32;
        hash = mixed(hash, high | u64::from(u32::from_le_bytes(*last)));
    } else if let [first, .., last] | [first @ last] = key {
        let middle = key[key.len() / 2];
        hash = mixed(hash, u64::from_le_bytes([*first, middle, *last, 0, 0, 0, 0, 0]));
    }
    (hash ^ (hash >> 32)) as u32
}

/// Multiplies to 128 bits and folds the halves, so that every bit of `word` reaches the low bits.
#[inline]
fn mixed(hash: u64, word: u64) -> u64 {
    // An odd number with well spread bits: the golden ratio's fraction in 64 bits.
    let product = u128::from(hash ^ word ^ 0xa076_1d64_78bd_642f) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn built(keys: &[Vec<u8>]) -> Lookup<usize> {
        keys.iter().enumerate().map(|(n, key)| (key.clone().into_boxed_slice(), n)).collect()
    }

    #[test]
    fn an_empty_lookup_finds_nothing() {
        assert_eq!(Lookup::<u8>::default().find(b""), None);
    }

    #[test]
    fn escapes_stand_for_what_they_encode() {
        let lookup = built(&[b"a:b".to_vec(), b"".to_vec(), b"caf\xc3\xa9".to_vec()]);
        assert_eq!(lookup.find_decoded(b"a%3Ab"), Some(&0));
        assert_eq!(lookup.find_decoded(b"caf%C3%A9"), Some(&2));
        assert_eq!(lookup.find_decoded(b"a%2Fb"), None);
        assert_eq!(lookup.find_decoded(&b"%3A".repeat(DECODED_BYTES_MAX + 1)), None);
    }

    #[test]
    fn ten_thousand_keys_lie_close_to_their_slots() {
        let keys: Vec<Vec<u8>> = (0..10_000).map(|n| format!("resource-{n}").into()).collect();
        let lookup = built(&keys);
        let mask = lookup.slots.len() - 1;
        let away = |at: usize, slot: &Slot| at.wrapping_sub(slot.hash as usize) & mask;
        let farthest = lookup.slots.iter().enumerate().filter(|(_, slot)| slot.position != 0);
        let farthest = farthest.map(|(at, slot)| away(at, slot)).max();
        assert!(farthest < Some(40), "{farthest:?}");
    }

    proptest! {
        #[test]
        fn it_finds_what_a_hash_map_finds(
            keys in prop::collection::vec(prop::collection::vec(b'a'..b'd', 0..12), 0..40),
            asked in prop::collection::vec(prop::collection::vec(b'a'..b'd', 0..12), 0..40),
        ) {
            let lookup = built(&keys);
            let mut oracle = HashMap::new();
            for (position, key) in keys.iter().enumerate() {
                oracle.entry(key.clone()).or_insert(position);
            }
            for key in keys.iter().chain(&asked) {
                prop_assert_eq!(lookup.find(key), oracle.get(key));
            }
        }
    }
}
