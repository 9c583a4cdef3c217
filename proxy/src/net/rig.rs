//! What do tests of sockets stand on?

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use monoio::net::{TcpListener, TcpStream};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::Driver;
use super::tls::{Alpn, NameKeeping};

/// Both versions that there are.
pub(crate) const TLS_VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// Runs `test` on the io_uring driver and on the epoll driver.
///
/// Containers often forbid io_uring; the other driver is tested everywhere.
pub(crate) fn on_both_drivers<F: Future<Output = ()>>(test: impl Fn() -> F) {
    for driver in [Driver::IoUring, Driver::Epoll] {
        if Driver::probe(Some(driver)).is_ok() {
            driver.block_on(test()).expect("the driver was probed");
        }
    }
}

/// Runs `test` on the better driver there is, for threads beside the test's own.
pub(crate) fn on_a_driver<F: Future>(test: F) -> F::Output {
    let driver = Driver::probe(None).expect("epoll is there on every Linux");
    driver.block_on(test).expect("the driver was probed")
}

/// A listener on a free port of the loopback and its address.
pub(crate) fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has free ports");
    let address = listener.local_addr().expect("a bound listener has an address");
    (listener, address)
}

/// Two ends of one connection: the client's and the server's.
pub(crate) async fn socket_pair() -> (TcpStream, TcpStream) {
    let (listener, address) = listen();
    let client = TcpStream::connect_addr(address).await.expect("the listener is there");
    let (server, _) = listener.accept().await.expect("a client has connected");
    for end in [&client, &server] {
        end.set_nodelay(true).expect("a connected socket");
    }
    (client, server)
}

/// An authority that issues certificates to anybody.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "tollgate test authority");
        let key = KeyPair::generate().expect("randomness");
        Self(CertifiedIssuer::self_signed(params, key).expect("a valid authority"))
    }

    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for `names` with its key.
    pub(crate) fn issue(&self, names: &[&str]) -> (rcgen::Certificate, KeyPair) {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).expect("valid names");
        params.use_authority_key_identifier_extension = true;
        self.sign(&params)
    }

    /// A certificate as `params` has it, with its key.
    pub(crate) fn sign(&self, params: &CertificateParams) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().expect("randomness");
        (params.signed_by(&key, &self.0).expect("a valid certificate"), key)
    }

    /// A certificate for `names` as listeners show it.
    pub(crate) fn certified(&self, names: &[&str]) -> Arc<CertifiedKey> {
        let (certificate, key) = self.issue(names);
        certified(vec![certificate.der().clone()], &key)
    }

    /// Settings of a server of that name which resumes sessions.
    pub(crate) fn server(&self, name: &str) -> ServerConfig {
        let certified = SingleCertAndKey::from(CertifiedKey::clone(&self.certified(&[name])));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&TLS_VERSIONS)
            .expect("supported versions")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(NameKeeping(Arc::new(certified))));
        config.ticketer = aws_lc_rs::Ticketer::new().expect("randomness");
        config.alpn_protocols = both_protocols();
        config
    }

    /// Settings of a client that trusts this authority only and offers both protocols.
    pub(crate) fn client(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate()).expect("a valid authority");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("supported versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = both_protocols();
        config
    }
}

fn both_protocols() -> Vec<Vec<u8>> {
    [Alpn::Http2, Alpn::Http11].map(|alpn| alpn.as_bytes().to_vec()).into()
}

/// A chain with its key as listeners show it.
pub(crate) fn certified(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Arc<CertifiedKey> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a PKCS#8 key");
    let key = aws_lc_rs::sign::any_supported_type(&key).expect("a P-256 key");
    Arc::new(CertifiedKey::new(chain, key))
}
