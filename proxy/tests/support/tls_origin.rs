//! What if an origin speaks TLS?

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::client::find;
use super::tls_client::Authority;

/// Serves HTTP/1.1 over TLS with the certificate of `authority`: every request is answered `secure`.
/// The thread ends with the process.
pub(crate) fn start(authority: &Authority) -> SocketAddr {
    let config = Arc::new(authority.server());
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let config = Arc::clone(&config);
            std::thread::spawn(move || serve(stream, config));
        }
    });
    address
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>) {
    let connection = ServerConnection::new(config).expect("a connection");
    let mut stream = StreamOwned::new(connection, stream);
    let mut unread = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        while let Some(at) = find(&unread, b"\r\n\r\n") {
            unread.drain(..at + 4);
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure";
            if stream.write_all(answer).is_err() {
                return;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => unread.extend_from_slice(&buffer[..count]),
        }
    }
}
