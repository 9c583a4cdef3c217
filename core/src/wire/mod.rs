//! Which bytes are a request or a response, and which bytes do we send?
//!
//! Push parsers: the caller reads, hands over what it has, and is told *complete*, *needs more* or
//! why the sender is refused. Nothing here reads, waits or allocates once its buffers are warm.
//!
//! **One parser decides; what it can't vouch for is refused.** `httparse` knows the grammar and is
//! fast; [`HeadScanner`] is a second, slower machine of our own that reads byte by byte. A head is
//! accepted only as both would accept it: the fast one's answer is taken when it keeps the strict
//! rules, in every other case the scanner says what is wrong. So the verdict on a head depends on
//! its bytes alone and never on how they were cut into reads.
//!
//! ```text
//! first read  ─► parse_request ─► Complete           (nearly always)
//!                      └─ Partial ─► HeadScanner::push ─► Some(len) ─► parse_request
//!                                          ▲ └─ None: read more
//!                                          └──── next read
//! ```
//!
//! Absent on purpose: normalising paths (`locate`), size limits of bodies, and what AWS does to a
//! field by its name (`integrate`, `respond`). Trailer sections are checked and dropped.

mod authority;
mod chunked;
mod date;
mod encode;
mod field_lines;
mod framing;
mod grammar;
mod hop_by_hop;
pub mod http2;
mod lookalike;
mod malformed;
mod reason;
mod request;
mod response;
mod scan;
mod target;
mod trailers;

pub use authority::Authority;
pub use chunked::{ChunkStep, ChunkedDecoder};
pub use date::{IMF_FIXDATE_LEN, imf_fixdate};
pub use encode::{
    CHUNK_END, ChunkLine, HeadEncoder, LAST_CHUNK, STATUS_LINE_BYTES_MAX, StatusLine,
};
pub use hop_by_hop::HopByHop;
pub use malformed::Malformed;
pub use reason::reason_phrase;
pub use request::parse_request;
pub use response::parse_response;
pub use scan::HeadScanner;

/// Whether a head is all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// The head is filled in; its `len` says where the body starts.
    Complete,
    /// Nothing is wrong so far, and the head's end has not come.
    Partial,
}

#[cfg(test)]
mod tests;
