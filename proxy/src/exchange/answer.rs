//! How does the gateway answer when no integration does?

use tollgate_core::context::ApiKind;
use tollgate_core::message::HeadSink;
use tollgate_core::respond::{Answer, Cause, GatewayResponses, Occasion, gateway_response};
use tollgate_core::wire::HeadEncoder;

use super::find::Found;
use super::record::Record;
use crate::client::{Announced, Opening, Reply};
use crate::net::{Buffer, Writer};
use crate::time::{date, now};

/// For what is refused before an API is known.
static PLAIN: GatewayResponses = GatewayResponses::PLAIN;

/// Answers `cause`, unless the client has begun to read another answer.
pub(super) async fn answer(
    cause: Cause,
    found: &Found<'_>,
    occasion: &Occasion<'_>,
    reply: &mut Reply<'_>,
    record: &mut Record,
) {
    record.cause = Some(cause);
    if reply.is_started() {
        return;
    }
    let responses = found.stage.map_or(&PLAIN, |stage| &stage.gateway_responses);
    let mut body = None;
    reply.start(&mut |mut sink| {
        let answer = responses.write(cause, occasion, &mut sink);
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

/// Answers bytes that are no request, and of which nothing more will be read.
pub async fn refuse_unread(status: u16, writer: &mut Writer) {
    let mut out = Buffer::take();
    let mut head = HeadEncoder::response(out.as_vec_mut(), status);
    let body = write_refusal(status, &mut head);
    head.content_length(body.len() as u64);
    head.connection_close();
    head.end();
    out.extend(body.as_bytes());
    // A client that no longer listens is told by its connection.
    let _ = writer.write_all(out).await;
}

/// Answers a head that is no request where others share the connection.
pub async fn refuse(status: u16, reply: &mut Reply<'_>) {
    let mut body = String::new();
    reply.start(&mut |sink| {
        body = write_refusal(status, sink);
        Some(Opening { status, body: Announced::Sized(body.len() as u64) })
    });
    reply.push_slice(body.as_bytes());
    // A client that no longer listens is told by its connection.
    let _ = reply.finish().await;
}

/// Writes the fields of a refusal and yields its body.
fn write_refusal(status: u16, sink: &mut dyn HeadSink) -> String {
    let reply = gateway_response::reply(Cause::of_malformed(status));
    let message = reply.error(ApiKind::RestApi).message.unwrap_or_default();
    sink.push(b"Content-Type", b"application/json");
    sink.push(b"Date", &date(now()));
    sink.push(b"x-amzn-ErrorType", reply.error_type.as_bytes());
    format!("{{\"message\":\"{message}\"}}")
}
