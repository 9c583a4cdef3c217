//! Where does a body end, on the HTTP/1 wire?
//!
//! The same two answers serve both sides of the gateway: [`Incoming`] takes a body off a
//! connection, [`Outgoing`] puts one on. Bodies pass piece by piece and are never gathered.

mod incoming;
mod outgoing;

pub use incoming::{BodyFailure, Incoming};
pub use outgoing::Outgoing;
