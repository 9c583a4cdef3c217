//! Are names looked up in time, and does a failing resolver do no harm?

use super::*;

fn found(address: &str, ttl_ms: u64) -> Answer {
    Answer::Found { addresses: vec![address.parse().expect("an address")], ttl_ms }
}

fn failed() -> Answer {
    Answer::Failed("no reply".to_owned())
}

/// Follows `a.test`, and takes it as due at time zero.
fn followed() -> Names {
    let mut names = Names::default();
    names.follow(["a.test"], 0);
    assert_eq!(names.take_due(0), ["a.test"]);
    names
}

/// When `a.test` is due next.
fn due_ms(names: &Names) -> Option<u64> {
    names.names["a.test"].due_ms
}

#[test]
fn a_look_up_under_way_is_not_due_again() {
    let mut names = followed();
    assert!(names.take_due(u64::MAX).is_empty());
    assert!(!names.are_answered(["a.test"].into_iter()));
    names.on_answer("a.test", found("10.0.0.1", 60_000), 0);
    assert!(names.are_answered(["a.test", "never.followed"].into_iter()));
}

#[test]
fn an_answer_is_renewed_before_it_ends_and_within_bounds() {
    for (ttl_ms, expected) in [(60_000, 54_000), (0, 4_500), (u64::MAX, 270_000)] {
        let mut names = followed();
        names.on_answer("a.test", found("10.0.0.1", ttl_ms), 0);
        assert_eq!(due_ms(&names), Some(expected), "{ttl_ms}");
    }
}

#[test]
fn targets_hear_of_an_answer_only_when_it_differs() {
    let mut names = followed();
    let address: IpAddr = "10.0.0.1".parse().expect("an address");
    assert_eq!(
        names.on_answer("a.test", found("10.0.0.1", 5_000), 0),
        Change::Found(vec![address])
    );
    assert_eq!(names.on_answer("a.test", found("10.0.0.1", 5_000), 5_000), Change::None);
    assert!(matches!(names.on_answer("a.test", found("10.0.0.2", 5_000), 9_000), Change::Found(_)));
    assert_eq!(names.on_answer("other.test", found("10.0.0.1", 5_000), 0), Change::None);
}

#[test]
fn a_failing_name_is_tried_again_ever_later_up_to_half_a_minute() {
    let mut names = followed();
    let mut now_ms = 0;
    for wait_ms in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
        let change = names.on_answer("a.test", failed(), now_ms);
        assert_eq!(matches!(change, Change::Lost(_)), now_ms == 0, "said once: {change:?}");
        assert_eq!(due_ms(&names), Some(now_ms + wait_ms));
        now_ms += wait_ms;
    }
    assert_eq!(names.failing(), 1);
    names.on_answer("a.test", found("10.0.0.1", 5_000), now_ms);
    assert_eq!(names.failing(), 0);
}

#[test]
fn a_known_name_serves_stale_for_a_day_when_nobody_answers() {
    let mut names = followed();
    names.on_answer("a.test", found("10.0.0.1", 5_000), 0);
    let end_ms = 5_000 + STALE_MS_MAX;
    assert!(matches!(names.on_answer("a.test", failed(), end_ms), Change::Stale(_)));
    assert_eq!(names.addresses("a.test").len(), 1);
    assert!(matches!(names.on_answer("a.test", failed(), end_ms + 1), Change::Lost(_)));
    assert!(names.addresses("a.test").is_empty());
}

#[test]
fn a_name_that_is_gone_serves_stale_for_a_minute_only() {
    let mut names = followed();
    names.on_answer("a.test", found("10.0.0.1", 5_000), 0);
    assert!(matches!(names.on_answer("a.test", Answer::Absent, 65_000), Change::Stale(_)));
    assert!(matches!(names.on_answer("a.test", Answer::Absent, 65_001), Change::Lost(_)));
}

#[test]
fn names_no_longer_followed_are_forgotten_and_others_keep_their_answer() {
    let mut names = followed();
    names.on_answer("a.test", found("10.0.0.1", 60_000), 0);
    names.follow_also(["b.test", "a.test"], 1);
    assert_eq!(names.take_due(1), ["b.test"]);
    names.follow(["a.test", "a.test"], 2);
    assert_eq!(names.addresses("a.test").len(), 1);
    names.follow(["c.test"], 3);
    assert_eq!(names.take_due(u64::MAX), ["c.test"]);
}

#[test]
fn new_resolver_settings_make_every_name_due() {
    let mut names = followed();
    names.on_answer("a.test", found("10.0.0.1", 60_000), 0);
    names.expire_all(10);
    assert_eq!(names.take_due(10), ["a.test"]);
}

#[test]
fn a_shuffled_answer_is_the_same_answer() {
    let mut names = followed();
    let list = |texts: &[&str]| texts.iter().map(|t| t.parse().expect("an address")).collect();
    let shuffled = ["::1", "10.0.0.2", "10.0.0.1", "10.0.0.2"];
    let sorted: Vec<IpAddr> = list(&["10.0.0.1", "10.0.0.2", "::1"]);
    let answer = |texts| Answer::Found { addresses: list(texts), ttl_ms: 5_000 };
    assert_eq!(names.on_answer("a.test", answer(&shuffled), 0), Change::Found(sorted));
    let again = answer(&["10.0.0.2", "::1", "10.0.0.1"]);
    assert_eq!(names.on_answer("a.test", again, 5_000), Change::None);
}

#[test]
fn only_so_many_names_are_looked_up_at_a_time() {
    let all: Vec<String> = (0..LOOK_UPS_MAX + 10).map(|number| format!("{number}.test")).collect();
    let mut names = Names::default();
    names.follow(all.iter().map(String::as_str), 0);
    let first = names.take_due(0);
    assert_eq!(first.len(), LOOK_UPS_MAX);
    assert!(names.take_due(0).is_empty());
    names.on_answer(&first[0], found("10.0.0.1", 5_000), 0);
    assert_eq!(names.take_due(0).len(), 1);
}
