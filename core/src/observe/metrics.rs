//! Which figures are published, under which names, and in which buckets?
//!
//! Names and bounds only. Workers count in cells of their own, and whoever scrapes sums them.

/// A figure's name and what it says. Counters are published with `_total` behind the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// The name.
    pub name: &'static str,
    /// One sentence for people.
    pub help: &'static str,
    /// Names of the labels.
    pub labels: &'static [&'static str],
}

/// Labels of everything that belongs to a stage.
pub const STAGE_LABELS: [&str; 2] = ["api", "stage"];

/// Requests answered.
pub const REQUESTS: Metric = Metric {
    name: "tollgate_requests",
    help: "Requests answered, by API, stage and class of status.",
    labels: &["api", "stage", "status"],
};

/// From a request's head to the end of its answer, in seconds.
pub const LATENCY: Metric = Metric {
    name: "tollgate_request_duration_seconds",
    help: "Time from the end of a request's head to the end of its answer.",
    labels: &STAGE_LABELS,
};

/// From sending a request to a backend to the end of its answer, in seconds.
pub const INTEGRATION_LATENCY: Metric = Metric {
    name: "tollgate_integration_duration_seconds",
    help: "Time that the integration took, where one was called.",
    labels: &STAGE_LABELS,
};

/// The class of a status: the value of the label `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum StatusClass {
    /// No answer was given: the client had gone.
    None,
    /// 100 to 199.
    Informational,
    /// 200 to 299.
    Success,
    /// 300 to 399.
    Redirection,
    /// 400 to 499.
    ClientError,
    /// 500 and above.
    ServerError,
}

impl StatusClass {
    /// Every class, in the order of their positions.
    pub const ALL: [StatusClass; 6] = [
        Self::None,
        Self::Informational,
        Self::Success,
        Self::Redirection,
        Self::ClientError,
        Self::ServerError,
    ];

    /// The class of a status.
    #[inline]
    pub fn of(status: u16) -> Self {
        match status {
            0..=99 => Self::None,
            100..=199 => Self::Informational,
            200..=299 => Self::Success,
            300..=399 => Self::Redirection,
            400..=499 => Self::ClientError,
            _ => Self::ServerError,
        }
    }

    /// The label's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Informational => "1xx",
            Self::Success => "2xx",
            Self::Redirection => "3xx",
            Self::ClientError => "4xx",
            Self::ServerError => "5xx",
        }
    }
}

/// Upper bounds of the latency buckets in microseconds, inclusive; one more bucket takes the rest.
///
/// Fine below a millisecond, where a gateway works, and up to the 30 s that an integration may take.
pub const LATENCY_BOUNDS_US: [u64; 20] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 35_000, 50_000, 75_000, 100_000, 250_000,
    500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 20_000_000, 30_000_000,
];

/// Buckets of a latency histogram, the one without bound included.
pub const LATENCY_BUCKET_COUNT: usize = LATENCY_BOUNDS_US.len() + 1;

/// The bucket that a latency belongs to.
#[inline]
pub fn latency_bucket(latency_us: u64) -> usize {
    LATENCY_BOUNDS_US.partition_point(|bound| *bound < latency_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_fall_into_their_class() {
        let check = |status, expected: &str| {
            assert_eq!(StatusClass::of(status).as_str(), expected, "{status}");
        };
        check(0, "none");
        check(101, "1xx");
        check(200, "2xx");
        check(304, "3xx");
        check(499, "4xx");
        check(500, "5xx");
        check(999, "5xx");
        for (position, class) in StatusClass::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, position);
        }
    }

    #[test]
    fn latencies_fall_into_the_first_bucket_that_holds_them() {
        assert!(LATENCY_BOUNDS_US.is_sorted_by(|left, right| left < right));
        let naive = |us| {
            LATENCY_BOUNDS_US
                .iter()
                .position(|bound| us <= *bound)
                .unwrap_or(LATENCY_BUCKET_COUNT - 1)
        };
        for bound in LATENCY_BOUNDS_US {
            for us in [bound - 1, bound, bound + 1] {
                assert_eq!(latency_bucket(us), naive(us), "{us}");
            }
        }
        assert_eq!(latency_bucket(0), 0);
        assert_eq!(latency_bucket(u64::MAX), LATENCY_BUCKET_COUNT - 1);
    }

    #[test]
    fn names_are_valid_for_prometheus() {
        for metric in [REQUESTS, LATENCY, INTEGRATION_LATENCY] {
            for name in metric.labels.iter().chain([&metric.name]) {
                assert!(
                    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                    "{name}"
                );
            }
        }
    }
}
