//! How does a thread sleep until a moment, to the microsecond?

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::time::{Duration, Instant};

use monoio::net::UnixStream;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

/// A timer of the kernel that wakes the runtime like a socket does.
///
/// The runtime's own timers tick in milliseconds, which is ten requests at 10,000 a second.
#[derive(Debug)]
pub(super) struct Clock {
    /// A timer, not a socket: only waited for and read by system call, which any descriptor allows.
    timer: UnixStream,
}

impl Clock {
    /// Sets a timer up. Must be called on the runtime's thread.
    ///
    /// # Errors
    /// Out of descriptors.
    pub(super) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer: OwnedFd = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        Ok(Self { timer: UnixStream::from_std(StdUnixStream::from(timer))? })
    }

    /// Waits until `moment`; returns at once where that has passed.
    ///
    /// # Errors
    /// The timer cannot be set, which a sound descriptor does not do.
    pub(super) async fn sleep_until(&self, moment: Instant) -> io::Result<()> {
        let left = moment.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        let value = to_timespec(left);
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(self.fd(), TimerfdTimerFlags::empty(), &once)?;
        let mut expirations = [0; 8];
        loop {
            self.timer.readable(false).await?;
            match rustix::io::read(self.fd(), &mut expirations) {
                Err(rustix::io::Errno::AGAIN) => {}
                result => return result.map(|_| ()).map_err(Into::into),
            }
        }
    }

    fn fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the descriptor is owned by `self.timer`, which outlives the borrow.
        unsafe { BorrowedFd::borrow_raw(self.timer.as_raw_fd()) }
    }
}

fn to_timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(duration.subsec_nanos()).max(1),
    }
}
