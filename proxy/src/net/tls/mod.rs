//! How do plaintext bytes become TLS records and back, with nothing held while a connection idles?
//!
//! rustls decides everything about the protocol; this folder only moves bytes between its
//! unbuffered connection and the socket. The two halves share one session, and no borrow of it
//! lives across an await, so a read and a write can be pending at once.
//!
//! What travels outside of reads and writes of the caller:
//! - the answer to a TLS 1.3 key update and session tickets ride with the next write. "At any time
//!   after the server has received the client Finished message, it MAY send a NewSessionTicket"
//!   (RFC 8446 §4.6.1), so a connection pays no write of its own for them;
//! - a client's last flight rides with its first write, or leaves when the client starts to wait;
//! - alerts leave at once with a send that cannot block, unless a write is pending; then they
//!   follow it.
//!
//! Absent on purpose: early data (a replay would reach the integrations), renegotiation, and
//! deadlines: whoever wants a handshake, read or write to end shuts the socket down.

mod asked_name;
mod handshake;
mod reader;
mod session;
mod status;
mod writer;

#[cfg(test)]
mod tests;

pub use asked_name::NameKeeping;
pub use handshake::{Alpn, Handshake, TlsError, accept, connect};
pub use reader::TlsReader;
pub use writer::TlsWriter;

use std::cell::{Cell, RefCell};

use self::session::Session;
use super::Socket;

/// What the two halves of a TLS connection share.
#[derive(Debug)]
struct Shared {
    session: RefCell<Session>,
    socket: Socket,
    /// Whether the writing half has an operation at the kernel; nothing may be sent beside it.
    is_writing: Cell<bool>,
}

impl Shared {
    /// Sends what the session has queued as far as the socket takes it without waiting.
    ///
    /// What the socket does not take goes ahead of the next write. While a write is pending nothing
    /// is sent, because it would land in the middle of a record; the writer calls again afterwards.
    fn send_queued(&self) {
        if self.is_writing.get() {
            return;
        }
        let mut session = self.session.borrow_mut();
        let queued = session.queued_mut();
        if queued.is_empty() {
            return;
        }
        // A socket that fails here fails the caller's next read or write too.
        let sent = self.socket.try_send(queued).unwrap_or(0);
        queued.drain(..sent);
        if queued.is_empty() {
            *queued = Vec::new();
        }
    }
}
