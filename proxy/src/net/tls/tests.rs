//! Do bytes survive TLS, whatever the peer, the pace and the direction?

use std::io::{self, Read, Write};
use std::net::TcpStream as StdStream;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use monoio::net::TcpStream;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, HandshakeKind, ServerConfig, StreamOwned};
use rustls_pki_types::ServerName;

use super::{Alpn, Handshake, TlsError, accept, connect};
use crate::net::rig::{Authority, TLS_VERSIONS, listen, on_a_driver, on_both_drivers, socket_pair};
use crate::net::{Buffer, Reader, TakeBack, Writer};

const NAME: &str = "api.example.com";

type Halves = (Reader, Writer, Handshake);

fn server_name(name: &str) -> ServerName<'static> {
    ServerName::try_from(name.to_owned()).expect("a valid name")
}

fn settings() -> (Authority, Arc<ServerConfig>) {
    let authority = Authority::new();
    let server = Arc::new(authority.server(NAME));
    (authority, server)
}

/// Our client and our server at the ends of one connection.
async fn tls_pair(client: Arc<ClientConfig>, server: Arc<ServerConfig>) -> (Halves, Halves) {
    let (client_end, server_end) = socket_pair().await;
    let accepting = monoio::spawn(accept(server_end, server));
    let client = connect(client_end, server_name(NAME), client).await;
    let mut client = client.expect("a trusted server");
    client.1.flush();
    (client, accepting.await.expect("a willing client"))
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 + at / 251) as u8).collect()
}

async fn send_all(writer: &mut Writer, bytes: &[u8]) -> io::Result<()> {
    for chunk in bytes.chunks(16 * 1024) {
        let mut buffer = Buffer::take();
        buffer.extend(chunk);
        writer.write_all(buffer).await.0?;
    }
    Ok(())
}

/// Reads until the end, through `readable` each time, as an idle connection does.
async fn receive_all(reader: &mut Reader) -> io::Result<Vec<u8>> {
    let mut received = Vec::new();
    loop {
        reader.readable().await?;
        let (result, buffer) = reader.read(Buffer::take()).await;
        if result? == 0 {
            return Ok(received);
        }
        received.extend_from_slice(buffer.unread());
    }
}

/// Sends everything back until the peer ends its side, then ends ours.
async fn echo(mut reader: Reader, mut writer: Writer) -> io::Result<()> {
    loop {
        let (result, buffer) = reader.read(Buffer::take()).await;
        if result? == 0 {
            return writer.close().await;
        }
        writer.write_all(buffer).await.0?;
    }
}

/// Serves one connection on a thread of its own; the address is where.
fn echo_server(config: Arc<ServerConfig>) -> (std::net::SocketAddr, thread::JoinHandle<()>) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = thread::spawn(move || {
        on_a_driver(async move {
            let (listener, address) = listen();
            sender.send(address).expect("the test waits");
            let (stream, _) = listener.accept().await.expect("a client comes");
            let (reader, writer, _) = accept(stream, config).await.expect("a willing client");
            // How the connection ends is the client's matter.
            let _ = echo(reader, writer).await;
        });
    });
    (receiver.recv().expect("the server listens"), thread)
}

/// A client of rustls' own making on a blocking socket.
fn outside_client<T: Read + Write>(
    config: &Arc<ClientConfig>,
    transport: T,
) -> StreamOwned<ClientConnection, T> {
    let connection = ClientConnection::new(Arc::clone(config), server_name(NAME));
    StreamOwned::new(connection.expect("valid settings"), transport)
}

#[test]
fn what_goes_round_comes_back_whole_in_both_directions_at_once() {
    let (authority, server) = settings();
    for version in TLS_VERSIONS {
        let client = Arc::new(authority.client(&[version]));
        on_both_drivers(|| async {
            for len in [1, 2, 16 * 1024, 16 * 1024 + 1, 200_000, 10_000_000] {
                let (client, server) = tls_pair(Arc::clone(&client), Arc::clone(&server)).await;
                let echoing = monoio::spawn(echo(server.0, server.1));
                let sent = pattern(len);
                let mut writer = client.1;
                let sending = monoio::spawn({
                    let sent = sent.clone();
                    async move {
                        send_all(&mut writer, &sent).await?;
                        writer.close().await
                    }
                });
                let mut reader = client.0;
                assert!(receive_all(&mut reader).await.expect("an orderly end") == sent, "{len}");
                sending.await.expect("the echo reads on");
                echoing.await.expect("the client reads on");
            }
        });
    }
}

#[test]
fn the_handshake_says_what_was_agreed_on() {
    let (authority, server) = settings();
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    let mut tls12 = authority.client(&[&TLS12]);
    tls12.alpn_protocols.clear();
    let tls12 = Arc::new(tls12);
    on_both_drivers(|| async {
        let (client, at_server) = tls_pair(Arc::clone(&client), server.clone()).await;
        assert_eq!(at_server.2.server_name.as_deref(), Some(NAME));
        for handshake in [&client.2, &at_server.2] {
            assert_eq!(handshake.alpn, Some(Alpn::Http2));
            assert_eq!(handshake.version, "TLSv1.3");
            assert_eq!(handshake.cipher_suite, "TLS_AES_256_GCM_SHA384");
        }
        let (_, at_server) = tls_pair(Arc::clone(&tls12), server.clone()).await;
        assert_eq!(at_server.2.alpn, None);
        assert_eq!(at_server.2.version, "TLSv1.2");
        assert_eq!(at_server.2.cipher_suite, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    });
}

#[test]
fn a_half_closed_connection_still_carries_the_other_direction() {
    let (authority, server) = settings();
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    on_both_drivers(|| async {
        let (client, server) = tls_pair(Arc::clone(&client), server.clone()).await;
        let ((mut reader, mut writer, _), (mut far_reader, mut far_writer, _)) = (client, server);
        send_all(&mut writer, b"question").await.expect("the server is there");
        writer.close().await.expect("the server is there");
        assert_eq!(receive_all(&mut far_reader).await.expect("an orderly end"), b"question");
        send_all(&mut far_writer, &pattern(100_000)).await.expect("the client is there");
        far_writer.close().await.expect("the client is there");
        assert_eq!(receive_all(&mut reader).await.expect("an orderly end"), pattern(100_000));
    });
}

#[test]
fn an_end_without_close_notify_is_an_error() {
    let (authority, server) = settings();
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    on_both_drivers(|| async {
        let (client, server) = tls_pair(Arc::clone(&client), server.clone()).await;
        let ((mut reader, _writer, _), (far_reader, mut far_writer, _)) = (client, server);
        send_all(&mut far_writer, b"half of the ans").await.expect("the client is there");
        drop((far_reader, far_writer));
        let error = receive_all(&mut reader).await.expect_err("a cut must not look like an end");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    });
}

#[test]
fn a_read_ends_when_the_socket_is_shut_down_from_elsewhere() {
    let (authority, server) = settings();
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    on_both_drivers(|| async {
        let (client_end, server_end) = socket_pair().await;
        let socket = crate::net::Socket::of(&server_end);
        let accepting = monoio::spawn(accept(server_end, server.clone()));
        let config = Arc::clone(&client);
        let mut client = connect(client_end, server_name(NAME), config).await.expect("trusted");
        client.1.flush();
        let (mut reader, _writer, _) = accepting.await.expect("a willing client");
        let reading = monoio::spawn(async move { reader.readable().await.map(|()| reader) });
        socket.shut(rustix::net::Shutdown::Both);
        let mut reader = reading.await.expect("the end is readable");
        let (result, _) = reader.read(Buffer::take()).await;
        assert_eq!(result.expect_err("cut").kind(), io::ErrorKind::UnexpectedEof);
    });
}

/// A transport that sends each byte in a segment of its own.
struct ByteByByte(StdStream);

impl Read for ByteByByte {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for ByteByByte {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        for byte in buffer {
            self.0.write_all(std::slice::from_ref(byte))?;
        }
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn connect_outside(address: std::net::SocketAddr) -> StdStream {
    let stream = StdStream::connect(address).expect("the listener is there");
    stream.set_nodelay(true).expect("a connected socket");
    stream
}

#[test]
fn records_may_come_byte_by_byte_and_messages_in_many_records() {
    let (authority, server) = settings();
    for version in TLS_VERSIONS {
        let mut config = authority.client(&[version]);
        // 32 bytes is the least that rustls agrees to: the hello comes in a dozen records.
        config.max_fragment_size = Some(32);
        let (address, thread) = echo_server(Arc::clone(&server));
        let mut client = outside_client(&Arc::new(config), ByteByByte(connect_outside(address)));
        let sent = pattern(3_000);
        client.write_all(&sent).expect("the server reads");
        let mut echoed = vec![0; sent.len()];
        client.read_exact(&mut echoed).expect("the server answers");
        assert_eq!(echoed, sent);
        drop(client);
        thread.join().expect("no panic");
    }
}

#[test]
fn key_updates_of_the_peer_are_followed() {
    let (authority, server) = settings();
    let config = Arc::new(authority.client(&[&TLS13]));
    let (address, thread) = echo_server(server);
    let mut client = outside_client(&config, connect_outside(address));
    for round in 0..20_u8 {
        let sent = pattern(1_000 + usize::from(round));
        client.write_all(&sent).expect("the server reads");
        client.conn.refresh_traffic_keys().expect("the handshake is done");
        let mut echoed = vec![0; sent.len()];
        client.read_exact(&mut echoed).expect("the server answers");
        assert_eq!(echoed, sent, "round {round}");
    }
    client.conn.send_close_notify();
    client.flush().expect("the server reads");
    assert_eq!(client.read(&mut [0]).expect("an orderly end"), 0);
    thread.join().expect("no panic");
}

#[test]
fn a_session_of_one_worker_is_resumed_by_another() {
    let (authority, server) = settings();
    for version in TLS_VERSIONS {
        let config = Arc::new(authority.client(&[version]));
        for expected in [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed] {
            let (address, thread) = echo_server(Arc::clone(&server));
            let mut client = outside_client(&config, connect_outside(address));
            client.write_all(b"ping").expect("the server reads");
            client.read_exact(&mut [0; 4]).expect("the server answers");
            assert_eq!(client.conn.handshake_kind(), Some(expected), "{version:?}");
            drop(client);
            thread.join().expect("no panic");
        }
    }
}

#[test]
fn our_client_resumes_too() {
    let (authority, server) = settings();
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    on_both_drivers(|| async {
        for _ in 0..2 {
            let (client, server) = tls_pair(Arc::clone(&client), server.clone()).await;
            let ((mut reader, mut writer, _), (far_reader, far_writer, _)) = (client, server);
            let echoing = monoio::spawn(echo(far_reader, far_writer));
            send_all(&mut writer, b"ping").await.expect("the server reads");
            writer.close().await.expect("the server reads");
            assert_eq!(receive_all(&mut reader).await.expect("an orderly end"), b"ping");
            echoing.await.expect("the client reads");
        }
        let (client, server) = tls_pair(Arc::clone(&client), server.clone()).await;
        assert!(client.2.is_resumed && server.2.is_resumed);
    });
}

#[test]
fn a_client_refuses_a_server_of_another_name_and_says_so() {
    let authority = Authority::new();
    let server = Arc::new(authority.server("other.example.com"));
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    on_both_drivers(|| async {
        let (client_end, server_end) = socket_pair().await;
        let accepting = monoio::spawn(accept(server_end, server.clone()));
        let config = Arc::clone(&client);
        let refused = connect(client_end, server_name(NAME), config).await;
        assert!(matches!(
            refused,
            Err(TlsError::Protocol(rustls::Error::InvalidCertificate(
                rustls::CertificateError::NotValidForNameContext { .. }
            )))
        ));
        let told = accepting.await.expect_err("the client has refused");
        let TlsError::Protocol(rustls::Error::AlertReceived(alert)) = told else {
            panic!("expected an alert, not {told}")
        };
        assert_eq!(alert, rustls::AlertDescription::BadCertificate);
    });
}

/// Sends `bytes` to a server in the middle of nothing and yields all that it answers.
fn answer_to(server: &Arc<ServerConfig>, bytes: &'static [u8]) -> Vec<u8> {
    let answer = std::sync::Mutex::new(Vec::new());
    on_both_drivers(|| async {
        let (listener, address) = listen();
        let client = thread::spawn(move || {
            let mut stream = connect_outside(address);
            stream.write_all(bytes).expect("the server is there");
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).expect("no reset before the answer is read");
            answer
        });
        let (stream, _) = listener.accept().await.expect("a client comes");
        accept(stream, Arc::clone(server)).await.expect_err("that is no handshake");
        *answer.lock().expect("no panic") = client.join().expect("no panic");
    });
    answer.into_inner().expect("no panic")
}

#[test]
fn what_is_no_handshake_is_answered_with_the_right_alert() {
    let (_, server) = settings();
    let cases: [(&'static [u8], u8); 5] = [
        (b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", 50),
        // A record of application data before any handshake.
        (b"\x17\x03\x03\x00\x01a", 10),
        // A record longer than any may be.
        (b"\x16\x03\x01\xff\xff\x01\x00\x00\x00", 50),
        // A handshake message that is no hello.
        (b"\x16\x03\x01\x00\x04\x0e\x00\x00\x00", 10),
        // A hello of one byte.
        (b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03", 50),
    ];
    for (bytes, description) in cases {
        let answer = answer_to(&server, bytes);
        assert_eq!(answer.len(), 7, "{bytes:?} → {answer:?}");
        assert_eq!((answer[0], answer[5], answer[6]), (21, 2, description), "{bytes:?}");
    }
}

#[test]
fn a_broken_record_is_answered_with_an_alert_and_the_end() {
    let (authority, server) = settings();
    let config = Arc::new(authority.client(&[&TLS13]));
    let (address, thread) = echo_server(server);
    let mut client = outside_client(&config, connect_outside(address));
    client.write_all(b"ping").expect("the server reads");
    client.read_exact(&mut [0; 4]).expect("the server answers");
    let forged = [&b"\x17\x03\x03\x00\x20"[..], &[0; 32]].concat();
    client.sock.write_all(&forged).expect("the server is there");
    let error = client.read(&mut [0]).expect_err("the record cannot be decrypted");
    assert!(error.to_string().contains("BadRecordMac"), "{error}");
    drop(client);
    thread.join().expect("no panic");
}

#[test]
fn tickets_in_many_pieces_do_not_disturb_writes() {
    let authority = Authority::new();
    let mut server = authority.server(NAME);
    server.max_fragment_size = Some(32);
    server.send_tls13_tickets = 4;
    let server = Arc::new(server);
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    on_both_drivers(|| async {
        let (listener, address) = listen();
        let server = Arc::clone(&server);
        let outside = thread::spawn(move || {
            let stream = connect_outside(address);
            let connection = rustls::ServerConnection::new(server).expect("valid settings");
            let mut tls = StreamOwned::new(connection, ByteByByte(stream));
            let mut received = vec![0; 50_000];
            tls.read_exact(&mut received).expect("the client writes");
            tls.write_all(&received).expect("the client reads");
            tls.conn.send_close_notify();
            tls.flush().expect("the client reads");
            received
        });
        let (stream, _) = listener.accept().await.expect("the server dials");
        let config = Arc::clone(&client);
        let halves = connect(stream, server_name(NAME), config).await.expect("trusted");
        let (mut reader, mut writer, _) = halves;
        let receiving = monoio::spawn(async move { receive_all(&mut reader).await });
        let sent = pattern(50_000);
        for chunk in sent.chunks(97) {
            send_all(&mut writer, chunk).await.expect("the server reads");
        }
        assert!(receiving.await.expect("an orderly end") == sent);
        assert!(outside.join().expect("no panic") == sent);
    });
}

#[test]
fn a_read_takes_no_more_than_there_is_room_for() {
    let (authority, server) = settings();
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    on_both_drivers(|| async {
        let (client, server) = tls_pair(Arc::clone(&client), server.clone()).await;
        let ((_reader, mut writer, _), (mut far_reader, _writer, _)) = (client, server);
        let sent = pattern(16 * 1024);
        send_all(&mut writer, &sent).await.expect("the server reads");
        let mut buffer = Buffer::take();
        buffer.extend(&pattern(10_000));
        let (result, buffer) = far_reader.read(buffer).await;
        let count = result.expect("bytes are there");
        assert_eq!(count, 16 * 1024 - 10_000);
        assert_eq!(&buffer.unread()[10_000..], &sent[..count]);
        let (result, rest) = far_reader.read(Buffer::take()).await;
        assert_eq!(result.expect("bytes are there"), 10_000);
        assert_eq!(rest.unread(), &sent[count..]);
    });
}

#[test]
fn a_wait_brings_plaintext_and_gives_its_buffer_back_when_asked() {
    let (authority, server) = settings();
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    on_both_drivers(|| async {
        let (client, server) = tls_pair(Arc::clone(&client), server.clone()).await;
        let ((_reader, mut writer, _), (mut far_reader, _writer, _)) = (client, server);
        let take_back = Rc::new(TakeBack::default());
        send_all(&mut writer, b"at once").await.expect("the server reads");
        let waited = far_reader.wait(&take_back).await.expect("bytes come");
        assert_eq!(waited.unread(), b"at once");

        let asked = Rc::clone(&take_back);
        let waiting = monoio::spawn(async move {
            let waited = far_reader.wait(&asked).await.expect("bytes come");
            (far_reader, waited)
        });
        // The wait begins before its buffer is asked back, because tasks run in order.
        monoio::spawn(async move { take_back.take_back() }).await;
        send_all(&mut writer, b"later").await.expect("the server reads");
        let (mut far_reader, waited) = waiting.await;
        let (result, read) = far_reader.read(waited_or_fresh(&waited)).await;
        assert_eq!((result.expect("bytes are there"), read.unread()), (5, &b"later"[..]));

        drop((writer, _reader));
        let error = far_reader.wait(&TakeBack::default()).await.expect_err("it is over");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    });
}

/// A buffer to read into after a wait that brought nothing.
fn waited_or_fresh(waited: &Buffer) -> Buffer {
    assert!(waited.is_empty(), "the buffer was asked back before anything came");
    Buffer::take()
}

#[test]
fn a_client_that_only_listens_still_finishes_its_handshake() {
    let (authority, server) = settings();
    let client = Arc::new(authority.client(&TLS_VERSIONS));
    on_both_drivers(|| async {
        let (client, server) = tls_pair_with_listening_client(&client, &server).await;
        assert_eq!(client, b"hello");
        drop(server);
    });
}

async fn tls_pair_with_listening_client(
    client: &Arc<ClientConfig>,
    server: &Arc<ServerConfig>,
) -> (Vec<u8>, Halves) {
    let (client_end, server_end): (TcpStream, TcpStream) = socket_pair().await;
    let config = Arc::clone(client);
    let listening = monoio::spawn(async move {
        let halves = connect(client_end, server_name(NAME), config).await.expect("trusted");
        let (mut reader, _writer, _) = halves;
        receive_all(&mut reader).await.expect("an orderly end")
    });
    let mut server = accept(server_end, Arc::clone(server)).await.expect("a willing client");
    send_all(&mut server.1, b"hello").await.expect("the client reads");
    server.1.close().await.expect("the client reads");
    (listening.await, server)
}
