//! What does a server make of bytes that arrive in pieces?

use tollgate_core::message::{BodyLength, Request, RequestHead, Scheme};
use tollgate_core::wire::{
    ChunkStep, ChunkedDecoder, HeadScanner, Malformed, Parsed, parse_request,
};

/// Reads one request the way a connection does: a quick parse of the first read, then the scanner,
/// then the body.
#[derive(Default)]
pub(crate) struct Peer {
    bytes: Vec<u8>,
    scanner: Option<HeadScanner>,
    head: Option<RequestHead>,
    decoder: ChunkedDecoder,
    body: Vec<u8>,
    /// Bytes that are read and understood.
    used: usize,
}

impl Peer {
    /// The answer to all `pieces`: a refusal, what the request says and what is left over, or `wait`.
    pub(crate) fn verdict(pieces: &[&[u8]]) -> String {
        let mut peer = Self::default();
        let mut is_complete = false;
        for piece in pieces {
            peer.bytes.extend_from_slice(piece);
            if is_complete {
                continue;
            }
            match peer.read() {
                Ok(complete) => is_complete = complete,
                Err(malformed) => return format!("{} {malformed:?}", malformed.status()),
            }
        }
        if is_complete { peer.text() } else { "wait".to_owned() }
    }

    /// Whether the request is all there.
    fn read(&mut self) -> Result<bool, Malformed> {
        if self.head.is_none() {
            self.head = self.read_head()?;
            self.used = self.head.as_ref().map_or(0, |head| head.len);
        }
        match self.head.as_ref().map(|head| head.body) {
            None => Ok(false),
            Some(BodyLength::Chunked) => self.read_chunks(),
            Some(length) => Ok(self.read_sized(length)),
        }
    }

    fn read_head(&mut self) -> Result<Option<RequestHead>, Malformed> {
        if let Some(scanner) = &mut self.scanner
            && scanner.push(&self.bytes)?.is_none()
        {
            return Ok(None);
        }
        let mut head = RequestHead::default();
        if parse_request(&self.bytes, Scheme::Http, &mut head)? == Parsed::Complete {
            return Ok(Some(head));
        }
        let mut scanner = HeadScanner::for_request();
        assert_eq!(scanner.push(&self.bytes)?, None);
        self.scanner = Some(scanner);
        Ok(None)
    }

    fn read_sized(&mut self, length: BodyLength) -> bool {
        let len = match length {
            BodyLength::Sized(len) => usize::try_from(len).unwrap_or(usize::MAX),
            _ => 0,
        };
        let Some((body, _)) = self.bytes[self.used..].split_at_checked(len) else { return false };
        self.body = body.to_vec();
        self.used += len;
        true
    }

    fn read_chunks(&mut self) -> Result<bool, Malformed> {
        loop {
            let rest = &self.bytes[self.used..];
            match self.decoder.push(rest)? {
                ChunkStep::Data(range) => {
                    self.body.extend_from_slice(&rest[range.clone()]);
                    self.used += range.end;
                }
                ChunkStep::NeedsMore => {
                    self.used = self.bytes.len();
                    return Ok(false);
                }
                ChunkStep::Done { consumed } => {
                    self.used += consumed;
                    return Ok(true);
                }
            }
        }
    }

    fn text(&self) -> String {
        let Some(head) = &self.head else { return String::new() };
        let request = Request { bytes: &self.bytes, head };
        let query = request.query().map(|query| format!("?{}", query.escape_ascii()));
        let mut text = format!(
            "{} {}{} {} \"{}\"",
            request.verb_bytes().escape_ascii(),
            request.path().escape_ascii(),
            query.unwrap_or_default(),
            request.authority().escape_ascii(),
            self.body.escape_ascii()
        );
        if !head.keeps_alive {
            text.push_str(" close");
        }
        if self.used < self.bytes.len() {
            text.push_str(&format!(" +{}", self.bytes[self.used..].escape_ascii()));
        }
        text
    }
}
