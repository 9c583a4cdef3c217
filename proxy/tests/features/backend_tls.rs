//! Are backends over TLS trusted only if they should be?

use crate::support::definition::everything;
use crate::support::gateway::Setup;
use crate::support::tls_client::Authority;
use crate::support::tls_origin;

/// Serves in front of `https://{host}:{port}`, trusting `authority` if any.
fn status(host: &str, names: &[&str], is_trusted: bool) -> (u16, String) {
    let authority = Authority::new(names);
    let directory = tempfile::tempdir().expect("a directory");
    authority.write(directory.path());
    let address = tls_origin::start(&authority);
    let setup = Setup::of(&everything(&format!("https://{host}:{}", address.port())));
    let ca = directory.path().join("chain.pem").display().to_string();
    let setup = if is_trusted { setup.with(&["--upstream-ca", &ca]) } else { setup };
    let gateway = setup.start();
    let mut client = gateway.connect();
    let first = client.get("/x");
    let again = client.get("/x");
    assert_eq!(first.status, again.status);
    (first.status, first.text())
}

#[test]
fn a_backend_that_is_trusted_is_reached() {
    assert_eq!(status("127.0.0.1", &["127.0.0.1"], true), (200, "secure".to_owned()));
    assert_eq!(status("localhost", &["localhost"], true), (200, "secure".to_owned()));
}

#[test]
fn a_backend_that_is_not_trusted_is_a_network_error() {
    assert_eq!(status("127.0.0.1", &["127.0.0.1"], false).0, 504);
}

#[test]
fn a_backend_under_another_name_is_a_network_error() {
    assert_eq!(status("localhost", &["other.test"], true).0, 504);
}
