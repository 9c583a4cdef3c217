//! Where does a routed request lead, and what exactly is sent there?
//!
//! ```text
//!   Routed ──► Integration ─┬─ HttpProxy   target, verb, request target, fields, time-out
//!                           ├─ Mock        one of the prepared answers, or a Refusal
//!                           └─ Defect      always 500
//! ```
//!
//! Absent on purpose: connecting, sending, framing fields (`Content-Length`, `Transfer-Encoding`,
//! `Connection`) and bodies. The floor below does them. Names are resolved there too, and whoever
//! resolves one asks [`address::is_forbidden`] about each address.

pub mod address;
mod compile;
mod content_coding;
mod forwarded;
mod http_proxy;
mod lenient_json;
mod mock;
mod names;
mod request_fields;
mod request_target;
mod target;
#[cfg(test)]
mod tests;
mod trace_id;

pub use compile::{compile, is_reserved_name, response_name};
pub use content_coding::is_encoded;
pub use http_proxy::HttpProxy;
pub use mock::{Mock, MockBody, MockResponse};
pub use names::{HOP_BY_HOP, NameSet};
pub use target::{Target, TargetIndex, Targets};
pub use trace_id::push_trace_id;

/// Where a method or route leads.
#[derive(Debug)]
pub enum Integration {
    /// To an HTTP backend, body untouched.
    HttpProxy(HttpProxy),
    /// Nowhere: the gateway answers.
    Mock(Mock),
    /// To a 500: AWS accepts such a definition and fails when it is called.
    Defect(Defect),
}

/// Why an integration always fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The sentence for the log, in AWS's words where it has some.
    pub detail: String,
}

/// Why a request is not sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A path variable holds a dot segment in disguise: the backend might leave its path.
    DotSegment,
    /// No template takes the request's content type, and bodies do not pass.
    UnsupportedMediaType,
    /// The mock's request template yields no integer `statusCode`.
    MockWithoutStatus,
    /// No integration response fits the mock's status, and none is the default.
    MockWithoutResponse,
}
