//! Which fields are the same in every answer, so that they are written beforehand?

use super::HeadSink;

/// Fields written beforehand, as lines and as pairs.
///
/// An HTTP/1 encoder appends [`lines`](Self::lines) in one copy; any other sink takes the pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldBlock {
    /// `name: value CR LF`, again and again.
    lines: Vec<u8>,
    /// Bytes of each name and each value, in order.
    lengths: Vec<(usize, usize)>,
}

impl FieldBlock {
    /// The lines, each ended by CR LF.
    #[inline]
    pub fn lines(&self) -> &[u8] {
        &self.lines
    }

    /// Names and values in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = &*self.lines;
        self.lengths.iter().map(move |(name_len, value_len)| {
            let (name, behind) = rest.split_at(*name_len);
            let (value, behind) = behind[2..].split_at(*value_len);
            rest = &behind[2..];
            (name, value)
        })
    }

    /// Whether no field is in it.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }
}

impl HeadSink for FieldBlock {
    fn push(&mut self, name: &[u8], value: &[u8]) {
        for part in [name, b": ", value, b"\r\n"] {
            self.lines.extend_from_slice(part);
        }
        self.lengths.push((name.len(), value.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_pairs_say_the_same() {
        let mut block = FieldBlock::default();
        assert!(block.is_empty());
        for (name, value) in [("a", "b: c"), ("Empty", ""), ("x", "\u{e9}")] {
            block.push(name.as_bytes(), value.as_bytes());
        }
        assert_eq!(block.lines(), "a: b: c\r\nEmpty: \r\nx: \u{e9}\r\n".as_bytes());
        let mut again = FieldBlock::default();
        again.push_block(&block);
        assert_eq!(again, block);
    }
}
