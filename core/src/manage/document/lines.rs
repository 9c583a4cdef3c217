//! At which line and column does a byte of a document stand?

/// A position as editors count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// The line and column of byte `at` of `text`; a position behind the text is its end.
pub fn line_column(text: &str, at: usize) -> LineColumn {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    // A column is a character; continuation bytes of UTF-8 begin with the bits 10.
    let column = before[line_start..].iter().filter(|byte| (*byte & 0xC0) != 0x80).count() + 1;
    LineColumn { line: memchr::memchr_iter(b'\n', before).count() + 1, column }
}
