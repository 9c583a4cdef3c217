//! How does a test speak TLS, and who signs for it?

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned,
    SupportedProtocolVersion,
};

use super::attempt::PATIENCE;

/// A TLS stream of a client.
pub(crate) type TlsStream = StreamOwned<ClientConnection, TcpStream>;

/// A certificate that signs itself, with its key.
pub(crate) struct Authority {
    chain: String,
    key: String,
    certificate: CertificateDer<'static>,
}

impl Authority {
    /// Makes a certificate for these names.
    pub(crate) fn new(names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        Self {
            chain: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
            certificate: made.cert.der().clone(),
        }
    }

    /// Writes `chain.pem` and `key.pem`.
    pub(crate) fn write(&self, directory: &Path) {
        std::fs::write(directory.join("chain.pem"), &self.chain).expect("a file");
        std::fs::write(directory.join("key.pem"), &self.key).expect("a file");
    }

    /// Settings of a client that trusts this authority and offers these protocols.
    pub(crate) fn client(&self, protocols: &[&[u8]]) -> ClientConfig {
        self.client_of(rustls::ALL_VERSIONS, protocols)
    }

    /// As `client`, with these versions of TLS alone.
    pub(crate) fn client_of(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&[u8]],
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let mut config = ClientConfig::builder_with_protocol_versions(versions)
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        config
    }

    /// Settings of a server with this certificate.
    pub(crate) fn server(&self) -> ServerConfig {
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("a key");
        ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .expect("a key that fits")
    }

    /// Connects and finishes the handshake.
    pub(crate) fn connect(&self, address: SocketAddr, protocols: &[&[u8]]) -> TlsStream {
        connect(Arc::new(self.client(protocols)), address).expect("a TLS handshake")
    }
}

/// Connects with these settings, as `localhost`.
pub(crate) fn connect(config: Arc<ClientConfig>, address: SocketAddr) -> io::Result<TlsStream> {
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(config, name).map_err(io::Error::other)?;
    let socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    let mut stream = StreamOwned::new(connection, socket);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// What both plain and TLS streams are.
pub(crate) trait Stream: Read + Write + Send {
    /// Changes how long a read waits.
    fn set_patience(&self, patience: std::time::Duration);
}

impl Stream for TcpStream {
    fn set_patience(&self, patience: std::time::Duration) {
        self.set_read_timeout(Some(patience)).expect("a socket");
    }
}

impl Stream for TlsStream {
    fn set_patience(&self, patience: std::time::Duration) {
        self.sock.set_read_timeout(Some(patience)).expect("a socket");
    }
}
