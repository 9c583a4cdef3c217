//! Are certificates read again when their files change, and is a bad one kept from clients?

use std::sync::Arc;

use rustix::process::Signal;

use crate::support::definition::{method, mock, rest};
use crate::support::tls_client::{Authority, connect};
use crate::support::{Gateway, eventually};

fn gateway() -> Gateway {
    Gateway::serving(&rest(&method("/a", "get", &mock(200, "a"))))
}

/// Whether the certificate that is shown is `authority`'s.
fn shows(gateway: &Gateway, authority: &Authority) -> bool {
    connect(Arc::new(authority.client(&[b"http/1.1"])), gateway.tls).is_ok()
}

#[test]
fn a_new_certificate_is_shown_soon_after_its_files_have_changed() {
    let gateway = gateway();
    assert!(shows(&gateway, &gateway.authority));
    let next = Authority::new(&["localhost"]);
    next.write(&gateway.path(""));
    eventually("the new one is shown", || shows(&gateway, &next).then_some(()));
    assert!(!shows(&gateway, &gateway.authority));
}

#[test]
fn a_bad_certificate_leaves_the_old_one_and_is_told_with_file_and_fix() {
    let gateway = gateway();
    gateway.rewrite("key.pem", "no key");
    let line = eventually("it is told", || {
        gateway.log().into_iter().find(|line| line.contains("no private key in 'key.pem'"))
    });
    for part in ["https://127.0.0.1:", "BEGIN PRIVATE KEY", "the old certificates are still shown"]
    {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(shows(&gateway, &gateway.authority));
    assert_eq!(gateway.metric("tollgate_reload_failures_total"), 1.0);
}

#[test]
fn a_hang_up_reads_certificates_at_once() {
    let gateway = gateway();
    gateway.signal(Signal::HUP);
    eventually("they are read", || {
        gateway.log().iter().find(|line| line.contains("certificates are read again")).map(|_| ())
    });
    assert!(shows(&gateway, &gateway.authority));
}
