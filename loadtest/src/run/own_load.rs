//! Is this tool itself what was measured?

use std::fs;

/// CPU time of the generator's threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnLoad {
    /// The busiest thread's share of its time on a core, 0 to 1.
    pub busy: f64,
    /// The largest share of a thread's time in which it could have run but got no core, 0 to 1.
    pub starved: f64,
}

impl OwnLoad {
    /// Keeps the worse of both: one slow thread is enough to spoil a run.
    pub fn merge(&mut self, other: &Self) {
        self.busy = self.busy.max(other.busy);
        self.starved = self.starved.max(other.starved);
    }
}

/// The calling thread's nanoseconds on a core and in wait for one, since it began.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Schedule {
    on_core: u64,
    in_wait: u64,
}

impl Schedule {
    /// Reads the kernel's account; zeros where it keeps none.
    pub(super) fn of_this_thread() -> Self {
        fs::read_to_string("/proc/thread-self/schedstat")
            .ok()
            .and_then(|text| Self::parse(&text))
            .unwrap_or_default()
    }

    /// `on-core in-wait slices`, the first two in nanoseconds.
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split_ascii_whitespace().map(str::parse);
        let on_core = numbers.next()?.ok()?;
        let in_wait = numbers.next()?.ok()?;
        Some(Self { on_core, in_wait })
    }

    /// What has come to it since `earlier`, in `seconds`.
    pub(super) fn since(self, earlier: Self, seconds: f64) -> OwnLoad {
        let share = |now: u64, then: u64| {
            (now.saturating_sub(then) as f64 / 1e9 / seconds.max(1e-9)).clamp(0.0, 1.0)
        };
        OwnLoad {
            busy: share(self.on_core, earlier.on_core),
            starved: share(self.in_wait, earlier.in_wait),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_time_between() {
        let earlier = Schedule::parse("1000000000 500000000 7").expect("three numbers");
        let later = Schedule::parse("1500000000 600000000 9").expect("three numbers");
        let load = later.since(earlier, 1.0);
        assert!((load.busy - 0.5).abs() < 1e-9 && (load.starved - 0.1).abs() < 1e-9);
        assert_eq!(Schedule::parse("nonsense"), None);
    }

    #[test]
    fn the_kernel_keeps_an_account_of_this_thread() {
        let before = Schedule::of_this_thread();
        let mut sum = 0_u64;
        while Schedule::of_this_thread() == before && sum < 100_000 {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(Schedule::of_this_thread().on_core >= before.on_core);
    }
}
