//! The acting half of tollgate: sockets, TLS, threads, files and the admin address.

pub mod net;
pub mod tls_settings;
