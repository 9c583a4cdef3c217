//! What does a head say: its line, its fields, and how its body is delimited?

use super::{Fields, KnownName, Range, Verb};

/// The protocol version a message came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    #[default]
    Http11,
    /// HTTP/2
    Http2,
}

/// How the client reached us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// Without TLS.
    #[default]
    Http,
    /// Over TLS.
    Https,
}

/// How the end of a body is known (RFC 9112 §6.3, RFC 9113 §8.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyLength {
    /// There is no body.
    #[default]
    None,
    /// Exactly this many bytes follow.
    Sized(u64),
    /// Chunks follow, then a trailer section.
    Chunked,
    /// The body ends with the connection (HTTP/1 responses only) or the stream (HTTP/2).
    UntilEnd,
}

impl BodyLength {
    /// Whether no byte of body follows.
    pub fn is_empty(self) -> bool {
        matches!(self, Self::None | Self::Sized(0))
    }
}

/// A request's head as ranges into its buffer; read it through [`Request`].
#[derive(Clone, Debug, Default)]
pub struct RequestHead {
    /// The verb.
    pub verb: Verb,
    /// The verb as spelled.
    pub verb_range: Range,
    /// The path of the target, without query, as sent. Starts with `/`, or is `*` for `OPTIONS *`.
    pub path: Range,
    /// What follows the first `?` of the target.
    pub query: Option<Range>,
    /// The authority: `Host`, the host of an absolute target, or `:authority`. Validated, may hold a port.
    pub authority: Range,
    /// The version.
    pub version: Version,
    /// The header fields. Never holds HTTP/2 pseudo-headers.
    pub fields: Fields,
    /// How the body is delimited.
    pub body: BodyLength,
    /// Whether the connection may carry another request after this one.
    pub keeps_alive: bool,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
    /// Bytes of the buffer that the head takes; the body starts there (HTTP/1).
    pub len: usize,
}

impl RequestHead {
    /// Forgets the last request and keeps the room.
    pub fn clear(&mut self) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.clear();
        *self = Self { fields, ..Self::default() };
    }
}

/// A response's head as ranges into its buffer; read it through [`Response`].
#[derive(Clone, Debug, Default)]
pub struct ResponseHead {
    /// The status, 100 to 999.
    pub status: u16,
    /// The reason phrase as sent; often empty.
    pub reason: Range,
    /// The version.
    pub version: Version,
    /// The header fields.
    pub fields: Fields,
    /// How the body is delimited, with the request's verb and the status taken into account.
    pub body: BodyLength,
    /// Whether the connection may carry another exchange after this one.
    pub keeps_alive: bool,
    /// Bytes of the buffer that the head takes (HTTP/1).
    pub len: usize,
}

impl ResponseHead {
    /// Forgets the last response and keeps the room.
    pub fn clear(&mut self) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.clear();
        *self = Self { fields, ..Self::default() };
    }
}

/// A request's head beside its buffer: what steps read.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The buffer that the ranges point into.
    pub bytes: &'a [u8],
    /// The ranges.
    pub head: &'a RequestHead,
}

impl<'a> Request<'a> {
    /// The verb as the client spelled it.
    pub fn verb_bytes(self) -> &'a [u8] {
        self.head.verb_range.of_bytes(self.bytes)
    }

    /// The path as sent.
    pub fn path(self) -> &'a [u8] {
        self.head.path.of_bytes(self.bytes)
    }

    /// The query as sent, without `?`.
    pub fn query(self) -> Option<&'a [u8]> {
        self.head.query.map(|range| range.of_bytes(self.bytes))
    }

    /// The authority, with its port where the client gave one.
    pub fn authority(self) -> &'a [u8] {
        self.head.authority.of_bytes(self.bytes)
    }

    /// The value of the first field of a known name.
    pub fn first(self, known: KnownName) -> Option<&'a [u8]> {
        self.head.fields.first(known).map(|field| field.value.of_bytes(self.bytes))
    }

    /// Names and values in order.
    pub fn pairs(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let bytes = self.bytes;
        self.head.fields.iter().map(move |f| (f.name.of_bytes(bytes), f.value.of_bytes(bytes)))
    }
}

/// A response's head beside its buffer.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The buffer that the ranges point into.
    pub bytes: &'a [u8],
    /// The ranges.
    pub head: &'a ResponseHead,
}

impl<'a> Response<'a> {
    /// The value of the first field of a known name.
    pub fn first(self, known: KnownName) -> Option<&'a [u8]> {
        self.head.fields.first(known).map(|field| field.value.of_bytes(self.bytes))
    }

    /// Names and values in order.
    pub fn pairs(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let bytes = self.bytes;
        self.head.fields.iter().map(move |f| (f.name.of_bytes(bytes), f.value.of_bytes(bytes)))
    }
}
