//! When do workers hear of what was compiled?
//!
//! A snapshot that names hosts nobody has looked up yet waits until they are answered, but not for
//! long: so no request fails because a change brought a new name, and no name that cannot be
//! looked up holds a change back.

use std::collections::BTreeSet;
use std::sync::Arc;

use arc_swap::ArcSwap;

use tollgate_core::integrate;
use tollgate_core::snapshot::{Snapshot, Stage};

use crate::publication::{Published, Publisher, TargetKey, TargetTls};

use super::metrics::StageLabels;
use super::names::{Answer, Change, Names};
use super::state::Shared;
use super::targets::Targets;

/// How long a snapshot waits for its names.
pub(super) const NAMES_WAIT_MS_MAX: u64 = 3_000;

/// Everything that lies between a compiled snapshot and the workers.
#[derive(Debug)]
pub(super) struct Publishing {
    publisher: Publisher<Published>,
    targets: Targets,
    names: Names,
    waiting: Option<Waiting>,
    revision: u64,
    shared: Arc<Shared>,
}

/// A publication that waits for its names.
#[derive(Debug)]
struct Waiting {
    next: Published,
    names: BTreeSet<String>,
    until_ms: u64,
}

impl Publishing {
    /// Publishes the first snapshot at once; no worker serves yet.
    pub(super) fn start(
        first: Snapshot,
        allowed: Vec<String>,
        shared: Arc<Shared>,
        now_ms: u64,
    ) -> Self {
        let (mut targets, mut names) = (Targets::new(allowed), Names::default());
        let first = publication_of(first, 1, &mut targets, &names, &shared);
        names.follow(targets.names(), now_ms);
        shared.update(|totals| totals.snapshot_revision = 1);
        let publisher = Publisher::new(first);
        Self { publisher, targets, names, waiting: None, revision: 1, shared }
    }

    /// The pointer that workers read.
    pub(super) fn for_workers(&self) -> Arc<ArcSwap<Published>> {
        self.publisher.shared()
    }

    /// What is published now.
    pub(super) fn current(&self) -> Arc<Published> {
        self.publisher.current()
    }

    /// Publishes a snapshot as soon as its names are answered; one that still waits is replaced.
    pub(super) fn propose(&mut self, snapshot: Snapshot, now_ms: u64) {
        self.revision += 1;
        let next =
            publication_of(snapshot, self.revision, &mut self.targets, &self.names, &self.shared);
        let names: BTreeSet<_> =
            next.targets.iter().map(|target| target.key.host.clone()).collect();
        self.names.follow_also(self.targets.names(), now_ms);
        self.waiting = Some(Waiting { next, names, until_ms: now_ms + NAMES_WAIT_MS_MAX });
        self.publish_when_answered(now_ms);
    }

    /// The names to look up now.
    pub(super) fn take_due_names(&mut self, now_ms: u64) -> Vec<String> {
        self.names.take_due(now_ms)
    }

    /// Takes the answer to a look-up and tells targets of it.
    pub(super) fn on_answer(&mut self, name: &str, answer: Answer, now_ms: u64) {
        let is_failure = !matches!(answer, Answer::Found { .. });
        match self.names.on_answer(name, answer, now_ms) {
            Change::None => {}
            Change::Found(addresses) => {
                tracing::debug!(name, ?addresses, "a name leads elsewhere");
                if let Some(address) = self.targets.on_found(name, &addresses) {
                    tracing::warn!(name, %address, "a name leads to a link-local or metadata \
                        address, which is refused; --allow-link-local {name} would allow it");
                }
            }
            Change::Stale(reason) => {
                tracing::warn!(name, reason, "a name cannot be looked up; its last answer serves");
            }
            Change::Lost(reason) => {
                tracing::warn!(name, reason, "a name cannot be looked up; its requests fail");
                self.targets.on_lost(name, &reason);
            }
        }
        let failing = self.names.failing() as u64;
        self.shared.update(|totals| {
            totals.name_failures += u64::from(is_failure);
            totals.names_failing = failing;
        });
        self.publish_when_answered(now_ms);
    }

    /// Publishes what has waited long enough and frees what nobody uses any more.
    pub(super) fn on_tick(&mut self, now_ms: u64) {
        self.publish_when_answered(now_ms);
        let retired = self.publisher.release_retired() as u64;
        self.shared.update(|totals| totals.snapshots_retired = retired);
        if self.targets.forget_unused(now_ms) {
            self.names.follow(self.targets.names(), now_ms);
        }
    }

    /// Asks for every name again: the resolver's settings changed.
    pub(super) fn expire_names(&mut self, now_ms: u64) {
        self.names.expire_all(now_ms);
    }

    /// Whether every name has been answered once, well or not.
    pub(super) fn is_answered(&self) -> bool {
        self.names.are_answered(self.targets.names().into_iter())
    }

    fn publish_when_answered(&mut self, now_ms: u64) {
        let is_due = |waiting: &mut Waiting| {
            now_ms >= waiting.until_ms
                || self.names.are_answered(waiting.names.iter().map(String::as_str))
        };
        let Some(waiting) = self.waiting.take_if(is_due) else { return };
        let revision = waiting.next.revision;
        self.publisher.publish(waiting.next);
        self.shared.update(|totals| {
            totals.snapshot_revision = revision;
            totals.reloads += 1;
        });
        tracing::info!(revision, "the change is served");
    }
}

fn publication_of(
    snapshot: Snapshot,
    revision: u64,
    targets: &mut Targets,
    names: &Names,
    shared: &Shared,
) -> Published {
    let target_of = |target: &integrate::Target| {
        let key = key_of(target);
        let answered = names.addresses(&key.host);
        targets.target_of(key, answered)
    };
    Published {
        revision,
        targets: snapshot.targets.iter().map(target_of).collect(),
        stage_slots: snapshot.stages.iter().map(|stage| shared.slot_of(labels_of(stage))).collect(),
        snapshot: Arc::new(snapshot),
    }
}

fn key_of(target: &integrate::Target) -> TargetKey {
    let tls = target.is_tls.then(|| TargetTls {
        server_name: target.server_name.clone().unwrap_or_else(|| target.host.clone()),
        skips_verification: target.skips_verification,
    });
    TargetKey { host: target.host.clone(), port: target.port, tls }
}

fn labels_of(stage: &Arc<Stage>) -> StageLabels {
    StageLabels { api: stage.facts.api_id.clone(), stage: stage.facts.stage.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publication::Addresses;

    fn snapshot(hosts: &[&str]) -> Snapshot {
        let target = |host: &&str| integrate::Target {
            host: (*host).to_owned(),
            port: 80,
            is_tls: false,
            authority: (*host).to_owned(),
            server_name: None,
            skips_verification: false,
        };
        Snapshot { targets: hosts.iter().map(target).collect(), ..Snapshot::empty() }
    }

    fn started(hosts: &[&str]) -> Publishing {
        Publishing::start(snapshot(hosts), Vec::new(), Arc::new(Shared::new(Vec::new())), 0)
    }

    fn found() -> Answer {
        Answer::Found { addresses: vec!["10.0.0.1".parse().expect("an address")], ttl_ms: 60_000 }
    }

    #[test]
    fn the_first_snapshot_is_there_at_once_and_says_when_its_names_are_answered() {
        let mut publishing = started(&["a.test", "127.0.0.1"]);
        assert_eq!(publishing.current().revision, 1);
        assert!(!publishing.is_answered());
        assert_eq!(publishing.take_due_names(0), ["a.test"]);
        publishing.on_answer("a.test", Answer::Absent, 0);
        assert!(publishing.is_answered());
        let lost = publishing.current().targets[0].addresses();
        assert!(matches!(*lost, Addresses::Unknown(_)));
    }

    #[test]
    fn a_change_with_known_names_only_is_published_at_once() {
        let mut publishing = started(&["127.0.0.1"]);
        publishing.propose(snapshot(&["127.0.0.1", "localhost"]), 0);
        assert_eq!(publishing.current().revision, 2);
    }

    #[test]
    fn a_change_waits_for_its_new_names() {
        let mut publishing = started(&["127.0.0.1"]);
        publishing.propose(snapshot(&["a.test"]), 0);
        assert_eq!(publishing.current().revision, 1);
        publishing.take_due_names(0);
        publishing.on_answer("a.test", found(), 10);
        let current = publishing.current();
        assert_eq!(current.revision, 2);
        assert!(matches!(*current.targets[0].addresses(), Addresses::Known(_)));
    }

    #[test]
    fn a_change_does_not_wait_for_ever() {
        let mut publishing = started(&["127.0.0.1"]);
        publishing.propose(snapshot(&["a.test"]), 0);
        publishing.on_tick(NAMES_WAIT_MS_MAX - 1);
        assert_eq!(publishing.current().revision, 1);
        publishing.on_tick(NAMES_WAIT_MS_MAX);
        assert_eq!(publishing.current().revision, 2);
    }

    #[test]
    fn a_newer_change_replaces_one_that_waits() {
        let mut publishing = started(&["127.0.0.1"]);
        publishing.propose(snapshot(&["a.test"]), 0);
        publishing.propose(snapshot(&["127.0.0.1"]), 1);
        assert_eq!(publishing.current().revision, 3);
        publishing.on_tick(NAMES_WAIT_MS_MAX);
        assert_eq!(publishing.current().revision, 3, "the older one is gone");
    }

    #[test]
    fn targets_and_their_addresses_outlive_a_change() {
        let mut publishing = started(&["a.test"]);
        publishing.take_due_names(0);
        publishing.on_answer("a.test", found(), 0);
        let before = Arc::clone(&publishing.current().targets[0]);
        publishing.propose(snapshot(&["127.0.0.1", "a.test"]), 1);
        assert!(Arc::ptr_eq(&before, &publishing.current().targets[1]));
    }
}
