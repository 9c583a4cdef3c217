//! Which connection carries a request to its target?
//!
//! Every worker has pools of its own, so nothing here locks or crosses threads. Addresses come
//! from the publication; names are never resolved here. Connections are taken last-in, first-out,
//! so that those nobody needs grow old and are closed.

mod connection;
mod http1;
mod pool;

pub use connection::{ConnectFailure, Connection, UpstreamTls};
pub use http1::{NoAnswer, read_answer};
pub use pool::{Busy, Pools};
