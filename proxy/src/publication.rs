//! How do workers come to see what the admin thread has compiled?
//!
//! Through one atomic pointer: a worker sees the old publication or the new one, never half of
//! one. A worker keeps an `arc_swap::Cache` of [`Publisher::shared`], whose load costs one relaxed
//! read while nothing changes, and loads on its tick too, so that an idle worker lets go of what
//! was replaced. The [`Publisher`] keeps that until nobody else holds it, so its memory is freed on
//! the admin thread.
//!
//! ```text
//! Publisher ──current──▶ Published ──▶ Snapshot       (read only, replaced whole)
//!     │                      └──────▶ Arc<Target> …   (stable; only its addresses change)
//!     └──retired──▶ older Published, until the last exchange that began with it has ended
//! ```

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use arc_swap::ArcSwap;
use tollgate_core::snapshot::Snapshot;

/// The admin thread's end: replaces what is published and frees what was.
#[derive(Debug)]
pub struct Publisher<T> {
    current: Arc<ArcSwap<T>>,
    retired: Vec<Arc<T>>,
}

impl<T> Publisher<T> {
    /// Publishes `first`.
    pub fn new(first: T) -> Self {
        Self { current: Arc::new(ArcSwap::from_pointee(first)), retired: Vec::new() }
    }

    /// Replaces what is published. Exchanges that have begun keep what they began with.
    pub fn publish(&mut self, next: T) {
        self.retired.push(self.current.swap(Arc::new(next)));
    }

    /// Frees what was replaced and is held by nobody else; says how many are still held.
    ///
    /// A count of one is final: only this list could make it rise again.
    pub fn release_retired(&mut self) -> usize {
        self.retired.retain(|retired| Arc::strong_count(retired) > 1);
        self.retired.len()
    }

    /// What is published now.
    pub fn current(&self) -> Arc<T> {
        self.current.load_full()
    }

    /// The pointer that workers read.
    pub fn shared(&self) -> Arc<ArcSwap<T>> {
        Arc::clone(&self.current)
    }
}

/// Everything workers need to serve: what is replaced when the configuration changes.
#[derive(Debug)]
pub struct Published {
    /// Counts publications; never goes back.
    pub revision: u64,
    /// What is served.
    pub snapshot: Arc<Snapshot>,
    /// Targets, in the order of the snapshot's list.
    pub targets: Vec<Arc<Target>>,
    /// Where a worker counts each stage, in the order of the snapshot's stages.
    pub stage_slots: Vec<u32>,
}

/// Where integrations lead: one host, port and way of speaking to it, whatever snapshot names it.
///
/// Stable across snapshots, so that upstream connections outlive a change of configuration.
#[derive(Debug)]
pub struct Target {
    /// What it is known by.
    pub key: TargetKey,
    /// Where a worker keeps its connections to this target. Never given to another target, so that
    /// a request cannot meet a connection to somebody else.
    pub slot: u32,
    addresses: ArcSwap<Addresses>,
}

/// What makes two targets the same: only then may they share connections.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetKey {
    /// A name in lower case, or a literal address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How TLS is spoken; `None` for plain HTTP.
    pub tls: Option<TargetTls>,
}

/// How TLS is spoken to a target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetTls {
    /// The name sent and verified (`tlsConfig.serverNameToVerify`, else the host).
    pub server_name: String,
    /// `tlsConfig.insecureSkipVerification`: the certificate is not checked.
    pub skips_verification: bool,
}

/// Where a target is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// Its name has not been looked up yet.
    Unresolved,
    /// Here, in the order of the answer; never empty.
    Known(Box<[SocketAddr]>),
    /// Its name leads nowhere; the reason is for the log.
    Unknown(Box<str>),
    /// It leads to an address that integrations may not reach.
    Forbidden(IpAddr),
}

impl Target {
    /// A target in a slot of its own, not looked up yet.
    pub fn new(key: TargetKey, slot: u32) -> Self {
        Self { key, slot, addresses: ArcSwap::from_pointee(Addresses::Unresolved) }
    }

    /// Where it is to be found now. Cheap; called for each new upstream connection.
    pub fn addresses(&self) -> Arc<Addresses> {
        self.addresses.load_full()
    }

    /// Tells workers where it is to be found from now on. The admin thread calls this.
    pub fn set_addresses(&self, addresses: Addresses) {
        self.addresses.store(Arc::new(addresses));
    }
}

#[cfg(test)]
mod tests {
    use arc_swap::Cache;

    use super::*;

    #[test]
    fn a_reader_sees_the_old_publication_or_the_new_one() {
        let mut publisher = Publisher::new(1);
        let mut reader = Cache::new(publisher.shared());
        assert_eq!(**reader.load(), 1);
        publisher.publish(2);
        assert_eq!(**reader.load(), 2);
    }

    #[test]
    fn what_was_replaced_is_freed_by_the_publisher_once_nobody_holds_it() {
        let mut publisher = Publisher::new(1);
        let mut reader = Cache::new(publisher.shared());
        let exchange = Arc::clone(reader.load());
        publisher.publish(2);
        assert_eq!(publisher.release_retired(), 1, "reader and exchange hold it");
        reader.load();
        assert_eq!(publisher.release_retired(), 1, "the exchange holds it");
        let held = Arc::downgrade(&exchange);
        drop(exchange);
        assert!(held.upgrade().is_some(), "the worker did not free it");
        assert_eq!(publisher.release_retired(), 0);
        assert!(held.upgrade().is_none());
    }

    #[test]
    fn the_current_publication_is_never_freed() {
        let mut publisher = Publisher::new(1);
        assert_eq!(publisher.release_retired(), 0);
        assert_eq!(*publisher.current(), 1);
    }
}
