//! How does a test wait for something that happens on another thread or in another process?

use std::time::{Duration, Instant};

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Waits until `look` finds what it looks for, at most [`PATIENCE`].
///
/// # Panics
/// It does not come true; `what` says what was waited for.
pub(crate) fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, look).unwrap_or_else(|| panic!("waited {PATIENCE:?} in vain until {what}"))
}

/// Waits until `look` finds something, at most `patience`.
pub(crate) fn within<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let until = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= until {
            return None;
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Whether tests that take more than a few seconds are wanted too.
pub(crate) fn is_long() -> bool {
    std::env::var_os("TOLLGATE_TEST_LONG").is_some_and(|value| value == "1")
}
