//! Does a client send frames that cost us work and get it nothing?
//!
//! `h2` bounds what can pile up: streams, resets before a request is accepted, resets that broken
//! frames force, CONTINUATION and empty or tiny DATA frames. What it answers or skips without a
//! bound is counted here, frame by frame, from the nine bytes of each header:
//!
//! | frame | why it costs | budget |
//! |---|---|---|
//! | PING, SETTINGS | each is answered | `HTTP2_FRAME_CREDIT_MAX` |
//! | PRIORITY, WINDOW_UPDATE, unknown | each is parsed | `HTTP2_FRAME_CREDIT_MAX` |
//! | RST_STREAM after its request was accepted | an exchange was begun for nothing | `HTTP2_RESETS_MIN` |

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{cell::RefCell, io, rc::Rc};

use h2::Reason;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tollgate_core::limits::{
    HTTP2_FRAME_CREDIT_MAX, HTTP2_FRAME_CREDIT_PER_SECOND, HTTP2_RESETS_MIN,
};

use super::frame_rules::{FrameHeader, FrameRules};
use crate::net::{Gathered, PollStream};

/// Bytes of a frame's header (RFC 9113 §4.1): length, type, flags, stream.
pub(super) const HEADER_BYTES: usize = 9;
/// Bytes of the connection preface (RFC 9113 §3.4), which no frame header precedes.
const PREFACE_BYTES: usize = 24;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
const CONTINUATION: u8 = 9;

/// What a frame costs; answering one costs us a frame of our own.
const ANSWERED: u32 = 5;
const PARSED: u32 = 1;

/// Bytes sent to the client that earn one credit: a client acknowledges what it gets by
/// WINDOW_UPDATE, rarely more often than this.
const BYTES_PER_CREDIT: usize = 256;

/// A connection whose frames are counted as they pass to `h2`.
pub(super) struct WatchedStream {
    stream: PollStream,
    gathered: Gathered,
    watch: Rc<RefCell<FrameWatch>>,
}

/// Walks along frame headers and keeps accounts.
#[derive(Debug)]
pub(super) struct FrameWatch {
    header: [u8; HEADER_BYTES],
    header_len: usize,
    /// Bytes to skip until the next header.
    skip: usize,
    /// Whether the preface is over.
    is_in_frame: bool,
    credit: u32,
    refilled_us: u64,
    requests: u64,
    resets: u64,
    rules: FrameRules,
    verdict: Option<Reason>,
}

impl FrameWatch {
    /// A watch over a connection that begins with its preface at `now_us` of the monotonic clock.
    pub(super) fn new(now_us: u64) -> Self {
        Self {
            header: [0; HEADER_BYTES],
            header_len: 0,
            skip: PREFACE_BYTES,
            is_in_frame: false,
            credit: HTTP2_FRAME_CREDIT_MAX,
            refilled_us: now_us,
            requests: 0,
            resets: 0,
            rules: FrameRules::default(),
            verdict: None,
        }
    }

    /// What the connection is to end with, once the client has gone too far; it stays so.
    pub(super) fn verdict(&self) -> Option<Reason> {
        self.verdict
    }

    /// Lets time heal: called at each wake-up.
    pub(super) fn refill(&mut self, now_us: u64) {
        let elapsed_us = now_us.saturating_sub(self.refilled_us);
        let credit = elapsed_us.saturating_mul(HTTP2_FRAME_CREDIT_PER_SECOND) / 1_000_000;
        if credit > 0 {
            self.refilled_us = now_us;
            self.earn(credit);
        }
    }

    /// Notes bytes that were sent to the client.
    fn on_sent(&mut self, count: usize) {
        self.earn((count / BYTES_PER_CREDIT) as u64);
    }

    /// Notes bytes that came from the client; how many of them `h2` may see.
    fn on_received(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() && self.verdict.is_none() {
            let before = rest.len();
            let (skipped, after) = rest.split_at(self.skip.min(before));
            self.skip -= skipped.len();
            rest = after;
            if self.is_in_frame && !skipped.is_empty() {
                self.judge(|watch| watch.rules.on_payload(skipped));
            }
            let taken = (HEADER_BYTES - self.header_len).min(rest.len());
            self.header[self.header_len..][..taken].copy_from_slice(&rest[..taken]);
            self.header_len += taken;
            rest = &rest[taken..];
            if self.header_len == HEADER_BYTES {
                self.header_len = 0;
                self.on_frame();
            }
            if self.verdict.is_some() {
                return bytes.len() - before;
            }
        }
        bytes.len()
    }

    fn on_frame(&mut self) {
        let frame = FrameHeader::read(self.header);
        self.is_in_frame = true;
        self.skip = frame.len;
        self.judge(|watch| watch.rules.on_header(&frame));
        match frame.kind {
            // Counted by h2, and by what they are good for.
            DATA | CONTINUATION => {}
            HEADERS => self.requests += 1,
            RST_STREAM => self.on_reset(),
            SETTINGS | PING => self.spend(ANSWERED),
            _ => self.spend(PARSED),
        }
    }

    fn judge(&mut self, look: impl FnOnce(&mut Self) -> Result<(), Reason>) {
        let outcome = look(self);
        self.verdict = self.verdict.or(outcome.err());
    }

    /// Browsers cancel requests, but not most of them, and not by the hundreds.
    fn on_reset(&mut self) {
        self.resets += 1;
        if self.resets > HTTP2_RESETS_MIN && self.resets * 2 > self.requests {
            self.on_flood();
        }
    }

    fn spend(&mut self, cost: u32) {
        match self.credit.checked_sub(cost) {
            Some(left) => self.credit = left,
            None => self.on_flood(),
        }
    }

    fn on_flood(&mut self) {
        self.verdict.get_or_insert(Reason::ENHANCE_YOUR_CALM);
    }

    fn earn(&mut self, credit: u64) {
        let credit = u32::try_from(credit).unwrap_or(u32::MAX);
        self.credit = self.credit.saturating_add(credit).min(HTTP2_FRAME_CREDIT_MAX);
    }
}

impl WatchedStream {
    /// Counts what passes through `stream` with `watch`.
    pub(super) fn new(stream: PollStream, watch: Rc<RefCell<FrameWatch>>) -> Self {
        let gathered = stream.gathered();
        Self { stream, gathered, watch }
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.watch.borrow().verdict().is_some() {
            // The driver looks at the watch behind each turn and ends the connection.
            return Poll::Pending;
        }
        let before = room.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, room))?;
        let allowed = self.watch.borrow_mut().on_received(&room.filled()[before..]);
        if room.filled().len() > before && allowed == 0 {
            room.set_filled(before);
            return Poll::Pending;
        }
        room.set_filled(before + allowed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.watch.borrow_mut().on_sent(count);
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, slices))?;
        self.watch.borrow_mut().on_sent(count);
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let watch = self.watch.borrow();
        if watch.verdict.is_none() && watch.rules.is_behind_block() {
            self.gathered.amend(name_compression_error);
        }
        drop(watch);
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Rewrites the error of a GOAWAY that ends `bytes`, where `h2` named it too generally.
fn name_compression_error(bytes: &mut [u8]) {
    const GOAWAY_HEADER: [u8; HEADER_BYTES] = [0, 0, 8, 7, 0, 0, 0, 0, 0];
    const GOAWAY_BYTES: usize = HEADER_BYTES + 8;
    let Some(start) = bytes.len().checked_sub(GOAWAY_BYTES) else { return };
    let goaway = &mut bytes[start..];
    let (goaway, code) = goaway.split_at_mut(GOAWAY_BYTES - 4);
    if goaway.starts_with(&GOAWAY_HEADER)
        && *code == u32::from(Reason::PROTOCOL_ERROR).to_be_bytes()
    {
        code.copy_from_slice(&u32::from(Reason::COMPRESSION_ERROR).to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const END_HEADERS: u8 = 4;

    fn frame_on(stream: u32, kind: u8, len: usize) -> Vec<u8> {
        let flags = if kind == HEADERS { END_HEADERS } else { 0 };
        let mut frame = vec![(len >> 16) as u8, (len >> 8) as u8, len as u8, kind, flags];
        frame.extend(stream.to_be_bytes());
        frame.resize(HEADER_BYTES + len, 0xff);
        frame
    }

    fn frame(kind: u8, len: usize) -> Vec<u8> {
        frame_on(1, kind, len)
    }

    /// A watch after preface and SETTINGS, with all its credit.
    fn watch_over(bytes: &[u8]) -> FrameWatch {
        let mut watch = FrameWatch::new(0);
        watch.on_received(&[b'P'; PREFACE_BYTES]);
        watch.on_received(&frame(SETTINGS, 0));
        watch.credit = HTTP2_FRAME_CREDIT_MAX;
        watch.on_received(bytes);
        watch
    }

    /// Each HEADERS frame opens the next stream; other frames belong to the latest.
    fn check(frames: &[(u8, usize)], times: usize, is_flooded: bool) {
        let mut stream = 0_u32.wrapping_sub(1);
        let mut bytes = Vec::new();
        for (kind, len) in frames.iter().cycle().take(frames.len() * times) {
            if *kind == HEADERS {
                stream = stream.wrapping_add(2);
            }
            bytes.extend(frame_on(stream, *kind, *len));
        }
        let watch = watch_over(&bytes);
        let expected = is_flooded.then_some(Reason::ENHANCE_YOUR_CALM);
        assert_eq!(watch.verdict(), expected, "{frames:?} × {times}");
    }

    #[test]
    fn floods_are_told_from_ordinary_traffic() {
        let credit = HTTP2_FRAME_CREDIT_MAX as usize;
        check(&[(PING, 8)], credit / 5, false);
        check(&[(PING, 8)], credit / 5 + 1, true);
        check(&[(SETTINGS, 6)], credit / 5 + 1, true);
        check(&[(2, 5)], credit, false);
        check(&[(2, 5)], credit + 1, true);
        check(&[(8, 4)], credit + 1, true);
        check(&[(0xfa, 3)], credit + 1, true);
        check(&[(HEADERS, 30), (DATA, 1000)], 10 * credit, false);
        check(&[(HEADERS, 30), (RST_STREAM, 4)], HTTP2_RESETS_MIN as usize, false);
        check(&[(HEADERS, 30), (RST_STREAM, 4)], HTTP2_RESETS_MIN as usize + 1, true);
        check(&[(HEADERS, 30), (HEADERS, 30), (HEADERS, 30), (RST_STREAM, 4)], credit, false);
    }

    #[test]
    fn time_and_bytes_sent_earn_credit() {
        let mut watch = watch_over(&frame(2, 5).repeat(HTTP2_FRAME_CREDIT_MAX as usize));
        assert_eq!(watch.credit, 0);
        watch.refill(1_000_000);
        assert_eq!(u64::from(watch.credit), HTTP2_FRAME_CREDIT_PER_SECOND);
        watch.on_sent(10 * BYTES_PER_CREDIT);
        assert_eq!(u64::from(watch.credit), HTTP2_FRAME_CREDIT_PER_SECOND + 10);
        watch.refill(1 << 60);
        assert_eq!(watch.credit, HTTP2_FRAME_CREDIT_MAX);
    }

    #[test]
    fn wake_ups_closer_than_a_credit_lose_no_time() {
        let mut watch = watch_over(&frame(2, 5).repeat(HTTP2_FRAME_CREDIT_MAX as usize));
        for now_us in (0..=1_000_000).step_by(100) {
            watch.refill(now_us);
        }
        assert!(u64::from(watch.credit) >= HTTP2_FRAME_CREDIT_PER_SECOND * 9 / 10);
    }

    proptest! {
        #[test]
        fn frames_are_found_however_they_are_cut(
            frames in prop::collection::vec((0..12_u8, 0..300_usize), 0..40),
            cuts in prop::collection::vec(1..50_usize, 1..20),
        ) {
            let bytes: Vec<u8> = frames.iter().flat_map(|(kind, len)| frame(*kind, *len)).collect();
            let whole = watch_over(&bytes);
            let mut cut = watch_over(&[]);
            let mut rest = &bytes[..];
            for at in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, after) = rest.split_at((*at).min(rest.len()));
                cut.on_received(piece);
                rest = after;
            }
            prop_assert_eq!(whole.verdict(), cut.verdict());
            prop_assert_eq!(
                (whole.requests, whole.resets, whole.credit),
                (cut.requests, cut.resets, cut.credit)
            );
        }
    }
}
