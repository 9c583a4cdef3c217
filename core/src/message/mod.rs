//! What does a message consist of, whichever protocol brought it?
//!
//! A head is **one buffer and a table of ranges** into it. HTTP/1 heads are parsed in place;
//! HTTP/2 heads are decoded into the same shape. Steps read slices through [`Request`] and
//! [`Response`]; nothing is copied until it must change.
//!
//! Absent on purpose: bodies. A body is a stream with back-pressure and belongs to the floor below.

mod block;
mod fields;
mod head;
mod name;
pub mod percent;
mod range;
mod sink;
mod verb;

pub use block::FieldBlock;
pub use fields::{Field, Fields};
pub use head::{BodyLength, Request, RequestHead, Response, ResponseHead, Scheme, Version};
pub use name::KnownName;
pub use range::Range;
pub use sink::HeadSink;
pub use verb::Verb;
