//! Are files read as they should be, names matched, and the unverified still checked?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, Error, RootCertStore, ServerConfig,
};
use rustls_pki_types::ServerName;
use tempfile::TempDir;

use super::server::server_config;
use super::table::{CertificateTable, Certificates};
use super::{ClientConfigs, SecurityPolicy, ServerTls, Tickets, client_configs};
use crate::net::rig::{Authority, certified};
use crate::options::Certificate;

/// Settings of a listener that shows these certificates.
fn listener(certified: &[Arc<CertifiedKey>], policy: SecurityPolicy) -> Arc<ServerConfig> {
    let table = CertificateTable::of(certified).expect("at least one certificate");
    let tickets = Tickets::new().expect("randomness");
    server_config(Arc::new(Certificates::new(table)), &tickets, policy).expect("valid settings")
}

/// Settings of clients that trust this authority only.
fn clients(authority: &Authority) -> ClientConfigs {
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate()).expect("a valid authority");
    super::client::configs(roots, 0).expect("valid settings")
}

/// Lets a client and a server shake hands in memory; yields the certificate that was shown.
fn shake_hands(
    client: &Arc<ClientConfig>,
    server: &Arc<ServerConfig>,
    name: &str,
) -> Result<Vec<u8>, Error> {
    let name = ServerName::try_from(name.to_owned()).expect("a valid name");
    let mut client = ClientConnection::new(Arc::clone(client), name)?;
    let mut server = rustls::ServerConnection::new(Arc::clone(server))?;
    while client.is_handshaking() || server.is_handshaking() {
        let mut flight = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut flight).expect("memory");
        }
        let mut flight = &flight[..];
        while !flight.is_empty() {
            server.read_tls(&mut flight).expect("memory");
            server.process_new_packets()?;
        }
        let mut flight = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut flight).expect("memory");
        }
        let mut flight = &flight[..];
        while !flight.is_empty() {
            client.read_tls(&mut flight).expect("memory");
            client.process_new_packets()?;
        }
    }
    Ok(client.peer_certificates().expect("servers show one")[0].to_vec())
}

#[test]
fn the_certificate_follows_the_name() {
    let authority = Authority::new();
    let exact = authority.certified(&["api.example.com", "*.other.test"]);
    let wildcard = authority.certified(&["*.example.com", "example.com"]);
    let server = listener(&[Arc::clone(&exact), Arc::clone(&wildcard)], SecurityPolicy::default());
    let client = clients(&authority).unverified;
    let cases = [
        ("api.example.com", Some(&exact)),
        ("API.Example.COM", Some(&exact)),
        ("www.example.com", Some(&wildcard)),
        ("example.com", Some(&wildcard)),
        ("a.other.test", Some(&exact)),
        // A wildcard stands for one label, and an unknown name gets the default, which is not its.
        ("a.b.example.com", None),
        ("unknown.test", None),
    ];
    for (name, expected) in cases {
        let shown = shake_hands(&client, &server, name);
        match expected {
            Some(key) => assert_eq!(shown.expect(name), key.cert[0].as_ref(), "{name}"),
            None => assert!(matches!(
                shown,
                Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }))
            )),
        }
    }
}

#[test]
fn replaced_certificates_are_shown_at_once() {
    let authority = Authority::new();
    let (before, after) = (authority.certified(&["a.test"]), authority.certified(&["a.test"]));
    let table = |key| CertificateTable::of(&[key]).expect("one certificate");
    let certificates = Arc::new(Certificates::new(table(Arc::clone(&before))));
    let tickets = Tickets::new().expect("randomness");
    let server = server_config(Arc::clone(&certificates), &tickets, SecurityPolicy::default())
        .expect("valid settings");
    let client = clients(&authority).verified;
    assert_eq!(shake_hands(&client, &server, "a.test").expect("trusted"), before.cert[0].as_ref());
    certificates.replace(table(Arc::clone(&after)));
    let unverified = clients(&authority).unverified;
    let shown = shake_hands(&unverified, &server, "a.test").expect("trusted");
    assert_eq!(shown, after.cert[0].as_ref());
}

#[test]
fn a_policy_of_1_3_refuses_1_2() {
    let authority = Authority::new();
    let server = listener(&[authority.certified(&["a.test"])], SecurityPolicy::Tls13Only);
    let old = Arc::new(authority.client(&[&rustls::version::TLS12]));
    assert!(shake_hands(&old, &server, "a.test").is_err());
    assert!(shake_hands(&clients(&authority).verified, &server, "a.test").is_ok());
}

#[test]
fn policies_are_known_by_their_aws_names() {
    for (name, expected) in [
        ("TLS_1_0", Some(SecurityPolicy::Tls12AndLater)),
        ("TLS_1_2", Some(SecurityPolicy::Tls12AndLater)),
        ("SecurityPolicy_TLS13_1_2_2021_06", Some(SecurityPolicy::Tls12AndLater)),
        ("SecurityPolicy_TLS13_1_3_2025_09", Some(SecurityPolicy::Tls13Only)),
        ("TLS_1_3", None),
    ] {
        assert_eq!(SecurityPolicy::from_name(name), expected, "{name}");
    }
}

/// What a server shows, and what a client that does not verify says to it.
fn check_unverified(chain: Vec<&rcgen::Certificate>, key: &KeyPair, expected: Result<(), &str>) {
    let chain = chain.into_iter().map(|certificate| certificate.der().clone()).collect();
    let server = listener(&[certified(chain, key)], SecurityPolicy::default());
    let client = clients(&Authority::new()).unverified;
    let outcome = shake_hands(&client, &server, "a.test").map(|_| ());
    match (outcome, expected) {
        (Ok(()), Ok(())) => {}
        (Err(error), Err(part)) if error.to_string().contains(part) => {}
        (outcome, expected) => panic!("{outcome:?} instead of {expected:?}"),
    }
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).expect("a valid name")
}

fn self_signed(params: &CertificateParams) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().expect("randomness");
    (params.self_signed(&key).expect("a valid certificate"), key)
}

#[test]
fn without_verification_only_the_issuer_goes_unchecked() {
    let mut own_authority = params("a.test");
    own_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (certificate, key) = self_signed(&own_authority);
    check_unverified(vec![&certificate], &key, Ok(()));

    own_authority.not_after = date_time_ymd(2020, 1, 1);
    let (certificate, key) = self_signed(&own_authority);
    check_unverified(vec![&certificate], &key, Err("certificate expired"));

    let mut elsewhere = params("b.test");
    elsewhere.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (certificate, key) = self_signed(&elsewhere);
    check_unverified(vec![&certificate], &key, Err("not valid for name"));

    // Nothing in it is an authority.
    let (certificate, key) = self_signed(&params("a.test"));
    check_unverified(vec![&certificate], &key, Err("UnknownIssuer"));
}

#[test]
fn without_verification_a_presented_authority_is_believed() {
    let root_key = KeyPair::generate().expect("randomness");
    let mut root_params = params("root.test");
    root_params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = root_params.self_signed(&root_key).expect("a valid authority");
    let issuer = rcgen::Issuer::new(root_params, root_key);
    let sign = |params: CertificateParams| {
        let key = KeyPair::generate().expect("randomness");
        (params.signed_by(&key, &issuer).expect("a valid certificate"), key)
    };
    let (certificate, key) = sign(params("a.test"));
    check_unverified(vec![&certificate, &root], &key, Ok(()));
    check_unverified(vec![&certificate], &key, Err("UnknownIssuer"));

    let mut expired = params("a.test");
    expired.not_after = date_time_ymd(2020, 1, 1);
    let (certificate, key) = sign(expired);
    check_unverified(vec![&certificate, &root], &key, Err("certificate expired"));
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder for the test"))
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).expect("a writable folder");
        path
    }
}

fn load(chain: &Path, key: &Path) -> Result<CertificateTable, String> {
    let files = Certificate { chain: chain.into(), key: key.into() };
    CertificateTable::load(&[files]).map_err(|problems| {
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })
}

#[test]
fn files_are_loaded_or_the_problem_names_file_and_cure() {
    let authority = Authority::new();
    let folder = Folder::new();
    let (certificate, key) = authority.issue(&["a.test"]);
    let chain = folder.write("chain.pem", &format!("{}{}", certificate.pem(), authority.pem()));
    let key = folder.write("key.pem", &key.serialize_pem());
    let other_key = folder.write("other.pem", &authority.issue(&["b.test"]).1.serialize_pem());
    let empty = folder.write("empty.pem", "");
    let broken = folder.write("broken.pem", "-----BEGIN CERTIFICATE-----\n!\n");
    let missing = folder.0.path().join("missing.pem");
    load(&chain, &key).expect("a valid pair");
    let cases = [
        (&missing, &key, "cannot read", "missing.pem"),
        (&chain, &missing, "cannot read", "missing.pem"),
        (&empty, &key, "no certificate in", "empty.pem"),
        (&key, &key, "no certificate in", "key.pem"),
        (&chain, &empty, "no private key in", "empty.pem"),
        (&chain, &chain, "no private key in", "chain.pem"),
        (&broken, &key, "is not valid PEM", "broken.pem"),
        (&chain, &other_key, "does not belong to", "other.pem"),
    ];
    for (chain, key, what, file) in cases {
        let problem = load(chain, key).expect_err(what);
        assert!(problem.contains(what) && problem.contains(file), "{problem}");
        assert!(problem.contains(';'), "no cure in: {problem}");
    }
}

#[test]
fn a_listener_whose_new_files_are_bad_shows_the_old_certificate() {
    let authority = Authority::new();
    let folder = Folder::new();
    let write = |name: &str| {
        let (certificate, key) = authority.issue(&["a.test"]);
        let chain = folder.write(&format!("{name}.pem"), &certificate.pem());
        let files = Certificate { chain, key: folder.write(name, &key.serialize_pem()) };
        (certificate, files)
    };
    let (first, files) = write("first");
    let tickets = Tickets::new().expect("randomness");
    let server = ServerTls::load(&[files], &tickets, SecurityPolicy::default()).expect("valid");
    let shown = || shake_hands(&clients(&authority).verified, &server.config(), "a.test");
    assert_eq!(shown().expect("trusted"), first.der().as_ref());
    let (_, mut bad) = write("bad");
    bad.key = folder.write("no-key", "");
    server.reload(&[bad]).expect_err("no key");
    assert_eq!(shown().expect("trusted"), first.der().as_ref());
    let (second, files) = write("second");
    server.reload(&[files]).expect("valid files");
    assert_eq!(shown().expect("trusted"), second.der().as_ref());
}

#[test]
fn every_problem_is_reported_at_once() {
    let folder = Folder::new();
    let empty = folder.write("empty.pem", "");
    let files = Certificate { chain: empty.clone(), key: empty.clone() };
    let problems = CertificateTable::load(&[files.clone(), files]).expect_err("nothing in them");
    assert_eq!(problems.len(), 2);
    assert_eq!(CertificateTable::load(&[]).expect_err("no files").len(), 1);
    assert_eq!(client_configs(&[empty.clone(), empty]).expect_err("nothing in them").len(), 2);
}

#[test]
fn an_extra_authority_is_believed_beside_the_systems() {
    let authority = Authority::new();
    let folder = Folder::new();
    let file = folder.write("authority.pem", &authority.pem());
    let configs = client_configs(&[file]).expect("a valid authority");
    let server = listener(&[authority.certified(&["a.test"])], SecurityPolicy::default());
    assert!(shake_hands(&configs.verified, &server, "a.test").is_ok());
    let stranger = listener(&[Authority::new().certified(&["a.test"])], SecurityPolicy::default());
    assert!(shake_hands(&configs.verified, &stranger, "a.test").is_err());
}
