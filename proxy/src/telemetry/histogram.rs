//! How are durations spread, at the cost of two additions per request?

use super::Counter;

/// Durations counted in log-linear buckets: four of equal width in each power of two.
///
/// ```text
/// bucket   0       1        2        3        4        5        6    …  last
/// µs    (0,16] (16,20] (20,24] (24,28] (28,32] (32,40] (40,48]   …  above 67 s
/// ```
///
/// A bucket is at most a quarter wider than its lower bound, so a quantile read from it is off by
/// at most 25 %.
#[derive(Debug)]
pub struct Histogram {
    buckets: [Counter; BUCKET_COUNT],
    sum_us: Counter,
}

/// Buckets of a [`Histogram`], the one for everything longer included.
const BUCKET_COUNT: usize = (OCTAVE_LAST - OCTAVE_FIRST + 1) as usize * 4 + 2;

/// The first bucket ends at two to the power of this many microseconds.
const OCTAVE_FIRST: u32 = 4;
/// The last octave that is divided; it ends at 2^26 µs, 67 seconds.
const OCTAVE_LAST: u32 = 25;

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: std::array::from_fn(|_| Counter::default()), sum_us: Counter::default() }
    }
}

impl Histogram {
    /// Counts one duration. Only the owner of the histogram calls this.
    #[inline]
    pub fn observe(&self, us: u64) {
        self.buckets[bucket_of(us)].add(1);
        self.sum_us.add(us);
    }

    /// Adds what was counted here to `totals`.
    pub fn add_to(&self, totals: &mut HistogramTotals) {
        for (total, bucket) in totals.buckets.iter_mut().zip(&self.buckets) {
            *total += bucket.value();
        }
        totals.sum_us = totals.sum_us.wrapping_add(self.sum_us.value());
    }
}

/// The sum of several histograms at one moment.
#[derive(Clone, Debug)]
pub struct HistogramTotals {
    buckets: [u64; BUCKET_COUNT],
    sum_us: u64,
}

impl Default for HistogramTotals {
    fn default() -> Self {
        Self { buckets: [0; BUCKET_COUNT], sum_us: 0 }
    }
}

impl HistogramTotals {
    /// How many durations were counted.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// All durations together, in microseconds.
    pub fn sum_us(&self) -> u64 {
        self.sum_us
    }

    /// For every second bound, in microseconds: how many durations were at most that long.
    ///
    /// Two bounds for each power of two keep what is scraped small; 64 µs to 67 s are shown.
    pub fn cumulative(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut below = 0;
        self.buckets[..BUCKET_COUNT - 1].iter().enumerate().filter_map(move |(bucket, count)| {
            below += count;
            let is_shown = bucket >= BUCKET_SHOWN_FIRST && bucket % 2 == 0;
            is_shown.then(|| (upper_bound_us(bucket), below))
        })
    }
}

/// The bucket that ends at 64 µs: nothing finer tells requests apart.
const BUCKET_SHOWN_FIRST: usize = 8;

/// The bucket of a duration. Bounds belong to the bucket they end, as Prometheus wants it.
#[inline]
fn bucket_of(us: u64) -> usize {
    let Some(below) = us.checked_sub(1) else { return 0 };
    if below < 1 << OCTAVE_FIRST {
        return 0;
    }
    let octave = below.ilog2();
    if octave > OCTAVE_LAST {
        return BUCKET_COUNT - 1;
    }
    // The two bits behind the leading one say which quarter of the octave it is; `octave` is at
    // least 4, so the shift is never negative.
    let quarter = (below >> (octave - 2)) & 3;
    1 + (octave - OCTAVE_FIRST) as usize * 4 + quarter as usize
}

/// Where a bucket ends, in microseconds, itself included; not for the last one, which has no end.
fn upper_bound_us(bucket: usize) -> u64 {
    let Some(above_first) = bucket.checked_sub(1) else { return 1 << OCTAVE_FIRST };
    let octave = OCTAVE_FIRST as usize + above_first / 4;
    let quarter = (above_first % 4) as u64;
    (5 + quarter) << (octave - 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_lies_within_the_bounds_of_its_bucket() {
        let edges = (0..27).flat_map(|bit| [(1_u64 << bit) - 1, 1 << bit, (1 << bit) + 1]);
        for us in edges.chain(0..5_000).filter(|us| *us <= 1 << 26) {
            let bucket = bucket_of(us);
            assert!(us <= upper_bound_us(bucket), "{us} in {bucket}");
            assert!(bucket == 0 || us > upper_bound_us(bucket - 1), "{us} in {bucket}");
        }
    }

    #[test]
    fn what_is_longer_than_all_bounds_is_in_the_last_bucket() {
        for us in [(1 << 26) + 1, 1 << 40, u64::MAX] {
            assert_eq!(bucket_of(us), BUCKET_COUNT - 1, "{us}");
        }
    }

    #[test]
    fn histograms_add_up() {
        let (one, two) = (Histogram::default(), Histogram::default());
        one.observe(64);
        one.observe(65);
        two.observe(1_000_000);
        two.observe(100_000_000);
        let mut totals = HistogramTotals::default();
        one.add_to(&mut totals);
        two.add_to(&mut totals);
        assert_eq!(totals.count(), 4);
        assert_eq!(totals.sum_us(), 101_000_129);
        let shown: Vec<_> = totals.cumulative().collect();
        assert_eq!(shown[0], (64, 1));
        assert_eq!(shown[1], (96, 2));
        assert_eq!(shown.last(), Some(&(1 << 26, 3)), "one duration is longer than all bounds");
        assert!(shown.is_sorted());
    }
}
