//! Which certificate is shown to a client that asks for a name?

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::CertificateProblem as Problem;
use crate::options::Certificate;

/// Certificates by the names they are good for.
#[derive(Debug)]
pub(super) struct CertificateTable {
    exact: HashMap<Box<str>, Arc<CertifiedKey>>,
    /// By what follows the `*` of a wildcard, such as `.example.com`.
    wildcard: HashMap<Box<str>, Arc<CertifiedKey>>,
    default: Arc<CertifiedKey>,
}

/// The certificates that listeners show; swapped whole while connections come in.
#[derive(Debug)]
pub(super) struct Certificates(ArcSwap<CertificateTable>);

impl CertificateTable {
    /// Loads pairs of files. The first pair is the default, for clients that name nothing or
    /// nobody we know. Where two certificates are good for one name, the earlier wins.
    ///
    /// # Errors
    /// All that is wrong with any of the files, in their order.
    pub(super) fn load(files: &[Certificate]) -> Result<Self, Vec<Problem>> {
        let provider = super::provider();
        let mut problems = Vec::new();
        let mut loaded = Vec::with_capacity(files.len());
        for pair in files {
            match load_pair(pair, &provider) {
                Ok(certified) => loaded.push(Arc::new(certified)),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Self::of(&loaded).ok_or_else(|| vec![Problem::Nothing])
    }

    /// The table of certificates in order of preference; nothing when there are none.
    pub(super) fn of(certified: &[Arc<CertifiedKey>]) -> Option<Self> {
        let default = Arc::clone(certified.first()?);
        let mut table = Self { exact: HashMap::new(), wildcard: HashMap::new(), default };
        for key in certified {
            for name in names_of(key) {
                let names = match name.strip_prefix('*') {
                    Some(suffix) => table.wildcard.entry(suffix.into()),
                    None => table.exact.entry(name.into_boxed_str()),
                };
                names.or_insert_with(|| Arc::clone(key));
            }
        }
        Some(table)
    }

    /// The certificate for `name`: exact before wildcard before default.
    ///
    /// "the wildcard character '*' … matches only the left-most label" (RFC 6125 §6.4.3).
    fn find(&self, name: Option<&str>) -> &Arc<CertifiedKey> {
        let Some(name) = name else { return &self.default };
        let name = name.to_ascii_lowercase();
        let by_suffix = || self.wildcard.get(&name[name.find('.')?..]);
        self.exact.get(name.as_str()).or_else(by_suffix).unwrap_or(&self.default)
    }
}

impl Certificates {
    /// The certificates of a listener.
    pub(super) fn new(table: CertificateTable) -> Self {
        Self(ArcSwap::from_pointee(table))
    }

    /// Shows other certificates from the next handshake on.
    pub(super) fn replace(&self, table: CertificateTable) {
        self.0.store(Arc::new(table));
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(self.0.load().find(hello.server_name())))
    }
}

/// The certificates in a PEM file, in order.
pub(super) fn load_chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let blocks = CertificateDer::pem_file_iter(file).map_err(|error| pem_problem(file, error))?;
    let chain = blocks.collect::<Result<Vec<_>, _>>().map_err(|error| pem_problem(file, error))?;
    if chain.is_empty() {
        return Err(Problem::NoCertificate { file: file.into() });
    }
    Ok(chain)
}

fn load_pair(files: &Certificate, provider: &CryptoProvider) -> Result<CertifiedKey, Problem> {
    let chain = load_chain(&files.chain)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| match error {
        pem::Error::NoItemsFound => Problem::NoKey { file: files.key.clone() },
        error => pem_problem(&files.key, error),
    })?;
    let key = provider.key_provider.load_private_key(key).map_err(|error| {
        Problem::UnusableKey { file: files.key.clone(), detail: error.to_string() }
    })?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
            Ok(certified)
        }
        Err(rustls::Error::InconsistentKeys(_)) => {
            Err(Problem::NotAPair { chain: files.chain.clone(), key: files.key.clone() })
        }
        Err(error) => {
            Err(Problem::BadCertificate { file: files.chain.clone(), detail: error.to_string() })
        }
    }
}

fn pem_problem(file: &Path, error: pem::Error) -> Problem {
    match error {
        pem::Error::Io(error) => Problem::Unreadable { file: file.into(), error },
        error => Problem::BadPem { file: file.into(), detail: error.to_string() },
    }
}

/// The DNS names a certificate is good for, in lower case, wildcards with their `*`.
fn names_of(certified: &CertifiedKey) -> Vec<String> {
    let Some(end_entity) = certified.cert.first() else { return Vec::new() };
    let Ok(parsed) = webpki::EndEntityCert::try_from(end_entity) else { return Vec::new() };
    parsed.valid_dns_names().map(str::to_ascii_lowercase).collect()
}
