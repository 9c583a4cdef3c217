//! Are these bytes field lines, one after the other, up to the empty line?

use super::Malformed;
use super::grammar::{TOKEN, VALUE, is};

/// Reads `*( field-line CRLF ) CRLF` byte by byte: the end of every head, and every trailer section.
///
/// ```text
///             ┌────────────── LF ◄── ExpectLineFeed ◄── CR ─┐
///             ▼                                             │
///   ExpectLine ── token ──► InName ── ':' ──► InValue ──────┘
///        └── CR ──► ExpectLastLineFeed ── LF ──► the end
/// ```
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldLines {
    state: State,
    count: usize,
    bytes: usize,
}

#[derive(Clone, Copy, Debug)]
enum State {
    ExpectLine,
    InName,
    InValue,
    ExpectLineFeed,
    ExpectLastLineFeed,
}

/// What a byte of a field section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A byte of a name.
    Name,
    /// The colon that ends a name.
    Colon,
    /// A byte of a value, a blank around it, or of a line end.
    Other,
    /// The last byte of the section.
    End,
}

impl FieldLines {
    /// Before the first line.
    pub(super) const fn new() -> Self {
        Self { state: State::ExpectLine, count: 0, bytes: 0 }
    }

    /// How many lines began.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Bytes of all lines so far with their ends, without the empty line.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes one byte.
    pub(super) fn push(&mut self, byte: u8) -> Result<Piece, Malformed> {
        match self.state {
            State::ExpectLine => return self.begin_line(byte),
            State::ExpectLastLineFeed => return expect_line_feed(byte).map(|()| Piece::End),
            _ => self.bytes += 1,
        }
        match self.state {
            State::InName => self.in_name(byte),
            State::InValue => self.in_value(byte),
            _ => {
                expect_line_feed(byte)?;
                self.state = State::ExpectLine;
                Ok(Piece::Other)
            }
        }
    }

    fn begin_line(&mut self, byte: u8) -> Result<Piece, Malformed> {
        match byte {
            b'\r' => {
                self.state = State::ExpectLastLineFeed;
                Ok(Piece::Other)
            }
            b'\n' => Err(Malformed::BareLineFeed),
            b' ' | b'\t' if self.count == 0 => Err(Malformed::BlankBeforeFirstField),
            b' ' | b'\t' => Err(Malformed::FoldedLine),
            b':' => Err(Malformed::NameEmpty),
            _ if is(byte, TOKEN) => {
                self.count += 1;
                self.bytes += 1;
                self.state = State::InName;
                Ok(Piece::Name)
            }
            _ => Err(Malformed::NameInvalid),
        }
    }

    fn in_name(&mut self, byte: u8) -> Result<Piece, Malformed> {
        match byte {
            b':' => {
                self.state = State::InValue;
                Ok(Piece::Colon)
            }
            b' ' | b'\t' => Err(Malformed::BlankBeforeColon),
            b'\r' | b'\n' => Err(Malformed::ColonMissing),
            _ if is(byte, TOKEN) => Ok(Piece::Name),
            _ => Err(Malformed::NameInvalid),
        }
    }

    fn in_value(&mut self, byte: u8) -> Result<Piece, Malformed> {
        match byte {
            b'\r' => self.state = State::ExpectLineFeed,
            b'\n' => return Err(Malformed::BareLineFeed),
            _ if is(byte, VALUE) => {}
            _ => return Err(Malformed::ValueInvalid),
        }
        Ok(Piece::Other)
    }
}

/// Takes the byte behind a carriage return.
pub(super) fn expect_line_feed(byte: u8) -> Result<(), Malformed> {
    if byte == b'\n' { Ok(()) } else { Err(Malformed::BareCarriageReturn) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(section: &[u8], expected: Result<usize, Malformed>) {
        let mut lines = FieldLines::new();
        let verdict =
            section.iter().enumerate().find_map(|(position, byte)| match lines.push(*byte) {
                Ok(Piece::End) => Some(Ok(position + 1)),
                Ok(_) => None,
                Err(malformed) => Some(Err(malformed)),
            });
        assert_eq!(verdict, Some(expected), "{}", section.escape_ascii());
    }

    #[test]
    fn a_section_ends_with_its_empty_line() {
        check(b"\r\n", Ok(2));
        check(b"a:\r\n\r\n", Ok(6));
        check(b"a: b\r\nc:\td \xff \r\n\r\nGET", Ok(17));
    }

    #[test]
    fn each_fault_has_its_name() {
        check(b"\n", Err(Malformed::BareLineFeed));
        check(b"\rx", Err(Malformed::BareCarriageReturn));
        check(b" a: b\r\n\r\n", Err(Malformed::BlankBeforeFirstField));
        check(b"a: b\r\n c\r\n\r\n", Err(Malformed::FoldedLine));
        check(b"a: b\r\n\tc\r\n\r\n", Err(Malformed::FoldedLine));
        check(b": b\r\n\r\n", Err(Malformed::NameEmpty));
        check(b"a\xe9: b\r\n\r\n", Err(Malformed::NameInvalid));
        check(b"a\0: b\r\n\r\n", Err(Malformed::NameInvalid));
        check(b"\0a: b\r\n\r\n", Err(Malformed::NameInvalid));
        check(b"a : b\r\n\r\n", Err(Malformed::BlankBeforeColon));
        check(b"a\t: b\r\n\r\n", Err(Malformed::BlankBeforeColon));
        check(b"a\r\n\r\n", Err(Malformed::ColonMissing));
        check(b"a: b\n\r\n", Err(Malformed::BareLineFeed));
        check(b"a: b\rc\r\n\r\n", Err(Malformed::BareCarriageReturn));
        check(b"a: b\x00\r\n\r\n", Err(Malformed::ValueInvalid));
        check(b"a: b\x7f\r\n\r\n", Err(Malformed::ValueInvalid));
    }
}
