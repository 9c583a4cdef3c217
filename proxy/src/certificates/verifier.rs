//! Who is believed when the operator says not to verify?

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// Checks all of a certificate but who its authority is.
///
/// "API Gateway still performs basic certificate validation, which includes checking the
/// certificate's expiration date, hostname, and presence of a root certificate authority" (API
/// Gateway developer guide, `insecureSkipVerification`). Any certificate that the server presents
/// above its own may be that authority if it says `CA:TRUE`; a single one may be its own.
#[derive(Debug)]
pub(super) struct AnyIssuer {
    algorithms: WebPkiSupportedAlgorithms,
    roots: Arc<RootCertStore>,
    believes_presented: bool,
}

impl AnyIssuer {
    /// Believes `roots` and whatever authority the server presents.
    pub(super) fn presented(provider: &CryptoProvider, roots: Arc<RootCertStore>) -> Self {
        let algorithms = provider.signature_verification_algorithms;
        Self { algorithms, roots, believes_presented: true }
    }

    /// Believes nobody; for systems that know no authority at all.
    pub(super) fn nobody(provider: &CryptoProvider) -> Self {
        let algorithms = provider.signature_verification_algorithms;
        Self { algorithms, roots: Arc::new(RootCertStore::empty()), believes_presented: false }
    }

    fn check_chain(
        &self,
        end_entity: &ParsedCertificate<'_>,
        intermediates: &[CertificateDer<'_>],
        authorities: &RootCertStore,
        now: UnixTime,
    ) -> Result<(), Error> {
        let algorithms = self.algorithms.all;
        verify_server_cert_signed_by_trust_anchor(
            end_entity,
            authorities,
            intermediates,
            now,
            algorithms,
        )
    }

    /// Those of the presented certificates that may be the authority.
    fn presented_authorities(
        &self,
        presented: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> RootCertStore {
        let mut authorities = RootCertStore::empty();
        let presented = presented.iter().filter(|presented| self.is_authority(presented, now));
        let presented = presented.map(|authority| authority.clone().into_owned());
        authorities.add_parsable_certificates(presented);
        authorities
    }

    /// Whether a certificate is one of an authority, and has not expired.
    fn is_authority(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
        let Ok(parsed) = ParsedCertificate::try_from(certificate) else { return false };
        let verified = self.check_chain(&parsed, &[], &RootCertStore::empty(), now);
        // webpki checks the validity first, then `CA:TRUE`, then the issuer.
        verified.is_err_and(|error| is_authority_in_place_of_server(&error))
    }
}

impl ServerCertVerifier for AnyIssuer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(end_entity)?;
        match self.check_chain(&parsed, intermediates, &self.roots, now) {
            Err(Error::InvalidCertificate(CertificateError::UnknownIssuer))
                if self.believes_presented =>
            {
                let authorities = self.presented_authorities(intermediates, now);
                self.check_chain(&parsed, intermediates, &authorities, now)?;
            }
            // It is its own authority.
            Err(error) if self.believes_presented && is_authority_in_place_of_server(&error) => {}
            outcome => outcome?,
        }
        verify_server_name(&parsed, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn is_authority_in_place_of_server(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) = error else {
        return false;
    };
    matches!(inner.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}
