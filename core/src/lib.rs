//! The thinking half of tollgate: which bytes are a request, where it goes, what is sent and what is answered.
//!
//! No runtime, clock, socket, file, thread or logging lives here: time and randomness come in as
//! values, bytes as slices, and what is to be done goes out as values. That is why everything
//! here can be tested without a network.
//!
//! **A module imports only modules listed above it.** `tests/tidy.rs` reads this list, so the
//! imports at the top of a room draw the order of the journey.

#![forbid(unsafe_code)]

// values
pub mod limits;
pub mod time;
pub mod message;
pub mod definition;
// instruments
pub mod lookup;
pub mod wire;
pub mod context;
pub mod transform;
// journey
pub mod locate;
pub mod route;
pub mod integrate;
pub mod respond;
pub mod observe;
// the whole
pub mod snapshot;
// change
pub mod manage;
