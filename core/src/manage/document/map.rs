//! Which value does a key of an object have, however many keys there are?

use crate::definition::{Place, Problem};
use crate::manage::problems::{Problems, quote};

use super::Node;

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key; of a YAML key that is no text, its spelling.
    pub key: String,
    /// Where the key stands.
    pub key_place: Place,
    /// The value.
    pub value: Node,
}

/// An object: keys in the order of the document, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    entries: Vec<Entry>,
    /// Positions in `entries`, sorted by key, so that a look-up in a large object is short.
    by_key: Vec<u32>,
}

impl Map {
    /// The object without keys.
    pub const EMPTY: Map = Map { entries: Vec::new(), by_key: Vec::new() };

    /// The object with these entries; of a key written twice the first stays and the second is
    /// reported, by the line of the first if `line_of` can tell it.
    pub(super) fn new(
        mut entries: Vec<Entry>,
        line_of: impl Fn(Place) -> usize,
        problems: &mut Problems,
    ) -> Self {
        let mut by_key = sorted_positions(&entries);
        let mut repeated = Vec::new();
        for pair in by_key.windows(2) {
            let (first, second) = (&entries[pair[0] as usize], &entries[pair[1] as usize]);
            if first.key == second.key {
                repeated.push(pair[1] as usize);
                problems.report(|| {
                    let line = line_of(first.key_place);
                    let message =
                        format!("the key {} is already used at line {line}", quote(&first.key));
                    Problem::error(second.key_place, message)
                });
            }
        }
        if !repeated.is_empty() {
            repeated.sort_unstable();
            let mut position = 0;
            entries.retain(|_| {
                position += 1;
                repeated.binary_search(&(position - 1)).is_err()
            });
            by_key = sorted_positions(&entries);
        }
        Self { entries, by_key }
    }

    /// Entries in the order of the document.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The same, given away.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// The values, to be changed.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.entries.iter_mut().map(|entry| &mut entry.value)
    }

    /// The entry of `key`.
    pub fn find(&self, key: &str) -> Option<&Entry> {
        let found =
            self.by_key.binary_search_by(|at| self.entries[*at as usize].key.as_str().cmp(key));
        found.ok().map(|position| &self.entries[self.by_key[position] as usize])
    }
}

/// Positions of `entries` by key, equal keys in the order of the document.
fn sorted_positions(entries: &[Entry]) -> Vec<u32> {
    let mut positions: Vec<u32> = (0..u32::try_from(entries.len()).unwrap_or(u32::MAX)).collect();
    positions.sort_by(|a, b| entries[*a as usize].key.cmp(&entries[*b as usize].key));
    positions
}
