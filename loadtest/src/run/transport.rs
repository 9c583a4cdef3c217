//! How do bytes get to the server and back, through TLS or not?

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use monoio::io::{OwnedReadHalf, OwnedWriteHalf, Splitable};
use monoio::net::TcpStream;
use rustls::ClientConnection;
use rustls_pki_types::ServerName;

use super::watch::{Deadline, Watch};
use crate::limits;
use crate::net::{read_more, write_all};

/// How connections of a run are opened.
#[derive(Clone, Debug)]
pub struct Dial {
    /// Where to.
    pub address: SocketAddr,
    /// How long it may take, TLS included.
    pub timeout: Duration,
    /// With TLS, its settings and the name to expect.
    pub tls: Option<(Arc<rustls::ClientConfig>, ServerName<'static>)>,
}

/// An open connection. The deadline goes first, because it must not outlive its socket.
#[derive(Debug)]
pub struct Connection {
    /// Its deadline.
    pub deadline: Deadline,
    /// What comes.
    pub reader: Reader,
    /// What goes.
    pub writer: Writer,
}

/// The reading half.
#[derive(Debug)]
pub struct Reader {
    socket: OwnedReadHalf<TcpStream>,
    tls: Option<Tls>,
    /// Plaintext that came along with the end of the handshake.
    early: Vec<u8>,
}

/// The writing half.
#[derive(Debug)]
pub struct Writer {
    socket: OwnedWriteHalf<TcpStream>,
    tls: Option<Tls>,
}

/// A TLS session that both halves use.
#[derive(Clone, Debug)]
struct Tls(Rc<RefCell<ClientConnection>>);

impl Dial {
    /// Opens a connection, and makes its TLS session.
    ///
    /// # Errors
    /// Refused, unreachable, too late, or the peer's TLS is not acceptable.
    pub async fn open(&self, watch: &Watch) -> io::Result<Connection> {
        let until = Instant::now() + self.timeout;
        // No bytes are at stake yet, so this future may be dropped.
        let opened =
            monoio::time::timeout(self.timeout, TcpStream::connect_addr(self.address)).await;
        let stream = opened.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        stream.set_nodelay(true)?;
        let deadline = watch.guard(&stream);
        let (reader, writer) = stream.into_split();
        let tls = match &self.tls {
            None => None,
            Some((config, name)) => {
                let session = ClientConnection::new(config.clone(), name.clone());
                Some(Tls(Rc::new(RefCell::new(session.map_err(io::Error::other)?))))
            }
        };
        let mut connection = Connection {
            deadline,
            reader: Reader { socket: reader, tls: tls.clone(), early: Vec::new() },
            writer: Writer { socket: writer, tls: tls.clone() },
        };
        if let Some(tls) = tls {
            connection.deadline.set(until);
            connection.shake_hands(&tls).await?;
            connection.deadline.clear();
        }
        Ok(connection)
    }
}

impl Connection {
    async fn shake_hands(&mut self, tls: &Tls) -> io::Result<()> {
        let mut records = Vec::new();
        loop {
            self.writer.flush_tls().await?;
            if !tls.0.borrow().is_handshaking() {
                return Ok(());
            }
            let result;
            (result, records) = read_more(&mut self.reader.socket, records).await;
            if result? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            tls.open(&mut records, &mut self.reader.early)?;
        }
    }
}

impl Reader {
    /// Appends what has come to `buffer`; 0 bytes mean that the peer has ended its side.
    pub async fn read(&mut self, mut buffer: Vec<u8>) -> (io::Result<usize>, Vec<u8>) {
        let Some(tls) = self.tls.clone() else {
            return read_more(&mut self.socket, buffer).await;
        };
        let before = buffer.len();
        buffer.append(&mut self.early);
        let mut records = Vec::new();
        while buffer.len() == before {
            let result;
            (result, records) = read_more(&mut self.socket, records).await;
            match result.and_then(|count| Ok((count, tls.open(&mut records, &mut buffer)?))) {
                Ok((0, _) | (_, true)) => break,
                Ok(_) => {}
                Err(error) => return (Err(error), buffer),
            }
        }
        (Ok(buffer.len() - before), buffer)
    }
}

impl Writer {
    /// Sends all of `bytes` and gives them back.
    pub async fn write_all(&mut self, bytes: Vec<u8>) -> (io::Result<()>, Vec<u8>) {
        let Some(tls) = self.tls.clone() else {
            let (result, bytes) = write_all(&mut self.socket, bytes).await;
            return (result.map(|_| ()), bytes);
        };
        // The session takes at most its buffer limit at once, so go on until it has taken all.
        let mut start = 0;
        while start < bytes.len() {
            let taken = tls.0.borrow_mut().writer().write(&bytes[start..]);
            match taken {
                Ok(count) => start += count,
                Err(error) => return (Err(error), bytes),
            }
            if let Err(error) = self.flush_tls().await {
                return (Err(error), bytes);
            }
        }
        (Ok(()), bytes)
    }

    /// Sends the records that the session has ready.
    async fn flush_tls(&mut self) -> io::Result<()> {
        let mut records = Vec::new();
        if let Some(tls) = &self.tls {
            let mut session = tls.0.borrow_mut();
            while session.wants_write() {
                session.write_tls(&mut records)?;
            }
        }
        if !records.is_empty() {
            write_all(&mut self.socket, records).await.0?;
        }
        Ok(())
    }
}

impl Tls {
    /// Gives the session all of `records` and appends the plaintext in them; whether the peer has
    /// said that no more will come.
    fn open(&self, records: &mut Vec<u8>, plaintext: &mut Vec<u8>) -> io::Result<bool> {
        let mut session = self.0.borrow_mut();
        let mut rest = records.as_slice();
        let mut has_ended = false;
        while !rest.is_empty() && !has_ended {
            session.read_tls(&mut rest)?;
            session.process_new_packets().map_err(io::Error::other)?;
            // At once, because the session refuses records while it holds too much plaintext.
            has_ended = take_plaintext(&mut session, plaintext)?;
        }
        records.clear();
        Ok(has_ended)
    }
}

/// Appends the plaintext that the session has; whether it was the last.
fn take_plaintext(session: &mut ClientConnection, buffer: &mut Vec<u8>) -> io::Result<bool> {
    loop {
        let filled = buffer.len();
        buffer.resize(filled + limits::READ_BYTES, 0);
        let result = session.reader().read(&mut buffer[filled..]);
        buffer.truncate(filled + result.as_ref().copied().unwrap_or(0));
        match result {
            Ok(1..) => {}
            Ok(0) => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}
