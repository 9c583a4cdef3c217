//! Which targets exist, and where are they to be found?

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tollgate_core::integrate::address::{is_among, is_forbidden};

use crate::publication::{Addresses, Target, TargetKey};

use super::names::literal_addresses;

/// How long a target that no snapshot names keeps its slot and so its connections: long enough
/// for a change that is taken back.
const UNUSED_MS_MAX: u64 = 300_000;

/// All targets, each in a slot of its own for as long as it is known.
#[derive(Debug, Default)]
pub(super) struct Targets {
    known: BTreeMap<TargetKey, Known>,
    slots_given: u32,
    allowed: Vec<String>,
}

#[derive(Debug)]
struct Known {
    target: Arc<Target>,
    unused_since_ms: Option<u64>,
}

impl Targets {
    /// No targets yet; `allowed` are hosts that may lead to link-local and metadata addresses.
    pub(super) fn new(allowed: impl IntoIterator<Item = String>) -> Self {
        Self { allowed: allowed.into_iter().collect(), ..Self::default() }
    }

    /// The target of that key: the one known before, or a new one. What needs no look-up is known
    /// at once; for the rest, `answered` says what is known of its name.
    pub(super) fn target_of(&mut self, key: TargetKey, answered: &[IpAddr]) -> Arc<Target> {
        if let Some(known) = self.known.get_mut(&key) {
            known.unused_since_ms = None;
            return Arc::clone(&known.target);
        }
        let target = Arc::new(Target::new(key.clone(), self.slots_given));
        self.slots_given += 1;
        let literal = literal_addresses(&key.host);
        let addresses = literal.as_deref().unwrap_or(answered);
        if !addresses.is_empty() {
            target.set_addresses(self.permitted(&target, addresses));
        }
        self.known.insert(key, Known { target: Arc::clone(&target), unused_since_ms: None });
        target
    }

    /// The names behind all targets; each once.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let hosts = self.known.keys().map(|key| key.host.as_str());
        hosts.filter(|host| literal_addresses(host).is_none()).collect()
    }

    /// A name leads here from now on. Says which address was left out as forbidden, if any.
    pub(super) fn on_found(&self, host: &str, addresses: &[IpAddr]) -> Option<IpAddr> {
        for target in self.of_host(host) {
            target.set_addresses(self.permitted(target, addresses));
        }
        if is_among(host, &self.allowed) {
            return None;
        }
        addresses.iter().copied().find(|address| is_forbidden(*address))
    }

    /// A name leads nowhere from now on.
    pub(super) fn on_lost(&self, host: &str, reason: &str) {
        for target in self.of_host(host) {
            target.set_addresses(Addresses::Unknown(reason.into()));
        }
    }

    /// Forgets what nobody has named for a while; its slot is not given again. Whether it did.
    pub(super) fn forget_unused(&mut self, now_ms: u64) -> bool {
        let count = self.known.len();
        self.known.retain(|_, known| {
            if Arc::strong_count(&known.target) > 1 {
                known.unused_since_ms = None;
                return true;
            }
            let since_ms = *known.unused_since_ms.get_or_insert(now_ms);
            now_ms.saturating_sub(since_ms) < UNUSED_MS_MAX
        });
        self.known.len() < count
    }

    fn of_host(&self, host: &str) -> impl Iterator<Item = &Arc<Target>> {
        self.known.values().map(|known| &known.target).filter(move |t| t.key.host == host)
    }

    fn permitted(&self, target: &Target, addresses: &[IpAddr]) -> Addresses {
        let is_allowed = is_among(&target.key.host, &self.allowed);
        let permitted: Box<[_]> = addresses
            .iter()
            .filter(|address| is_allowed || !is_forbidden(**address))
            .map(|address| SocketAddr::new(*address, target.key.port))
            .collect();
        match (permitted.is_empty(), addresses.first()) {
            (true, Some(first)) => Addresses::Forbidden(*first),
            (true, None) => Addresses::Unknown("the answer was empty".into()),
            (false, _) => Addresses::Known(permitted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(host: &str, port: u16) -> TargetKey {
        TargetKey { host: host.to_owned(), port, tls: None }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn known(texts: &[&str]) -> Addresses {
        Addresses::Known(texts.iter().map(|text| text.parse().expect("an address")).collect())
    }

    #[test]
    fn literal_addresses_are_known_at_once_and_need_no_look_up() {
        let mut targets = Targets::default();
        let target = targets.target_of(key("10.0.0.1", 80), &[]);
        assert_eq!(*target.addresses(), known(&["10.0.0.1:80"]));
        targets.target_of(key("localhost", 81), &[]);
        assert!(targets.names().is_empty());
    }

    #[test]
    fn a_target_stays_the_same_and_hears_of_its_name() {
        let mut targets = Targets::default();
        let one = targets.target_of(key("a.test", 80), &[]);
        let two = targets.target_of(key("a.test", 81), &[]);
        assert_eq!(targets.names(), BTreeSet::from(["a.test"]));
        assert_eq!(*one.addresses(), Addresses::Unresolved);
        assert_eq!(targets.on_found("a.test", &[ip("10.0.0.1")]), None);
        assert_eq!(*one.addresses(), known(&["10.0.0.1:80"]));
        assert_eq!(*two.addresses(), known(&["10.0.0.1:81"]));
        assert!(Arc::ptr_eq(&one, &targets.target_of(key("a.test", 80), &[])));
        assert_ne!(one.slot, two.slot);
        let later = targets.target_of(key("a.test", 82), &[ip("10.0.0.1")]);
        assert_eq!(*later.addresses(), known(&["10.0.0.1:82"]));
        targets.on_lost("a.test", "gone");
        assert_eq!(*two.addresses(), Addresses::Unknown("gone".into()));
    }

    #[test]
    fn forbidden_addresses_are_left_out_however_they_are_reached() {
        let mut targets = Targets::default();
        let literal = targets.target_of(key("169.254.169.254", 80), &[]);
        assert_eq!(*literal.addresses(), Addresses::Forbidden(ip("169.254.169.254")));
        let named = targets.target_of(key("a.test", 80), &[]);
        let answer = [ip("10.0.0.1"), ip("fe80::1")];
        assert_eq!(targets.on_found("a.test", &answer), Some(ip("fe80::1")));
        assert_eq!(*named.addresses(), known(&["10.0.0.1:80"]));
        targets.on_found("a.test", &answer[1..]);
        assert_eq!(*named.addresses(), Addresses::Forbidden(ip("fe80::1")));
    }

    #[test]
    fn hosts_allowed_by_name_may_lead_there() {
        let allowed = ["169.254.169.254", "a.test"].map(str::to_owned);
        let mut targets = Targets::new(allowed);
        let literal = targets.target_of(key("169.254.169.254", 80), &[]);
        assert_eq!(*literal.addresses(), known(&["169.254.169.254:80"]));
        let named = targets.target_of(key("a.test", 80), &[]);
        assert_eq!(targets.on_found("a.test", &[ip("169.254.1.1")]), None);
        assert_eq!(*named.addresses(), known(&["169.254.1.1:80"]));
    }

    #[test]
    fn an_unused_target_is_forgotten_after_a_while_and_its_slot_stays_its_own() {
        let mut targets = Targets::default();
        let slot = targets.target_of(key("a.test", 80), &[]).slot;
        targets.forget_unused(0);
        targets.forget_unused(UNUSED_MS_MAX - 1);
        let used = targets.target_of(key("a.test", 80), &[]);
        assert_eq!(used.slot, slot, "taken back in time");
        targets.forget_unused(UNUSED_MS_MAX + 1);
        assert_eq!(targets.names().len(), 1, "somebody holds it");
        drop(used);
        targets.forget_unused(UNUSED_MS_MAX + 2);
        targets.forget_unused(2 * UNUSED_MS_MAX + 2);
        assert!(targets.names().is_empty());
        assert_ne!(targets.target_of(key("a.test", 80), &[]).slot, slot);
    }
}
