//! What did one worker do for each stage?

use std::sync::OnceLock;

use super::{Counter, Histogram, HistogramTotals};

/// Counters of one stage on one worker.
#[derive(Debug, Default)]
#[repr(align(128))]
pub struct StageCounters {
    responses: [Counter; CLASS_COUNT],
    latency: Histogram,
    integration_latency: Histogram,
}

/// Status classes told apart: none (the client left first), 1xx to 5xx.
pub const CLASS_COUNT: usize = 6;

impl StageCounters {
    /// Counts one exchange that has ended.
    ///
    /// `status` is what the client was answered, 0 where it left before an answer; `latency_us` is
    /// from the request's first byte to the response's last; `integration_us` is from the first
    /// byte sent upstream to the last one received, where there was an upstream.
    #[inline]
    pub fn on_request(&self, status: u16, latency_us: u64, integration_us: Option<u64>) {
        let class = usize::from(status / 100);
        self.responses[if class < CLASS_COUNT { class } else { 0 }].add(1);
        self.latency.observe(latency_us);
        if let Some(us) = integration_us {
            self.integration_latency.observe(us);
        }
    }

    /// Adds what was counted here to `totals`.
    pub fn add_to(&self, totals: &mut StageTotals) {
        for (total, counter) in totals.responses.iter_mut().zip(&self.responses) {
            *total += counter.value();
        }
        self.latency.add_to(&mut totals.latency);
        self.integration_latency.add_to(&mut totals.integration_latency);
    }
}

/// What all workers did for one stage, at one moment.
#[derive(Clone, Debug, Default)]
pub struct StageTotals {
    /// Responses by class; position 2 holds 2xx, position 0 those without a status.
    pub responses: [u64; CLASS_COUNT],
    /// From the request's first byte to the response's last.
    pub latency: HistogramTotals,
    /// What of that was spent waiting for the integration.
    pub integration_latency: HistogramTotals,
}

/// Counters by slot, which grow while others read them.
///
/// Slots lie in chunks of 8, 16, 32, …; a chunk is made by the worker when it first meets one of
/// its slots and never moves, so a reader needs no lock.
#[derive(Debug, Default)]
pub struct StageTable {
    chunks: [OnceLock<Box<[StageCounters]>>; CHUNK_COUNT],
}

const CHUNK_FIRST_LEN: u32 = 8;
const CHUNK_COUNT: usize = 13;
/// Slots a table can hold; what lies above shares the last one.
pub const SLOT_COUNT: u32 = CHUNK_FIRST_LEN * ((1 << CHUNK_COUNT) - 1);

impl StageTable {
    /// The counters of a slot, made when they are first asked for.
    #[inline]
    pub fn at(&self, slot: u32) -> &StageCounters {
        let (chunk, position) = place_of(slot);
        let counters = self.chunks[chunk].get_or_init(|| {
            let len = (CHUNK_FIRST_LEN as usize) << chunk;
            std::iter::repeat_with(StageCounters::default).take(len).collect()
        });
        &counters[position]
    }

    /// The counters of a slot, where its worker has met it.
    pub fn peek(&self, slot: u32) -> Option<&StageCounters> {
        let (chunk, position) = place_of(slot);
        self.chunks[chunk].get().map(|counters| &counters[position])
    }
}

/// Chunk and position of a slot: chunk `k` begins at slot `8·2^k − 8`.
#[inline]
fn place_of(slot: u32) -> (usize, usize) {
    let from_eight = slot.min(SLOT_COUNT - 1) + CHUNK_FIRST_LEN;
    let chunk = from_eight.ilog2() - CHUNK_FIRST_LEN.ilog2();
    (chunk as usize, (from_eight - (CHUNK_FIRST_LEN << chunk)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_has_a_place_of_its_own() {
        let mut expected = (0..CHUNK_COUNT)
            .flat_map(|chunk| (0..(CHUNK_FIRST_LEN as usize) << chunk).map(move |p| (chunk, p)));
        for slot in 0..SLOT_COUNT {
            assert_eq!(Some(place_of(slot)), expected.next(), "{slot}");
        }
        assert_eq!(expected.next(), None);
        assert_eq!(place_of(u32::MAX), place_of(SLOT_COUNT - 1));
    }

    #[test]
    fn a_slot_nobody_met_has_no_counters() {
        let table = StageTable::default();
        table.at(3).on_request(200, 10, None);
        assert!(table.peek(3).is_some());
        assert!(table.peek(8).is_none());
    }

    #[test]
    fn requests_are_counted_by_class_and_duration() {
        let counters = StageCounters::default();
        for status in [0, 101, 200, 204, 302, 404, 429, 503, 999] {
            counters.on_request(status, 1_000, (status == 200).then_some(900));
        }
        let mut totals = StageTotals::default();
        counters.add_to(&mut totals);
        assert_eq!(totals.responses, [2, 1, 2, 1, 2, 1]);
        assert_eq!(totals.latency.count(), 9);
        assert_eq!(totals.integration_latency.count(), 1);
        assert_eq!(totals.integration_latency.sum_us(), 900);
    }
}
