//! Where does a worker's time come from?

use std::cell::Cell;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tollgate_core::time::Now;
use tollgate_core::wire::{IMF_FIXDATE_LEN, imf_fixdate};

/// How long a thread trusts its last comparison of the two clocks, in microseconds: wall clocks are
/// stepped and slewed, and must be seen to.
const WALL_TRUSTED_US: u64 = 250_000;

/// The zero of the monotonic clock, one for all threads, so that their readings compare.
static ORIGIN: OnceLock<Instant> = OnceLock::new();

thread_local! {
    static WALL: Cell<Wall> = const { Cell::new(Wall { read_at_us: 0, unix_us: 0 }) };
    static RECENT: Cell<Now> = const { Cell::new(Now { monotonic_us: 0, unix_ms: 0 }) };
    static DATE: Cell<(u64, [u8; IMF_FIXDATE_LEN])> = const { Cell::new((u64::MAX, [0; IMF_FIXDATE_LEN])) };
}

/// What the wall clock said at a moment of the monotonic one.
#[derive(Clone, Copy)]
struct Wall {
    read_at_us: u64,
    unix_us: u64,
}

/// What the clocks said when this thread last read them: on its tick, or for a later event.
///
/// For deadlines, which are coarser than that; a reading costs more than setting one.
pub fn recent() -> Now {
    let recent = RECENT.get();
    if recent.unix_ms == 0 { now() } else { recent }
}

/// Reads the clocks: one look at the monotonic one, and rarely one at the wall clock.
pub fn now() -> Now {
    let origin = ORIGIN.get_or_init(Instant::now);
    let monotonic_us = micros(origin.elapsed());
    let mut wall = WALL.get();
    if wall.unix_us == 0 || monotonic_us.saturating_sub(wall.read_at_us) > WALL_TRUSTED_US {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        wall = Wall { read_at_us: monotonic_us, unix_us: micros(unix) };
        WALL.set(wall);
    }
    let now =
        Now { monotonic_us, unix_ms: (wall.unix_us + (monotonic_us - wall.read_at_us)) / 1000 };
    RECENT.set(now);
    now
}

/// A span in whole microseconds.
pub fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

/// The value of a `Date` header at `now` (RFC 9110 §6.6.1), rendered once a second.
pub fn date(now: Now) -> [u8; IMF_FIXDATE_LEN] {
    let (second, text) = DATE.get();
    if second == now.unix_s() {
        return text;
    }
    let text = imf_fixdate(now.unix_s());
    DATE.set((now.unix_s(), text));
    text
}
