//! Is a request refused that is larger than we read?

use super::{Bench, Case, with_lines};

pub(super) fn cases() -> Vec<Case> {
    let request =
        |verb: &str, target: &str| format!("{verb} {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let line = |len: usize| format!("X-A: {}\r\n", "b".repeat(len));
    vec![
        Case::new("a verb too long", request(&"A".repeat(33), "/case"), 501),
        Case::new("a verb far too long", request(&"A".repeat(20_000), "/case"), 501),
        Case::new("a verb that never ends", "A".repeat(100_000), 501),
        Case::new("a target too long", request("GET", &format!("/{}", "a".repeat(10_240))), 414),
        Case::new(
            "a target far too long",
            request("GET", &format!("/{}", "a".repeat(100_000))),
            414,
        ),
        Case::new("a query too long", request("GET", &format!("/?{}", "a".repeat(10_240))), 414),
        Case::new("a field too long", with_lines(line(10_240)), 431),
        Case::new("a field far too long", with_lines(line(100_000)), 431),
        Case::new("fields too large together", with_lines(line(1_200).repeat(9)), 431),
        Case::new("fields too many", with_lines("A: b\r\n".repeat(128)), 431),
        Case::new("fields far too many", with_lines("A: b\r\n".repeat(5_000)), 431),
        Case::new("a name too long", with_lines(format!("{}: b\r\n", "a".repeat(11_000))), 431),
        Case::new("a name that never ends", with_lines("a".repeat(100_000)), 431),
        Case::new("fields that never end", with_lines(line(100).repeat(1_000)), 431),
        Case::new(
            "a version that never ends",
            format!("GET / HTTP/1.1{}", "1".repeat(50_000)),
            400,
        ),
    ]
}

#[test]
fn what_is_too_large_is_refused_by_what_is_too_large() {
    Bench::start().check_all(&cases());
}
