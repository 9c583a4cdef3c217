//! How does a metric read in Prometheus' text format?
//!
//! "Lines are separated by a line feed character … label_value can be any sequence of UTF-8
//! characters, but the backslash, double-quote and line feed characters have to be escaped"
//! (Prometheus, exposition formats, text format 0.0.4).

use std::fmt::Write;

/// The content type of the text format.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Writes metrics one family after the other.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
}

/// What Prometheus calls the type of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FamilyType {
    /// Only grows.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Counts by upper bound.
    Histogram,
}

impl Exposition {
    /// Begins a family; every sample of it follows at once.
    pub fn begin(&mut self, name: &'static str, kind: FamilyType, help: &str) -> Family<'_> {
        let kind = match kind {
            FamilyType::Counter => "counter",
            FamilyType::Gauge => "gauge",
            FamilyType::Histogram => "histogram",
        };
        self.text.push_str("# HELP ");
        self.text.push_str(name);
        self.text.push(' ');
        push_escaped(&mut self.text, help, false);
        self.push_fmt(format_args!("\n# TYPE {name} {kind}\n"));
        Family { exposition: self, name }
    }

    /// A family of one counter without labels.
    pub fn counter(&mut self, name: &'static str, help: &str, value: u64) {
        self.begin(name, FamilyType::Counter, help).sample("", &[], value);
    }

    /// A family of one gauge without labels.
    pub fn gauge(&mut self, name: &'static str, help: &str, value: u64) {
        self.begin(name, FamilyType::Gauge, help).sample("", &[], value);
    }

    /// All that was written.
    pub fn into_text(self) -> String {
        self.text
    }

    fn push_fmt(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(text);
    }
}

/// One family that is being written.
#[derive(Debug)]
pub struct Family<'e> {
    exposition: &'e mut Exposition,
    name: &'static str,
}

impl Family<'_> {
    /// One whole-numbered sample; `suffix` is `_count` or the like for parts of a histogram.
    pub fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: u64) {
        self.push_name(suffix, labels);
        self.exposition.push_fmt(format_args!(" {value}\n"));
    }

    /// One sample that is a time; written in seconds, the base unit, to the microsecond.
    pub fn seconds(&mut self, suffix: &str, labels: &[(&str, &str)], us: u64) {
        self.push_name(suffix, labels);
        self.exposition.push_fmt(format_args!(" {}\n", Seconds(us)));
    }

    fn push_name(&mut self, suffix: &str, labels: &[(&str, &str)]) {
        let text = &mut self.exposition.text;
        text.push_str(self.name);
        text.push_str(suffix);
        for (position, (name, value)) in labels.iter().enumerate() {
            text.push(if position == 0 { '{' } else { ',' });
            text.push_str(name);
            text.push_str("=\"");
            push_escaped(text, value, true);
            text.push('"');
        }
        if !labels.is_empty() {
            text.push('}');
        }
    }
}

/// Microseconds, shown as seconds without loss: `0.000096`, `67.108864`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seconds(pub u64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.0 / 1_000_000, self.0 % 1_000_000);
        if part == 0 { write!(f, "{whole}") } else { write!(f, "{whole}.{part:06}") }
    }
}

fn push_escaped(text: &mut String, value: &str, escapes_quotes: bool) {
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '"' if escapes_quotes => text.push_str("\\\""),
            _ => text.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_values_and_help_are_escaped() {
        let mut exposition = Exposition::default();
        let mut family = exposition.begin("a_total", FamilyType::Counter, "a \"b\" \\ c\nd");
        family.sample("", &[("api", "p\"e\\t\ns"), ("stage", "é")], 1);
        assert_eq!(
            exposition.into_text(),
            "# HELP a_total a \"b\" \\\\ c\\nd\n# TYPE a_total counter\n\
             a_total{api=\"p\\\"e\\\\t\\ns\",stage=\"é\"} 1\n"
        );
    }

    #[test]
    fn seconds_keep_every_microsecond() {
        for (us, expected) in [(0, "0"), (96, "0.000096"), (1_000_000, "1"), (1 << 26, "67.108864")]
        {
            assert_eq!(Seconds(us).to_string(), expected);
        }
    }
}
