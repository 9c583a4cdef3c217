//! What does every answer say, whatever else it says?

use std::borrow::Cow;

use crate::context::{ApiKind, Facts};
use crate::message::HeadSink;

use super::Cors;

/// What an answer is given to.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The exchange.
    pub facts: &'a Facts<'a>,
    /// The value of `Date`, such as `Tue, 15 Nov 1994 08:12:31 GMT`.
    pub date: &'a [u8],
    /// The stage's CORS configuration, where it has one.
    pub cors: Option<&'a Cors>,
}

/// The status and body of an answer whose fields went to a sink.
///
/// The fields of the framing are not among them: `Content-Length` is the body's length, and whoever
/// knows the connection and the client's verb writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The whole body; empty for none.
    pub body: Cow<'a, [u8]>,
}

/// Whether an answer of this status may have a body (RFC 9110 §6.4.1, and §15.3.6 for 205).
pub(super) fn may_have_content(status: u16) -> bool {
    !matches!(status, 100..=199 | 204 | 205 | 304)
}

impl<'a> Answer<'a> {
    /// An answer whose body is left out where its status has none.
    pub(super) fn new(status: u16, body: Cow<'a, [u8]>) -> Self {
        let body = if may_have_content(status) { body } else { Cow::Borrowed(&[][..]) };
        Self { status, body }
    }
}

impl Occasion<'_> {
    /// Writes the fields that every answer of that kind of API has: its ids, `Date`, and CORS.
    pub(super) fn push_fields(&self, api_kind: ApiKind, sink: &mut impl HeadSink) {
        let ids = self.facts.ids;
        match api_kind {
            ApiKind::RestApi => {
                sink.push(b"x-amzn-RequestId", &ids.request_id);
                sink.push(b"x-amz-apigw-id", &ids.extended_request_id);
                sink.push(b"Date", self.date);
            }
            ApiKind::HttpApi => {
                sink.push(b"date", self.date);
                sink.push(b"apigw-requestid", &ids.extended_request_id);
            }
        }
        if let Some(cors) = self.cors {
            cors.push_actual(self.facts.request, sink);
        }
    }
}
