//! Which frames break the connection's rules in a way that `h2` answers with another error, or not?
//!
//! RFC 9113 names an error code for each violation, and suites compare it. `h2` calls nearly all of
//! them PROTOCOL_ERROR and lets some pass. What can be told from frame headers and a few bytes of
//! payload is told here, before `h2` sees the frame.

use h2::Reason;
use smallvec::SmallVec;

/// Streams whose ids are remembered after they ended, to tell a closed stream from one never used.
const ENDED_REMEMBERED: usize = 32;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const ACK: u8 = 0x1;
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;

/// A setting's name on the wire (RFC 9113 §6.5.2).
const INITIAL_WINDOW_SIZE: u16 = 4;
/// "Values above the maximum flow-control window size of 2^31-1 MUST be treated as a connection
/// error of type FLOW_CONTROL_ERROR" (RFC 9113 §6.5.2).
const WINDOW_MAX: u32 = (1 << 31) - 1;

/// A frame's header.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameHeader {
    pub(super) len: usize,
    pub(super) kind: u8,
    flags: u8,
    stream: u32,
}

impl FrameHeader {
    /// Reads the nine bytes (RFC 9113 §4.1).
    pub(super) fn read(bytes: [u8; 9]) -> Self {
        let [high, middle, low, kind, flags, a, b, c, d] = bytes;
        Self {
            len: usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low),
            kind,
            flags,
            stream: u32::from_be_bytes([a, b, c, d]) & WINDOW_MAX,
        }
    }

    /// Whether it is a header block or goes on with one.
    pub(super) fn is_header_block(&self) -> bool {
        matches!(self.kind, HEADERS | CONTINUATION)
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// What the frames so far say about those to come.
#[derive(Debug, Default)]
pub(super) struct FrameRules {
    has_settings: bool,
    /// The stream whose header block is not finished.
    unfinished_block: Option<u32>,
    last_stream: u32,
    /// Whether the client has left out stream ids.
    has_gaps: bool,
    /// Streams that the client has ended or reset, the latest, in a ring.
    ended: [u32; ENDED_REMEMBERED],
    ended_at: usize,
    payload_kind: u8,
    /// The bytes of a SETTINGS frame's current entry.
    setting: SmallVec<[u8; 6]>,
    /// What the frame's padding must stay below, until its first byte tells the padding.
    padding_below: Option<usize>,
    /// Whether the latest frame brought a header block that may stand where it does.
    is_behind_block: bool,
}

impl FrameRules {
    /// Whether an error that `h2` has with the latest frame can only be one of its compression.
    ///
    /// "A decoding error in a field block MUST be treated as a connection error of type
    /// COMPRESSION_ERROR" (RFC 9113 §4.3).
    pub(super) fn is_behind_block(&self) -> bool {
        self.is_behind_block
    }

    /// Looks at a frame's header, before its payload.
    ///
    /// # Errors
    /// The code that the connection ends with.
    pub(super) fn on_header(&mut self, frame: &FrameHeader) -> Result<(), Reason> {
        self.check_order(frame)?;
        check_size(frame)?;
        self.payload_kind = frame.kind;
        self.setting.clear();
        let may_be_padded = matches!(frame.kind, DATA | HEADERS) && frame.has(PADDED);
        self.padding_below = may_be_padded.then_some(frame.len);
        self.is_behind_block = frame.is_header_block();
        match frame.kind {
            DATA => self.on_data(frame),
            HEADERS => self.on_headers(frame),
            RST_STREAM => {
                self.on_ended(frame.stream);
                Ok(())
            }
            CONTINUATION if frame.has(END_HEADERS) => {
                self.unfinished_block = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Looks at a part of the current frame's payload.
    ///
    /// # Errors
    /// The code that the connection ends with.
    pub(super) fn on_payload(&mut self, part: &[u8]) -> Result<(), Reason> {
        if let (Some(below), [padding, ..]) = (self.padding_below, part) {
            self.padding_below = None;
            // "If the length of the padding is the length of the frame payload or greater, the
            // recipient MUST treat this as a connection error of type PROTOCOL_ERROR" (§6.1).
            if usize::from(*padding) >= below {
                return Err(Reason::PROTOCOL_ERROR);
            }
        }
        if self.payload_kind == SETTINGS {
            return part.iter().try_for_each(|byte| self.on_setting(*byte));
        }
        Ok(())
    }

    /// "The server connection preface consists of a potentially empty SETTINGS frame", the client's
    /// of one behind its first bytes (§3.4); a header block comes in one piece (§4.3).
    fn check_order(&mut self, frame: &FrameHeader) -> Result<(), Reason> {
        let is_first = !std::mem::replace(&mut self.has_settings, true);
        let is_in_order = match (self.unfinished_block, frame.kind) {
            _ if is_first => frame.kind == SETTINGS && !frame.has(ACK),
            (Some(stream), CONTINUATION) => stream == frame.stream,
            (Some(_), _) | (None, CONTINUATION) => false,
            (None, _) => true,
        };
        if is_in_order { Ok(()) } else { Err(Reason::PROTOCOL_ERROR) }
    }

    fn on_data(&mut self, frame: &FrameHeader) -> Result<(), Reason> {
        if self.ended.contains(&frame.stream) && frame.stream != 0 {
            // "An endpoint that receives any frames after receiving a frame with the END_STREAM flag
            // set MUST treat that as a connection error of type STREAM_CLOSED" (§5.1).
            return Err(Reason::STREAM_CLOSED);
        }
        if frame.has(END_STREAM) {
            self.on_ended(frame.stream);
        }
        Ok(())
    }

    fn on_headers(&mut self, frame: &FrameHeader) -> Result<(), Reason> {
        if frame.stream.is_multiple_of(2) {
            return Err(Reason::PROTOCOL_ERROR);
        }
        if self.ended.contains(&frame.stream) {
            return Err(Reason::STREAM_CLOSED);
        }
        if frame.stream > self.last_stream {
            self.has_gaps |=
                frame.stream != self.last_stream + if self.last_stream == 0 { 1 } else { 2 };
            self.last_stream = frame.stream;
        } else {
            // Trailers, or a stream that was passed over: `h2` knows.
            self.is_behind_block = !self.has_gaps;
        }
        if !frame.has(END_HEADERS) {
            self.unfinished_block = Some(frame.stream);
        }
        if frame.has(END_STREAM) {
            self.on_ended(frame.stream);
        }
        Ok(())
    }

    fn on_ended(&mut self, stream: u32) {
        self.ended[self.ended_at] = stream;
        self.ended_at = (self.ended_at + 1) % ENDED_REMEMBERED;
    }

    fn on_setting(&mut self, byte: u8) -> Result<(), Reason> {
        self.setting.push(byte);
        let [a, b, c, d, e, f] = self.setting[..] else { return Ok(()) };
        self.setting.clear();
        let (name, value) = (u16::from_be_bytes([a, b]), u32::from_be_bytes([c, d, e, f]));
        if name == INITIAL_WINDOW_SIZE && value > WINDOW_MAX {
            return Err(Reason::FLOW_CONTROL_ERROR);
        }
        Ok(())
    }
}

/// "An endpoint MUST send an error code of FRAME_SIZE_ERROR if a frame … is too small to contain
/// mandatory frame data" (§4.2), and where a kind has one size.
fn check_size(frame: &FrameHeader) -> Result<(), Reason> {
    let fits = match frame.kind {
        SETTINGS if frame.has(ACK) => frame.len == 0,
        SETTINGS => frame.len.is_multiple_of(6),
        PING => frame.len == 8,
        RST_STREAM | WINDOW_UPDATE => frame.len == 4,
        PRIORITY => frame.len == 5,
        GOAWAY => frame.len >= 8,
        _ => true,
    };
    if fits { Ok(()) } else { Err(Reason::FRAME_SIZE_ERROR) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kind, flags, stream and payload of a frame.
    type Frame<'p> = (u8, u8, u32, &'p [u8]);

    const OWN_SETTINGS: Frame<'static> = (SETTINGS, 0, 0, &[]);

    fn check(frames: &[Frame<'_>], expected: Result<(), Reason>) {
        let mut rules = FrameRules::default();
        let outcome = frames.iter().try_for_each(|&(kind, flags, stream, payload)| {
            let frame = FrameHeader { len: payload.len(), kind, flags, stream };
            rules.on_header(&frame)?;
            // Byte by byte, as the network may bring it.
            payload.chunks(1).try_for_each(|part| rules.on_payload(part))
        });
        assert_eq!(outcome, expected, "{frames:?}");
    }

    #[test]
    fn the_first_frame_is_settings() {
        check(&[OWN_SETTINGS], Ok(()));
        check(&[(SETTINGS, ACK, 0, &[])], Err(Reason::PROTOCOL_ERROR));
        check(&[(PING, 0, 0, &[0; 8])], Err(Reason::PROTOCOL_ERROR));
    }

    #[test]
    fn frames_of_one_size_have_it() {
        let cases: [(u8, u8, usize, bool); 10] = [
            (SETTINGS, ACK, 1, false),
            (SETTINGS, 0, 5, false),
            (SETTINGS, 0, 12, true),
            (PING, 0, 8, true),
            (PING, 0, 6, false),
            (RST_STREAM, 0, 3, false),
            (WINDOW_UPDATE, 0, 5, false),
            (PRIORITY, 0, 4, false),
            (GOAWAY, 0, 7, false),
            (GOAWAY, 0, 20, true),
        ];
        for (kind, flags, len, fits) in cases {
            let expected = if fits { Ok(()) } else { Err(Reason::FRAME_SIZE_ERROR) };
            check(&[OWN_SETTINGS, (kind, flags, 1, &vec![0; len])], expected);
        }
    }

    #[test]
    fn header_blocks_come_in_one_piece() {
        let begun = (HEADERS, 0, 1, &b"a"[..]);
        let then = |next, expected| check(&[OWN_SETTINGS, begun, next], expected);
        then((CONTINUATION, END_HEADERS, 1, b"b"), Ok(()));
        then((CONTINUATION, 0, 3, b"b"), Err(Reason::PROTOCOL_ERROR));
        then((DATA, 0, 1, b"b"), Err(Reason::PROTOCOL_ERROR));
        check(&[OWN_SETTINGS, (CONTINUATION, 0, 1, b"b")], Err(Reason::PROTOCOL_ERROR));
    }

    #[test]
    fn nothing_follows_the_end_of_a_stream() {
        const WHOLE: u8 = END_HEADERS | END_STREAM;
        let after = |first, next, expected| check(&[OWN_SETTINGS, first, next], expected);
        after((HEADERS, WHOLE, 1, b"a"), (DATA, 0, 1, b"b"), Err(Reason::STREAM_CLOSED));
        after((HEADERS, WHOLE, 1, b"a"), (HEADERS, WHOLE, 1, b"b"), Err(Reason::STREAM_CLOSED));
        after((RST_STREAM, 0, 1, &[0; 4]), (DATA, 0, 1, b"b"), Err(Reason::STREAM_CLOSED));
        after((HEADERS, WHOLE, 1, b"a"), (WINDOW_UPDATE, 0, 1, &[0, 0, 0, 1]), Ok(()));
        after((HEADERS, END_HEADERS, 1, b"a"), (DATA, END_STREAM, 1, b"b"), Ok(()));
        after((HEADERS, WHOLE, 1, b"a"), (HEADERS, WHOLE, 2, b"b"), Err(Reason::PROTOCOL_ERROR));
    }

    #[test]
    fn padding_and_windows_keep_their_bounds() {
        let check = |frame, expected| check(&[OWN_SETTINGS, frame], expected);
        check((DATA, PADDED, 1, &[2, 0, 0]), Ok(()));
        check((DATA, PADDED, 1, &[3, 0, 0]), Err(Reason::PROTOCOL_ERROR));
        check((HEADERS, PADDED | END_HEADERS, 1, &[9, 0]), Err(Reason::PROTOCOL_ERROR));
        check((SETTINGS, 0, 0, &[0, 4, 0x7f, 0xff, 0xff, 0xff]), Ok(()));
        let too_wide = [0, 3, 0, 0, 0, 1, 0, 4, 0x80, 0, 0, 0];
        check((SETTINGS, 0, 0, &too_wide), Err(Reason::FLOW_CONTROL_ERROR));
    }
}
