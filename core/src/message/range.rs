//! Where in a head's buffer does a part lie?

/// A part of a head's buffer. Heads are bounded by `HEAD_BYTES_MAX`, so 16 bits are enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// First byte.
    pub start: u16,
    /// Bytes from there.
    pub len: u16,
}

impl Range {
    /// The range from `start` (inclusive) to `end` (exclusive).
    ///
    /// Positions above `u16::MAX` saturate; callers bound their buffers by `HEAD_BYTES_MAX` first.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end && end <= usize::from(u16::MAX));
        Self {
            start: u16::try_from(start).unwrap_or(u16::MAX),
            len: u16::try_from(end.saturating_sub(start)).unwrap_or(0),
        }
    }

    /// The range that `part` occupies inside `whole`; `part` must be a slice of `whole`.
    pub fn of(whole: &[u8], part: &[u8]) -> Self {
        let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
        debug_assert!(start + part.len() <= whole.len(), "not a part of the buffer");
        Self::new(start, start + part.len())
    }

    /// The first byte behind the range.
    pub fn end(self) -> usize {
        usize::from(self.start) + usize::from(self.len)
    }

    /// The bytes of the range; empty where the buffer is shorter than the range says.
    #[inline]
    pub fn of_bytes(self, bytes: &[u8]) -> &[u8] {
        bytes.get(usize::from(self.start)..self.end()).unwrap_or_default()
    }

    /// Whether nothing lies in the range.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}
