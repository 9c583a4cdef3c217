//! The acting half of tollgate: sockets, TLS, threads, files and the admin address.
//!
//! A name that `tollgate-core` has too is the same room one floor down.
//!
//! **A module imports only modules listed above it**, as in `core`; `core/tests/tidy.rs` looks.

pub mod net;
pub mod time;
pub mod fence;
pub mod options;
pub mod certificates;
pub mod publication;
pub mod telemetry;
pub mod framing;
pub mod upstream;
pub mod local;
pub mod client;
pub mod perform;
pub mod exchange;
pub mod connection;
pub mod admin;
pub mod worker;
