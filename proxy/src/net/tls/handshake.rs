//! How does a socket become a TLS connection, and what was agreed on?

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use monoio::io::{AsyncReadRent, Splitable};
use monoio::net::TcpStream;
use rustls::client::UnbufferedClientConnection;
use rustls::server::UnbufferedServerConnection;
use rustls::{CipherSuite, ClientConfig, ProtocolVersion, ServerConfig};
use rustls_pki_types::ServerName;

use super::session::{Received, Session};
use super::{Shared, TlsReader, TlsWriter};
use crate::net::stream::write_plain;
use crate::net::{Buffer, Reader, Socket, Writer};

/// Bytes read and thrown away after a refused handshake, so that closing does not reset the
/// connection before the peer has read the alert.
const LINGER_BYTES_MAX: usize = 64 * 1024;

/// What a finished handshake agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// The application protocol, where both sides named one.
    pub alpn: Option<Alpn>,
    /// The name that the client asked for, in lower case; nothing on the client's side.
    pub server_name: Option<Box<str>>,
    /// The protocol version as AWS logs it (`$context.tlsVersion`), such as `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite's IANA name, as AWS logs it (`$context.cipherSuite`), such as
    /// `TLS_AES_128_GCM_SHA256`.
    pub cipher_suite: &'static str,
    /// Whether an earlier session was resumed.
    pub is_resumed: bool,
}

/// An application protocol (RFC 7301).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alpn {
    /// `http/1.1`
    Http11,
    /// `h2`
    Http2,
}

impl Alpn {
    /// The protocol's name on the wire.
    pub fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Http11 => b"http/1.1",
            Self::Http2 => b"h2",
        }
    }

    fn from_bytes(name: &[u8]) -> Option<Self> {
        [Self::Http2, Self::Http11].into_iter().find(|alpn| alpn.as_bytes() == name)
    }
}

/// Why there is no TLS connection.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The socket failed, or ended before the handshake did.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The peer and we could not agree, or it broke the protocol; the alert has been sent.
    #[error(transparent)]
    Protocol(#[from] rustls::Error),
}

/// Does the server's side of the handshake.
///
/// Bytes of the client behind the handshake are kept for the first read.
///
/// # Errors
/// The handshake failed; the connection is closed then.
pub async fn accept(
    stream: TcpStream,
    config: Arc<ServerConfig>,
) -> Result<(Reader, Writer, Handshake), TlsError> {
    let session = Session::server(UnbufferedServerConnection::new(config)?);
    shake_hands(stream, session).await
}

/// Does the client's side of the handshake; the last flight may leave only with the first write.
///
/// # Errors
/// The handshake failed, or the server is not who it should be; the connection is closed then.
pub async fn connect(
    stream: TcpStream,
    server_name: ServerName<'static>,
    config: Arc<ClientConfig>,
) -> Result<(Reader, Writer, Handshake), TlsError> {
    let session = Session::client(UnbufferedClientConnection::new(config, server_name)?);
    shake_hands(stream, session).await
}

async fn shake_hands(
    mut stream: TcpStream,
    mut session: Session,
) -> Result<(Reader, Writer, Handshake), TlsError> {
    if let Err(error) = exchange_flights(&mut stream, &mut session).await {
        refuse(&mut stream, &mut session).await;
        return Err(error);
    }
    let handshake = Handshake::of(&mut session);
    let socket = Socket::of(&stream);
    let (reader, writer) = stream.into_split();
    let session = RefCell::new(session);
    let shared = Rc::new(Shared { session, socket, is_writing: Cell::new(false) });
    let reader = TlsReader::new(reader, Rc::clone(&shared));
    Ok((Reader::Tls(reader), Writer::Tls(TlsWriter::new(writer, shared)), handshake))
}

async fn exchange_flights(stream: &mut TcpStream, session: &mut Session) -> Result<(), TlsError> {
    loop {
        let received = session.receive()?;
        if session.common().is_handshaking() {
            if received != Received::NeedsMore {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            send_queued(stream, session).await?;
            let (result, lent) = stream.read(session.lend(Buffer::take)).await;
            session.give_back(lent)?;
            if result? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            continue;
        }
        if peer_waits_for_last_flight(session) {
            send_queued(stream, session).await?;
        }
        return Ok(());
    }
}

/// Whether the peer sends nothing before it has what is queued.
///
/// A client speaks next, so its Finished can ride with its first write. A TLS 1.3 server has only
/// tickets left, which can wait. A TLS 1.2 server's Finished ends a full handshake.
fn peer_waits_for_last_flight(session: &Session) -> bool {
    let is_tls12 = session.common().protocol_version() == Some(ProtocolVersion::TLSv1_2);
    is_tls12 && !session.is_client()
}

async fn send_queued(stream: &mut TcpStream, session: &mut Session) -> io::Result<()> {
    let queued = std::mem::take(session.queued_mut());
    if queued.is_empty() {
        return Ok(());
    }
    write_plain(stream, Buffer::from(queued)).await.0
}

/// Sends the alert and waits for the peer to have read it.
///
/// Closing a socket with unread bytes resets the connection, and the reset may overtake the alert.
async fn refuse(stream: &mut TcpStream, session: &mut Session) {
    let socket = Socket::of(stream);
    let queued = session.queued_mut();
    if queued.is_empty() || socket.try_send(queued).is_err() {
        return;
    }
    socket.shut_writing();
    let mut buffer = Buffer::take();
    let mut left = LINGER_BYTES_MAX;
    loop {
        let result;
        (result, buffer) = stream.read(buffer).await;
        match result {
            Ok(count) if count > 0 && count < left => left -= count,
            _ => return,
        }
        buffer.clear();
    }
}

impl Handshake {
    fn of(session: &mut Session) -> Self {
        let server_name = session.take_server_name();
        let common = session.common();
        let suite = common.negotiated_cipher_suite().map(|suite| suite.suite());
        Self {
            alpn: common.alpn_protocol().and_then(Alpn::from_bytes),
            server_name,
            version: version_name(common.protocol_version()),
            cipher_suite: cipher_suite_name(suite),
            is_resumed: common.handshake_kind() == Some(rustls::HandshakeKind::Resumed),
        }
    }
}

fn version_name(version: Option<ProtocolVersion>) -> &'static str {
    match version {
        Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLSv1.2",
        _ => "-",
    }
}

/// The name in IANA's registry; rustls spells those of TLS 1.3 in its own way.
fn cipher_suite_name(suite: Option<CipherSuite>) -> &'static str {
    match suite {
        Some(CipherSuite::TLS13_AES_128_GCM_SHA256) => "TLS_AES_128_GCM_SHA256",
        Some(CipherSuite::TLS13_AES_256_GCM_SHA384) => "TLS_AES_256_GCM_SHA384",
        Some(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256) => "TLS_CHACHA20_POLY1305_SHA256",
        Some(suite) => suite.as_str().unwrap_or("-"),
        None => "-",
    }
}
