//! On which address do clients connect, and with which certificates?

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// One `--listen`: `127.0.0.1:8080`, or `tls://127.0.0.1:8443?cert=PEM&key=PEM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address that is bound.
    pub address: SocketAddr,
    /// Certificates of a TLS listener, the default one first; none on a plain listener.
    pub certificates: Vec<Certificate>,
}

/// A certificate chain and its key, as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// PEM: the certificate, then its intermediates.
    pub chain: PathBuf,
    /// PEM: the private key.
    pub key: PathBuf,
}

impl Listen {
    /// Whether clients speak TLS here.
    pub fn is_tls(&self) -> bool {
        !self.certificates.is_empty()
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls() { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.address)
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        match scheme {
            "http" => Ok(Self { address: address(rest)?, certificates: Vec::new() }),
            "tls" | "https" => {
                let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
                Ok(Self { address: address(place)?, certificates: certificates(query)? })
            }
            _ => Err(format!("the scheme '{scheme}' is unknown; write http:// or tls://")),
        }
    }
}

/// Reads `ip:port`. Names are not resolved: which address is bound must not depend on DNS.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let text = text.trim_end_matches('/');
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    if text.starts_with(':') {
        return Err(format!("the address is missing; write 127.0.0.1{text} or 0.0.0.0{text}"));
    }
    text.parse().map_err(|_| {
        format!("'{text}' must be an address and a port, such as 127.0.0.1:8080 or [::1]:8080")
    })
}

/// Reads `cert=PEM&key=PEM`, repeated for further names; each key follows its certificate.
fn certificates(query: &str) -> Result<Vec<Certificate>, String> {
    const EXAMPLE: &str = "write tls://127.0.0.1:8443?cert=chain.pem&key=key.pem";
    let mut certificates = Vec::new();
    let mut chain: Option<&str> = None;
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, file) = part.split_once('=').unwrap_or((part, ""));
        match (name, chain) {
            _ if file.is_empty() => return Err(format!("'{name}' names no file; {EXAMPLE}")),
            ("cert", None) => chain = Some(file),
            ("cert", Some(chain)) => {
                return Err(format!("the key of '{chain}' is missing; {EXAMPLE}"));
            }
            ("key", Some(file_of_chain)) => {
                certificates.push(Certificate {
                    chain: PathBuf::from(file_of_chain),
                    key: PathBuf::from(file),
                });
                chain = None;
            }
            ("key", None) => return Err(format!("the key '{file}' follows no cert; {EXAMPLE}")),
            _ => return Err(format!("'{name}' is unknown; {EXAMPLE}")),
        }
    }
    match chain {
        Some(chain) => Err(format!("the key of '{chain}' is missing; {EXAMPLE}")),
        None if certificates.is_empty() => Err(format!("the certificate is missing; {EXAMPLE}")),
        None => Ok(certificates),
    }
}
