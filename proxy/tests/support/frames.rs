//! How are HTTP/2 frames written, right or wrong, and read?

/// Frame types (RFC 9113 §6).
pub(crate) mod kind {
    pub(crate) const DATA: u8 = 0;
    pub(crate) const HEADERS: u8 = 1;
    pub(crate) const PRIORITY: u8 = 2;
    pub(crate) const RST_STREAM: u8 = 3;
    pub(crate) const SETTINGS: u8 = 4;
    pub(crate) const PUSH_PROMISE: u8 = 5;
    pub(crate) const PING: u8 = 6;
    pub(crate) const GOAWAY: u8 = 7;
    pub(crate) const WINDOW_UPDATE: u8 = 8;
    pub(crate) const CONTINUATION: u8 = 9;
}

/// Flags (RFC 9113 §6).
pub(crate) mod flag {
    pub(crate) const ACK: u8 = 0x1;
    pub(crate) const END_STREAM: u8 = 0x1;
    pub(crate) const END_HEADERS: u8 = 0x4;
    pub(crate) const PADDED: u8 = 0x8;
    pub(crate) const PRIORITY: u8 = 0x20;
}

/// Settings (RFC 9113 §6.5.2).
pub(crate) mod setting {
    pub(crate) const HEADER_TABLE_SIZE: u16 = 1;
    pub(crate) const ENABLE_PUSH: u16 = 2;
    pub(crate) const MAX_CONCURRENT_STREAMS: u16 = 3;
    pub(crate) const INITIAL_WINDOW_SIZE: u16 = 4;
    pub(crate) const MAX_FRAME_SIZE: u16 = 5;
}

/// Error codes (RFC 9113 §7).
pub(crate) mod code {
    pub(crate) const NO_ERROR: u32 = 0;
    pub(crate) const PROTOCOL_ERROR: u32 = 1;
    pub(crate) const FLOW_CONTROL_ERROR: u32 = 3;
    pub(crate) const STREAM_CLOSED: u32 = 5;
    pub(crate) const FRAME_SIZE_ERROR: u32 = 6;
    pub(crate) const REFUSED_STREAM: u32 = 7;
    pub(crate) const CANCEL: u32 = 8;
    pub(crate) const COMPRESSION_ERROR: u32 = 9;
}

/// What a client says first.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// Any frame at all.
    pub(crate) fn new(kind: u8, flags: u8, stream: u32, payload: impl Into<Vec<u8>>) -> Self {
        Self { kind, flags, stream, payload: payload.into() }
    }

    /// As it goes over the wire.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = (self.payload.len() as u32).to_be_bytes()[1..].to_vec();
        bytes.extend([self.kind, self.flags]);
        bytes.extend(self.stream.to_be_bytes());
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    /// Whether it ends its stream.
    pub(crate) fn ends_stream(&self) -> bool {
        matches!(self.kind, kind::DATA | kind::HEADERS) && self.flags & flag::END_STREAM != 0
    }

    /// Whether it acknowledges.
    pub(crate) fn is_ack(&self) -> bool {
        self.flags & flag::ACK != 0
    }

    /// The error code of a RST_STREAM or GOAWAY.
    pub(crate) fn error_code(&self) -> Option<u32> {
        let at = match self.kind {
            kind::RST_STREAM => 0,
            kind::GOAWAY => 4,
            _ => return None,
        };
        let code = self.payload.get(at..at + 4)?;
        Some(u32::from_be_bytes(code.try_into().expect("four bytes")))
    }
}

/// DATA.
pub(crate) fn data(stream: u32, flags: u8, payload: impl Into<Vec<u8>>) -> Vec<u8> {
    Frame::new(kind::DATA, flags, stream, payload).bytes()
}

/// HEADERS with a whole block.
pub(crate) fn headers(stream: u32, flags: u8, block: impl Into<Vec<u8>>) -> Vec<u8> {
    Frame::new(kind::HEADERS, flags, stream, block).bytes()
}

/// CONTINUATION.
pub(crate) fn continuation(stream: u32, flags: u8, block: impl Into<Vec<u8>>) -> Vec<u8> {
    Frame::new(kind::CONTINUATION, flags, stream, block).bytes()
}

/// PRIORITY with weight 256.
pub(crate) fn priority(stream: u32, depends_on: u32) -> Vec<u8> {
    let payload = [depends_on.to_be_bytes().as_slice(), &[255]].concat();
    Frame::new(kind::PRIORITY, 0, stream, payload).bytes()
}

/// RST_STREAM.
pub(crate) fn rst_stream(stream: u32, code: u32) -> Vec<u8> {
    Frame::new(kind::RST_STREAM, 0, stream, code.to_be_bytes()).bytes()
}

/// SETTINGS.
pub(crate) fn settings(settings: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> = settings
        .iter()
        .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    Frame::new(kind::SETTINGS, 0, 0, payload).bytes()
}

/// The acknowledgement of SETTINGS.
pub(crate) fn settings_ack() -> Vec<u8> {
    Frame::new(kind::SETTINGS, flag::ACK, 0, []).bytes()
}

/// PING.
pub(crate) fn ping(payload: [u8; 8]) -> Vec<u8> {
    Frame::new(kind::PING, 0, 0, payload).bytes()
}

/// GOAWAY.
pub(crate) fn goaway(last: u32, code: u32) -> Vec<u8> {
    Frame::new(kind::GOAWAY, 0, 0, [last.to_be_bytes(), code.to_be_bytes()].concat()).bytes()
}

/// WINDOW_UPDATE.
pub(crate) fn window_update(stream: u32, increment: u32) -> Vec<u8> {
    Frame::new(kind::WINDOW_UPDATE, 0, stream, increment.to_be_bytes()).bytes()
}
