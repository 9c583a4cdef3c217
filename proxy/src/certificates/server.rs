//! What does a listener agree to?

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::{NoServerSessionStorage, ProducesTickets};

use super::table::{CertificateTable, Certificates};
use super::{CertificateProblem, SecurityPolicy};
use crate::net::tls::NameKeeping;
use crate::options::Certificate;

/// Tickets sent per TLS 1.3 handshake.
///
/// Clients use a ticket once (RFC 8446 §C.4) and get a fresh one on each connection, so one keeps
/// every chain of connections going; a second would cost each handshake its making and 250 bytes.
const TICKETS_PER_HANDSHAKE: usize = 1;

/// The keys that session tickets are sealed with, made once per process and shared by all workers.
///
/// Sessions are kept by the clients in their tickets, so any worker can resume any session. The
/// keys are random, rotate every six hours and are accepted for twelve.
#[derive(Clone, Debug)]
pub struct Tickets(Arc<dyn ProducesTickets>);

impl Tickets {
    /// Fresh keys.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new() -> Result<Self, CertificateProblem> {
        Ok(Self(Ticketer::new()?))
    }
}

/// The settings of a TLS listener; shared by all workers.
#[derive(Debug)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
    certificates: Arc<Certificates>,
}

impl ServerTls {
    /// The settings of a listener that shows the certificates in `files`, the default one first.
    ///
    /// # Errors
    /// All that is wrong with the files, in their order.
    pub fn load(
        files: &[Certificate],
        tickets: &Tickets,
        policy: SecurityPolicy,
    ) -> Result<Self, Vec<CertificateProblem>> {
        let certificates = Arc::new(Certificates::new(CertificateTable::load(files)?));
        let config = server_config(Arc::clone(&certificates), tickets, policy)
            .map_err(|problem| vec![problem])?;
        Ok(Self { config, certificates })
    }

    /// Shows the certificates in `files` from the next handshake on.
    ///
    /// # Errors
    /// All that is wrong with the files; then the old certificates are still shown.
    pub fn reload(&self, files: &[Certificate]) -> Result<(), Vec<CertificateProblem>> {
        self.certificates.replace(CertificateTable::load(files)?);
        Ok(())
    }

    /// What a handshake runs on.
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

/// The rules of a listener that shows `certificates`.
///
/// # Errors
/// rustls refuses the combination, which would be a defect of ours.
pub(super) fn server_config(
    certificates: Arc<Certificates>,
    tickets: &Tickets,
    policy: SecurityPolicy,
) -> Result<Arc<ServerConfig>, CertificateProblem> {
    let mut config = ServerConfig::builder_with_provider(super::provider())
        .with_protocol_versions(policy.versions())?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(NameKeeping(certificates)));
    config.alpn_protocols = super::alpn_protocols();
    config.ignore_client_order = true;
    config.ticketer = Arc::clone(&tickets.0);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = TICKETS_PER_HANDSHAKE;
    // A request in early data can be replayed by anyone who saw it.
    config.max_early_data_size = 0;
    config.send_half_rtt_data = false;
    Ok(Arc::new(config))
}
