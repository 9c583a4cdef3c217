//! What is counted and logged of an exchange that has ended?

use std::sync::Arc;

use tollgate_core::context::Facts;
use tollgate_core::respond::Cause;

use super::find::Found;
use crate::client::{Reply, RequestBody};
use crate::local::Local;
use crate::publication::Published;
use crate::time::now;

/// The slot that counts requests which no stage took.
const NO_STAGE_SLOT: u32 = 0;

/// What the steps leave behind for counters and logs.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Why the gateway answered itself.
    pub(super) cause: Option<Cause>,
    /// Microseconds from calling the integration to the last byte of its answer.
    pub(super) integration_us: Option<u64>,
    /// The status the integration answered.
    pub(super) integration_status: Option<u16>,
}

impl Record {
    /// Counts and logs the exchange.
    pub(super) fn close(
        self,
        local: &Local,
        published: &Arc<Published>,
        found: &Found<'_>,
        facts: &Facts<'_>,
        (body, reply): (&RequestBody<'_>, &Reply<'_>),
    ) {
        let latency_us = now().since_us(facts.arrived);
        let slot = found.stage_index.and_then(|index| published.stage_slots.get(index.position()));
        let counters = &local.telemetry.counters;
        counters.bytes_received.add(facts.request.head.len as u64 + body.received());
        counters.bytes_sent.add(reply.body_bytes());
        let slot = slot.copied().unwrap_or(NO_STAGE_SLOT);
        counters.on_request(slot, reply.status(), latency_us, self.integration_us);
    }
}
