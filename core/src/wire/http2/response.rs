//! Which fields of a response may be sent in HTTP/2?

use crate::message::{HeadSink, KnownName};
use crate::wire::hop_by_hop::ends_here;

/// Passes on to another sink what may stand in HTTP/2, with names in lower case.
///
/// RFC 9113 §8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific
/// header fields"; §8.2: "Field names MUST be converted to lowercase when constructing an HTTP/2
/// message". What `Connection` nominates is the forwarder's to leave out, as for HTTP/1: see
/// [`HopByHop`](crate::wire::HopByHop).
#[derive(Debug)]
pub struct FieldFilter<'s, S> {
    sink: &'s mut S,
    scratch: &'s mut Vec<u8>,
}

impl<'s, S: HeadSink> FieldFilter<'s, S> {
    /// Writes to `sink`; `scratch` is kept by the caller so that nothing is allocated once warm.
    pub fn new(sink: &'s mut S, scratch: &'s mut Vec<u8>) -> Self {
        Self { sink, scratch }
    }
}

impl<S: HeadSink> HeadSink for FieldFilter<'_, S> {
    fn push(&mut self, name: &[u8], value: &[u8]) {
        if KnownName::from_bytes(name).is_some_and(ends_here) {
            return;
        }
        if !name.iter().any(u8::is_ascii_uppercase) {
            self.sink.push(name, value);
            return;
        }
        self.scratch.clear();
        self.scratch.extend(name.iter().map(u8::to_ascii_lowercase));
        self.sink.push(self.scratch, value);
    }
}
