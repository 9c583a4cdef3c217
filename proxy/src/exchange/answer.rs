//! How does the gateway answer when no integration does?

use tollgate_core::context::ApiKind;
use tollgate_core::message::HeadSink;
use tollgate_core::respond::{Answer, Cause, GatewayResponses, gateway_response};
use tollgate_core::wire::{HeadEncoder, Malformed};

use super::Setting;
use super::tally::Tally;
use crate::client::{Announced, Opening, Reply};
use crate::net::{Buffer, Writer};
use crate::time::{date, now};

/// For what is refused before an API is known.
static PLAIN: GatewayResponses = GatewayResponses::PLAIN;

/// Answers `cause`, unless the client has begun to read another answer.
pub(super) async fn answer(
    cause: Cause,
    setting: &Setting<'_, '_>,
    reply: &mut Reply<'_>,
    tally: &mut Tally,
) {
    tally.cause = Some(cause);
    if reply.is_started() {
        return;
    }
    let stage = setting.found.stage;
    let responses = stage.map_or(&PLAIN, |stage| &stage.gateway_responses);
    let mut body = None;
    reply.start(&mut |mut sink| {
        let answer = responses.write(cause, setting.occasion, &mut sink);
        let opening = opening_of(&answer);
        body = Some(answer.body);
        Some(opening)
    });
    reply.push_slice(body.as_deref().unwrap_or_default());
    // A client that no longer listens is told by its connection.
    let _ = reply.finish().await;
}

/// How an answer begins whose body is at hand.
pub(super) fn opening_of(answer: &Answer<'_>) -> Opening {
    let body = match answer.body.len() {
        0 if answer.status == 204 => Announced::Nothing,
        len => Announced::Sized(len as u64),
    };
    Opening { status: answer.status, body }
}

/// Answers a request whose head is not acceptable.
pub async fn refuse(malformed: Malformed, reply: &mut Reply<'_>) {
    let plain = PlainRefusal::new(Cause::of_malformed(malformed.status()));
    reply.start(&mut |mut sink| {
        plain.push_fields(&mut sink);
        let body = Announced::Sized(plain.body.len() as u64);
        Some(Opening { status: malformed.status(), body })
    });
    reply.push_slice(plain.body.as_bytes());
    // A client that no longer listens is told by its connection.
    let _ = reply.finish().await;
}

/// Answers bytes that are no request, and of which nothing more will be read.
pub async fn refuse_unread(status: u16, writer: &mut Writer) {
    let plain = PlainRefusal::new(Cause::of_malformed(status));
    let mut out = Buffer::take();
    let mut head = HeadEncoder::response(out.as_vec_mut(), status);
    plain.push_fields(&mut head);
    head.content_length(plain.body.len() as u64);
    head.connection_close();
    head.end();
    out.extend(plain.body.as_bytes());
    // A client that no longer listens is told by its connection.
    let _ = writer.write_all(out).await;
}

/// The answer to what is not even a request: there is no API to customise it.
struct PlainRefusal {
    error_type: &'static str,
    body: String,
}

impl PlainRefusal {
    fn new(cause: Cause) -> Self {
        let reply = gateway_response::reply(cause);
        let message = reply.error(ApiKind::RestApi).message.unwrap_or_default();
        Self { error_type: reply.error_type, body: format!("{{\"message\":\"{message}\"}}") }
    }

    fn push_fields(&self, sink: &mut impl HeadSink) {
        sink.push(b"Content-Type", b"application/json");
        sink.push(b"Date", &date(now()));
        if !self.error_type.is_empty() {
            sink.push(b"x-amzn-ErrorType", self.error_type.as_bytes());
        }
    }
}
