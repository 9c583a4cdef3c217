//! At which moments are requests due?
//!
//! With `N(t)` the requests due until `t`, constant arrivals are due where `N` reaches 1, 2, 3 …, and
//! Poisson arrivals where it reaches the sums of exponential steps of mean 1 (a Poisson process of
//! any rate is one of rate 1 on a stretched clock). A ramp is a rate that grows linearly from
//! `from` to `to` during `ramp` seconds:
//!
//! ```text
//! N(t) = from·t + (to − from)·t² / (2·ramp)      t <= ramp
//! N(t) = N(ramp) + to·(t − ramp)                 t >  ramp
//! ```

use std::time::Duration;

use clap::ValueEnum;

/// How requests follow one another.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Spacing {
    /// At equal distances.
    #[default]
    Constant,
    /// Independently of each other, as from many clients.
    Poisson,
}

/// A rate over time, in requests per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// At the beginning; equal to `to` where there is no ramp.
    pub from: f64,
    /// When the ramp has ended.
    pub to: f64,
    /// Seconds of the ramp; 0 for none.
    pub ramp: f64,
}

impl Rate {
    /// The same rate at all times.
    pub fn constant(rate: f64) -> Self {
        Self { from: rate, to: rate, ramp: 0.0 }
    }

    /// The share of one of `threads` threads.
    pub fn share(self, threads: usize) -> Self {
        let threads = threads as f64;
        Self { from: self.from / threads, to: self.to / threads, ramp: self.ramp }
    }

    /// Requests per second at `seconds`.
    pub fn at(&self, seconds: f64) -> f64 {
        if seconds >= self.ramp {
            return self.to;
        }
        self.from + (self.to - self.from) * seconds / self.ramp
    }

    /// The second at which `count` requests have become due: the inverse of `N`.
    fn second_of(&self, count: f64) -> f64 {
        if count <= 0.0 {
            return 0.0;
        }
        let in_ramp = (self.from + self.to) / 2.0 * self.ramp;
        if count >= in_ramp {
            return self.ramp + (count - in_ramp) / self.to;
        }
        // from·t + a·t² = count, solved in the form that stays exact where `a` is tiny or `from` is 0.
        let a = (self.to - self.from) / (2.0 * self.ramp);
        let root = self.from.mul_add(self.from, 4.0 * a * count).max(0.0).sqrt();
        2.0 * count / (self.from + root)
    }
}

/// The moments of one thread, counted from the start of the run.
#[derive(Debug)]
pub(super) struct Arrivals {
    rate: Rate,
    spacing: Spacing,
    random: fastrand::Rng,
    count: f64,
    end: Duration,
}

impl Arrivals {
    /// Moments until `end`; `offset` in 0..1 shifts constant ones, so that threads take turns.
    pub(super) fn new(rate: Rate, spacing: Spacing, end: Duration, offset: f64, seed: u64) -> Self {
        let mut arrivals =
            Self { rate, spacing, random: fastrand::Rng::with_seed(seed), count: offset, end };
        if spacing == Spacing::Poisson {
            arrivals.count = arrivals.step();
        }
        arrivals
    }

    fn step(&mut self) -> f64 {
        match self.spacing {
            Spacing::Constant => 1.0,
            // 1 − u lies in (0, 1], so the logarithm is finite.
            Spacing::Poisson => -(1.0 - self.random.f64()).ln(),
        }
    }
}

impl Iterator for Arrivals {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let seconds = self.rate.second_of(self.count);
        if !seconds.is_finite() || seconds >= self.end.as_secs_f64() {
            return None;
        }
        self.count += self.step();
        Some(Duration::from_secs_f64(seconds))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moments(rate: Rate, spacing: Spacing, seconds: u64) -> Vec<f64> {
        Arrivals::new(rate, spacing, Duration::from_secs(seconds), 0.0, 7)
            .map(|due| due.as_secs_f64())
            .collect()
    }

    #[test]
    fn constant_arrivals_keep_their_distance() {
        let found = moments(Rate::constant(4.0), Spacing::Constant, 1);
        assert_eq!(found, [0.0, 0.25, 0.5, 0.75]);
    }

    #[test]
    fn a_ramp_grows_linearly_and_then_holds() {
        let found = moments(Rate { from: 0.0, to: 1000.0, ramp: 2.0 }, Spacing::Constant, 4);
        let within = |from: f64, to: f64| found.iter().filter(|t| (from..to).contains(*t)).count();
        assert_eq!(found.len(), 3000);
        assert_eq!((within(0.0, 1.0), within(1.0, 2.0)), (250, 750));
        assert_eq!((within(2.0, 3.0), within(3.0, 4.0)), (1000, 1000));
    }

    #[test]
    fn poisson_arrivals_have_the_rate_and_the_spread_of_their_kind() {
        let found = moments(Rate::constant(1000.0), Spacing::Poisson, 100);
        assert!((99_000..101_000).contains(&found.len()), "{}", found.len());
        let gaps: Vec<f64> = found.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let square = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>();
        let deviation = (square / gaps.len() as f64).sqrt();
        // An exponential distribution deviates by its mean.
        assert!((0.97..1.03).contains(&(deviation / mean)), "{deviation} {mean}");
    }

    #[test]
    fn threads_take_turns() {
        let share = Rate::constant(4.0).share(2);
        let second = Arrivals::new(share, Spacing::Constant, Duration::from_secs(1), 0.5, 0);
        assert_eq!(second.map(|due| due.as_millis()).collect::<Vec<_>>(), [250, 750]);
    }

    proptest! {
        #[test]
        fn the_inverse_agrees_with_the_integral_of_the_rate(
            from in 0.0..1e4_f64,
            to in 0.1..1e4_f64,
            ramp in prop_oneof![Just(0.0), 0.01..100.0_f64],
            count in 0.0..1e5_f64,
        ) {
            let rate = Rate { from: if ramp == 0.0 { to } else { from }, to, ramp };
            let second = rate.second_of(count);
            // The rate is linear within the ramp, so the trapezium rule is exact.
            let bent = second.min(ramp);
            let integral = (rate.from + rate.at(bent)) / 2.0 * bent + to * (second - bent);
            let in_ramp_end = if ramp > 0.0 && bent == ramp {
                (rate.from + to) / 2.0 * ramp + to * (second - ramp)
            } else { integral };
            prop_assert!((in_ramp_end - count).abs() <= 1e-6 * count.max(1.0), "{second}");
        }
    }
}
