//! Which servers does the generator meet that the origin is not?

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use bytes::Bytes;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Bytes of each answer of [`http2_server`].
pub(crate) const HTTP2_BODY_BYTES: usize = 100_000;

/// A TLS server that lasts as long as the test process.
pub(crate) struct TlsServer {
    /// Where it listens, as `localhost`.
    pub address: SocketAddr,
    /// Its own certificate, as PEM.
    pub certificate_path: PathBuf,
}

/// An HTTP/1.1 server over TLS that answers `/bytes/N` with N bytes, others with none.
pub(crate) fn tls_server() -> TlsServer {
    let identity = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let name = format!("tollgate-loadtest-{}-{}.pem", std::process::id(), address.port());
    let certificate_path = std::env::temp_dir().join(name);
    std::fs::write(&certificate_path, identity.cert.pem()).expect("a writable folder");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = identity.signing_key.serialize_der().try_into().expect("a PKCS #8 key");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![identity.cert.der().clone()], key)
        .expect("they belong together");
    let config = Arc::new(config);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let session = ServerConnection::new(config.clone()).expect("a session");
            let stream = StreamOwned::new(session, stream.expect("a connection"));
            thread::spawn(move || answer_all(BufReader::new(stream)));
        }
    });
    TlsServer { address, certificate_path }
}

fn answer_all(
    mut stream: BufReader<StreamOwned<ServerConnection, std::net::TcpStream>>,
) -> std::io::Result<()> {
    loop {
        let mut target = String::new();
        if stream.read_line(&mut target)? == 0 {
            return Ok(());
        }
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line)?;
        }
        let count = target.split(['/', ' ']).find_map(|part| part.parse().ok()).unwrap_or(0_usize);
        let mut wire = format!("HTTP/1.1 200 OK\r\nContent-Length: {count}\r\n\r\n").into_bytes();
        wire.resize(wire.len() + count, b'x');
        stream.get_mut().write_all(&wire)?;
        stream.get_mut().flush()?;
    }
}

/// An HTTP/2 server without TLS that answers every request once its body has come.
pub(crate) fn http2_server() -> SocketAddr {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            sender.send(listener.local_addr().expect("bound")).expect("who asked waits");
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                tokio::spawn(serve_http2(stream));
            }
        });
    });
    receiver.recv().expect("a server")
}

async fn serve_http2(stream: tokio::net::TcpStream) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(request) = connection.accept().await {
        let (request, mut respond) = request?;
        tokio::spawn(async move {
            let mut body = request.into_body();
            while let Some(data) = body.data().await {
                let count = data?.len();
                body.flow_control().release_capacity(count)?;
            }
            let mut stream = respond.send_response(http::Response::new(()), false)?;
            stream.send_data(Bytes::from(vec![b'x'; HTTP2_BODY_BYTES]), true)
        });
    }
    Ok(())
}
