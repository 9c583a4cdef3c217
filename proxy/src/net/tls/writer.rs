//! How is plaintext written to a TLS connection?

use std::io;
use std::rc::Rc;

use monoio::io::OwnedWriteHalf;
use monoio::net::TcpStream;

use super::Shared;
use crate::net::Buffer;
use crate::net::stream::{wait_writable, write_plain};

/// The writing half of a TLS connection.
#[derive(Debug)]
pub struct TlsWriter {
    half: OwnedWriteHalf<TcpStream>,
    shared: Rc<Shared>,
}

impl TlsWriter {
    pub(super) fn new(half: OwnedWriteHalf<TcpStream>, shared: Rc<Shared>) -> Self {
        Self { half, shared }
    }

    /// Encrypts all unread bytes of `buffer` into as few records as hold them and sends them in one
    /// piece; it comes back empty where that succeeded.
    ///
    /// # Errors
    /// `InvalidData` when the session failed or was closed before, else the socket's error; how much
    /// the peer has got is then unknown.
    pub async fn write_all(&mut self, mut buffer: Buffer) -> (io::Result<()>, Buffer) {
        if buffer.is_empty() {
            return (Ok(()), buffer);
        }
        let sealed = self.shared.session.borrow_mut().seal(buffer.unread());
        let result = match sealed {
            Ok(sealed) => self.send(sealed).await,
            Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        };
        if result.is_ok() {
            buffer.clear();
        }
        (result, buffer)
    }

    /// Waits until the socket takes something.
    ///
    /// # Errors
    /// The socket's error.
    pub async fn writable(&mut self) -> io::Result<()> {
        wait_writable(&self.half).await
    }

    /// Sends now what would ride with the next write, as far as the socket takes it without waiting.
    pub fn flush(&mut self) {
        self.shared.send_queued();
    }

    /// Ends our side: sends close_notify and then the socket's end. Reading goes on.
    ///
    /// # Errors
    /// `InvalidData` when the session failed before (the alert was the end then), else the socket's.
    pub async fn close(&mut self) -> io::Result<()> {
        let sealed = self.shared.session.borrow_mut().seal_end();
        let result = match sealed {
            Ok(sealed) => self.send(sealed).await,
            Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        };
        self.shared.socket.shut_writing();
        result
    }

    async fn send(&mut self, sealed: Buffer) -> io::Result<()> {
        self.shared.is_writing.set(true);
        let (result, _) = write_plain(&mut self.half, sealed).await;
        self.shared.is_writing.set(false);
        // What the reading half queued meanwhile could not leave beside the write.
        self.shared.send_queued();
        result
    }
}
