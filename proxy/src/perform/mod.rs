//! How is an integration carried out?
//!
//! `core` has decided where the request goes and what is sent; here it happens: a connection, the
//! request, the answer, and a second attempt where that is safe.

mod both;
mod download;
mod failure;
mod http_proxy;
mod relay;
mod upload;

pub(crate) use failure::{CallFailure, RelayFailure};
pub(crate) use http_proxy::Call;
