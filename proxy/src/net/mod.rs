//! How do bytes get in and out, on either of the runtime's drivers?
//!
//! The only folder that touches monoio's sockets. Everyone else sees [`Buffer`]s that are lent to
//! the kernel and come back, and the two halves of a stream, [`Reader`] and [`Writer`], which are
//! plain TCP or TLS.
//!
//! Three rules keep bytes from being lost (monoio 0.2.4):
//! - a pending read or write is never dropped: whoever wants it to end shuts the socket down and
//!   lets it finish;
//! - an idle connection holds no buffer: wait with `readable`, then take one;
//! - names are never resolved here: connect by address.

mod buffer;
mod driver;
mod poll;
#[cfg(test)]
pub(crate) mod rig;
mod splice;
mod stream;
mod take_back;
pub mod tls;

pub use buffer::{BUFFER_BYTES, Buffer, trim_pools};
pub use driver::Driver;
pub use poll::{Gathered, PollStream};
pub use splice::{SpliceFailure, pass};
pub use stream::{Reader, Socket, Writer, split};
pub use take_back::TakeBack;
