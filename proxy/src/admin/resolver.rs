//! Who is asked where a name leads?

use std::path::Path;
use std::time::{Duration, Instant};

use hickory_resolver::config::{LookupIpStrategy, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::{ResolverBuilder, TokioResolver};

use super::names::Answer;

/// The system's settings, watched so that a change of network needs no restart.
pub(super) const SETTINGS: [&str; 2] = ["/etc/resolv.conf", "/etc/hosts"];

/// How long one look-up may take, all servers and attempts together.
const LOOK_UP_MAX: Duration = Duration::from_secs(10);

/// The system's resolver: its name servers, search list and hosts file.
#[derive(Clone)]
pub(super) struct Resolver(TokioResolver);

impl Resolver {
    /// Reads the system's settings. Without them only the hosts file is left, which is said.
    pub(super) fn from_system() -> Result<Self, String> {
        let provider = TokioRuntimeProvider::default();
        Self::build(TokioResolver::builder_tokio().unwrap_or_else(|error| {
            tracing::warn!(%error, "{} cannot be used; only {} is", SETTINGS[0], SETTINGS[1]);
            TokioResolver::builder_with_config(ResolverConfig::default(), provider)
        }))
    }

    fn build(mut builder: ResolverBuilder<TokioRuntimeProvider>) -> Result<Self, String> {
        let options = builder.options_mut();
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        // `Names` keeps what was answered; a second cache would only hide how old it is.
        options.cache_size = 0;
        builder.build().map(Self).map_err(|error| error.to_string())
    }

    /// Looks up both kinds of address.
    pub(super) async fn look_up(&self, name: &str) -> Answer {
        match tokio::time::timeout(LOOK_UP_MAX, self.0.lookup_ip(name)).await {
            Err(_) => Answer::Failed(format!("no answer within {} s", LOOK_UP_MAX.as_secs())),
            Ok(Ok(found)) => {
                let ttl = found.valid_until().saturating_duration_since(Instant::now());
                let addresses: Vec<_> = found.iter().collect();
                match addresses.is_empty() {
                    true => Answer::Absent,
                    false => Answer::Found { addresses, ttl_ms: millis(ttl) },
                }
            }
            Ok(Err(error)) if error.is_no_records_found() => Answer::Absent,
            Ok(Err(error)) => Answer::Failed(error.to_string()),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The states of the system's settings now.
pub(super) fn settings_stamps() -> Vec<Option<super::watch::Stamp>> {
    SETTINGS.iter().map(|path| super::watch::Stamp::of(Path::new(path))).collect()
}

#[cfg(test)]
mod tests;
