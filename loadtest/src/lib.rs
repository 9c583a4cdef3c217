//! The measuring half of tollgate: what does a gateway cost, and what does it do when its origin misbehaves?
//!
//! Three tools in one binary, all on monoio, none of them sharing code with the gateway, so that a
//! mistake there cannot hide here:
//! - [`origin`]: an HTTP/1.1 server that echoes, delays, fails and resets on request;
//! - [`relay`]: bytes from one socket to another without any HTTP, the physical limit of a proxy;
//! - [`run`]: a load generator whose latencies count from the moment a request was due.
//!
//! Absent on purpose: HTTP/3, redirects, cookies, compression. The tool measures, it does not browse.

pub mod limits;
pub mod runtime;
pub mod net;
pub mod http1;
pub mod origin;
pub mod relay;
pub mod report;
pub mod run;
