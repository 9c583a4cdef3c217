//! Do public clients, driven from Python, get what the samples promise?

use std::process::Command;

/// Runs the suite beside this file: curl, requests and httpx over HTTP/1.1 and HTTP/2, and h2load.
#[test]
fn public_clients_are_served() {
    let suite = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");
    let output = Command::new("python3")
        .args(["-m", "pytest", "--quiet", "--no-header", "-p", "no:cacheprovider", suite])
        .env("TOLLGATE_BINARY", env!("CARGO_BIN_EXE_tollgate"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("python3; `make test` prepares it");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
