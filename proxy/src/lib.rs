//! The acting half of tollgate: sockets, TLS, threads, files and the admin address.

pub mod net;
pub mod options;
pub mod telemetry;
pub mod publication;
pub mod admin;
