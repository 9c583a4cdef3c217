//! How is a request passed to an HTTP backend and its answer passed back?

use std::sync::Arc;
use std::time::Duration;

use tollgate_core::context::Facts;
use tollgate_core::integrate::HttpProxy;
use tollgate_core::message::{BodyLength, ResponseHead, Verb};
use tollgate_core::wire::HeadEncoder;

use super::relay::{Begin, Outbound, Relay, Relayed};
use super::{CallFailure, RelayFailure};
use crate::client::{Reply, RequestBody};
use crate::framing::{BodyFailure, Outgoing};
use crate::local::Local;
use crate::net::Buffer;
use crate::publication::{Addresses, Target, TargetTls};
use crate::time::{micros, now, recent};
use crate::upstream::{ConnectFailure, Connection, UpstreamTls};

/// Room for a usual head; longer ones grow it.
const HEAD_ROOM_BYTES: usize = 2 * 1024;

/// Connections that may die under one request before it fails: a backend that restarts kills all
/// that idled, and each is found out one by one.
const ATTEMPTS_MAX: usize = 4;

/// A request on its way to a backend: everything but the backend.
pub(crate) struct Call<'x, 'c> {
    pub(crate) local: &'x Local,
    pub(crate) facts: &'x Facts<'x>,
    pub(crate) target: &'x Arc<Target>,
    pub(crate) body: &'x mut RequestBody<'c>,
    pub(crate) reply: &'x mut Reply<'c>,
    pub(crate) begin: Begin<'x>,
}

impl Call<'_, '_> {
    /// Sends the request as `proxy` says and passes the answer on.
    pub(crate) async fn run(mut self, proxy: &HttpProxy) -> Result<Relayed, CallFailure> {
        let mut head = self.local.take_response_head();
        let result = self.attempt_until_alive(proxy, &mut head).await;
        self.local.give_back_response_head(head);
        result
    }

    async fn attempt_until_alive(
        &mut self,
        proxy: &HttpProxy,
        head: &mut ResponseHead,
    ) -> Result<Relayed, CallFailure> {
        let timeout = Duration::from_millis(u64::from(proxy.timeout_ms()));
        let answer_until_us = recent().monotonic_us.saturating_add(micros(timeout));
        let is_retry_safe = proxy.is_retry_safe(self.facts);
        let piece = self.body.take_ready().map_err(client_failed)?;
        for _ in 0..ATTEMPTS_MAX {
            let mut connection = self.connect(answer_until_us, is_retry_safe).await?;
            let _busy = self.local.pools.begin_use();
            let outbound = self.outbound(proxy, piece.as_ref(), answer_until_us)?;
            let mut relay =
                Relay { local: self.local, body: self.body, reply: self.reply, begin: self.begin };
            match relay.run(&mut connection, outbound, head).await {
                Ok(relayed) => {
                    if relayed.is_reusable {
                        self.give_back(connection);
                    }
                    return Ok(relayed);
                }
                Err(RelayFailure::Died) if connection.is_reused && is_retry_safe => {
                    self.local.telemetry.counters.upstream_retries.add(1);
                }
                Err(failure) => return Err(CallFailure::Relay(failure)),
            }
        }
        Err(CallFailure::Relay(RelayFailure::Died))
    }

    fn give_back(&self, connection: Connection) {
        let slot = self.target.slot as usize;
        let idle = (&self.local.wheel, self.local.bounds.upstream_idle);
        self.local.pools.give_back(slot, connection, idle, recent());
    }

    async fn connect(&self, until_us: u64, is_retry_safe: bool) -> Result<Connection, CallFailure> {
        let counters = &self.local.telemetry.counters;
        let slot = self.target.slot as usize;
        if let Some(connection) = self.local.pools.take(slot, !is_retry_safe) {
            counters.upstream_reused.add(1);
            return Ok(connection);
        }
        // Boxed, because most requests find a connection and none should carry the handshake's size.
        match Box::pin(self.open(until_us)).await {
            Ok(connection) => {
                counters.upstream_opened.add(1);
                Ok(connection)
            }
            Err(failure) => {
                counters.upstream_connect_failures.add(1);
                Err(CallFailure::Connect(failure))
            }
        }
    }

    /// Tries the target's addresses one after the other, beginning with any of them.
    async fn open(&self, until_us: u64) -> Result<Connection, ConnectFailure> {
        let known = self.target.addresses();
        let addresses = match &*known {
            Addresses::Known(addresses) => addresses,
            Addresses::Unresolved | Addresses::Unknown(_) => {
                return Err(ConnectFailure::NotResolved);
            }
            Addresses::Forbidden(address) => return Err(ConnectFailure::Forbidden(*address)),
        };
        let tls = self.target.key.tls.as_ref().map(|tls| self.upstream_tls(tls));
        let first = fastrand::usize(..addresses.len());
        let mut last_failure = ConnectFailure::NotResolved;
        for address in addresses.iter().cycle().skip(first).take(addresses.len()) {
            let left_us = until_us.saturating_sub(now().monotonic_us);
            if left_us == 0 {
                return Err(ConnectFailure::TimedOut);
            }
            let left = Duration::from_micros(left_us).min(self.local.bounds.connect);
            match Connection::open(*address, tls.as_ref(), left, &self.local.wheel).await {
                Ok(connection) => return Ok(connection),
                Err(failure) => last_failure = failure,
            }
        }
        Err(last_failure)
    }

    fn upstream_tls(&self, tls: &TargetTls) -> UpstreamTls {
        let configs = &self.local.upstream_tls;
        let config = if tls.skips_verification { &configs.unverified } else { &configs.verified };
        UpstreamTls { server_name: tls.server_name.clone(), config: Arc::clone(config) }
    }

    /// Writes the request: line, fields, and the body where all of it is at hand.
    fn outbound(
        &self,
        proxy: &HttpProxy,
        piece: Option<&Buffer>,
        answer_until_us: u64,
    ) -> Result<Outbound, CallFailure> {
        let mut scratch = Buffer::take_small();
        let scratch = scratch.as_vec_mut();
        proxy.write_target(self.facts, scratch).map_err(CallFailure::Refused)?;
        let mut bytes = Buffer::with_room(HEAD_ROOM_BYTES + piece.map_or(0, Buffer::len));
        let (verb, verb_bytes) = proxy.verb(self.facts);
        let mut head = HeadEncoder::request(bytes.as_vec_mut(), verb_bytes, &[scratch]);
        proxy.write_fields(self.facts, scratch, &mut head);
        let length = self.length_upstream(verb, piece);
        match length {
            BodyLength::None => {}
            BodyLength::Sized(len) => head.content_length(len),
            BodyLength::Chunked | BodyLength::UntilEnd => head.chunked(),
        }
        head.end();
        let framing = Outgoing::new(length);
        if let Some(piece) = piece {
            framing.append(piece.unread(), &mut bytes);
        }
        if self.body.is_ended() {
            framing.append_end(&mut bytes);
        }
        let until_us = self.facts.arrived.monotonic_us + micros(self.local.bounds.exchange);
        Ok(Outbound { bytes, framing, verb, answer_until_us, until_us })
    }

    /// How the body goes out: with its length wherever that is known.
    fn length_upstream(&self, verb: Verb, piece: Option<&Buffer>) -> BodyLength {
        match self.facts.request.head.body {
            BodyLength::Sized(len) => BodyLength::Sized(len),
            // "A user agent SHOULD send Content-Length in a request when the method defines a
            // meaning for enclosed content and it is not sending Transfer-Encoding" (RFC 9110 §8.6).
            BodyLength::None if matches!(verb, Verb::Post | Verb::Put | Verb::Patch) => {
                BodyLength::Sized(0)
            }
            BodyLength::None => BodyLength::None,
            BodyLength::Chunked | BodyLength::UntilEnd if self.body.is_ended() => {
                BodyLength::Sized(piece.map_or(0, |piece| piece.len() as u64))
            }
            BodyLength::Chunked | BodyLength::UntilEnd => BodyLength::Chunked,
        }
    }
}

fn client_failed(failure: BodyFailure) -> CallFailure {
    CallFailure::Relay(RelayFailure::Client(failure))
}
