//! Who takes the fields of a head that is being written?

use super::FieldBlock;

/// Receives header fields one by one, in order.
///
/// Two real kinds exist: the HTTP/1 encoder, which writes lines, and the HTTP/2 encoder, which
/// fills a header map. Steps that decide which fields are sent write to either.
pub trait HeadSink {
    /// Takes one field. `name` is a valid token and `value` holds no CR, LF or NUL; the caller vouches.
    fn push(&mut self, name: &[u8], value: &[u8]);

    /// Takes fields that were written beforehand, in order. Sinks that can copy them as they are do.
    #[inline]
    fn push_block(&mut self, block: &FieldBlock) {
        for (name, value) in block.pairs() {
            self.push(name, value);
        }
    }
}

impl<S: HeadSink + ?Sized> HeadSink for &mut S {
    #[inline]
    fn push(&mut self, name: &[u8], value: &[u8]) {
        (**self).push(name, value);
    }

    #[inline]
    fn push_block(&mut self, block: &FieldBlock) {
        (**self).push_block(block);
    }
}
