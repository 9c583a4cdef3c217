//! Which names are looked up when, and what do targets hear of it?
//!
//! Pure: time comes in, [`Names::take_due`] says what to look up, answers come back through
//! [`Names::on_answer`]. The resolver beside it does the asking.
//!
//! * An answer is kept for its TTL, within bounds, and renewed before that ends.
//! * A name that cannot be looked up keeps its last answer (RFC 8767: serving stale data) and is
//!   tried again, each time later, until the wait is half a minute.
//! * A name that no longer exists keeps it only briefly: its address may soon be somebody else's.

mod hosts;

pub use hosts::literal_addresses;

use std::collections::BTreeMap;
use std::net::IpAddr;

/// Shortest time an answer is kept; less would ask the resolver more than it helps.
const TTL_MS_MIN: u64 = 5_000;
/// Longest time an answer is kept, so that a change is seen within minutes whatever its TTL said.
const TTL_MS_MAX: u64 = 300_000;
/// How long an answer serves after its end, where the resolver cannot be reached (RFC 8767, 6:
/// "a maximum stale timer … between one and three days").
const STALE_MS_MAX: u64 = 24 * 3_600_000;
/// How long an answer serves after the name is gone.
const GONE_MS_MAX: u64 = 60_000;
/// Addresses of one name that are used.
const ADDRESSES_MAX: usize = 64;
/// Look-ups under way at a time; each holds sockets.
const LOOK_UPS_MAX: usize = 64;
/// Wait after the first failure; doubles with each further one.
const RETRY_MS_MIN: u64 = 1_000;
/// Longest wait between attempts.
const RETRY_MS_MAX: u64 = 30_000;

/// What a look-up brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Addresses, and for how long they hold.
    Found {
        /// In any order; never empty.
        addresses: Vec<IpAddr>,
        /// Time to live, as the records have it.
        ttl_ms: u64,
    },
    /// The name does not exist, or has no address.
    Absent,
    /// Nobody could say; the reason is for the log.
    Failed(String),
}

/// What changed for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing that targets need to know.
    None,
    /// It leads here from now on.
    Found(Vec<IpAddr>),
    /// The look-up failed; what was known before still serves. Said once in a row of failures.
    Stale(String),
    /// It leads nowhere from now on; the reason is for the log. Said once in a row of failures.
    Lost(String),
}

/// All names in use, with what is known of each.
#[derive(Debug, Default)]
pub struct Names {
    names: BTreeMap<String, Name>,
}

#[derive(Debug, Default)]
struct Name {
    addresses: Vec<IpAddr>,
    /// When the last answer ends.
    ends_ms: u64,
    /// When to look it up next; `None` while a look-up is under way.
    due_ms: Option<u64>,
    failures: u32,
    has_been_answered: bool,
    is_lost: bool,
}

impl Names {
    /// Follows exactly these names: new ones are due at once, others are forgotten.
    pub fn follow<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, now_ms: u64) {
        let mut former = std::mem::take(&mut self.names);
        for name in names {
            let (name, known) = former
                .remove_entry(name)
                .unwrap_or_else(|| (name.to_owned(), Name::due_at(now_ms)));
            self.names.entry(name).or_insert(known);
        }
    }

    /// Follows further names beside those already followed.
    pub fn follow_also<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, now_ms: u64) {
        for name in names {
            if !self.names.contains_key(name) {
                self.names.insert(name.to_owned(), Name::due_at(now_ms));
            }
        }
    }

    /// Asks for all names again, such as after the resolver's settings changed.
    pub fn expire_all(&mut self, now_ms: u64) {
        for name in self.names.values_mut() {
            name.due_ms = name.due_ms.map(|due_ms| due_ms.min(now_ms));
        }
    }

    /// The names to look up now. Each must be answered before it is due again, and when many are
    /// due, some wait until others are answered.
    pub fn take_due(&mut self, now_ms: u64) -> Vec<String> {
        let under_way = self.names.values().filter(|name| name.due_ms.is_none()).count();
        let room = LOOK_UPS_MAX.saturating_sub(under_way);
        let is_due = |name: &Name| name.due_ms.is_some_and(|due_ms| due_ms <= now_ms);
        let mut due = Vec::new();
        for (text, name) in self.names.iter_mut().filter(|(_, name)| is_due(name)).take(room) {
            name.due_ms = None;
            due.push(text.clone());
        }
        due
    }

    /// Takes the answer to a look-up; one for a name that is no longer followed is ignored.
    pub fn on_answer(&mut self, name: &str, answer: Answer, now_ms: u64) -> Change {
        match self.names.get_mut(name) {
            Some(name) => name.on_answer(answer, now_ms),
            None => Change::None,
        }
    }

    /// Whether each of these names has been answered at least once, well or not.
    pub fn are_answered<'a>(&self, mut names: impl Iterator<Item = &'a str>) -> bool {
        names.all(|name| self.names.get(name).is_none_or(|name| name.has_been_answered))
    }

    /// Where a name leads, as far as is known.
    pub fn addresses(&self, name: &str) -> &[IpAddr] {
        self.names.get(name).map_or(&[], |name| &name.addresses)
    }

    /// How many names currently cannot be looked up.
    pub fn failing(&self) -> usize {
        self.names.values().filter(|name| name.failures > 0).count()
    }
}

impl Name {
    fn due_at(now_ms: u64) -> Self {
        Self { due_ms: Some(now_ms), ..Self::default() }
    }

    fn on_answer(&mut self, answer: Answer, now_ms: u64) -> Change {
        self.has_been_answered = true;
        match answer {
            Answer::Found { addresses, ttl_ms } => self.on_found(addresses, ttl_ms, now_ms),
            Answer::Absent => self.on_failure(
                "the name does not exist or has no address".to_owned(),
                GONE_MS_MAX,
                now_ms,
            ),
            Answer::Failed(reason) => self.on_failure(reason, STALE_MS_MAX, now_ms),
        }
    }

    /// Resolvers shuffle their answers to spread load; sorted, the same set stays the same. IPv4
    /// comes first, because a host without an IPv6 route has a way there more often than not.
    fn on_found(&mut self, mut addresses: Vec<IpAddr>, ttl_ms: u64, now_ms: u64) -> Change {
        addresses.sort_unstable();
        addresses.dedup();
        addresses.truncate(ADDRESSES_MAX);
        let ttl_ms = ttl_ms.clamp(TTL_MS_MIN, TTL_MS_MAX);
        self.ends_ms = now_ms + ttl_ms;
        // A tenth before the end, so that the next answer is there when this one ends.
        self.due_ms = Some(now_ms + ttl_ms - ttl_ms / 10);
        self.failures = 0;
        self.is_lost = false;
        if self.addresses == addresses {
            return Change::None;
        }
        self.addresses = addresses;
        Change::Found(self.addresses.clone())
    }

    fn on_failure(&mut self, reason: String, stale_ms: u64, now_ms: u64) -> Change {
        let wait_ms = (RETRY_MS_MIN << self.failures.min(10)).min(RETRY_MS_MAX);
        self.failures = self.failures.saturating_add(1);
        self.due_ms = Some(now_ms + wait_ms);
        let may_serve = now_ms <= self.ends_ms.saturating_add(stale_ms);
        if self.is_lost {
            return Change::None;
        }
        if self.addresses.is_empty() || !may_serve {
            self.addresses.clear();
            self.is_lost = true;
            return Change::Lost(reason);
        }
        if self.failures == 1 { Change::Stale(reason) } else { Change::None }
    }
}

#[cfg(test)]
mod tests;
