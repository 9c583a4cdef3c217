//! Which server name did the client of this handshake ask for?
//!
//! rustls' unbuffered server connection shows the name only to the resolver of certificates, and
//! one resolver serves all connections. A handshake step runs from start to end on one thread, so
//! the resolver leaves the name here and the session picks it up behind the step.

use std::cell::RefCell;
use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

thread_local! {
    static ASKED: RefCell<Option<Box<str>>> = const { RefCell::new(None) };
}

/// A resolver that leaves the name for [`take`] and asks another one for the certificate.
#[derive(Debug)]
pub struct NameKeeping(pub Arc<dyn ResolvesServerCert>);

impl ResolvesServerCert for NameKeeping {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        ASKED.set(hello.server_name().map(|name| name.to_ascii_lowercase().into()));
        self.0.resolve(hello)
    }

    fn only_raw_public_keys(&self) -> bool {
        self.0.only_raw_public_keys()
    }
}

/// The name that the last step asked for; nothing when it asked for none.
pub(super) fn take() -> Option<Box<str>> {
    ASKED.take()
}
