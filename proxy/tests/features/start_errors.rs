//! Does a start that fails say what is wrong, what would mend it, and the right exit code?

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::definition::{method, mock, rest};

/// Wrong usage or an invalid configuration.
const INVALID: i32 = 2;
/// What was wanted could not be done.
const FAILED: i32 = 1;

fn serve(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.current_dir(folder).arg("serve").args(arguments);
    if !arguments.contains(&"--admin") {
        command.args(["--admin", "127.0.0.1:0"]);
    }
    if !arguments.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    command.output().expect("the tollgate binary")
}

/// Serving with these arguments ends with that exit code and names all of these.
fn check(arguments: &[&str], code: i32, parts: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let definition = rest(&method("/a", "get", &mock(200, "a")));
    for (name, text) in [
        ("a.yaml", definition.as_str()),
        ("b.yaml", &definition),
        ("bad.yaml", "a: [1, 2\nb: \"x"),
        ("empty.yaml", ""),
    ] {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let output = serve(folder.path(), arguments);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    for part in parts {
        assert!(text.contains(part), "{arguments:?}: {part:?} in {text}");
    }
}

#[test]
fn files_that_cannot_be_served_are_invalid_configuration() {
    check(&["absent.yaml"], INVALID, &["absent.yaml", "No such file", "check the path"]);
    check(&["."], INVALID, &["Is a directory", "name a file in this folder"]);
    check(&["empty.yaml"], INVALID, &["the document is empty", "begin with"]);
    check(&["bad.yaml"], INVALID, &["bad.yaml", "this is not YAML", "\"line\":2"]);
    check(&["a.yaml", "b.yaml"], INVALID, &["at the same base path", "b.yaml=/base-path"]);
}

#[test]
fn certificates_that_cannot_be_used_are_invalid_configuration() {
    let listen = "tls://127.0.0.1:0?cert=chain.pem&key=key.pem";
    check(
        &["a.yaml", "--listen", listen, "--upstream-ca", "ca.pem"],
        INVALID,
        &["--listen https://127.0.0.1:0: cannot read 'chain.pem'", "--upstream-ca", "'ca.pem'"],
    );
}

#[test]
fn an_address_that_is_taken_is_a_failure() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for option in ["--listen", "--admin"] {
        let told = format!("{option} {address}: another program listens there");
        check(&["a.yaml", option, &address], FAILED, &[&told, "choose another port"]);
    }
}

#[test]
fn an_access_log_that_cannot_be_written_is_a_failure() {
    let target = "missing/access.log";
    check(
        &["a.yaml", "--access-log", target],
        FAILED,
        &["--access-log missing/access.log", "create the folder missing first"],
    );
    check(&["a.yaml", "--access-log", "."], FAILED, &["name a file in this folder"]);
}
