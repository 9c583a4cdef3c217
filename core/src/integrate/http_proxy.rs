//! What is asked of an HTTP backend?

use crate::context::Facts;
use crate::message::{HeadSink, Verb};

use super::request_fields::RequestFields;
use super::request_target::RequestTarget;
use super::{Refusal, TargetIndex};

/// An HTTP backend that gets the client's body untouched, compiled.
#[derive(Debug)]
pub struct HttpProxy {
    pub(super) target: TargetIndex,
    pub(super) timeout_ms: u32,
    /// `None` sends the client's verb (`ANY`).
    pub(super) verb: Option<Verb>,
    pub(super) request_target: RequestTarget,
    pub(super) fields: RequestFields,
}

impl HttpProxy {
    /// The backend's place in the snapshot's list of targets.
    #[inline]
    pub fn target(&self) -> TargetIndex {
        self.target
    }

    /// Milliseconds until the backend must have answered.
    #[inline]
    pub fn timeout_ms(&self) -> u32 {
        self.timeout_ms
    }

    /// The verb sent, and its spelling.
    ///
    /// A verb that the definition names is sent whatever the client's was. Where one of the two is
    /// `HEAD`, the backend's body and the client's differ: read the answer by this verb and
    /// write it by the client's.
    pub fn verb<'a>(&self, facts: &Facts<'a>) -> (Verb, &'a [u8]) {
        match self.verb {
            Some(verb) => (verb, verb.as_str().as_bytes()),
            None => facts.verb(),
        }
    }

    /// Appends the request target: path and query.
    pub fn write_target(&self, facts: &Facts<'_>, out: &mut Vec<u8>) -> Result<(), Refusal> {
        self.request_target.write(facts, out)
    }

    /// Writes the header fields, `Host` first.
    ///
    /// Not the fields of the framing (`Content-Length`, `Transfer-Encoding`, `Connection`): those
    /// are for whoever knows the connection. `scratch` is kept by the caller, so that nothing is
    /// allocated once warm; what is in it is lost.
    pub fn write_fields(&self, facts: &Facts<'_>, scratch: &mut Vec<u8>, sink: &mut impl HeadSink) {
        self.fields.write(facts, scratch, sink);
    }

    /// Whether the request may be sent again when a reused connection died under it: the verb is
    /// idempotent (RFC 9110 §9.2.2) and there is no body, which would be spent.
    pub fn is_retry_safe(&self, facts: &Facts<'_>) -> bool {
        self.verb(facts).0.is_idempotent() && facts.request.head.body.is_empty()
    }
}
