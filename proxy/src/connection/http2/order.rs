//! Does a client send frames of a wrong size, or on streams that it has ended itself?
//!
//! `h2` notices most of this, but names another error than RFC 9113 does, or takes for a stream's
//! error what is the connection's. Nine bytes of each frame tell:
//!
//! | seen | error |
//! |---|---|
//! | anything but SETTINGS first (§3.4) | PROTOCOL_ERROR |
//! | a fixed size that is not kept (§6.4, §6.5, §6.7, §6.9) | FRAME_SIZE_ERROR |
//! | DATA or HEADERS behind the stream's end (§5.1) | STREAM_CLOSED |

use h2::Reason;
use tollgate_core::limits::HTTP2_CONCURRENT_STREAMS_MAX;

use super::watch::{DATA, HEADER_BYTES, HEADERS, PING, RST_STREAM, SETTINGS};

const WINDOW_UPDATE: u8 = 8;
const ACK: u8 = 0x1;
const END_STREAM: u8 = 0x1;

/// Streams that are remembered as still being sent on. More than may be open at a time, because a
/// client need not end a stream that was answered early.
const SENDING_MAX: usize = 2 * HTTP2_CONCURRENT_STREAMS_MAX as usize;

/// Follows which streams a client may still send on.
#[derive(Debug, Default)]
pub(super) struct FrameOrder {
    has_begun: bool,
    /// The highest stream a client has opened.
    highest: u32,
    /// Streams that a client has opened and neither ended nor reset, oldest first.
    sending: Vec<u32>,
    /// Up to which stream some of those had to be forgotten, so that nothing is said about them.
    forgotten: u32,
}

impl FrameOrder {
    /// Looks at a frame's header; what the connection must end with, if anything.
    pub(super) fn on_frame(&mut self, header: &[u8; HEADER_BYTES]) -> Option<Reason> {
        let [high, middle, low, kind, flags, stream @ ..] = *header;
        let len = u32::from_be_bytes([0, high, middle, low]);
        let stream = u32::from_be_bytes(stream) & 0x7fff_ffff;
        if !std::mem::replace(&mut self.has_begun, true) && (kind != SETTINGS || flags & ACK != 0) {
            return Some(Reason::PROTOCOL_ERROR);
        }
        let has_size = match kind {
            PING => len == 8,
            RST_STREAM | WINDOW_UPDATE => len == 4,
            SETTINGS if flags & ACK != 0 => len == 0,
            SETTINGS => len.is_multiple_of(6),
            _ => true,
        };
        if !has_size {
            return Some(Reason::FRAME_SIZE_ERROR);
        }
        match kind {
            HEADERS => self.on_headers(stream, flags & END_STREAM != 0),
            DATA => self.on_data(stream, flags & END_STREAM != 0),
            RST_STREAM => {
                self.end(stream);
                None
            }
            _ => None,
        }
    }

    fn on_headers(&mut self, stream: u32, ends: bool) -> Option<Reason> {
        if stream > self.highest {
            self.highest = stream;
            if !ends {
                self.begin(stream);
            }
            return None;
        }
        let is_closed = stream == self.highest && !self.is_sending(stream);
        if ends {
            self.end(stream);
        }
        is_closed.then_some(Reason::STREAM_CLOSED)
    }

    /// "An endpoint that receives any frames after receiving a frame with the END_STREAM flag set"
    /// treats that as an error of the connection (RFC 9113 §5.1, closed).
    fn on_data(&mut self, stream: u32, ends: bool) -> Option<Reason> {
        let is_known = stream > self.forgotten && stream <= self.highest;
        let is_closed = is_known && !self.is_sending(stream);
        if ends {
            self.end(stream);
        }
        is_closed.then_some(Reason::STREAM_CLOSED)
    }

    fn is_sending(&self, stream: u32) -> bool {
        self.sending.contains(&stream)
    }

    fn begin(&mut self, stream: u32) {
        if self.sending.len() == SENDING_MAX {
            self.forgotten = self.sending.remove(0);
        }
        self.sending.push(stream);
    }

    fn end(&mut self, stream: u32) {
        self.sending.retain(|own| *own != stream);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames as kind, flags, stream, length, behind the SETTINGS that begin a connection.
    fn check(frames: &[(u8, u8, u32, u32)], expected: Option<Reason>) {
        let mut order = FrameOrder::default();
        let begin = (SETTINGS, 0, 0, 0);
        let fault = std::iter::once(&begin).chain(frames).find_map(|(kind, flags, stream, len)| {
            let mut header = [0; HEADER_BYTES];
            header[..3].copy_from_slice(&len.to_be_bytes()[1..]);
            (header[3], header[4]) = (*kind, *flags);
            header[5..].copy_from_slice(&stream.to_be_bytes());
            order.on_frame(&header)
        });
        assert_eq!(fault, expected, "{frames:?}");
    }

    #[test]
    fn settings_come_first() {
        let mut order = FrameOrder::default();
        assert_eq!(order.on_frame(&[0, 0, 8, PING, 0, 0, 0, 0, 0]), Some(Reason::PROTOCOL_ERROR));
        let mut order = FrameOrder::default();
        let ack = [0, 0, 0, SETTINGS, ACK, 0, 0, 0, 0];
        assert_eq!(order.on_frame(&ack), Some(Reason::PROTOCOL_ERROR));
    }

    #[test]
    fn sizes_are_kept() {
        check(&[(PING, 0, 0, 8), (RST_STREAM, 0, 1, 4), (WINDOW_UPDATE, 0, 0, 4)], None);
        check(&[(SETTINGS, 0, 0, 12), (SETTINGS, ACK, 0, 0)], None);
        for (kind, flags, len) in [
            (PING, 0, 7),
            (RST_STREAM, 0, 3),
            (WINDOW_UPDATE, 0, 5),
            (SETTINGS, 0, 5),
            (SETTINGS, ACK, 6),
        ] {
            check(&[(kind, flags, 0, len)], Some(Reason::FRAME_SIZE_ERROR));
        }
    }

    #[test]
    fn nothing_follows_the_end_of_a_stream() {
        let closed = Some(Reason::STREAM_CLOSED);
        let (get, post) = ((HEADERS, END_STREAM, 1, 9), (HEADERS, 0, 1, 9));
        let (data, last) = ((DATA, 0, 1, 9), (DATA, END_STREAM, 1, 9));
        check(&[post, data, data, last], None);
        check(&[post, data, get], None);
        check(&[get, data], closed);
        check(&[get, get], closed);
        check(&[post, last, data], closed);
        check(&[post, get, data], closed);
        check(&[post, (RST_STREAM, 0, 1, 4), data], closed);
        check(&[post, (HEADERS, END_STREAM, 3, 9), data, last], None);
        // Never opened: for h2 to judge.
        check(&[data], None);
        check(&[(HEADERS, END_STREAM, 5, 9), (HEADERS, END_STREAM, 3, 9)], None);
    }

    #[test]
    fn streams_that_had_to_be_forgotten_are_let_pass() {
        let opened = |count: u32| (0..count).map(|n| (HEADERS, 0, 2 * n + 1, 9));
        let many: Vec<_> = opened(SENDING_MAX as u32 + 1).chain([(DATA, 0, 1, 9)]).collect();
        check(&many, None);
        let few: Vec<_> = opened(SENDING_MAX as u32).chain([(DATA, 0, 1, 9)]).collect();
        check(&few, None);
    }
}
