//! How does one thread of a run begin, keep time and end?

use std::io;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Barrier, OnceLock};
use std::time::{Duration, Instant};

use super::arrivals::{Arrivals, Rate, Spacing};
use super::clock::Clock;
use super::lane::Lanes;
use super::measure::{Failure, Measure, nanoseconds};
use super::own_load::{OwnLoad, Schedule};
use super::plan::{Mode, Plan};
use super::queue::Pushed;
use super::timeline::Interval;
use super::transport::Connection;
use super::{http1_lane, http2_lane};
use crate::limits;
use crate::runtime;

/// Connections opened at a time before the run, so that the server's backlog does not overflow.
const OPENING_MAX: usize = 128;
/// The longest sleep without a look at whether the run shall end early.
const SLEEP_MAX: Duration = Duration::from_millis(100);

/// The moment at which all threads begin: when the last has opened its connections.
#[derive(Debug)]
pub(super) struct Start {
    barrier: Barrier,
    began: OnceLock<Instant>,
}

impl Start {
    /// For so many threads.
    pub(super) fn new(threads: usize) -> Self {
        Self { barrier: Barrier::new(threads), began: OnceLock::new() }
    }

    fn wait(&self) -> Instant {
        self.barrier.wait();
        *self.began.get_or_init(|| Instant::now() + Duration::from_millis(2))
    }
}

/// What a thread hands back.
#[derive(Debug)]
pub(super) struct Ended {
    /// What it has seen.
    pub measure: Measure,
    /// What it cost itself.
    pub own_load: OwnLoad,
    /// From the beginning to its last answer.
    pub elapsed: Duration,
}

/// Runs the share of thread `index`.
///
/// # Errors
/// The driver or the clock cannot be set up.
pub(super) fn run(
    plan: &Arc<Plan>,
    index: usize,
    start: &Start,
    stop: Arc<AtomicBool>,
    seconds: SyncSender<Interval>,
) -> io::Result<Ended> {
    runtime::block_on(plan.driver, || async move {
        let lanes = Rc::new(Lanes::new(plan.clone(), stop, seconds));
        monoio::spawn(lanes.watch.clone().run());
        let connections = open_all(&lanes, index).await;
        lanes.begin(start.wait());
        let schedule = Schedule::of_this_thread();
        monoio::spawn(tell_seconds(lanes.clone()));
        let clock = Clock::new()?;
        clock.sleep_until(lanes.began()).await?;
        let running: Vec<_> =
            connections.into_iter().map(|connection| spawn_lane(&lanes, connection)).collect();
        if let Mode::Open(rate, spacing) = plan.mode {
            hand_out(&lanes, &clock, rate, spacing, index).await?;
        }
        lanes.queue.close();
        if lanes.is_stopped() {
            // Whoever stops a run does not want its backlog.
            lanes.queue.abandon();
        }
        monoio::spawn(end_late(lanes.clone()));
        for lane in running {
            lane.await;
        }
        let elapsed = lanes.began().elapsed();
        let own_load = Schedule::of_this_thread().since(schedule, elapsed.as_secs_f64());
        lanes.end_second(elapsed.as_secs());
        Ok(Ended { measure: lanes.end(), own_load, elapsed })
    })?
}

/// Opens this thread's connections; those that fail are tried again when they are needed.
async fn open_all(lanes: &Rc<Lanes>, index: usize) -> Vec<Option<Connection>> {
    let plan = &lanes.plan;
    let share =
        plan.connections / plan.threads + usize::from(index < plan.connections % plan.threads);
    let mut connections = Vec::with_capacity(share);
    // One request each: opening beforehand would only make the first ones differ from the rest.
    if plan.requests_per_connection == Some(1) {
        connections.resize_with(share, || None);
    }
    while connections.len() < share {
        let count = OPENING_MAX.min(share - connections.len());
        let opening: Vec<_> = (0..count)
            .map(|_| {
                let lanes = lanes.clone();
                monoio::spawn(async move { lanes.plan.dial.open(&lanes.watch).await.ok() })
            })
            .collect();
        for opened in opening {
            connections.push(opened.await);
        }
    }
    connections
}

fn spawn_lane(lanes: &Rc<Lanes>, connection: Option<Connection>) -> monoio::task::JoinHandle<()> {
    if lanes.plan.http2_request.is_some() {
        monoio::spawn(http2_lane::run(lanes.clone(), connection))
    } else {
        monoio::spawn(http1_lane::run(lanes.clone(), connection))
    }
}

/// Hands each request out when it is due.
async fn hand_out(
    lanes: &Lanes,
    clock: &Clock,
    rate: Rate,
    spacing: Spacing,
    index: usize,
) -> io::Result<()> {
    let threads = lanes.plan.threads;
    let offset = index as f64 / threads as f64;
    let seed = lanes.plan.seed.wrapping_add(index as u64);
    let share = rate.share(threads);
    let mut arrivals = Arrivals::new(share, spacing, lanes.plan.duration, offset, seed).peekable();
    while let Some(after) = arrivals.peek() {
        if lanes.is_stopped() {
            return Ok(());
        }
        let due = lanes.began() + *after;
        clock.sleep_until(due.min(Instant::now() + SLEEP_MAX)).await?;
        let now = Instant::now();
        let mut count = 0;
        while let Some(after) = arrivals.next_if(|after| lanes.began() + *after <= now) {
            hand_out_one(lanes, lanes.began() + after, now);
            count += 1;
            if count == limits::ARRIVALS_PER_WAKE_MAX {
                // The sockets' turn: what is late is late already.
                clock.sleep_until(Instant::now() + Duration::from_micros(1)).await?;
                break;
            }
        }
    }
    Ok(())
}

fn hand_out_one(lanes: &Lanes, due: Instant, now: Instant) {
    let pushed = lanes.queue.push(due);
    if due < lanes.began() + lanes.plan.warmup {
        return;
    }
    lanes.count(|measure| {
        measure.lag.saturating_record(nanoseconds(now - due));
        match pushed {
            Pushed::Taken => {}
            Pushed::Waits => measure.waited += 1,
            Pushed::Dropped => measure.failed(Failure::Dropped),
        }
    });
}

/// Tells of each second when it has passed.
async fn tell_seconds(lanes: Rc<Lanes>) {
    for second in 0.. {
        let end = lanes.began() + Duration::from_secs(second + 1);
        monoio::time::sleep(end.saturating_duration_since(Instant::now())).await;
        lanes.end_second(second);
    }
}

/// Gives up what has not been answered one time-out after the last request was due.
async fn end_late(lanes: Rc<Lanes>) {
    let end = lanes.began() + lanes.plan.duration + lanes.plan.timeout;
    monoio::time::sleep(end.saturating_duration_since(Instant::now())).await;
    let abandoned = lanes.queue.abandon();
    lanes.count(|measure| measure.failures[Failure::TimedOut as usize] += abandoned as u64);
    lanes.watch.end_all();
}
