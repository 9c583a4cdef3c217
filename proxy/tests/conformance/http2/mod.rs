//! Does tollgate speak HTTP/2 as RFC 9113 and RFC 7541 ask, with peers that do not?

mod connection;
mod downgrade;
mod floods;
mod frame_rules;
mod header_compression;
mod messages;
mod ordinary;
mod slow;
mod streams;
mod verdict;
mod windows;

use crate::support::definition::everything;
use crate::support::frames::{self, flag};
use crate::support::gateway::Setup;
use crate::support::hpack::{self, Field};
use crate::support::http2_client::Http2Client;
use crate::support::{Gateway, Origin, recording_origin};

/// A gateway with an origin, and the two ways to speak HTTP/2 with it.
struct Bench {
    gateway: Gateway,
    origin: Origin,
}

/// Whether HTTP/2 is spoken over TLS or over cleartext with prior knowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Tls,
    Cleartext,
}

impl Bench {
    fn start() -> Self {
        Self::with(&[])
    }

    fn with(arguments: &[&str]) -> Self {
        let origin = recording_origin::start();
        let gateway = Setup::of(&everything(&origin.url())).with(arguments).start();
        Self { gateway, origin }
    }

    /// A connection on which nothing was said yet.
    fn dial(&self, over: Over) -> Http2Client {
        match over {
            Over::Tls => Http2Client::dial_tls(self.gateway.tls, &self.gateway.authority),
            Over::Cleartext => Http2Client::dial(self.gateway.http),
        }
    }

    /// A connection with preface and settings exchanged.
    fn connect(&self) -> Http2Client {
        self.dial(Over::Cleartext).shake_hands()
    }
}

/// One case of a table: what it is, and what goes wrong, if anything.
type Case = (&'static str, fn(&mut Http2Client) -> Result<(), String>);

/// One case; a function, so that a closure knows what it is given.
fn case(name: &'static str, run: fn(&mut Http2Client) -> Result<(), String>) -> Case {
    (name, run)
}

/// Runs every case on a connection of its own, over TLS and over cleartext.
fn run(cases: &[Case]) {
    let bench = Bench::start();
    let mut faults = Vec::new();
    for (name, case) in cases {
        for over in [Over::Cleartext, Over::Tls] {
            let mut client = bench.dial(over).shake_hands();
            if let Err(fault) = case(&mut client) {
                faults.push(format!("{name}, {over:?}: {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), 2 * cases.len(), faults.join("\n"));
}

/// HEADERS of a request in one frame.
fn open(client: &mut Http2Client, stream: u32, method: &str, flags: u8) {
    let block = hpack::encode(&client.request(method, "/echo"));
    client.send(frames::headers(stream, flags, block));
}

/// A whole request without body.
fn get(client: &mut Http2Client, stream: u32) {
    open(client, stream, "GET", flag::END_HEADERS | flag::END_STREAM);
}

/// A request whose body is still to come.
fn post(client: &mut Http2Client, stream: u32) {
    open(client, stream, "POST", flag::END_HEADERS);
}

fn field(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Field {
    (name.as_ref().to_vec(), value.as_ref().to_vec())
}
