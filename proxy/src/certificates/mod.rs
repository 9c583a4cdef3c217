//! Which certificates do we show, which do we believe, and what do we agree to?
//!
//! Everything here runs on the admin thread: files are read, keys are parsed and compared. What
//! comes out is shared by all workers: a [`ServerTls`] per listener, whose certificates are swapped
//! whole when files change, and two [`rustls::ClientConfig`]s for upstreams.
//!
//! Absent on purpose: versions below TLS 1.2 and cipher suites without forward secrecy, whatever a
//! security policy's name would allow; and early data.

mod client;
mod policy;
mod problem;
mod server;
mod table;
mod verifier;

#[cfg(test)]
mod tests;

pub use client::{ClientConfigs, client_configs};
pub use policy::SecurityPolicy;
pub use problem::CertificateProblem;
pub use server::{ServerTls, Tickets};

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{CipherSuite, SupportedCipherSuite};

use crate::net::tls::Alpn;

/// The cipher suites in our order of preference; all have forward secrecy and are AEADs.
///
/// AES-128 leads as in AWS's own policies: it costs a third less than AES-256 on bulk.
const CIPHER_SUITES: [CipherSuite; 9] = [
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS13_AES_256_GCM_SHA384,
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// aws-lc-rs with our cipher suites. Its key exchanges are X25519MLKEM768, X25519, P-256, P-384.
fn provider() -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites = CIPHER_SUITES
        .iter()
        .filter_map(|wanted| {
            let all: &[SupportedCipherSuite] = aws_lc_rs::ALL_CIPHER_SUITES;
            all.iter().copied().find(|suite| suite.suite() == *wanted)
        })
        .collect();
    Arc::new(provider)
}

/// What we offer, and as a server prefer in this order.
fn alpn_protocols() -> Vec<Vec<u8>> {
    [Alpn::Http2, Alpn::Http11].map(|alpn| alpn.as_bytes().to_vec()).into()
}
