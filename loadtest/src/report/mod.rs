//! What came of a run, for people, for programs and for the eye?

mod chart;
mod text;

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::run::{Failure, Measure, Mode, OwnLoad, Plan, Second};

pub use chart::draw;
pub(crate) use text::human;

/// The figures of a run. Its JSON form is the fields below; new ones may be added, none change.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What was asked.
    pub url: String,
    /// `open` or `closed`.
    pub mode: &'static str,
    /// Requests per second that were due at the end of the ramp; 0 in a closed loop.
    pub rate: f64,
    /// Connections.
    pub connections: usize,
    /// Requests at a time on each connection.
    pub streams: usize,
    /// The generator's threads.
    pub threads: usize,
    /// How the generator waited for its sockets.
    pub driver: &'static str,
    /// Seconds that the figures are about: without warm-up, and until the last answer.
    pub seconds: f64,
    /// Answers of any status.
    pub completed: u64,
    /// Answers per second.
    pub rps: f64,
    /// Requests that got no answer.
    pub failures: u64,
    /// The same by kind.
    pub failures_by_kind: BTreeMap<&'static str, u64>,
    /// Answers whose status was not expected.
    pub status_errors: u64,
    /// Answers by class of status: `2xx` and so on.
    pub statuses: BTreeMap<String, u64>,
    /// Bytes of answers.
    pub bytes: u64,
    /// Connections opened during the run.
    pub connections_opened: u64,
    /// Requests that found all connections busy when they were due.
    pub waited: u64,
    /// Microseconds from the moment due to the last byte.
    pub latency_us: Latency,
    /// Microseconds from sending to the last byte.
    pub service_us: Latency,
    /// Microseconds by which the generator handed requests out late, at the 99th percentile.
    pub own_lag_p99_us: f64,
    /// The busiest generator thread's share of a core.
    pub own_busy: f64,
    /// The share of time in which a generator thread got no core.
    pub own_starved: f64,
    /// Why the figures should not be trusted.
    pub warnings: Vec<String>,
    /// The course of the run.
    pub timeline: Vec<Second>,
    /// All latencies, in nanoseconds.
    #[serde(skip)]
    pub histogram: Histogram<u64>,
}

/// A distribution, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Latency {
    /// The least.
    pub min: f64,
    /// The mean.
    pub mean: f64,
    /// The median.
    pub p50: f64,
    /// The 75th percentile.
    pub p75: f64,
    /// The 90th percentile.
    pub p90: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// The 99.9th percentile.
    #[serde(rename = "p99.9")]
    pub p999: f64,
    /// The 99.99th percentile.
    #[serde(rename = "p99.99")]
    pub p9999: f64,
    /// The most.
    pub max: f64,
}

impl Latency {
    fn of(histogram: &Histogram<u64>) -> Self {
        let us = |percentile| at(histogram, percentile);
        Self {
            min: if histogram.is_empty() { 0.0 } else { histogram.min() as f64 / 1000.0 },
            mean: histogram.mean() / 1000.0,
            p50: us(50.0),
            p75: us(75.0),
            p90: us(90.0),
            p99: us(99.0),
            p999: us(99.9),
            p9999: us(99.99),
            max: histogram.max() as f64 / 1000.0,
        }
    }
}

fn at(histogram: &Histogram<u64>, percentile: f64) -> f64 {
    histogram.value_at_percentile(percentile) as f64 / 1000.0
}

impl Report {
    /// Reads the figures off what was measured in `seconds`.
    pub fn new(
        plan: &Plan,
        seconds: f64,
        measure: &Measure,
        own: OwnLoad,
        timeline: Vec<Second>,
    ) -> Self {
        let (mode, rate) = match plan.mode {
            Mode::Open(rate, _) => ("open", rate.to),
            Mode::Closed => ("closed", 0.0),
        };
        let classes = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"].map(str::to_owned);
        let mut report = Self {
            url: plan.url.clone(),
            mode,
            rate,
            connections: plan.connections,
            streams: plan.streams,
            threads: plan.threads,
            driver: plan.driver.name(),
            seconds,
            completed: measure.completed(),
            rps: measure.completed() as f64 / seconds,
            failures: measure.failures_all(),
            failures_by_kind: Failure::ALL
                .map(Failure::name)
                .into_iter()
                .zip(measure.failures)
                .collect(),
            status_errors: measure.status_errors,
            statuses: classes.into_iter().zip(measure.statuses).filter(|(_, n)| *n > 0).collect(),
            bytes: measure.bytes,
            connections_opened: measure.connections,
            waited: measure.waited,
            latency_us: Latency::of(&measure.latency),
            service_us: Latency::of(&measure.service),
            own_lag_p99_us: at(&measure.lag, 99.0),
            own_busy: own.busy,
            own_starved: own.starved,
            warnings: Vec::new(),
            timeline,
            histogram: measure.latency.clone(),
        };
        report.warnings = report.doubts();
        report
    }

    /// Microseconds at any percentile of the latency.
    pub fn latency_us_at(&self, percentile: f64) -> f64 {
        at(&self.histogram, percentile)
    }

    /// Whether the generator, not the server, made the figures.
    fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        if self.mode == "closed" {
            return doubts;
        }
        if self.own_busy > 0.9 {
            doubts.push(format!(
                "the generator was busy {:.0} % of the time: use more --threads or a lower --rate",
                self.own_busy * 100.0
            ));
        }
        if self.own_starved > 0.1 {
            doubts.push(format!(
                "the generator got no core {:.0} % of the time: keep other work off its cores",
                self.own_starved * 100.0
            ));
        }
        // Lateness below this is what any wake-up costs.
        if self.own_lag_p99_us > 1_000.0 && self.own_lag_p99_us > self.latency_us.p99 / 4.0 {
            doubts.push(format!(
                "the generator was late by {:.1} ms at the 99th percentile: it measured itself",
                self.own_lag_p99_us / 1000.0
            ));
        }
        let asked = self.completed + self.failures;
        if self.waited * 10 > asked {
            doubts.push(format!(
                "{:.0} % of the requests found all connections busy: use more --connections, or the \
                 server is slower than the rate",
                self.waited as f64 * 100.0 / asked as f64
            ));
        }
        doubts
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use super::*;
    use crate::run::{Answered, Assertion, Options};

    /// A report of 1,000 answers of 1 to 1,000 µs, of `errors` of them with a wrong status.
    pub(crate) fn sample(errors: u64, own: OwnLoad) -> Report {
        let mut measure = Measure::default();
        for us in 1..=1000 {
            let latency = Duration::from_micros(us);
            let is_expected = us > errors;
            let status = if is_expected { 200 } else { 503 };
            measure.answered(&Answered {
                latency,
                service: latency,
                status,
                is_expected,
                bytes: 200,
            });
            measure.lag.saturating_record(5_000);
        }
        let second = |second| Second {
            second,
            completed: 500,
            errors: 0,
            p50_us: 500.0,
            p99_us: 990.0,
            max_us: 1000.0,
        };
        let plan = Plan::new(&options()).expect("a plan");
        Report::new(&plan, 2.0, &measure, own, vec![second(0), second(1)])
    }

    fn options() -> Options {
        use clap::Parser;
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            options: Options,
        }
        Line::parse_from(["run", "http://127.0.0.1:1/", "--duration", "2s"]).options
    }

    fn check(assertions: &str, errors: u64, violated: usize) {
        let report = sample(errors, OwnLoad::default());
        let found = Assertion::parse_list(assertions).expect(assertions);
        let found: Vec<_> = found.iter().filter_map(|one| one.violation(&report)).collect();
        assert_eq!(found.len(), violated, "{assertions}: {found:?}");
    }

    #[test]
    fn promises_are_held_against_the_figures() {
        check("p99<1ms,p50<=501us,max<1.1ms,rps>=500,errors=0,failures=0", 0, 0);
        check("p99<0.5ms,mean>2ms", 0, 2);
        check("errors<0.1%", 1, 1);
        check("errors<=0.1%", 1, 0);
        check("status_errors<2,errors<2", 2, 2);
    }

    #[test]
    fn a_run_without_answers_keeps_no_promise_about_errors() {
        let plan = Plan::new(&options()).expect("a plan");
        let report = Report::new(&plan, 2.0, &Measure::default(), OwnLoad::default(), Vec::new());
        let promise: Assertion = "errors<1%".parse().expect("an assertion");
        assert!(promise.violation(&report).is_some());
    }

    #[test]
    fn a_generator_at_its_limit_is_told_of() {
        assert_eq!(sample(0, OwnLoad::default()).warnings, Vec::<String>::new());
        let warnings = sample(0, OwnLoad { busy: 0.95, starved: 0.2 }).warnings;
        assert_eq!(warnings.len(), 2);
        assert!(warnings[0].contains("busy 95 %"), "{warnings:?}");
    }

    #[test]
    fn json_names_percentiles_as_people_do() {
        let json = serde_json::to_value(sample(0, OwnLoad::default())).expect("JSON");
        assert_eq!(json["completed"], 1000);
        assert_eq!(json["statuses"]["2xx"], 1000);
        assert!(json["latency_us"]["p99.9"].as_f64().expect("a number") > 900.0);
        assert_eq!(json["timeline"].as_array().expect("seconds").len(), 2);
    }
}
