//! How did the run go, second by second?

use std::collections::BTreeMap;

use serde::Serialize;

use super::measure::Measure;

/// What one thread saw in one second.
#[derive(Debug)]
pub(super) struct Interval {
    /// The second, counted from the start.
    pub second: u64,
    /// What was seen.
    pub measure: Measure,
}

/// One second of all threads.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Second {
    /// Counted from the start.
    pub second: u64,
    /// Answers.
    pub completed: u64,
    /// Failures and unexpected statuses.
    pub errors: u64,
    /// Microseconds from the moment due.
    pub p50_us: f64,
    /// Microseconds from the moment due.
    pub p99_us: f64,
    /// Microseconds from the moment due.
    pub max_us: f64,
}

impl Second {
    fn of(second: u64, measure: &Measure) -> Self {
        let us = |quantile| measure.latency.value_at_quantile(quantile) as f64 / 1000.0;
        Self {
            second,
            completed: measure.completed(),
            errors: measure.failures_all() + measure.status_errors,
            p50_us: us(0.5),
            p99_us: us(0.99),
            max_us: measure.latency.max() as f64 / 1000.0,
        }
    }
}

/// Adds the threads' seconds up; keeps histograms only of seconds that some thread still owes.
#[derive(Debug)]
pub(super) struct Timeline {
    threads: usize,
    open: BTreeMap<u64, (usize, Measure)>,
    seconds: Vec<Second>,
}

/// Seconds that may stay open for a thread that is late; older ones are closed without it.
const OPEN_MAX: usize = 16;

impl Timeline {
    /// Expects each second from each of so many threads.
    pub(super) fn new(threads: usize) -> Self {
        Self { threads, open: BTreeMap::new(), seconds: Vec::new() }
    }

    /// Adds one thread's second.
    pub(super) fn push(&mut self, interval: &Interval) {
        let entry = self.open.entry(interval.second).or_default();
        entry.0 += 1;
        entry.1.merge(&interval.measure);
        while let Some(first) = self.open.first_entry() {
            if first.get().0 < self.threads && self.open.len() <= OPEN_MAX {
                return;
            }
            self.close_first();
        }
    }

    /// The seconds that are complete.
    pub(super) fn seconds(&self) -> &[Second] {
        &self.seconds
    }

    /// All seconds, the last ones as far as they came.
    pub(super) fn into_seconds(mut self) -> Vec<Second> {
        while !self.open.is_empty() {
            self.close_first();
        }
        self.seconds
    }

    fn close_first(&mut self) {
        if let Some((second, (_, measure))) = self.open.pop_first() {
            self.seconds.push(Second::of(second, &measure));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::measure::Answered;
    use super::*;

    fn interval(second: u64, us: u64) -> Interval {
        let mut measure = Measure::default();
        let latency = Duration::from_micros(us);
        measure.answered(&Answered {
            latency,
            service: latency,
            status: 200,
            is_expected: true,
            bytes: 0,
        });
        Interval { second, measure }
    }

    #[test]
    fn a_second_is_complete_when_every_thread_has_told_of_it() {
        let mut timeline = Timeline::new(2);
        timeline.push(&interval(0, 100));
        timeline.push(&interval(1, 100));
        assert_eq!(timeline.seconds().len(), 0);
        timeline.push(&interval(0, 300));
        assert_eq!(timeline.seconds().len(), 1);
        assert_eq!(timeline.seconds()[0].completed, 2);
        assert_eq!(timeline.into_seconds().len(), 2);
    }

    #[test]
    fn a_late_thread_is_not_waited_for_for_ever() {
        let mut timeline = Timeline::new(2);
        for second in 0..100 {
            timeline.push(&interval(second, 100));
        }
        assert_eq!(timeline.seconds().len(), 100 - OPEN_MAX);
    }
}
