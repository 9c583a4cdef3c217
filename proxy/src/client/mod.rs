//! What does one exchange take from its client, and how is it answered?
//!
//! [`RequestBody`] and [`Reply`] hide which protocol the client speaks: an exchange reads pieces
//! and answers with a head, pieces and an end, and never learns how they are framed.

mod http1_reply;
mod http2_body;
mod http2_reply;
mod reply;
mod request_body;

pub use http1_reply::Http1Reply;
pub use http2_body::{Http2Body, Steps};
pub use http2_reply::{Http2Reply, Piece};
pub use reply::{Announced, Fill, Opening, Reply, ReplyFailure};
pub use request_body::{Http1Body, RequestBody};
