//! Is what a scrape shows valid, and is it the sum of what workers counted?

use std::collections::{HashMap, HashSet};

use super::*;

fn labels(api: &str, stage: &str) -> StageLabels {
    StageLabels { api: api.to_owned(), stage: stage.to_owned() }
}

/// Two workers that met one stage, whose labels need escaping, and one request without a stage.
fn scrape() -> String {
    let workers = [Arc::new(WorkerCounters::default()), Arc::new(WorkerCounters::default())];
    let mut slots = StageSlots::default();
    let slot = slots.slot_of(labels("pets\"\\\n", "prod"));
    slots.slot_of(labels("never", "asked"));
    workers[0].on_request(slot, 200, 1_500, Some(1_000));
    workers[1].on_request(slot, 404, 90, None);
    workers[1].on_request(0, 403, 50, None);
    workers[0].connections_accepted.add(2);
    workers[1].connections_accepted.add(3);
    workers[1].connections_open.rise();
    let admin = AdminTotals { snapshot_revision: 7, driver: "epoll", ..AdminTotals::default() };
    render(&workers, &slots, &admin)
}

/// Samples by name with labels; panics on a line that the text format does not allow.
fn samples(text: &str) -> HashMap<&str, f64> {
    let mut families = HashMap::new();
    let mut samples = HashMap::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type has a name");
            assert!(families.insert(name, kind).is_none(), "{name} begins twice");
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').expect("a sample has a value");
            assert!(samples.insert(name, value.parse().expect(line)).is_none(), "{name} twice");
            let family = name.split('{').next().expect("a name");
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|s| family.strip_suffix(s));
            let is_known = families.contains_key(family)
                || base.is_some_and(|base| families.get(base) == Some(&"histogram"));
            assert!(is_known, "{line} belongs to no family");
        }
    }
    samples
}

#[test]
fn a_scrape_is_valid_and_ends_with_a_line_feed() {
    let text = scrape();
    assert!(!samples(&text).is_empty());
    assert!(text.ends_with('\n'));
}

#[test]
fn counters_and_gauges_are_sums_over_workers() {
    let text = scrape();
    let samples = samples(&text);
    assert_eq!(samples["tollgate_connections_accepted_total"], 5.0);
    assert_eq!(samples["tollgate_connections_open"], 1.0);
    assert_eq!(samples["tollgate_snapshot_revision"], 7.0);
    assert_eq!(samples["tollgate_workers"], 2.0);
}

#[test]
fn requests_are_told_apart_by_stage_and_class() {
    let text = scrape();
    let samples = samples(&text);
    let stage = r#"api="pets\"\\\n",stage="prod""#;
    assert_eq!(samples[&*format!("tollgate_requests_total{{{stage},status=\"2xx\"}}")], 1.0);
    assert_eq!(samples[&*format!("tollgate_requests_total{{{stage},status=\"4xx\"}}")], 1.0);
    assert_eq!(samples[r#"tollgate_requests_total{api="",stage="",status="4xx"}"#], 1.0);
    assert!(!text.contains("never"), "a stage without a request shows nothing");
}

#[test]
fn a_histogram_counts_up_to_infinity() {
    let text = scrape();
    let samples = samples(&text);
    let stage = r#"api="pets\"\\\n",stage="prod""#;
    let bucket = |le: &str| {
        samples[&*format!("tollgate_request_duration_seconds_bucket{{{stage},le=\"{le}\"}}")]
    };
    assert_eq!(bucket("0.000064"), 0.0);
    assert_eq!(bucket("0.000096"), 1.0);
    assert_eq!(bucket("0.001536"), 2.0);
    assert_eq!(bucket("+Inf"), 2.0);
    assert_eq!(samples[&*format!("tollgate_request_duration_seconds_sum{{{stage}}}")], 0.00159);
    assert_eq!(samples[&*format!("tollgate_integration_duration_seconds_count{{{stage}}}")], 1.0);
}

#[test]
fn names_are_unique_and_sorted_in_each_table() {
    let counters: Vec<_> = COUNTERS.iter().map(|line| line.0).collect();
    let gauges: Vec<_> = GAUGES.iter().map(|line| line.0).collect();
    assert!(counters.is_sorted() && gauges.is_sorted());
    assert!(counters.iter().all(|name| name.ends_with("_total")));
    let all: HashSet<_> = counters.iter().chain(&gauges).collect();
    assert_eq!(all.len(), counters.len() + gauges.len());
}

#[test]
fn a_stage_keeps_its_slot() {
    let mut slots = StageSlots::default();
    let first = slots.slot_of(labels("a", "prod"));
    let second = slots.slot_of(labels("a", "dev"));
    assert!(first != 0 && second != first);
    assert_eq!(slots.slot_of(labels("a", "prod")), first);
}

#[test]
fn stages_beyond_the_last_slot_share_it() {
    let mut slots = StageSlots::default();
    for stage in 1..crate::telemetry::SLOT_COUNT {
        slots.slot_of(labels("a", &stage.to_string()));
    }
    assert_eq!(slots.slot_of(labels("b", "prod")), crate::telemetry::SLOT_COUNT - 1);
}
