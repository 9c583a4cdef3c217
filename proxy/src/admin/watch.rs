//! Did somebody change a file, and have they finished?
//!
//! Files are looked at four times a second rather than watched by the kernel: that works on every
//! file system, through renames and through the symbolic links that orchestrators swap.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

/// How often files are looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Looks for which a missing file is taken for one that an editor is about to replace.
const MISSING_LOOKS_MAX: u32 = 8;

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified_ns: i128,
    size: u64,
    inode: u64,
}

impl Stamp {
    /// The state of a file now; `None` where it cannot be seen. Symbolic links are followed.
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            modified_ns: i128::from(metadata.mtime()) * 1_000_000_000
                + i128::from(metadata.mtime_nsec()),
            size: metadata.size(),
            inode: metadata.ino(),
        })
    }
}

/// What a look showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// All is as when the files were last read.
    Same,
    /// Something is still changing, or missing for a moment.
    Unsettled,
    /// Something changed and has been the same for two looks: read the files.
    Changed,
    /// The file at this position is gone and nobody replaced it. Said once.
    Missing(usize),
}

/// Follows the states of a fixed list of files.
#[derive(Debug)]
pub struct Watch {
    read: Vec<Option<Stamp>>,
    last_look: Vec<Option<Stamp>>,
    missing_looks: u32,
}

impl Watch {
    /// Begins with the states in which the files were read.
    pub fn new(read: Vec<Option<Stamp>>) -> Self {
        Self { last_look: read.clone(), read, missing_looks: 0 }
    }

    /// Takes the states of one look. After [`Seen::Changed`] the caller reads the files; whatever
    /// comes of it, this state of them is not reported again.
    pub fn on_look(&mut self, look: Vec<Option<Stamp>>) -> Seen {
        let is_settled = look == self.last_look;
        self.last_look = look;
        if self.last_look == self.read {
            self.missing_looks = 0;
            return Seen::Same;
        }
        // A file that was not there when it was read is not missed now.
        let mut pairs = self.last_look.iter().zip(&self.read);
        if let Some(position) = pairs.position(|(now, read)| now.is_none() && read.is_some()) {
            return self.on_missing(position);
        }
        self.missing_looks = 0;
        if !is_settled {
            return Seen::Unsettled;
        }
        self.read.clone_from(&self.last_look);
        Seen::Changed
    }

    fn on_missing(&mut self, position: usize) -> Seen {
        self.missing_looks = self.missing_looks.saturating_add(1);
        match self.missing_looks {
            MISSING_LOOKS_MAX => Seen::Missing(position),
            _ => Seen::Unsettled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The state of a file whose content is number `version`; 0 is a missing file.
    fn stamp(version: u64) -> Option<Stamp> {
        (version > 0).then_some(Stamp { modified_ns: 0, size: version, inode: 1 })
    }

    /// One file, read in version 1, then looked at.
    fn check(looks: &[(u64, Seen)]) {
        let mut watch = Watch::new(vec![stamp(1)]);
        for (number, (version, expected)) in looks.iter().enumerate() {
            assert_eq!(watch.on_look(vec![stamp(*version)]), *expected, "look {number}");
        }
    }

    #[test]
    fn a_change_is_reported_once_it_has_settled() {
        use Seen::{Changed, Same, Unsettled};
        check(&[(1, Same), (2, Unsettled), (3, Unsettled), (3, Changed), (3, Same), (3, Same)]);
    }

    #[test]
    fn a_change_that_is_undone_at_once_is_none() {
        use Seen::{Same, Unsettled};
        check(&[(2, Unsettled), (1, Same), (1, Same)]);
    }

    #[test]
    fn a_file_that_an_editor_replaces_is_read_when_it_is_back() {
        use Seen::{Changed, Same, Unsettled};
        check(&[(0, Unsettled), (0, Unsettled), (2, Unsettled), (2, Changed), (2, Same)]);
        check(&[(0, Unsettled), (1, Same)]);
    }

    #[test]
    fn a_file_that_stays_away_is_reported_once() {
        let mut watch = Watch::new(vec![stamp(1), stamp(1)]);
        let seen: Vec<_> = (0..20).map(|_| watch.on_look(vec![stamp(1), stamp(0)])).collect();
        assert_eq!(seen.iter().filter(|seen| **seen == Seen::Missing(1)).count(), 1);
        assert!(!seen.contains(&Seen::Changed));
    }

    #[test]
    fn a_file_that_was_never_there_is_not_missed() {
        let mut watch = Watch::new(vec![stamp(0), stamp(1)]);
        let looks = [(0, 1, Seen::Same), (0, 2, Seen::Unsettled), (0, 2, Seen::Changed)];
        let more = [(3, 2, Seen::Unsettled), (3, 2, Seen::Changed), (3, 2, Seen::Same)];
        for (one, two, expected) in looks.into_iter().chain(more) {
            assert_eq!(watch.on_look(vec![stamp(one), stamp(two)]), expected, "{one} {two}");
        }
    }

    #[test]
    fn a_file_replaced_by_rename_or_rewritten_has_another_stamp() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.yaml");
        assert_eq!(Stamp::of(&path), None);
        std::fs::write(&path, "one").expect("written");
        let first = Stamp::of(&path);
        let next = folder.path().join("next");
        std::fs::write(&next, "two").expect("written");
        std::fs::rename(&next, &path).expect("renamed");
        assert!(first.is_some() && Stamp::of(&path) != first);
        let replaced = Stamp::of(&path);
        std::fs::write(&path, "three").expect("written");
        assert_ne!(Stamp::of(&path), replaced);
    }
}
