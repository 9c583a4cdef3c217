//! How is plaintext read from a TLS connection?

use std::io;
use std::rc::Rc;

use monoio::io::{AsyncReadRent, CancelableAsyncReadRent, OwnedReadHalf};
use monoio::net::TcpStream;

use super::Shared;
use super::session::Received;
use crate::net::stream::{is_cancelled, wait_readable};
use crate::net::{Buffer, TakeBack};

/// Bytes read and thrown away after a fatal alert, so that closing does not reset the connection
/// before the peer has read the alert.
const LINGER_BYTES_MAX: usize = 64 * 1024;

/// The reading half of a TLS connection.
#[derive(Debug)]
pub struct TlsReader {
    half: OwnedReadHalf<TcpStream>,
    shared: Rc<Shared>,
    has_seen_end: bool,
}

impl TlsReader {
    pub(super) fn new(half: OwnedReadHalf<TcpStream>, shared: Rc<Shared>) -> Self {
        Self { half, shared, has_seen_end: false }
    }

    /// Waits until a read yields plaintext, the end or an error at once; holds no buffer meanwhile.
    ///
    /// # Errors
    /// The socket's error, or the protocol's as `InvalidData`.
    pub async fn readable(&mut self) -> io::Result<()> {
        while self.received().await? == Received::NeedsMore && !self.has_seen_end {
            self.shared.session.borrow_mut().rest();
            self.before_waiting();
            wait_readable(&self.half).await?;
            self.fill().await?;
        }
        Ok(())
    }

    /// Waits for the next plaintext of a connection that may stay silent; nothing where it is still
    /// to be read.
    ///
    /// Holds a small buffer until `take_back` is used, and none from then on.
    ///
    /// # Errors
    /// As [`Self::readable`], and `UnexpectedEof` where the peer has ended its side.
    pub async fn wait(&mut self, take_back: &TakeBack) -> io::Result<Buffer> {
        loop {
            match self.received().await? {
                Received::Plaintext => {
                    let mut plaintext = Buffer::empty();
                    self.shared.session.borrow_mut().take_plaintext(&mut plaintext);
                    return Ok(plaintext);
                }
                Received::NeedsMore if !self.has_seen_end => {}
                Received::End | Received::NeedsMore => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            self.before_waiting();
            let lent = self.shared.session.borrow_mut().lend(Buffer::take_small);
            let (result, lent) = self.half.cancelable_read(lent, take_back.handle()).await;
            match self.take_in(result, lent) {
                Err(error) if is_cancelled(&error) => {
                    return self.readable().await.map(|()| Buffer::empty());
                }
                outcome => outcome?,
            }
        }
    }

    /// Appends plaintext to `buffer`; 0 bytes mean that the peer has closed its side in order.
    ///
    /// # Errors
    /// `UnexpectedEof` when the socket ended without a close_notify: what was read may be cut off.
    /// `InvalidData` when the peer broke the protocol; the alert has been sent. Else the socket's.
    pub async fn read(&mut self, mut buffer: Buffer) -> (io::Result<usize>, Buffer) {
        let result = self.read_into(&mut buffer).await;
        (result, buffer)
    }

    async fn read_into(&mut self, buffer: &mut Buffer) -> io::Result<usize> {
        if buffer.room() == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no room to read into"));
        }
        loop {
            match self.received().await? {
                Received::Plaintext => {
                    return Ok(self.shared.session.borrow_mut().take_plaintext(buffer));
                }
                Received::End => return Ok(0),
                Received::NeedsMore if self.has_seen_end => {
                    return Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the peer closed the connection without close_notify",
                    ));
                }
                Received::NeedsMore => {
                    self.before_waiting();
                    self.fill().await?;
                }
            }
        }
    }

    /// Processes what came; after a protocol error sees to it that the alert reaches the peer.
    async fn received(&mut self) -> io::Result<Received> {
        let (received, queued_before, queued) = {
            let mut session = self.shared.session.borrow_mut();
            let queued_before = session.queued_mut().len();
            (session.receive(), queued_before, session.queued_mut().len())
        };
        if queued > queued_before {
            self.shared.send_queued();
        }
        match received {
            Ok(received) => Ok(received),
            Err(error) => {
                self.linger().await;
                Err(io::Error::new(io::ErrorKind::InvalidData, error))
            }
        }
    }

    /// Lends a buffer to the kernel until some ciphertext or the end has come.
    async fn fill(&mut self) -> io::Result<()> {
        let lent = self.shared.session.borrow_mut().lend(Buffer::take);
        let (result, lent) = self.half.read(lent).await;
        self.take_in(result, lent)
    }

    fn take_in(&mut self, result: io::Result<usize>, lent: Buffer) -> io::Result<()> {
        let given = self.shared.session.borrow_mut().give_back(lent);
        if result? == 0 {
            self.has_seen_end = true;
        }
        given.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// A client's last flight may still be here: the server waits for it before it says anything.
    fn before_waiting(&self) {
        if self.shared.session.borrow().is_client() {
            self.shared.send_queued();
        }
    }

    async fn linger(&mut self) {
        if self.has_seen_end {
            return;
        }
        self.has_seen_end = true;
        self.shared.socket.shut_writing();
        let mut left = LINGER_BYTES_MAX;
        let mut buffer = Buffer::take();
        loop {
            let result;
            (result, buffer) = self.half.read(buffer).await;
            match result {
                Ok(count) if count > 0 && count < left => left -= count,
                _ => return,
            }
            buffer.clear();
        }
    }
}
