//! What does an honest HTTP/1 client see on its socket?

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use super::attempt::PATIENCE;

/// A connection, with bytes that were read but not used.
pub(crate) struct Client<S = TcpStream> {
    stream: S,
    unread: Vec<u8>,
}

/// One answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    /// Status code.
    pub(crate) status: u16,
    /// The head's bytes, with the empty line.
    pub(crate) head: Vec<u8>,
    /// Names and values in order.
    pub(crate) fields: Vec<(String, String)>,
    /// The body without its coding.
    pub(crate) body: Vec<u8>,
    /// Whether the body was chunked.
    pub(crate) is_chunked: bool,
}

impl Client<TcpStream> {
    /// Connects; reads and writes give up after a while.
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        Self::over(stream)
    }

    /// The socket.
    pub(crate) fn socket(&self) -> &TcpStream {
        &self.stream
    }

    /// Says that nothing more will be sent.
    pub(crate) fn half_close(&self) {
        self.stream.shutdown(Shutdown::Write).expect("a connected socket");
    }
}

impl<S: Read + Write> Client<S> {
    /// Over a stream that is connected already.
    pub(crate) fn over(stream: S) -> Self {
        Self { stream, unread: Vec::new() }
    }

    /// The stream below.
    pub(crate) fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).expect("an open connection");
    }

    /// Sends bytes; the other side may have gone.
    pub(crate) fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())?;
        self.stream.flush()
    }

    /// Asks with a GET and reads the answer.
    pub(crate) fn get(&mut self, path: &str) -> Response {
        self.ask("GET", path, "", b"")
    }

    /// Sends a request with `fields` (each line with its end) and a body with its length, if any.
    pub(crate) fn ask(&mut self, verb: &str, path: &str, fields: &str, body: &[u8]) -> Response {
        let length = match body.len() {
            0 => String::new(),
            len => format!("Content-Length: {len}\r\n"),
        };
        let head = format!("{verb} {path} HTTP/1.1\r\nHost: localhost\r\n{fields}{length}\r\n");
        self.send([head.as_bytes(), body].concat());
        self.response_to(verb)
    }

    /// Sends bytes and reads the answer to a GET.
    pub(crate) fn response_after(&mut self, bytes: impl AsRef<[u8]>) -> Response {
        self.send(bytes);
        self.response()
    }

    /// Reads the answer to a GET.
    pub(crate) fn response(&mut self) -> Response {
        self.response_to("GET")
    }

    /// Reads the answer to that verb.
    pub(crate) fn response_to(&mut self, verb: &str) -> Response {
        self.try_response_to(verb).expect("a whole answer")
    }

    /// Reads an answer that may be cut off.
    pub(crate) fn try_response_to(&mut self, verb: &str) -> io::Result<Response> {
        let mut response = self.head()?;
        let has_body = verb != "HEAD" && !matches!(response.status, 100..200 | 204 | 304);
        if has_body {
            self.read_body(&mut response)?;
        }
        Ok(response)
    }

    /// Reads a head alone.
    pub(crate) fn head(&mut self) -> io::Result<Response> {
        let len = loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                break at + 4;
            }
            self.fill()?;
        };
        let head: Vec<u8> = self.unread.drain(..len).collect();
        Response::from_head(head)
    }

    fn read_body(&mut self, response: &mut Response) -> io::Result<()> {
        if response.field("transfer-encoding").is_some() {
            response.is_chunked = true;
            return self.read_chunks(&mut response.body);
        }
        if let Some(length) = response.field("content-length") {
            let length = length.parse().map_err(io::Error::other)?;
            response.body = self.exactly(length)?;
            return Ok(());
        }
        response.body = self.rest()?;
        Ok(())
    }

    fn read_chunks(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let line = self.line()?;
            let size = usize::from_str_radix(&line, 16).map_err(io::Error::other)?;
            if size == 0 {
                while !self.line()?.is_empty() {}
                return Ok(());
            }
            body.extend(self.exactly(size)?);
            if !self.line()?.is_empty() {
                return Err(io::Error::other("a chunk longer than its size"));
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = find(&self.unread, b"\r\n") {
                let line: Vec<u8> = self.unread.drain(..at + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            self.fill()?;
        }
    }

    /// Reads so many bytes.
    pub(crate) fn exactly(&mut self, len: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < len {
            self.fill()?;
        }
        Ok(self.unread.drain(..len).collect())
    }

    /// Everything up to the end of the connection; a reset is an error.
    pub(crate) fn rest(&mut self) -> io::Result<Vec<u8>> {
        loop {
            match self.fill() {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(error),
            }
        }
        Ok(std::mem::take(&mut self.unread))
    }

    /// Everything up to the end of the connection, however it ends, and whether it did end.
    pub(crate) fn rest_until_any_end(&mut self) -> (Vec<u8>, bool) {
        let ended = loop {
            match self.fill() {
                Ok(()) => {}
                Err(error) => break !is_timeout(&error),
            }
        };
        (std::mem::take(&mut self.unread), ended)
    }

    /// Whether the other side has ended the connection and nothing more came.
    pub(crate) fn is_closed(&mut self) -> bool {
        let (rest, ended) = self.rest_until_any_end();
        ended && rest.is_empty()
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut buffer = [0; 64 * 1024];
        match self.stream.read(&mut buffer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                self.unread.extend_from_slice(&buffer[..count]);
                Ok(())
            }
        }
    }
}

/// Whether a read ended because nothing came.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// Where `needle` begins in `bytes`.
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|part| part == needle)
}

impl Response {
    /// Reads a status line and fields.
    pub(crate) fn from_head(head: Vec<u8>) -> io::Result<Self> {
        let text = String::from_utf8_lossy(&head).into_owned();
        let mut lines = text.split("\r\n");
        let line = lines.next().unwrap_or_default();
        let status = line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
        let status = status.and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no status line: {line:?}")))?;
        let fields = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        Ok(Self { status, head, fields, body: Vec::new(), is_chunked: false })
    }

    /// The value of a field, its name in any case.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let named = |(own, _): &&(String, String)| own.eq_ignore_ascii_case(name);
        self.fields.iter().find(named).map(|(_, value)| value.as_str())
    }

    /// How often a field stands there.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.fields.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).count()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the other side says that it closes.
    pub(crate) fn closes(&self) -> bool {
        self.field("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}
