//! What do all lanes of a thread share, and how does one get its next request?

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use super::measure::{Answered, Failure, Measure};
use super::plan::{Mode, Plan};
use super::queue::Queue;
use super::timeline::Interval;
use super::watch::Watch;

/// The lanes' thread.
#[derive(Debug)]
pub(super) struct Lanes {
    /// What is asked.
    pub plan: Arc<Plan>,
    /// What is due; unused in a closed loop.
    pub queue: Queue,
    /// The connections' deadlines.
    pub watch: Watch,
    began: Cell<Instant>,
    stop: Arc<AtomicBool>,
    /// What was seen since the last second began.
    current: RefCell<Measure>,
    total: RefCell<Measure>,
    /// Who listens; nobody any more once the run has ended.
    seconds: RefCell<Option<SyncSender<Interval>>>,
}

/// An answer as a lane sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    /// The status.
    pub status: u16,
    /// Bytes of it.
    pub bytes: u64,
}

impl Lanes {
    /// Lanes that have not begun.
    pub(super) fn new(
        plan: Arc<Plan>,
        stop: Arc<AtomicBool>,
        seconds: SyncSender<Interval>,
    ) -> Self {
        Self {
            plan,
            queue: Queue::default(),
            watch: Watch::default(),
            began: Cell::new(Instant::now()),
            stop,
            current: RefCell::default(),
            total: RefCell::default(),
            seconds: RefCell::new(Some(seconds)),
        }
    }

    /// The run begins at `moment`.
    pub(super) fn begin(&self, moment: Instant) {
        self.began.set(moment);
    }

    /// When the run began.
    pub(super) fn began(&self) -> Instant {
        self.began.get()
    }

    /// The run shall end early.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The moment the next request is due; nothing when there are no more.
    pub(super) async fn next_due(&self) -> Option<Instant> {
        if let Mode::Open(..) = self.plan.mode {
            return self.queue.next().await;
        }
        let now = Instant::now();
        (now < self.began.get() + self.plan.duration && !self.is_stopped()).then_some(now)
    }

    /// Notes what became of the request that was due at `due` and sent at `sent`.
    pub(super) fn note(&self, due: Instant, sent: Instant, result: Result<Answer, Failure>) {
        if due < self.began.get() + self.plan.warmup {
            return;
        }
        let mut current = self.current.borrow_mut();
        match result {
            Err(failure) => current.failed(failure),
            Ok(answer) => {
                let now = Instant::now();
                current.answered(&Answered {
                    latency: now - due,
                    service: now - sent,
                    status: answer.status,
                    is_expected: self.plan.expects(answer.status),
                    bytes: answer.bytes,
                });
            }
        }
    }

    /// Changes what is being counted.
    pub(super) fn count(&self, change: impl FnOnce(&mut Measure)) {
        change(&mut self.current.borrow_mut());
    }

    /// Ends a second: adds it to the total and tells of it. Where no one listens in time the second
    /// is missing from the course of the run, but never from its figures.
    pub(super) fn end_second(&self, second: u64) {
        let measure = self.current.take();
        self.total.borrow_mut().merge(&measure);
        if let Some(seconds) = &*self.seconds.borrow() {
            let _ = seconds.try_send(Interval { second, measure });
        }
    }

    /// Ends the run: all that was seen. Whoever listens is told here and not when the lanes are
    /// dropped, because tasks that sleep when their runtime ends are not always dropped with it.
    pub(super) fn end(&self) -> Measure {
        self.seconds.take();
        self.total.borrow_mut().merge(&self.current.take());
        self.total.take()
    }
}

/// After a connection could not be opened, a closed loop waits this long before it tries again:
/// a server that refuses is not asked a million times a second.
pub(super) const RETRY: Duration = Duration::from_millis(20);
