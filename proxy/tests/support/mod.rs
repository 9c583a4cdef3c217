//! What do the tests stand on: the gateway as a process, clients, origins, and peers that misbehave?
//!
//! One file per peer, named after what it does wrong. Everything blocks, on threads of its own, and
//! every wait has a bound, so that a test that fails says so instead of hanging.

pub(crate) mod attempt;
pub(crate) mod byte_by_byte_client;
pub(crate) mod client;
pub(crate) mod definition;
pub(crate) mod drip_origin;
pub(crate) mod early_answering_origin;
pub(crate) mod forgetful_origin;
pub(crate) mod frames;
pub(crate) mod gateway;
pub(crate) mod half_closed_client;
pub(crate) mod hpack;
pub(crate) mod huffman;
pub(crate) mod http2_client;
pub(crate) mod killed_origin;
pub(crate) mod load;
pub(crate) mod origin;
pub(crate) mod process;
pub(crate) mod recording_origin;
pub(crate) mod reset_origin;
pub(crate) mod stalled_origin;
pub(crate) mod tls_client;
pub(crate) mod tls_origin;
pub(crate) mod truncating_origin;

pub(crate) use attempt::{eventually, is_long};
pub(crate) use client::{Client, Response};
pub(crate) use gateway::Gateway;
pub(crate) use origin::{Origin, Recorded};
