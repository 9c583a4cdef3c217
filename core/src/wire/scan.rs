//! Where does a head end that arrives in pieces, and what is wrong with one that is refused?

use crate::limits::{
    HEAD_BYTES_MAX, HEADER_COUNT_MAX, HEADERS_BYTES_MAX, TARGET_BYTES_MAX, VERB_BYTES_MAX,
};

use super::Malformed;
use super::field_lines::{FieldLines, Piece, expect_line_feed};
use super::grammar::{TARGET, TOKEN, VALUE, is};

/// Reads a head byte by byte and remembers where it stopped.
///
/// Two uses: a sender that trickles costs one look at each byte instead of a new parse of
/// everything at each read; and whatever the fast parser refuses is named here. Faults are found
/// in the order of the bytes and at the earliest byte, so the verdict does not depend on where the
/// reads were cut.
///
/// ```text
/// request   ExpectStart ─► InVerb ─► InTarget ─► InVersion(0‥8) ─► ExpectLineFeed ─► InFields
///               └ CR LF ┘ once
/// response  InVersion(0‥8) ─► InStatus(0‥3) ─► InReason ─► ExpectLineFeed ─► InFields
/// ```
#[derive(Clone, Debug)]
pub struct HeadScanner {
    kind: Kind,
    state: State,
    /// Bytes looked at.
    position: usize,
    /// Where the present part of the start line began.
    part: usize,
    lines: FieldLines,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Request,
    Response,
}

#[derive(Clone, Copy, Debug)]
enum State {
    ExpectStart,
    ExpectLeadingLineFeed,
    ExpectVerb,
    InVerb,
    InTarget,
    InVersion { is_http1: bool },
    InStatus,
    InReason,
    ExpectLineFeed,
    InFields,
    Ended,
}

impl HeadScanner {
    /// For the head of a request.
    pub fn for_request() -> Self {
        Self::new(Kind::Request, State::ExpectStart)
    }

    /// For the head of a response.
    pub fn for_response() -> Self {
        Self::new(Kind::Response, State::InVersion { is_http1: true })
    }

    fn new(kind: Kind, state: State) -> Self {
        Self { kind, state, position: 0, part: 0, lines: FieldLines::new() }
    }

    /// Looks at the bytes that came since the last call; `bytes` is everything from the head's
    /// first byte. Tells the head's length once its end has come.
    ///
    /// What is accepted here is well-formed; what it means is for `parse_request` and
    /// `parse_response` to judge.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        while let Some(byte) = bytes.get(self.position) {
            if matches!(self.state, State::Ended) {
                break;
            }
            if self.position == HEAD_BYTES_MAX {
                return Err(Malformed::HeadTooLarge);
            }
            self.state = self.step(*byte)?;
            self.position += 1;
        }
        Ok(matches!(self.state, State::Ended).then_some(self.position))
    }

    fn step(&mut self, byte: u8) -> Result<State, Malformed> {
        match self.state {
            State::ExpectStart if byte == b'\r' => Ok(State::ExpectLeadingLineFeed),
            State::ExpectLeadingLineFeed => {
                expect_line_feed(byte)?;
                Ok(State::ExpectVerb)
            }
            State::ExpectVerb if byte == b'\r' => Err(Malformed::LeadingEmptyLines),
            State::ExpectStart | State::ExpectVerb => self.begin_verb(byte),
            State::InVerb => self.in_verb(byte),
            State::InTarget => self.in_target(byte),
            State::InVersion { is_http1 } => self.in_version(byte, is_http1),
            State::InStatus => self.in_status(byte),
            State::InReason => in_reason(byte),
            State::ExpectLineFeed => {
                expect_line_feed(byte)?;
                Ok(State::InFields)
            }
            State::InFields => self.in_fields(byte),
            State::Ended => Ok(State::Ended),
        }
    }

    /// Bytes of the present part before the one at hand.
    fn part_len(&self) -> usize {
        self.position - self.part
    }

    fn begin_verb(&mut self, byte: u8) -> Result<State, Malformed> {
        self.part = self.position;
        match byte {
            b'\n' => Err(Malformed::BareLineFeed),
            _ if is(byte, TOKEN) => Ok(State::InVerb),
            _ => Err(Malformed::VerbInvalid),
        }
    }

    fn in_verb(&mut self, byte: u8) -> Result<State, Malformed> {
        match byte {
            b' ' => {
                self.part = self.position + 1;
                Ok(State::InTarget)
            }
            b'\r' => Err(Malformed::TargetMissing),
            b'\n' => Err(Malformed::BareLineFeed),
            _ if !is(byte, TOKEN) => Err(Malformed::VerbInvalid),
            _ if self.part_len() == VERB_BYTES_MAX => Err(Malformed::VerbTooLong),
            _ => Ok(State::InVerb),
        }
    }

    fn in_target(&mut self, byte: u8) -> Result<State, Malformed> {
        match byte {
            b' ' | b'\r' if self.part_len() == 0 => Err(Malformed::TargetMissing),
            b' ' => {
                self.part = self.position + 1;
                Ok(State::InVersion { is_http1: true })
            }
            b'\r' => Err(Malformed::VersionMissing),
            b'\n' => Err(Malformed::BareLineFeed),
            _ if !is(byte, TARGET) => Err(Malformed::TargetInvalid),
            _ if self.part_len() == TARGET_BYTES_MAX => Err(Malformed::TargetTooLong),
            _ => Ok(State::InTarget),
        }
    }

    /// `HTTP/1.0` or `HTTP/1.1`. A version of the right form is read to its end before it is
    /// judged, so that `HTTP/2.0` is told apart from garbage.
    fn in_version(&mut self, byte: u8, is_http1: bool) -> Result<State, Malformed> {
        let has_form = match self.part_len() {
            position @ 0..5 => byte == b"HTTP/"[position],
            5 | 7 => byte.is_ascii_digit(),
            6 => byte == b'.',
            _ => return self.after_version(byte),
        };
        match (self.part_len(), byte) {
            (0, b'\r') => Err(Malformed::VersionMissing),
            (_, b'\n') => Err(Malformed::BareLineFeed),
            _ if !has_form => Err(Malformed::VersionInvalid),
            (5, _) => Ok(State::InVersion { is_http1: byte == b'1' }),
            (7, _) if !(is_http1 && byte <= b'1') => Err(Malformed::VersionUnsupported),
            _ => Ok(State::InVersion { is_http1 }),
        }
    }

    fn after_version(&mut self, byte: u8) -> Result<State, Malformed> {
        match (self.kind, byte) {
            (Kind::Request, b'\r') => Ok(State::ExpectLineFeed),
            (Kind::Response, b' ') => {
                self.part = self.position + 1;
                Ok(State::InStatus)
            }
            (_, b'\n') => Err(Malformed::BareLineFeed),
            _ => Err(Malformed::VersionInvalid),
        }
    }

    /// `100` to `999`, then a blank and the reason, or the line's end: servers that leave out the
    /// blank with the reason are common, and nothing else can be meant.
    fn in_status(&mut self, byte: u8) -> Result<State, Malformed> {
        match (self.part_len(), byte) {
            (0, b'1'..=b'9') | (1 | 2, b'0'..=b'9') => Ok(State::InStatus),
            (3, b' ') => Ok(State::InReason),
            (3, b'\r') => Ok(State::ExpectLineFeed),
            (_, b'\n') => Err(Malformed::BareLineFeed),
            _ => Err(Malformed::StatusInvalid),
        }
    }

    fn in_fields(&mut self, byte: u8) -> Result<State, Malformed> {
        let piece = self.lines.push(byte)?;
        if self.lines.count() > HEADER_COUNT_MAX {
            return Err(Malformed::FieldsTooMany);
        }
        if self.kind == Kind::Request && self.lines.bytes() > HEADERS_BYTES_MAX {
            return Err(Malformed::FieldsTooLarge);
        }
        Ok(if piece == Piece::End { State::Ended } else { State::InFields })
    }
}

fn in_reason(byte: u8) -> Result<State, Malformed> {
    match byte {
        b'\r' => Ok(State::ExpectLineFeed),
        b'\n' => Err(Malformed::BareLineFeed),
        _ if is(byte, VALUE) => Ok(State::InReason),
        _ => Err(Malformed::ReasonInvalid),
    }
}
