//! What can be said of a run on the command line?

use std::path::PathBuf;
use std::time::Duration;

use super::arrivals::Spacing;
use crate::limits;
use crate::runtime::Driver;

/// How to make load.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// What to ask for, http:// or https://
    #[arg(value_name = "URL", default_value = "http://127.0.0.1:8080/")]
    pub url: String,
    /// Requests per second, whatever the server does
    #[arg(short, long, value_name = "RPS", default_value_t = 1000.0)]
    pub rate: f64,
    /// Send the next request when the last is answered, instead of at a rate
    #[arg(long, conflicts_with_all = ["rate", "ramp", "ramp_from", "spacing"])]
    pub closed: bool,
    /// Grow to the rate during this time
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "0s")]
    pub ramp: Duration,
    /// Requests per second at which the ramp begins
    #[arg(long, value_name = "RPS", default_value_t = 0.0)]
    pub ramp_from: f64,
    /// How requests follow one another
    #[arg(long, value_enum, default_value_t = Spacing::Constant)]
    pub spacing: Spacing,
    /// Connections
    #[arg(short, long, value_name = "N", default_value_t = 64)]
    pub connections: usize,
    /// Requests at a time on each HTTP/2 connection
    #[arg(long, value_name = "N", default_value_t = 1, requires = "http2")]
    pub streams: usize,
    /// Threads, each with its share of connections and rate
    #[arg(short, long, value_name = "N", default_value_t = 1)]
    pub threads: usize,
    /// How long requests become due
    #[arg(short, long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    pub duration: Duration,
    /// Leave requests out of the figures that are due within this time
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "0s")]
    pub warmup: Duration,
    /// How long an answer may take, and a connection to open
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    pub timeout: Duration,
    /// Close each connection after so many requests; 0 keeps them
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub requests_per_connection: u64,
    /// The verb
    #[arg(short = 'X', long, value_name = "VERB", default_value = "GET")]
    pub method: String,
    /// A header field, `Name: value`; repeatable
    #[arg(short = 'H', long = "header", value_name = "FIELD")]
    pub headers: Vec<String>,
    /// The body
    #[arg(long, value_name = "TEXT", conflicts_with = "body_file")]
    pub body: Option<String>,
    /// A file that holds the body
    #[arg(long, value_name = "FILE")]
    pub body_file: Option<PathBuf>,
    /// Speak HTTP/2: by ALPN with TLS, by prior knowledge without
    #[arg(long)]
    pub http2: bool,
    /// Take any certificate
    #[arg(short = 'k', long)]
    pub insecure: bool,
    /// Trust the certificates in this PEM file instead of the system's
    #[arg(long, value_name = "FILE")]
    pub cacert: Option<PathBuf>,
    /// Resume TLS sessions; without it every handshake is a full one
    #[arg(long)]
    pub resume: bool,
    /// Statuses that are no error, such as 200-299,404
    #[arg(long, value_name = "LIST", default_value = "200-399")]
    pub expect: String,
    /// Where random arrivals begin; the same seed gives the same arrivals
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How to wait for sockets
    #[arg(long, value_enum, default_value_t = Driver::Auto)]
    pub driver: Driver,
    /// Write the report as JSON to a file, or to standard output with `-`
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Draw the report as SVG to a file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// What the figures must keep, such as 'p99<5ms,errors<0.01%'; else exit with 1
    #[arg(long = "assert", value_name = "LIST")]
    pub assertions: Option<String>,
    /// No live view and no summary
    #[arg(short, long)]
    pub quiet: bool,
}

/// Reads `90s`, `1.5m`, `250ms`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let factor = match &text[split..] {
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("'{text}' is no time; write it like 10s, 250ms or 1.5m")),
    };
    let number: f64 = text[..split].parse().map_err(|_| format!("'{text}' has no number"))?;
    let seconds = number * factor;
    if seconds > limits::DURATION_SECONDS_MAX as f64 {
        return Err(format!("'{text}' is longer than a day"));
    }
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(duration(text).ok(), expected.map(Duration::from_millis), "{text}");
    }

    #[test]
    fn times_have_units_and_a_bound() {
        check("10s", Some(10_000));
        check("250ms", Some(250));
        check("1.5m", Some(90_000));
        check("24h", Some(86_400_000));
        check("25h", None);
        check("10", None);
        check("s", None);
        check("-1s", None);
        check("1.2.3s", None);
    }
}
