//! What does the client get: the backend's answer, the mock's, or a refusal's?
//!
//! | answer | written by | customised by |
//! |---|---|---|
//! | a backend's | [`ProxyResponses::write`] | response parameters (HTTP APIs) |
//! | a mock's | [`write_mock`] | its integration responses |
//! | a refusal's or failure's | [`GatewayResponses::write`] | gateway responses (REST APIs) |
//! | to a preflight | [`Cors::write_preflight`] | the CORS configuration (HTTP APIs) |
//!
//! All of them write to a [`crate::message::HeadSink`], so that HTTP/1 and HTTP/2 get the same.
//!
//! Absent on purpose: the status line and the fields of the framing. `Content-Length`,
//! `Transfer-Encoding` and `Connection` belong to whoever knows the connection and the client's verb.

mod cause;
mod compile;
mod cors;
pub mod gateway_response;
mod http_proxy;
mod mock;
mod occasion;
#[cfg(test)]
mod tests;

pub use cause::{Cause, Fault};
pub use cors::Cors;
pub use gateway_response::GatewayResponses;
pub use http_proxy::ProxyResponses;
pub use mock::write_mock;
pub use occasion::{Answer, Occasion};
