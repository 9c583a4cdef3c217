//! Which upstreams do we believe over TLS, and what do we offer them?

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::{ClientSessionMemoryCache, Resumption, WebPkiServerVerifier};
use rustls::{ClientConfig, RootCertStore};

use super::table::load_chain;
use super::verifier::AnyIssuer;
use super::{CertificateProblem as Problem, SecurityPolicy};
use crate::net::tls::Alpn;

/// Servers whose sessions are remembered for resumption.
const SESSIONS_MAX: usize = 1024;

/// The settings for connections to upstreams; shared by all workers, as are their sessions.
#[derive(Clone, Debug)]
pub struct ClientConfigs {
    /// Checks name, expiry and issuer.
    pub verified: Arc<ClientConfig>,
    /// For `tlsConfig.insecureSkipVerification`: checks name and expiry, and that a trusted or a
    /// presented authority issued the certificate, whoever that authority is.
    pub unverified: Arc<ClientConfig>,
    /// How many authorities of this system are trusted; with none, public names cannot be verified.
    pub system_authorities: usize,
}

/// Trusts the authorities of this system and those in `extra_authorities`, PEM files.
///
/// # Errors
/// All that is wrong with any of the files.
pub fn client_configs(extra_authorities: &[PathBuf]) -> Result<ClientConfigs, Vec<Problem>> {
    let mut roots = RootCertStore::empty();
    // A system's store often holds a certificate or two that cannot be parsed; the rest count.
    let (system_authorities, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let mut problems = Vec::new();
    for file in extra_authorities {
        let added = load_chain(file).and_then(|chain| {
            chain.into_iter().try_for_each(|authority| {
                roots.add(authority).map_err(|error| Problem::BadCertificate {
                    file: file.clone(),
                    detail: error.to_string(),
                })
            })
        });
        problems.extend(added.err());
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    configs(roots, system_authorities).map_err(|problem| vec![problem])
}

/// Trusts `roots`, which hold `system_authorities` of this system.
///
/// # Errors
/// rustls refuses the combination, which would be a defect of ours.
pub(super) fn configs(
    roots: RootCertStore,
    system_authorities: usize,
) -> Result<ClientConfigs, Problem> {
    let provider = super::provider();
    let builder = || {
        ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(SecurityPolicy::Tls12AndLater.versions())
            .map(rustls::ConfigBuilder::dangerous)
    };
    let roots = Arc::new(roots);
    let verified = if roots.is_empty() {
        builder()?.with_custom_certificate_verifier(Arc::new(AnyIssuer::nobody(&provider)))
    } else {
        let (roots, provider) = (Arc::clone(&roots), Arc::clone(&provider));
        let webpki = WebPkiServerVerifier::builder_with_provider(roots, provider)
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        builder()?.with_custom_certificate_verifier(webpki)
    };
    let any_issuer = Arc::new(AnyIssuer::presented(&provider, roots));
    let unverified = builder()?.with_custom_certificate_verifier(any_issuer);
    Ok(ClientConfigs {
        verified: finish(verified.with_no_client_auth()),
        unverified: finish(unverified.with_no_client_auth()),
        system_authorities,
    })
}

fn finish(mut config: ClientConfig) -> Arc<ClientConfig> {
    config.alpn_protocols = vec![Alpn::Http11.as_bytes().to_vec()];
    config.resumption = Resumption::store(Arc::new(ClientSessionMemoryCache::new(SESSIONS_MAX)));
    config.enable_early_data = false;
    Arc::new(config)
}
