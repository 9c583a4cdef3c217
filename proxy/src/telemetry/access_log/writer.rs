//! Who turns records into lines, and when?

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::publication::Published;
use crate::telemetry::WorkerCounters;

use super::{AccessLog, BATCH_BYTES, Batch, Lane, Sink};

/// Bytes of rendered lines after which they are written.
const WRITE_BYTES: usize = 4 * BATCH_BYTES;

/// How long the thread sleeps when nobody wakes it.
const SLEEP_MAX: Duration = Duration::from_secs(1);

/// Time between two complaints about a file that cannot be written.
const COMPLAIN_EVERY: Duration = Duration::from_secs(10);

/// The running log thread.
#[derive(Debug)]
pub struct LogThread {
    control: Arc<Control>,
    thread: JoinHandle<()>,
}

/// What the log thread has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogCounters {
    /// Records written.
    pub written: u64,
    /// Records that could not be written.
    pub lost: u64,
}

#[derive(Debug, Default)]
struct Control {
    must_reopen: AtomicBool,
    must_stop: AtomicBool,
    written: AtomicU64,
    lost: AtomicU64,
}

impl Control {
    fn counters(&self) -> LogCounters {
        LogCounters {
            written: self.written.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
        }
    }
}

impl LogThread {
    /// Starts the thread; returns it with one [`AccessLog`] for each worker.
    ///
    /// `render` turns a record into a line, with its line feed, or into nothing.
    ///
    /// # Errors
    /// The thread cannot be spawned.
    pub fn start(
        workers: &[Arc<WorkerCounters>],
        sink: Sink,
        render: impl FnMut(&Published, &[u8], &mut Vec<u8>) + Send + 'static,
    ) -> io::Result<(Self, Vec<AccessLog>)> {
        let (mut logs, lanes): (Vec<_>, Vec<_>) =
            workers.iter().map(|counters| AccessLog::with_lane(Arc::clone(counters))).unzip();
        let control = Arc::new(Control::default());
        let writer = Writer {
            lanes,
            sink,
            render,
            control: Arc::clone(&control),
            lines: Vec::with_capacity(WRITE_BYTES + BATCH_BYTES),
            records: 0,
            complained: None,
        };
        let thread = thread::Builder::new().name("access-log".into()).spawn(|| writer.run())?;
        for log in &mut logs {
            log.set_writer(thread.thread().clone());
        }
        Ok((Self { control, thread }, logs))
    }

    /// Opens the file again before the next line.
    pub fn reopen(&self) {
        self.control.must_reopen.store(true, Ordering::Release);
        self.thread.thread().unpark();
    }

    /// What was written and lost so far.
    pub fn counters(&self) -> LogCounters {
        self.control.counters()
    }

    /// Writes what workers have handed over and ends; waits at most `patience`, because a pipe
    /// that nobody reads must not keep the program from ending. `None` where that was not enough.
    pub fn stop(self, patience: Duration) -> Option<LogCounters> {
        self.control.must_stop.store(true, Ordering::Release);
        let deadline = Instant::now() + patience;
        while !self.thread.is_finished() {
            if Instant::now() >= deadline {
                return None;
            }
            self.thread.thread().unpark();
            thread::sleep(Duration::from_millis(1));
        }
        self.thread.join().ok().map(|()| self.control.counters())
    }
}

/// The thread's own state.
struct Writer<R> {
    lanes: Vec<Lane>,
    sink: Sink,
    render: R,
    control: Arc<Control>,
    lines: Vec<u8>,
    records: u64,
    complained: Option<Instant>,
}

impl<R: FnMut(&Published, &[u8], &mut Vec<u8>)> Writer<R> {
    fn run(mut self) {
        loop {
            // Read before the rings: what was handed over before the order to stop is written.
            let must_stop = self.control.must_stop.load(Ordering::Acquire);
            let took_any = self.take_all();
            self.write();
            if must_stop {
                return;
            }
            if !took_any {
                thread::park_timeout(SLEEP_MAX);
            }
        }
    }

    /// Renders what all workers have handed over; one batch of each in turn, so that their lines
    /// come roughly in the order of their time.
    fn take_all(&mut self) -> bool {
        let mut took_any = false;
        loop {
            let mut took_one = false;
            for index in 0..self.lanes.len() {
                if let Ok(batch) = self.lanes[index].full.pop() {
                    self.take(batch, index);
                    took_one = true;
                }
            }
            took_any |= took_one;
            if !took_one {
                return took_any;
            }
        }
    }

    fn take(&mut self, mut batch: Batch, lane: usize) {
        batch.for_each(|published, record| (self.render)(published, record, &mut self.lines));
        self.records += batch.records();
        batch.clear();
        // Where the ring of empty batches is full, this one is freed.
        let _ = self.lanes[lane].empty.push(batch);
        if self.lines.len() >= WRITE_BYTES {
            self.write();
        }
    }

    fn write(&mut self) {
        if self.control.must_reopen.swap(false, Ordering::Acquire)
            && let Err(error) = self.sink.reopen()
        {
            tracing::error!(%error, "the access log could not be opened again; the old file is kept");
        }
        if self.lines.is_empty() {
            self.records = 0;
            return;
        }
        let records = std::mem::take(&mut self.records);
        match self.sink.write(&self.lines) {
            Ok(()) => self.control.written.fetch_add(records, Ordering::Relaxed),
            Err(error) => {
                self.complain(&error);
                self.control.lost.fetch_add(records, Ordering::Relaxed)
            }
        };
        self.lines.clear();
    }

    fn complain(&mut self, error: &io::Error) {
        let is_due = self.complained.is_none_or(|then| then.elapsed() >= COMPLAIN_EVERY);
        if is_due {
            self.complained = Some(Instant::now());
            tracing::error!(%error, "the access log cannot be written; its records are lost");
        }
    }
}
