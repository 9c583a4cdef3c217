//! What has a thread seen, and how is it added up without keeping every request?

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::limits::{LATENCY_NS_MAX, LATENCY_NS_MIN};

/// Why a request got no answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// No connection: refused, unreachable, or no TLS.
    Connect,
    /// The connection ended before the answer did.
    Closed,
    /// The answer did not come in time.
    TimedOut,
    /// The answer is not HTTP.
    Malformed,
    /// More waited for a connection than this tool keeps.
    Dropped,
}

impl Failure {
    /// All, in the order of [`Measure::failures`].
    pub const ALL: [Self; 5] =
        [Self::Connect, Self::Closed, Self::TimedOut, Self::Malformed, Self::Dropped];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Closed => "closed",
            Self::TimedOut => "timed_out",
            Self::Malformed => "malformed",
            Self::Dropped => "dropped",
        }
    }
}

/// Counts and distributions of a run, a thread or a second.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Nanoseconds from the moment a request was due to the last byte of its answer.
    pub latency: Histogram<u64>,
    /// Nanoseconds from sending a request to the last byte of its answer.
    pub service: Histogram<u64>,
    /// Nanoseconds by which this tool was late to hand a request out: its own fault.
    pub lag: Histogram<u64>,
    /// Answers by the hundreds of their status; index 0 is what no status should be.
    pub statuses: [u64; 6],
    /// Answers whose status was not expected.
    pub status_errors: u64,
    /// Failures by kind, in the order of [`Failure::ALL`].
    pub failures: [u64; 5],
    /// Bytes of answers, heads included (with HTTP/2: bodies only).
    pub bytes: u64,
    /// Connections opened.
    pub connections: u64,
    /// Requests that found no free connection when they were due.
    pub waited: u64,
}

impl Default for Measure {
    fn default() -> Self {
        Self {
            latency: histogram(),
            service: histogram(),
            lag: histogram(),
            statuses: [0; 6],
            status_errors: 0,
            failures: [0; 5],
            bytes: 0,
            connections: 0,
            waited: 0,
        }
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(LATENCY_NS_MIN, LATENCY_NS_MAX, 3)
        .expect("the bounds are at least a factor of 2 apart and three digits are allowed")
}

/// A duration as the histograms count it; what is beyond their range is at its edge.
pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX).clamp(LATENCY_NS_MIN, LATENCY_NS_MAX)
}

impl Measure {
    /// Notes an answer.
    pub fn answered(&mut self, answer: &Answered) {
        self.latency.saturating_record(nanoseconds(answer.latency));
        self.service.saturating_record(nanoseconds(answer.service));
        let class = usize::from(answer.status / 100);
        self.statuses[if class < self.statuses.len() { class } else { 0 }] += 1;
        self.status_errors += u64::from(!answer.is_expected);
        self.bytes += answer.bytes;
    }

    /// Notes a request that got no answer.
    pub fn failed(&mut self, failure: Failure) {
        self.failures[failure as usize] += 1;
    }

    /// Adds what another thread or second has seen.
    pub fn merge(&mut self, other: &Self) {
        for (ours, theirs) in [
            (&mut self.latency, &other.latency),
            (&mut self.service, &other.service),
            (&mut self.lag, &other.lag),
        ] {
            ours.add(theirs).expect("all histograms have the same bounds");
        }
        add(&mut self.statuses, &other.statuses);
        add(&mut self.failures, &other.failures);
        self.status_errors += other.status_errors;
        self.bytes += other.bytes;
        self.connections += other.connections;
        self.waited += other.waited;
    }

    /// Answers of any status.
    pub fn completed(&self) -> u64 {
        self.statuses.iter().sum()
    }

    /// Requests that got no answer.
    pub fn failures_all(&self) -> u64 {
        self.failures.iter().sum()
    }
}

fn add<const N: usize>(ours: &mut [u64; N], theirs: &[u64; N]) {
    for (ours, theirs) in ours.iter_mut().zip(theirs) {
        *ours += theirs;
    }
}

/// One answer.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// From the moment the request was due.
    pub latency: Duration,
    /// From the moment it was sent.
    pub service: Duration,
    /// The status.
    pub status: u16,
    /// The status is one of those that were expected.
    pub is_expected: bool,
    /// Bytes of the answer.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(us: u64, status: u16, is_expected: bool) -> Answered {
        let latency = Duration::from_micros(us);
        Answered { latency, service: latency / 2, status, is_expected, bytes: 10 }
    }

    #[test]
    fn percentiles_count_from_the_moment_due() {
        let mut measure = Measure::default();
        for us in 1..=1000 {
            measure.answered(&answered(us, 200, true));
        }
        let p99 = measure.latency.value_at_quantile(0.99) / 1000;
        assert!((988..=992).contains(&p99), "{p99}");
        assert!((494..=496).contains(&(measure.service.value_at_quantile(0.99) / 1000)));
    }

    #[test]
    fn merging_is_as_if_one_had_seen_all() {
        let (mut first, mut second) = (Measure::default(), Measure::default());
        first.answered(&answered(100, 200, true));
        second.answered(&answered(300, 503, false));
        second.failed(Failure::TimedOut);
        first.merge(&second);
        assert_eq!((first.completed(), first.failures_all(), first.status_errors), (2, 1, 1));
        assert_eq!((first.statuses[2], first.statuses[5], first.bytes), (1, 1, 20));
        assert_eq!(first.failures[Failure::TimedOut as usize], 1);
        assert_eq!(first.latency.len(), 2);
    }

    #[test]
    fn what_is_beyond_the_range_is_kept_at_its_edge() {
        let mut measure = Measure::default();
        measure.answered(&answered(u64::MAX / 1_000_000, 999, false));
        measure.answered(&answered(0, 200, true));
        assert_eq!(measure.latency.len(), 2);
        assert_eq!(measure.statuses[0], 1);
    }

    #[test]
    fn failures_are_counted_where_their_names_stand() {
        for (index, failure) in Failure::ALL.into_iter().enumerate() {
            assert_eq!(failure as usize, index, "{}", failure.name());
        }
    }
}
