//! How is load made so that its figures can be believed?
//!
//! Open loop: requests are due at moments fixed beforehand, whatever the server does, and a latency
//! counts from that moment, so a server that stalls cannot hide the requests it kept waiting
//! ("coordinated omission"). Closed loop (`--closed`) sends the next request when the answer to the
//! last one has come: for the most a server can do, not for latencies.
//!
//! Each thread owns its connections and its share of the rate:
//!
//! ```text
//! arrivals ─▶ clock ─▶ queue ─▶ lanes (an HTTP/1 connection, or one stream of HTTP/2) ─▶ measure
//! ```

mod arrivals;
mod assertion;
mod clock;
mod duplex;
mod http1_lane;
mod http2_lane;
mod lane;
mod measure;
mod options;
mod own_load;
mod plan;
mod queue;
mod thread;
mod timeline;
mod tls;
mod transport;
mod view;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

pub use assertion::Assertion;
pub use measure::{Answered, Failure, Measure};
pub use options::Options;
pub use own_load::OwnLoad;
pub use plan::{Mode, Plan, WrongUsage};
pub use timeline::Second;

use crate::limits;
use crate::report::Report;
use thread::Start;
use timeline::{Interval, Timeline};

/// Makes the load that `plan` describes and reports on it; a live view is drawn where `has_view`.
///
/// # Errors
/// A thread could not be started or failed as a whole. Failed requests are no error but counted.
pub fn run(plan: Plan, has_view: bool) -> std::io::Result<Report> {
    let plan = Arc::new(plan);
    let stop = Arc::new(AtomicBool::new(false));
    let (sender, receiver) = sync_channel::<Interval>(limits::INTERVALS_WAITING_MAX);
    let start = Arc::new(Start::new(plan.threads));
    let threads: Vec<JoinHandle<_>> = (0..plan.threads)
        .map(|index| {
            let (plan, start) = (plan.clone(), start.clone());
            let (stop, sender) = (stop.clone(), sender.clone());
            std::thread::spawn(move || thread::run(&plan, index, &start, stop, sender))
        })
        .collect();
    drop(sender);
    let timeline = watch_run(&plan, &receiver, &stop, has_view)?;
    let mut measure = Measure::default();
    let mut own_load = OwnLoad::default();
    let mut elapsed = plan.duration;
    for thread in threads {
        let ended = thread.join().map_err(|_| std::io::Error::other("a thread panicked"))??;
        measure.merge(&ended.measure);
        own_load.merge(&ended.own_load);
        elapsed = elapsed.max(ended.elapsed);
    }
    // Where the server was slower than the rate, the last answers came after the last were due.
    let seconds = elapsed.saturating_sub(plan.warmup).as_secs_f64();
    Ok(Report::new(&plan, seconds, &measure, own_load, timeline.into_seconds()))
}

/// Collects the threads' seconds, and shows them, until all threads have ended.
fn watch_run(
    plan: &Plan,
    receiver: &Receiver<Interval>,
    stop: &AtomicBool,
    has_view: bool,
) -> std::io::Result<Timeline> {
    let mut timeline = Timeline::new(plan.threads);
    let mut view = if has_view { Some(view::View::open(plan)?) } else { None };
    loop {
        match receiver.recv_timeout(Duration::from_millis(100)) {
            Ok(interval) => timeline.push(&interval),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(timeline),
        }
        if let Some(view) = &mut view {
            view.draw(timeline.seconds())?;
            if view.wants_to_stop()? {
                stop.store(true, Ordering::Relaxed);
            }
        }
    }
}
