//! Which backends does a snapshot know?

use std::collections::HashMap;

/// A backend's place in the snapshot's list of targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TargetIndex(pub u32);

/// A backend: what must be connected to, and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The host name in lower case, or an address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether the connection is over TLS.
    pub is_tls: bool,
    /// What `Host` or `:authority` says: the host, with its port where that is not the scheme's.
    pub authority: String,
    /// The name that the certificate must carry; the host where none is given.
    pub server_name: Option<String>,
    /// Whether the certificate's issuer is not checked (`insecureSkipVerification`).
    pub skips_verification: bool,
}

/// Collects the targets of a snapshot, each one once.
#[derive(Debug, Default)]
pub struct Targets {
    list: Vec<Target>,
    places: HashMap<Target, TargetIndex>,
    link_local_hosts: Vec<String>,
}

impl Targets {
    /// No targets yet. Link-local and metadata addresses are refused but for these hosts.
    pub fn new(link_local_hosts: &[String]) -> Self {
        Self { link_local_hosts: link_local_hosts.to_vec(), ..Self::default() }
    }

    /// The hosts that may be link-local and metadata addresses.
    pub fn link_local_hosts(&self) -> &[String] {
        &self.link_local_hosts
    }

    /// The place of `target`, which is added where it is new.
    pub fn intern(&mut self, target: Target) -> TargetIndex {
        let next = TargetIndex(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        let place = *self.places.entry(target.clone()).or_insert(next);
        if place == next {
            self.list.push(target);
        }
        place
    }

    /// All targets, in the order of their places.
    pub fn into_list(self) -> Vec<Target> {
        self.list
    }
}
