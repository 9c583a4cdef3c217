//! Which promise must the figures keep, as in `p99<5ms,errors<0.01%`?

use std::fmt;
use std::str::FromStr;

use crate::report::Report;

/// One promise about a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    metric: Metric,
    order: Order,
    /// Microseconds, requests per second, a count or a share, as the metric has it.
    bound: f64,
    is_share: bool,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Metric {
    /// A percentile of the latency.
    Percentile(f64),
    Mean,
    Max,
    Min,
    /// Failed requests and unexpected statuses together.
    Errors,
    Failures,
    StatusErrors,
    Rps,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
}

/// Why a text is no assertion.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotAnAssertion {
    /// There is none of `<`, `<=`, `>`, `>=`, `=`.
    #[error("'{0}' compares nothing; write it like 'p99<5ms'")]
    NoComparison(String),
    /// The left side is unknown.
    #[error(
        "'{0}' is no metric; there are p50, p99.9 and so on, mean, min, max, errors, failures, \
         status_errors, rps"
    )]
    UnknownMetric(String),
    /// The right side is no number, or its unit does not fit the metric.
    #[error("'{0}' is no bound for {1}; write {2}")]
    WrongBound(String, String, &'static str),
}

impl Assertion {
    /// Reads a comma-separated list.
    ///
    /// # Errors
    /// The first part that is no assertion.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, NotAnAssertion> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::parse).collect()
    }

    /// The value found, where `report` breaks the promise.
    pub fn violation(&self, report: &Report) -> Option<f64> {
        let found = self.metric.of(report, self.is_share);
        let holds = match self.order {
            Order::Less => found < self.bound,
            Order::LessOrEqual => found <= self.bound,
            Order::Greater => found > self.bound,
            Order::GreaterOrEqual => found >= self.bound,
            Order::Equal => found == self.bound,
        };
        (!holds).then_some(found)
    }

    /// `found` in the unit that people read.
    pub fn describe(&self, found: f64) -> String {
        match self.metric {
            Metric::Percentile(_) | Metric::Mean | Metric::Max | Metric::Min => {
                format!("{:.3} ms", found / 1000.0)
            }
            _ if self.is_share => format!("{:.4} %", found * 100.0),
            _ => format!("{found:.0}"),
        }
    }
}

impl fmt::Display for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Assertion {
    type Err = NotAnAssertion;

    fn from_str(text: &str) -> Result<Self, NotAnAssertion> {
        // The longer signs first, so that `<=` is not read as `<` and a bound of `=5`.
        let signs = [
            ("<=", Order::LessOrEqual),
            (">=", Order::GreaterOrEqual),
            ("==", Order::Equal),
            ("<", Order::Less),
            (">", Order::Greater),
            ("=", Order::Equal),
        ];
        let found = signs.into_iter().find_map(|(sign, order)| {
            text.split_once(sign).map(|(left, right)| (left.trim(), order, right.trim()))
        });
        let Some((left, order, right)) = found else {
            return Err(NotAnAssertion::NoComparison(text.to_owned()));
        };
        let Some(metric) = Metric::named(left) else {
            return Err(NotAnAssertion::UnknownMetric(left.to_owned()));
        };
        let wrong = |hint| NotAnAssertion::WrongBound(right.to_owned(), left.to_owned(), hint);
        let (bound, is_share) = metric.bound(right).map_err(wrong)?;
        Ok(Self { metric, order, bound, is_share, text: text.to_owned() })
    }
}

impl Metric {
    fn named(name: &str) -> Option<Self> {
        match name {
            "mean" => Some(Self::Mean),
            "max" => Some(Self::Max),
            "min" => Some(Self::Min),
            "errors" => Some(Self::Errors),
            "failures" => Some(Self::Failures),
            "status_errors" => Some(Self::StatusErrors),
            "rps" => Some(Self::Rps),
            _ => {
                let percentile = name.strip_prefix('p')?.parse().ok()?;
                (0.0..=100.0).contains(&percentile).then_some(Self::Percentile(percentile))
            }
        }
    }

    fn bound(self, text: &str) -> Result<(f64, bool), &'static str> {
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let number = text[..split].parse::<f64>().ok();
        let unit = text[split..].trim();
        match self {
            Self::Percentile(_) | Self::Mean | Self::Max | Self::Min => {
                let factor = match unit {
                    "ns" => Some(0.001),
                    "us" | "µs" => Some(1.0),
                    "ms" => Some(1000.0),
                    "s" => Some(1_000_000.0),
                    _ => None,
                };
                let bound = number.zip(factor).map(|(number, factor)| (number * factor, false));
                bound.ok_or("a number with ns, us, ms or s")
            }
            Self::Errors | Self::Failures | Self::StatusErrors => match (number, unit) {
                (Some(number), "%") => Ok((number / 100.0, true)),
                (Some(number), "") => Ok((number, false)),
                _ => Err("a number or a percentage"),
            },
            Self::Rps => match (number, unit) {
                (Some(number), "") => Ok((number, false)),
                _ => Err("a number"),
            },
        }
    }

    fn of(self, report: &Report, is_share: bool) -> f64 {
        let count = match self {
            Self::Percentile(percentile) => return report.latency_us_at(percentile),
            Self::Mean => return report.latency_us.mean,
            Self::Max => return report.latency_us.max,
            Self::Min => return report.latency_us.min,
            Self::Rps => return report.rps,
            Self::Errors => report.failures + report.status_errors,
            Self::Failures => report.failures,
            Self::StatusErrors => report.status_errors,
        };
        let all = report.completed + report.failures;
        match (is_share, all) {
            (false, _) => count as f64,
            // Nothing was asked, so nothing can be promised of it: the worst share.
            (true, 0) => 1.0,
            (true, all) => count as f64 / all as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, metric: Metric, order: Order, bound: f64, is_share: bool) {
        let found: Assertion = text.parse().expect(text);
        assert_eq!(
            (found.metric, found.order, found.is_share),
            (metric, order, is_share),
            "{text}"
        );
        assert!((found.bound - bound).abs() < 1e-9, "{text}: {}", found.bound);
    }

    #[test]
    fn assertions_are_read_with_their_units() {
        check("p99<5ms", Metric::Percentile(99.0), Order::Less, 5000.0, false);
        check("p99.9 <= 1.5 s", Metric::Percentile(99.9), Order::LessOrEqual, 1.5e6, false);
        check("max<300us", Metric::Max, Order::Less, 300.0, false);
        check("mean<300µs", Metric::Mean, Order::Less, 300.0, false);
        check("min>=10ns", Metric::Min, Order::GreaterOrEqual, 0.01, false);
        check("errors<0.01%", Metric::Errors, Order::Less, 0.0001, true);
        check("failures=0", Metric::Failures, Order::Equal, 0.0, false);
        check("status_errors==0", Metric::StatusErrors, Order::Equal, 0.0, false);
        check("rps>9000", Metric::Rps, Order::Greater, 9000.0, false);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for text in ["p99", "p101<1ms", "speed>3", "p99<5", "p99<ms", "rps>3ms", "errors<1ms", "<"]
        {
            assert!(text.parse::<Assertion>().is_err(), "{text}");
        }
        let message = "p99<5".parse::<Assertion>().expect_err("no unit").to_string();
        assert_eq!(message, "'5' is no bound for p99; write a number with ns, us, ms or s");
    }

    #[test]
    fn lists_may_have_blanks_and_empty_parts() {
        let found = Assertion::parse_list("p99<5ms, errors<0.01%,").expect("two");
        assert_eq!(found.len(), 2);
        assert!(Assertion::parse_list("p99<5ms,nonsense").is_err());
    }
}
