//! What makes the admin thread turn, from the first request served to the last?

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use tollgate_core::snapshot::Snapshot;

use crate::options::{AdminOptions, DefinitionOptions, LogFormat, ServeOptions};
use crate::telemetry::LogThread;

use super::certificates::Certificates;
use super::definitions::{self, Manner};
use super::names::Answer;
use super::publishing::{NAMES_WAIT_MS_MAX, Publishing};
use super::resolver::{self, Resolver};
use super::state::{Readiness, Shared};
use super::watch::{LOOK_EVERY, Seen, Watch};
use super::{Workers, report, systemd};

/// Answers and snapshots that wait for the admin thread.
const NEWS_MAX: usize = 256;

/// How often the end of draining is looked for.
const DRAIN_LOOK_EVERY: Duration = Duration::from_millis(20);

/// Longer than a worker's log records wait for their batch to fill.
const HAND_OVER_WAIT: Duration = Duration::from_millis(150);

/// The admin thread's own state.
pub(super) struct Control {
    started: Instant,
    shared: Arc<Shared>,
    publishing: Publishing,
    files: DefinitionOptions,
    manner: Manner,
    log_format: Option<LogFormat>,
    watch: Watch,
    certificates: Certificates,
    reading: Reading,
    resolver: Resolver,
    resolver_watch: Watch,
    log_thread: Option<LogThread>,
    news: mpsc::Receiver<News>,
    tell: mpsc::Sender<News>,
    watchdog: Option<(Duration, Instant)>,
}

/// What a task of the admin thread brings back.
enum News {
    Answered(String, Answer),
    Read(Result<Box<Snapshot>, usize>),
}

/// Whether definitions are being read, so that two readings never overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    No,
    Now,
    /// Something changed meanwhile: read once more.
    NowAndAgain,
}

/// Signals that the program answers to.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }
}

impl Control {
    /// What the admin thread starts from; `watch` holds the states in which the files were read.
    pub(super) fn new(
        shared: Arc<Shared>,
        publishing: Publishing,
        (options, manner, watch, certificates): (&ServeOptions, Manner, Watch, Certificates),
        log_thread: Option<LogThread>,
    ) -> Result<Self, String> {
        let (tell, news) = mpsc::channel(NEWS_MAX);
        Ok(Self {
            started: Instant::now(),
            shared,
            publishing,
            files: options.definition.clone(),
            log_format: options.log_format,
            manner,
            watch,
            certificates,
            reading: Reading::No,
            resolver: Resolver::from_system()?,
            resolver_watch: Watch::new(resolver::settings_stamps()),
            log_thread,
            news,
            tell,
            watchdog: systemd::watchdog_period().map(|period| (period, Instant::now())),
        })
    }

    /// Looks up the names of the first snapshot; returns when all are answered, or soon.
    pub(super) async fn look_up_first_names(&mut self) {
        let enough = tokio::time::sleep(Duration::from_millis(NAMES_WAIT_MS_MAX));
        tokio::pin!(enough);
        self.look_up_due_names();
        while !self.publishing.is_answered() {
            tokio::select! {
                Some(news) = self.news.recv() => self.on_news(news),
                () = &mut enough => return,
            }
        }
    }

    /// Turns until the program is told to end, then lets requests in flight finish.
    ///
    /// # Errors
    /// Signals cannot be heard, or no worker is left.
    pub(super) async fn run(&mut self, workers: &Workers, leave: Leave) -> io::Result<()> {
        let mut signals = Signals::new()?;
        self.serve(&mut signals, workers).await?;
        self.shared.set_readiness(Readiness::Draining);
        systemd::notify_stopping();
        tokio::select! {
            () = self.drain(workers, leave) => {}
            () = second_signal(&mut signals) => {
                tracing::warn!("told to end again: requests in flight are cut off");
            }
        }
        if (workers.running)() > 0 {
            // Workers that go on until the process ends hand over their log records meanwhile.
            tokio::time::sleep(HAND_OVER_WAIT).await;
        }
        Ok(())
    }

    /// Gives the log thread back, which ends after the workers.
    pub(super) fn into_log_thread(self) -> Option<LogThread> {
        self.log_thread
    }

    async fn serve(&mut self, signals: &mut Signals, workers: &Workers) -> io::Result<()> {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                _ = look.tick() => {
                    self.on_look();
                    self.count_workers(workers)?;
                }
                Some(news) = self.news.recv() => self.on_news(news),
                _ = signals.hang_up.recv() => self.on_hang_up(),
                _ = signals.terminate.recv() => return Ok(()),
                _ = signals.interrupt.recv() => return Ok(()),
            }
        }
    }

    /// A worker ends by itself only where its thread could not go on; without any, ending the
    /// program lets the service manager start it anew.
    fn count_workers(&self, workers: &Workers) -> io::Result<()> {
        let running = (workers.running)();
        self.shared.update(|totals| totals.workers_running = running as u64);
        match running {
            0 => Err(io::Error::other("no worker is left")),
            _ => Ok(()),
        }
    }

    /// Readiness is withdrawn already. Listeners stay open for a while, so that whoever spreads
    /// the load can notice; then no more is accepted, and what runs may finish.
    async fn drain(&mut self, workers: &Workers, leave: Leave) {
        tracing::info!(open = self.shared.connections_open(), "draining");
        let accept_until = Instant::now() + leave.drain_delay;
        let mut end_by = None;
        let mut look = interval(DRAIN_LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                Some(news) = self.news.recv() => {
                    self.on_news(news);
                    continue;
                }
            }
            self.on_tick();
            let now = Instant::now();
            match end_by {
                None if now >= accept_until => {
                    (workers.drain)();
                    end_by = Some(now + leave.grace_period);
                }
                Some(_) if (workers.running)() == 0 => {
                    tracing::info!("every request in flight has ended");
                    return;
                }
                Some(end_by) if now >= end_by => {
                    let open = self.shared.connections_open();
                    tracing::warn!(open, "the grace period is over: connections are cut off");
                    return;
                }
                _ => {}
            }
        }
    }

    fn on_news(&mut self, news: News) {
        match news {
            News::Answered(name, answer) => {
                self.publishing.on_answer(&name, answer, self.now_ms());
                self.look_up_due_names();
            }
            News::Read(outcome) => self.on_read(outcome),
        }
    }

    fn on_look(&mut self) {
        self.on_tick();
        match self.watch.on_look(definitions::stamps(&self.files)) {
            Seen::Same | Seen::Unsettled => {}
            Seen::Changed => self.read_definitions(),
            Seen::Missing(position) => {
                let file = self.files.files.get(position).map(|file| file.path.display());
                tracing::warn!(
                    file = file.map(tracing::field::display),
                    "a definition is gone; what was read last still serves"
                );
            }
        }
        self.look_at_certificates();
        // A missing hosts file or resolv.conf is a state like any other.
        let settings = self.resolver_watch.on_look(resolver::settings_stamps());
        if settings == Seen::Changed {
            self.renew_resolver();
        }
    }

    fn on_tick(&mut self) {
        self.publishing.on_tick(self.now_ms());
        self.look_up_due_names();
        self.show_log_counters();
        let now = Instant::now();
        if let Some((period, due)) = &mut self.watchdog
            && now >= *due
        {
            *due = now + *period;
            systemd::notify_watchdog();
        }
    }

    /// SIGHUP: logs are opened again, certificates and definitions read again, whether they changed
    /// or not.
    fn on_hang_up(&mut self) {
        tracing::info!("told to reopen logs and to read certificates and definitions again");
        if let Some(log_thread) = &self.log_thread {
            log_thread.reopen();
        }
        self.renew_resolver();
        self.read_certificates();
        self.read_definitions();
    }

    fn look_at_certificates(&mut self) {
        match self.certificates.on_look() {
            Seen::Same | Seen::Unsettled => {}
            Seen::Changed => self.read_certificates(),
            Seen::Missing(position) => {
                let file = self.certificates.file(position).map(|file| file.display());
                tracing::warn!(
                    file = file.map(tracing::field::display),
                    "a certificate's file is gone; what was read last is still shown"
                );
            }
        }
    }

    /// Keys are parsed and compared off this thread.
    fn read_certificates(&self) {
        let (shown, shared) = (self.certificates.shown(), Arc::clone(&self.shared));
        if shown.is_empty() {
            return;
        }
        tokio::task::spawn_blocking(move || match shown.reload() {
            Ok(()) => tracing::info!("certificates are read again"),
            Err(problems) => {
                shared.update(|totals| totals.reload_failures += 1);
                for problem in problems {
                    tracing::error!("{problem}; the old certificates are still shown");
                }
            }
        });
    }

    fn renew_resolver(&mut self) {
        match Resolver::from_system() {
            Ok(resolver) => {
                self.resolver = resolver;
                self.publishing.expire_names(self.now_ms());
            }
            Err(error) => tracing::error!(error, "the resolver's settings cannot be used"),
        }
    }

    /// Reads and compiles off this thread, so that health checks are answered meanwhile.
    fn read_definitions(&mut self) {
        if self.reading != Reading::No {
            self.reading = Reading::NowAndAgain;
            return;
        }
        self.reading = Reading::Now;
        systemd::notify_reloading();
        let (files, manner, tell) = (self.files.clone(), self.manner.clone(), self.tell.clone());
        let log_format = self.log_format;
        let previous = Arc::clone(&self.publishing.current().snapshot);
        let reading = tokio::task::spawn_blocking(move || {
            let loaded = definitions::load(&files, &manner, Some(&previous));
            drop(previous);
            report::tell_problems(&loaded, log_format);
            let errors = loaded.errors();
            loaded.snapshot.map(Box::new).ok_or(errors)
        });
        tokio::spawn(async move {
            // A panic of the compiler is a defect of ours; what is served stays.
            let outcome = reading.await.unwrap_or(Err(1));
            // The receiver is gone only when the program ends.
            let _ = tell.send(News::Read(outcome)).await;
        });
    }

    fn on_read(&mut self, outcome: Result<Box<Snapshot>, usize>) {
        let must_read_again = self.reading == Reading::NowAndAgain;
        self.reading = Reading::No;
        match outcome {
            Ok(snapshot) => self.publishing.propose(*snapshot, self.now_ms()),
            Err(errors) => {
                self.shared.update(|totals| totals.reload_failures += 1);
                tracing::error!(
                    errors,
                    "the change is refused; what was served before still serves"
                );
            }
        }
        systemd::notify_ready("serving");
        if must_read_again {
            self.read_definitions();
        }
    }

    fn look_up_due_names(&mut self) {
        for name in self.publishing.take_due_names(self.now_ms()) {
            let (resolver, tell) = (self.resolver.clone(), self.tell.clone());
            tokio::spawn(async move {
                let answer = resolver.look_up(&name).await;
                let _ = tell.send(News::Answered(name, answer)).await;
            });
        }
    }

    fn show_log_counters(&self) {
        if let Some(log_thread) = &self.log_thread {
            let counters = log_thread.counters();
            self.shared.update(|totals| {
                totals.log_records_written = counters.written;
                totals.log_records_lost = counters.lost;
            });
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// How the program takes its leave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leave {
    /// How long connections are still accepted once readiness is withdrawn.
    pub(super) drain_delay: Duration,
    /// How long requests in flight may take from then on.
    pub(super) grace_period: Duration,
}

impl Leave {
    /// As the operator wants it.
    pub(super) fn of(options: &AdminOptions) -> Self {
        Self { drain_delay: options.drain_delay, grace_period: options.grace_period }
    }
}

async fn second_signal(signals: &mut Signals) {
    tokio::select! {
        _ = signals.terminate.recv() => {}
        _ = signals.interrupt.recv() => {}
    }
}

#[cfg(test)]
mod tests;
