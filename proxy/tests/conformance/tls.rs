//! Does tollgate speak TLS with the versions it offers, and with nobody else?

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::{HandshakeKind, ProtocolVersion};

use crate::support::client::Client;
use crate::support::definition::everything;
use crate::support::gateway::Setup;
use crate::support::recording_origin::pattern;
use crate::support::tls_client::{Authority, connect};
use crate::support::{Gateway, Origin, recording_origin};

fn started(workers: usize) -> (Gateway, Origin) {
    let origin = recording_origin::start();
    let setup = Setup::of(&everything(&origin.url())).workers(workers);
    (setup.with(&["--handshake-timeout", "1s"]).start(), origin)
}

/// What `openssl s_client` says and receives when it is given `input`.
fn s_client(gateway: &Gateway, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new("openssl")
        .arg("s_client")
        .args(["-connect", &gateway.tls.to_string(), "-servername", "localhost", "-ign_eof"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A client that fails early reads nothing.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("openssl");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

const REQUEST: &str = "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[test]
fn only_tls_1_2_and_1_3_are_spoken() {
    let (gateway, _origin) = started(1);
    for (option, is_spoken) in
        [("-tls1_2", true), ("-tls1_3", true), ("-tls1_1", false), ("-tls1", false)]
    {
        let said = s_client(&gateway, &[option, "-cipher", "ALL:@SECLEVEL=0"], REQUEST);
        assert_eq!(said.contains("HTTP/1.1 200 OK"), is_spoken, "{option}: {said}");
    }
}

#[test]
fn weak_ciphers_are_not_spoken() {
    let (gateway, _origin) = started(1);
    for cipher in [
        "AES128-SHA",
        "AES256-GCM-SHA384",
        "DHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES128-SHA",
        "NULL",
        "aNULL",
    ] {
        let cipher = format!("{cipher}:@SECLEVEL=0");
        let said = s_client(&gateway, &["-tls1_2", "-cipher", &cipher], REQUEST);
        assert!(!said.contains("HTTP/1.1"), "{cipher}: {said}");
    }
    let good =
        s_client(&gateway, &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"], REQUEST);
    assert!(good.contains("HTTP/1.1 200 OK"), "{good}");
}

#[test]
fn the_protocol_is_agreed_by_alpn() {
    let (gateway, _origin) = started(1);
    let check = |offered: &str, agreed: &str| {
        let said = s_client(&gateway, &["-alpn", offered], REQUEST);
        assert!(said.contains(agreed), "{offered}: {said}");
    };
    check("h2", "ALPN protocol: h2");
    check("http/1.1", "ALPN protocol: http/1.1");
    check("http/1.1,h2", "ALPN protocol: h2");
    check("h2,http/1.1", "ALPN protocol: h2");
    check("x,http/1.1", "ALPN protocol: http/1.1");
    check("spdy/3", "no application protocol");
    let without = s_client(&gateway, &[], REQUEST);
    assert!(
        without.contains("No ALPN negotiated") && without.contains("HTTP/1.1 200 OK"),
        "{without}"
    );
}

#[test]
fn sessions_resume_on_every_worker() {
    let (gateway, _origin) = started(2);
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        let config = gateway.authority.client_of(versions, &[b"http/1.1"]);
        let config = Arc::new(config);
        let mut resumed = 0;
        for _ in 0..20 {
            let stream = connect(Arc::clone(&config), gateway.tls).expect("a handshake");
            let mut client = Client::over(stream);
            assert_eq!(client.get("/x").status, 200);
            resumed +=
                usize::from(client.stream().conn.handshake_kind() == Some(HandshakeKind::Resumed));
        }
        assert!(resumed >= 18, "{resumed} of 20 resumed with {versions:?}");
    }
}

#[test]
fn bodies_pass_over_tls() {
    let (gateway, _origin) = started(1);
    let stream = gateway.authority.connect(gateway.tls, &[b"http/1.1"]);
    assert_eq!(stream.conn.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    let mut client = Client::over(stream);
    for size in [0, 1, 16_383, 16_384, 16_385, 1_000_000, 10_000_000] {
        let body = pattern(size);
        assert!(client.ask("POST", "/echo", "", &body).body == body, "{size} bytes with a length");
        assert!(client.get(&format!("/chunked/{size}")).body == body, "{size} bytes chunked");
    }
}

#[test]
fn a_connection_ends_with_close_notify() {
    let (gateway, _origin) = started(1);
    let mut client = Client::over(gateway.authority.connect(gateway.tls, &[b"http/1.1"]));
    client.send(REQUEST);
    assert_eq!(client.response().status, 200);
    // rustls tells an end without close_notify as an error.
    assert_eq!(client.rest().expect("an end with close_notify"), b"");
}

/// What is sent instead of a client hello, or after half of one.
fn bad_beginnings() -> Vec<(&'static str, Vec<u8>)> {
    let record = |kind: u8, version: u16, payload: &[u8]| {
        let mut record = vec![kind];
        record.extend(version.to_be_bytes());
        record.extend((payload.len() as u16).to_be_bytes());
        record.extend_from_slice(payload);
        record
    };
    vec![
        ("plain HTTP", REQUEST.into()),
        ("HTTP/2 in the clear", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("an unknown record type", record(0x50, 0x0301, b"hello")),
        ("application data first", record(23, 0x0303, b"hello")),
        ("a change of cipher first", record(20, 0x0303, b"\x01")),
        ("a finished first", record(22, 0x0301, b"\x14\0\0\x0c012345678901")),
        ("a server hello", record(22, 0x0301, b"\x02\0\0\x01\0")),
        ("an empty handshake record", record(22, 0x0301, b"")),
        ("a record that is too large", [&[22, 3, 1, 0xff, 0xff][..], &[0; 65_535]].concat()),
        ("a hello that is too large", record(22, 0x0301, b"\x01\xff\xff\xff\x03\x03")),
        ("a hello of nothing", record(22, 0x0301, b"\x01\0\0\0")),
        ("a hello of noise", record(22, 0x0301, b"\x01\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xff")),
        ("an SSL 2 hello", b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10".to_vec()),
        ("an SSL 3 record", record(22, 0x0300, b"\x01\0\0\x01\0")),
        ("a heartbeat", record(24, 0x0301, b"\x01\x40\x00")),
        ("a fatal alert", record(21, 0x0301, b"\x02\x28")),
        ("close_notify", record(21, 0x0301, b"\x01\x00")),
        ("an alert that is cut off", record(21, 0x0301, b"\x02")),
        ("zeros", vec![0; 100]),
        ("noise", (0..=255).cycle().take(2_000).map(|n: u8| n.wrapping_mul(73)).collect()),
    ]
}

#[test]
fn what_is_no_handshake_ends_the_connection() {
    let (gateway, _origin) = started(1);
    for (name, bytes) in bad_beginnings() {
        let mut client = Client::connect(gateway.tls);
        let _ = client.try_send(&bytes);
        let (answer, has_ended) = client.rest_until_any_end();
        assert!(has_ended, "{name}: the connection stays open");
        let is_alert = answer.is_empty() || answer[0] == 21;
        assert!(is_alert, "{name}: {}", answer.escape_ascii());
    }
    let mut honest = Client::over(gateway.authority.connect(gateway.tls, &[b"http/1.1"]));
    assert_eq!(honest.get("/x").status, 200);
}

#[test]
fn a_record_that_was_tampered_with_ends_the_connection() {
    let (gateway, origin) = started(1);
    let mut stream = gateway.authority.connect(gateway.tls, &[b"http/1.1"]);
    let socket: &mut TcpStream = &mut stream.sock;
    let forged = [&[23, 3, 3, 0, 40][..], &[7; 40]].concat();
    socket.write_all(&forged).expect("an open connection");
    socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a socket");
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest);
    assert!(
        socket.write_all(&forged).is_err()
            || socket.read(&mut [0]).map_or(true, |count| count == 0)
    );
    assert!(origin.bytes().is_empty());
}

#[test]
fn an_absolute_https_target_is_right_on_tls_alone() {
    let (gateway, _origin) = started(1);
    let request = "GET https://localhost/x HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut client = Client::over(gateway.authority.connect(gateway.tls, &[b"http/1.1"]));
    assert_eq!(client.response_after(request).status, 200);
    assert_eq!(gateway.connect().response_after(request).status, 400);
}

#[test]
fn the_certificate_follows_the_name() {
    let origin = recording_origin::start();
    let directory = tempfile::tempdir().expect("a directory");
    let other = Authority::new(&["other.test"]);
    other.write(directory.path());
    let path = |name: &str| directory.path().join(name).display().to_string();
    let listen = format!(
        "tls://127.0.0.1:0?cert=chain.pem&key=key.pem&cert={}&key={}",
        path("chain.pem"),
        path("key.pem")
    );
    let gateway = Setup::of(&everything(&origin.url())).with(&["--listen", &listen]).start();
    let both = gateway.last_https();
    let subject = |name: &str| {
        let output = Command::new("openssl")
            .args(["s_client", "-connect", &both.to_string(), "-servername", name, "-showcerts"])
            .stdin(Stdio::null())
            .output()
            .expect("openssl");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let begin = text.find("-----BEGIN").expect("a certificate");
        let end = text.find("-----END CERTIFICATE-----").expect("a certificate");
        text[begin..end].trim().to_owned()
    };
    let of = |pem: &str| {
        pem.split("-----END").next().unwrap_or_default().replace("\r\n", "\n").trim().to_owned()
    };
    let other_pem = std::fs::read_to_string(path("chain.pem")).expect("a file");
    let default_pem = std::fs::read_to_string(gateway.path("chain.pem")).expect("a file");
    assert_eq!(subject("other.test"), of(&other_pem));
    assert_eq!(subject("localhost"), of(&default_pem));
    assert_eq!(subject("unknown.test"), of(&default_pem), "the first is the default");
}
