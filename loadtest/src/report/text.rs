//! How is a report told to a person?

use std::fmt;

use super::{Latency, Report};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.url)?;
        let load = match self.mode {
            "open" => format!("{:.0} requests/s", self.rate),
            _ => "as fast as answers come".to_owned(),
        };
        let streams =
            if self.streams > 1 { format!(" × {} streams", self.streams) } else { String::new() };
        writeln!(
            f,
            "{load}, {} connections{streams}, {} threads, {:.1} s, {}\n",
            self.connections, self.threads, self.seconds, self.driver
        )?;
        let statuses: Vec<String> =
            self.statuses.iter().map(|(class, count)| format!("{class} {count}")).collect();
        writeln!(f, "answers   {} ({:.0}/s), {}", self.completed, self.rps, statuses.join(", "))?;
        writeln!(f, "bytes     {:.1} MB/s", self.bytes as f64 / 1e6 / self.seconds)?;
        let failures: Vec<String> = self
            .failures_by_kind
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        if self.failures + self.status_errors > 0 {
            writeln!(
                f,
                "errors    {} unexpected statuses, {} failures {}",
                self.status_errors,
                self.failures,
                failures.join(", ")
            )?;
        }
        writeln!(f, "\n              p50      p90      p99    p99.9      max")?;
        row(f, "latency", &self.latency_us)?;
        row(f, "service", &self.service_us)?;
        if self.mode == "open" {
            writeln!(
                f,
                "\nlatency counts from the moment a request was due, service from sending it"
            )?;
        }
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, latency: &Latency) -> fmt::Result {
    write!(f, "{name:8}")?;
    for us in [latency.p50, latency.p90, latency.p99, latency.p999, latency.max] {
        write!(f, " {:>8}", human(us))?;
    }
    writeln!(f)
}

/// Microseconds with three digits and a unit.
pub(crate) fn human(us: f64) -> String {
    let (value, unit) = match us {
        us if us < 1_000.0 => (us, "µs"),
        us if us < 1_000_000.0 => (us / 1_000.0, "ms"),
        us => (us / 1_000_000.0, "s"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;
    use crate::run::OwnLoad;

    #[test]
    fn times_have_three_digits() {
        let cases = [
            (1.5, "1.50 µs"),
            (87.04, "87.0 µs"),
            (999.4, "999 µs"),
            (1_500.0, "1.50 ms"),
            (2e7, "20.0 s"),
        ];
        for (us, expected) in cases {
            assert_eq!(human(us), expected);
        }
    }

    #[test]
    fn the_summary_tells_answers_latencies_and_errors() {
        let text = sample(10, OwnLoad { busy: 0.99, starved: 0.0 }).to_string();
        for part in
            ["1000 requests/s", "2xx 990, 5xx 10", "10 unexpected statuses", "p99.9", "warning: "]
        {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }
}
