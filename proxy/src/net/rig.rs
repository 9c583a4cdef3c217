//! What do tests of sockets stand on?

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use monoio::net::{TcpListener, TcpStream};
use monoio::{FusionDriver, IoUringDriver, LegacyDriver, RuntimeBuilder};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::tls_settings::{
    CertificateTable, Certificates, ClientConfigs, SecurityPolicy, Tickets, configs_trusting,
    server_config,
};

/// Runs `test` on the io_uring driver and on the epoll driver.
pub(crate) fn on_both_drivers<F: Future<Output = ()>>(test: impl Fn() -> F) {
    let uring = RuntimeBuilder::<IoUringDriver>::new().with_entries(64).enable_timer().build();
    // Containers often forbid io_uring; the other driver is tested everywhere.
    if let Ok(mut runtime) = uring {
        runtime.block_on(test());
    }
    let epoll = RuntimeBuilder::<LegacyDriver>::new().enable_timer().build();
    epoll.expect("epoll is there on every Linux").block_on(test());
}

/// Runs `test` on whichever driver there is, for threads beside the test's own.
pub(crate) fn on_a_driver<F: Future>(test: F) -> F::Output {
    let runtime = RuntimeBuilder::<FusionDriver>::new().with_entries(64).enable_timer().build();
    runtime.expect("some driver is there").block_on(test)
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

    /// Settings of a listener that shows one certificate for each of `names`.
    pub(crate) fn server(&self, names: &[&str], policy: SecurityPolicy) -> Arc<ServerConfig> {
        let certified: Vec<_> = names.iter().map(|name| self.certified(&[name])).collect();
        listener_settings(&certified, policy)
    }

    /// Settings of clients that trust this authority only.
    pub(crate) fn clients(&self) -> ClientConfigs {
        configs_trusting(&[self.certificate()]).expect("a valid authority")
    }

    /// A copy of the clients' settings with one version only.
    pub(crate) fn client_of(
        &self,
        version: &'static rustls::SupportedProtocolVersion,
    ) -> ClientConfig {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.certificate()).expect("a valid authority");
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[version])
            .expect("a supported version")
            .with_root_certificates(roots)
            .with_no_client_auth()
    }
}

/// Settings of a listener that shows these certificates.
pub(crate) fn listener_settings(
    certified: &[Arc<CertifiedKey>],
    policy: SecurityPolicy,
) -> Arc<ServerConfig> {
    let table = CertificateTable::of(certified).expect("at least one certificate");
    let tickets = Tickets::new().expect("randomness");
    server_config(Arc::new(Certificates::new(table)), &tickets, policy).expect("valid settings")
}

/// A chain with its key as listeners show it.
pub(crate) fn certified(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Arc<CertifiedKey> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a PKCS#8 key");
    let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).expect("a P-256 key");
    Arc::new(CertifiedKey::new(chain, key))
}
