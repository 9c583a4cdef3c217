//! What is an origin made of: a listener, a thread per connection, and a memory of what came?

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::attempt::{PATIENCE, eventually};
use super::client::find;

/// A server behind the gateway; it stops accepting with the value.
pub(crate) struct Origin {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    requests: Mutex<Vec<Recorded>>,
    /// All bytes of each connection, in the order in which connections came.
    bytes: Mutex<Vec<Vec<u8>>>,
    connections: AtomicUsize,
    has_stopped: AtomicBool,
}

/// One request exactly as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// On which connection, counted from 0.
    pub(crate) connection: usize,
    /// From the request line to the empty line.
    pub(crate) head: Vec<u8>,
    /// The body without its coding.
    pub(crate) body: Vec<u8>,
    /// The body with its coding.
    pub(crate) coded_body: Vec<u8>,
}

/// A connection as the origin holds it.
pub(crate) struct Peer {
    stream: TcpStream,
    index: usize,
    unread: Vec<u8>,
    shared: Arc<Shared>,
}

impl Origin {
    /// Listens on a free port and gives each connection to `serve` on a thread of its own.
    pub(crate) fn start(serve: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self::start_on(listener, serve)
    }

    /// As `start`, on a socket that listens already.
    pub(crate) fn start_on(
        listener: TcpListener,
        serve: impl Fn(&mut Peer) + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().expect("an address");
        let shared: Arc<Shared> = Arc::default();
        let (serve, own) = (Arc::new(serve), Arc::clone(&shared));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if own.has_stopped.load(Ordering::Acquire) {
                    return;
                }
                let (serve, shared) = (Arc::clone(&serve), Arc::clone(&own));
                std::thread::spawn(move || serve(&mut Peer::new(stream, shared)));
            }
        });
        Self { address, shared }
    }

    /// Reads each request whole and writes what `answer` makes of it, until the other side ends.
    pub(crate) fn answering(answer: impl Fn(&Recorded) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start(move |peer| {
            while let Ok(request) = peer.request() {
                if peer.send(&answer(&request)).is_err() {
                    return;
                }
            }
        })
    }

    /// Its address as a definition writes it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every whole request so far.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.shared.requests.lock().expect("the record").clone()
    }

    /// The only request so far, once it is there.
    pub(crate) fn only_request(&self) -> Recorded {
        let requests = eventually("the origin has a request", || {
            Some(self.requests()).filter(|requests| !requests.is_empty())
        });
        assert_eq!(requests.len(), 1, "one request: {requests:?}");
        requests[0].clone()
    }

    /// Forgets requests and bytes.
    pub(crate) fn forget(&self) {
        self.shared.requests.lock().expect("the record").clear();
        for bytes in &mut *self.shared.bytes.lock().expect("the record") {
            bytes.clear();
        }
    }

    /// Every byte that came, connection by connection.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.shared.bytes.lock().expect("the record").concat()
    }

    /// How many connections came.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Acquire)
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.shared.has_stopped.store(true, Ordering::Release);
        // The thread waits in `accept`; a connection wakes it up.
        let _ = TcpStream::connect(self.address);
    }
}

impl Peer {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        stream.set_nodelay(true).expect("a socket");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        let index = {
            let mut bytes = shared.bytes.lock().expect("the record");
            bytes.push(Vec::new());
            bytes.len() - 1
        };
        shared.connections.fetch_add(1, Ordering::AcqRel);
        Self { stream, index, unread: Vec::new(), shared }
    }

    /// The socket.
    pub(crate) fn socket(&self) -> &TcpStream {
        &self.stream
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Reads until the other side ends the connection.
    pub(crate) fn until_end(&mut self) {
        while self.fill().is_ok() {}
    }

    /// Reads a head.
    pub(crate) fn head(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                return Ok(self.unread.drain(..at + 4).collect());
            }
            self.fill()?;
        }
    }

    /// Reads a whole request and notes it.
    pub(crate) fn request(&mut self) -> io::Result<Recorded> {
        let head = self.head()?;
        let mut request =
            Recorded { connection: self.index, head, body: Vec::new(), coded_body: Vec::new() };
        if request.field("transfer-encoding").is_some() {
            self.read_chunks(&mut request)?;
        } else if let Some(length) = request.field("content-length") {
            let length = length.parse().map_err(io::Error::other)?;
            request.body = self.take(length)?;
            request.coded_body.clone_from(&request.body);
        }
        self.shared.requests.lock().expect("the record").push(request.clone());
        Ok(request)
    }

    fn read_chunks(&mut self, request: &mut Recorded) -> io::Result<()> {
        loop {
            let line = self.line(request)?;
            let size = usize::from_str_radix(&line, 16).map_err(io::Error::other)?;
            if size == 0 {
                while !self.line(request)?.is_empty() {}
                return Ok(());
            }
            let data = self.take(size)?;
            request.coded_body.extend_from_slice(&data);
            request.body.extend(data);
            if !self.line(request)?.is_empty() {
                return Err(io::Error::other("a chunk longer than its size"));
            }
        }
    }

    fn line(&mut self, request: &mut Recorded) -> io::Result<String> {
        loop {
            if let Some(at) = find(&self.unread, b"\r\n") {
                let line: Vec<u8> = self.unread.drain(..at + 2).collect();
                request.coded_body.extend_from_slice(&line);
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            self.fill()?;
        }
    }

    fn take(&mut self, len: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < len {
            self.fill()?;
        }
        Ok(self.unread.drain(..len).collect())
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut buffer = [0; 64 * 1024];
        let count = self.stream.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.unread.extend_from_slice(&buffer[..count]);
        if let Some(bytes) = self.shared.bytes.lock().expect("the record").get_mut(self.index) {
            bytes.extend_from_slice(&buffer[..count]);
        }
        Ok(())
    }
}

impl Recorded {
    /// The request line.
    pub(crate) fn line(&self) -> String {
        self.text().lines().next().unwrap_or_default().to_owned()
    }

    /// The second word of the request line.
    pub(crate) fn target(&self) -> String {
        self.line().split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// The head as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.head).into_owned()
    }

    /// The values of a field, its name in any case.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let fields = text.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
        fields
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// The first value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.values(name).into_iter().next()
    }
}
