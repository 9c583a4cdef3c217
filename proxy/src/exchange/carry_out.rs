//! How does the method's integration answer?

use tollgate_core::integrate::{HttpProxy, Integration, Mock};
use tollgate_core::message::Response;
use tollgate_core::respond::{Cause, Occasion, write_mock};

use super::answer::opening_of;
use super::tally::Tally;
use super::{Ended, Setting};
use crate::client::{Announced, Opening, Reply, RequestBody};
use crate::framing::BodyFailure;
use crate::net::Buffer;
use crate::perform::{Call, CallFailure, RelayFailure};
use crate::upstream::ConnectFailure;

/// The client's side of an exchange: what it sends, and how it is answered.
pub(super) type ClientSide<'x, 'c> = (&'x mut RequestBody<'c>, &'x mut Reply<'c>);

/// Lets the integration answer, or says why it does not.
pub(super) async fn carry_out<'c>(
    setting: &Setting<'_, '_>,
    client: ClientSide<'_, 'c>,
    tally: &mut Tally,
) -> Result<(), Ended> {
    let Setting { found, occasion, .. } = *setting;
    if let Some(cause) = found.cause {
        return Err(Ended::Caused(cause));
    }
    if found.is_preflight {
        return preflight(occasion, client.1).await;
    }
    let method = found.method.ok_or(Ended::Caused(Cause::GatewayDefect))?;
    match &method.integration {
        Integration::Mock(mock) => answer_mock(mock, occasion, client.1).await,
        Integration::Defect(_) => Err(Ended::Caused(Cause::IntegrationDefect)),
        Integration::HttpProxy(proxy) => {
            tally.is_called = true;
            let result = call(proxy, setting, client).await;
            tally.integration_status = result.ok();
            result.map(|_| ())
        }
    }
}

async fn preflight(occasion: &Occasion<'_>, reply: &mut Reply<'_>) -> Result<(), Ended> {
    reply.start(&mut |mut sink| {
        let cors = occasion.cors?;
        Some(opening_of(&cors.write_preflight(occasion, &mut sink)))
    });
    finish(reply).await
}

async fn answer_mock(
    mock: &Mock,
    occasion: &Occasion<'_>,
    reply: &mut Reply<'_>,
) -> Result<(), Ended> {
    let mut scratch = Buffer::take_small();
    let mut written = Err(Cause::GatewayDefect);
    reply.start(&mut |mut sink| {
        written = write_mock(mock, occasion, scratch.as_vec_mut(), &mut sink).map_err(Cause::from);
        written.as_ref().ok().map(opening_of)
    });
    let answer = written.map_err(Ended::Caused)?;
    reply.push_slice(&answer.body);
    finish(reply).await
}

async fn finish(reply: &mut Reply<'_>) -> Result<(), Ended> {
    reply.finish().await.map_err(|_| Ended::Cut)
}

/// Calls an HTTP backend; tells the status it answered.
async fn call<'c>(
    proxy: &HttpProxy,
    setting: &Setting<'_, '_>,
    (body, reply): ClientSide<'_, 'c>,
) -> Result<u16, Ended> {
    let defect = Ended::Caused(Cause::GatewayDefect);
    let Setting { local, published, found, occasion } = *setting;
    let target = published.targets.get(proxy.target().0 as usize).ok_or(defect)?;
    let responses = &found.method.ok_or(defect)?.responses;
    let mut begin = |reply: &mut Reply<'_>, response: Response<'_>, body: Announced| {
        // Taken where it is used: what waits for an answer holds no memory for it.
        let mut scratch = Buffer::take_small();
        reply.start(&mut |mut sink| {
            let status = responses.write(response, occasion, scratch.as_vec_mut(), &mut sink);
            Some(Opening { status, body })
        });
    };
    let call = Call { local, facts: occasion.facts, target, body, reply, begin: &mut begin };
    let result = call.run(proxy).await;
    if let Err(CallFailure::Relay(RelayFailure::Client(failure))) = &result {
        // Where its body ends can no longer be told, so nothing after it may be read as a request.
        reply.close_after();
        if matches!(failure, BodyFailure::Malformed(_)) && reply.break_off() {
            return Err(Ended::Cut);
        }
    }
    match result {
        Ok(relayed) => Ok(relayed.status),
        Err(failure) => Err(ended_by(&failure)),
    }
}

/// What a failed call means to the client. The detail is for the log.
fn ended_by(failure: &CallFailure) -> Ended {
    let cause = match failure {
        CallFailure::Refused(refusal) => Cause::from(*refusal),
        CallFailure::Connect(ConnectFailure::NotResolved | ConnectFailure::Forbidden(_)) => {
            Cause::NameNotResolved
        }
        CallFailure::Connect(_) => Cause::ConnectFailed,
        CallFailure::Relay(RelayFailure::TimedOut) => Cause::UpstreamTimedOut,
        CallFailure::Relay(RelayFailure::Died | RelayFailure::Broken(_)) => Cause::UpstreamReset,
        CallFailure::Relay(
            RelayFailure::Malformed(_) | RelayFailure::Unexpected(_) | RelayFailure::AnswerTooLarge,
        ) => Cause::UpstreamMalformed,
        CallFailure::Relay(RelayFailure::Client(failure)) => return ended_by_client(failure),
        CallFailure::Relay(RelayFailure::ClientGone | RelayFailure::Cut) => return Ended::Cut,
    };
    tracing::debug!(%failure, ?cause, "an integration failed");
    Ended::Caused(cause)
}

fn ended_by_client(failure: &BodyFailure) -> Ended {
    match failure {
        BodyFailure::Malformed(malformed) => Ended::Caused(Cause::of_malformed(malformed.status())),
        BodyFailure::TooLarge => Ended::Caused(Cause::PayloadTooLarge),
        BodyFailure::TimedOut => Ended::Caused(Cause::RequestTimedOut),
        BodyFailure::Truncated | BodyFailure::Broken(_) => Ended::Cut,
    }
}
