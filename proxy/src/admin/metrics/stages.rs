//! Which stage is behind a counter's slot, and what do its counters say?

use std::collections::HashMap;
use std::sync::Arc;

use crate::telemetry::{CLASS_COUNT, HistogramTotals, SLOT_COUNT, StageTotals, WorkerCounters};

use super::exposition::{Exposition, FamilyType, Seconds};

/// What names a stage in metrics. Stable across changes of the stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct StageLabels {
    /// The API's id.
    pub api: String,
    /// The stage's name.
    pub stage: String,
}

/// Gives each stage a slot for as long as the program runs, so that its counters never go back.
///
/// Slot 0 belongs to requests that no stage took. Once all slots are given, further stages share
/// the last one.
#[derive(Clone, Debug)]
pub struct StageSlots {
    labels: Vec<StageLabels>,
    by_labels: HashMap<StageLabels, u32>,
}

impl Default for StageSlots {
    fn default() -> Self {
        Self { labels: vec![StageLabels::default()], by_labels: HashMap::new() }
    }
}

impl StageSlots {
    /// The slot of a stage.
    pub fn slot_of(&mut self, labels: StageLabels) -> u32 {
        if let Some(slot) = self.by_labels.get(&labels) {
            return *slot;
        }
        let Some(slot) = u32::try_from(self.labels.len()).ok().filter(|slot| *slot < SLOT_COUNT)
        else {
            return SLOT_COUNT - 1;
        };
        self.labels.push(labels.clone());
        self.by_labels.insert(labels, slot);
        slot
    }

    /// Slots with what they are called.
    fn iter(&self) -> impl Iterator<Item = (u32, &StageLabels)> {
        (0..).zip(&self.labels)
    }
}

/// Writes the families that are told apart by stage. A stage without a request has no samples.
pub(super) fn render(
    exposition: &mut Exposition,
    workers: &[Arc<WorkerCounters>],
    slots: &StageSlots,
) {
    let met: Vec<_> = slots
        .iter()
        .filter_map(|(slot, labels)| Some((labels, totals_of(workers, slot)?)))
        .collect();
    render_requests(exposition, &met);
    render_histogram(
        exposition,
        ("tollgate_request_duration_seconds", "From a request's first byte to its response's last"),
        met.iter().map(|(labels, totals)| (*labels, &totals.latency)),
    );
    render_histogram(
        exposition,
        ("tollgate_integration_duration_seconds", "What of that was spent on the integration"),
        met.iter().map(|(labels, totals)| (*labels, &totals.integration_latency)),
    );
}

fn totals_of(workers: &[Arc<WorkerCounters>], slot: u32) -> Option<StageTotals> {
    let mut totals = StageTotals::default();
    for counters in workers.iter().filter_map(|worker| worker.peek_stage(slot)) {
        counters.add_to(&mut totals);
    }
    (totals.latency.count() > 0).then_some(totals)
}

fn render_requests(exposition: &mut Exposition, met: &[(&StageLabels, StageTotals)]) {
    const CLASSES: [&str; CLASS_COUNT] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];
    let mut family = exposition.begin(
        "tollgate_requests_total",
        FamilyType::Counter,
        "Requests by API, stage and class of status",
    );
    for (labels, totals) in met {
        for (class, count) in CLASSES.iter().zip(totals.responses) {
            let labels = [("api", &*labels.api), ("stage", &labels.stage), ("status", class)];
            if count > 0 {
                family.sample("", &labels, count);
            }
        }
    }
}

fn render_histogram<'a>(
    exposition: &mut Exposition,
    (name, help): (&'static str, &str),
    stages: impl Iterator<Item = (&'a StageLabels, &'a HistogramTotals)>,
) {
    let mut family = exposition.begin(name, FamilyType::Histogram, help);
    for (labels, totals) in stages.filter(|(_, totals)| totals.count() > 0) {
        let stage = [("api", &*labels.api), ("stage", &*labels.stage)];
        for (bound_us, count) in totals.cumulative() {
            let bound = Seconds(bound_us).to_string();
            family.sample("_bucket", &[stage[0], stage[1], ("le", &bound)], count);
        }
        family.sample("_bucket", &[stage[0], stage[1], ("le", "+Inf")], totals.count());
        family.seconds("_sum", &stage, totals.sum_us());
        family.sample("_count", &stage, totals.count());
    }
}
