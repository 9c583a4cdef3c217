//! What is wrong with a certificate's files, and what would mend it?

use std::path::PathBuf;

/// Why certificates could not be loaded; each says which file and what would mend it.
#[derive(Debug, thiserror::Error)]
pub enum CertificateProblem {
    /// The file cannot be read.
    #[error("cannot read '{}': {error}; check the path and that this user may read it", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file is not PEM.
    #[error("'{}' is not valid PEM: {detail}; convert DER with 'openssl x509 -inform der' (certificate) or 'openssl pkey -inform der' (key)", file.display())]
    BadPem {
        /// The file.
        file: PathBuf,
        /// Where PEM breaks.
        detail: String,
    },
    /// No certificate is in the file.
    #[error("no certificate in '{}'; put the server's certificate first and its intermediates behind it, each as a 'BEGIN CERTIFICATE' block", file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
    /// No private key is in the file.
    #[error("no private key in '{}'; it must hold an unencrypted 'BEGIN PRIVATE KEY' block (decrypt with 'openssl pkey -in FILE -out FILE')", file.display())]
    NoKey {
        /// The file.
        file: PathBuf,
    },
    /// The key's kind is not supported.
    #[error("the private key in '{}' cannot be used: {detail}; use RSA of 2048 bits or more, ECDSA P-256 or P-384, or Ed25519", file.display())]
    UnusableKey {
        /// The file.
        file: PathBuf,
        /// What the crypto library says.
        detail: String,
    },
    /// Certificate and key are not a pair.
    #[error("the private key in '{}' does not belong to the first certificate in '{}'; check that the server's certificate comes first in the chain and that both are of the same issue", key.display(), chain.display())]
    NotAPair {
        /// The certificates' file.
        chain: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The certificate cannot be parsed.
    #[error("the first certificate in '{}' cannot be used: {detail}; it must be an X.509 version 3 certificate", file.display())]
    BadCertificate {
        /// The file.
        file: PathBuf,
        /// What the parser says.
        detail: String,
    },
    /// A listener for TLS without certificates.
    #[error(
        "no certificate given; a TLS listener needs at least one pair of certificate chain and private key"
    )]
    Nothing,
    /// rustls refuses the settings as a whole.
    #[error("TLS cannot be set up: {0}")]
    Refused(#[from] rustls::Error),
}
