//! What is counted and logged of an exchange that has ended?

use tollgate_core::context::Outcome;
use tollgate_core::observe::{Record, Whereabouts};
use tollgate_core::respond::Cause;

use super::Setting;
use crate::client::{Reply, RequestBody};
use crate::time::now;

/// The slot that counts requests which no stage took.
const NO_STAGE_SLOT: u32 = 0;

/// What the steps leave behind for counters and logs.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Why the gateway answered itself.
    pub(super) cause: Option<Cause>,
    /// Whether an integration was called.
    pub(super) is_called: bool,
    /// The status the integration answered.
    pub(super) integration_status: Option<u16>,
}

impl Tally {
    /// Counts and logs the exchange.
    pub(super) fn close(
        &self,
        setting: &Setting<'_, '_>,
        body: &RequestBody<'_>,
        reply: &Reply<'_>,
    ) {
        let latency_us = now().since_us(setting.occasion.facts.arrived);
        let outcome = Outcome {
            status: reply.status(),
            request_bytes: body.received(),
            response_bytes: reply.body_bytes(),
            latency_us,
            // Routing takes a microsecond and writing the last bytes a few; neither is worth
            // another look at the clock.
            integration_latency_us: self.is_called.then_some(latency_us),
            integration_status: self.integration_status,
            integration_error: None,
            error: None,
        };
        count(setting, &outcome);
        if body.has_timed_out() || reply.has_timed_out() {
            setting.local.telemetry.counters.client_timeouts.add(1);
        }
        self.log(setting, &outcome);
    }

    /// Leaves a record for the log thread, which renders it; here bytes are only copied.
    fn log(&self, setting: &Setting<'_, '_>, outcome: &Outcome<'_>) {
        let Setting { local, published, found, occasion } = *setting;
        if !local.telemetry.logs_access() {
            return;
        }
        let Some(format) = found.stage.and_then(|stage| stage.access_log.as_ref()) else { return };
        let whereabouts = Whereabouts {
            revision: published.revision,
            stage: found.stage_index.map(|index| index.0),
            method: found.method_index.map(|index| index.0),
        };
        let record = Record::of(occasion.facts, outcome, self.cause, whereabouts);
        local
            .telemetry
            .log_access(published, |out| record.encode(occasion.facts, format.needs(), out));
    }
}

fn count(setting: &Setting<'_, '_>, outcome: &Outcome<'_>) {
    let Setting { local, published, found, occasion } = *setting;
    let slot = found.stage_index.and_then(|index| published.stage_slots.get(index.position()));
    let slot = slot.copied().unwrap_or(NO_STAGE_SLOT);
    let counters = &local.telemetry.counters;
    let head_bytes = occasion.facts.request.head.len as u64;
    counters.bytes_received.add(head_bytes + outcome.request_bytes);
    counters.bytes_sent.add(outcome.response_bytes);
    let integration_us = outcome.integration_latency_us;
    counters.on_request(slot, outcome.status, outcome.latency_us, integration_us);
}
