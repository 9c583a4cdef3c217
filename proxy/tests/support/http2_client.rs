//! What does an HTTP/2 client that may break every rule see?

use std::collections::HashMap;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::attempt::PATIENCE;
use super::client::is_timeout;
use super::frames::{self, Frame, PREFACE, flag, kind};
use super::hpack::{self, Decoder, Field};
use super::tls_client::{Authority, Stream};

/// A connection on which frames are written by hand.
pub(crate) struct Http2Client {
    stream: Box<dyn Stream>,
    unread: Vec<u8>,
    decoder: Decoder,
    /// What has come of each stream so far, whoever waited for it.
    answers: HashMap<u32, Answer>,
    /// The code of the first GOAWAY.
    goaway: Option<u32>,
    /// `http` or `https`, as requests say it.
    pub(crate) scheme: &'static str,
    /// The settings that the server sent.
    pub(crate) settings: Vec<(u16, u32)>,
    has_ended: bool,
}

/// What came next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A frame.
    Frame(Frame),
    /// The server ended the connection.
    Closed,
    /// Nothing came for a while.
    Silence,
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// `:status`, or 0 where there is none.
    pub(crate) status: u16,
    /// All fields with the pseudo-header.
    pub(crate) fields: Vec<(String, String)>,
    /// The content of all DATA frames.
    pub(crate) body: Vec<u8>,
    /// The error code with which the stream was reset.
    pub(crate) reset: Option<u32>,
    /// The error code of a GOAWAY.
    pub(crate) goaway: Option<u32>,
    /// Whether the stream ended.
    pub(crate) has_ended: bool,
}

impl Http2Client {
    /// Over plain TCP with prior knowledge; nothing is sent yet.
    pub(crate) fn dial(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        Self::over(Box::new(stream), "http")
    }

    /// Over TLS with ALPN; nothing but the handshake is sent yet.
    pub(crate) fn dial_tls(address: SocketAddr, authority: &Authority) -> Self {
        let stream = authority.connect(address, &[b"h2"]);
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"h2"[..]));
        Self::over(Box::new(stream), "https")
    }

    fn over(stream: Box<dyn Stream>, scheme: &'static str) -> Self {
        Self {
            stream,
            unread: Vec::new(),
            decoder: Decoder::default(),
            answers: HashMap::new(),
            goaway: None,
            scheme,
            settings: Vec::new(),
            has_ended: false,
        }
    }

    /// Says the preface and waits for the server's settings.
    pub(crate) fn shake_hands(mut self) -> Self {
        self.send([PREFACE, &frames::settings(&[])].concat());
        let frame = self.wait_for(|frame| frame.kind == kind::SETTINGS && !frame.is_ack());
        let frame = frame.expect("the server's settings");
        self.settings = frame
            .payload
            .chunks_exact(6)
            .map(|chunk| {
                let name = u16::from_be_bytes([chunk[0], chunk[1]]);
                (name, u32::from_be_bytes([chunk[2], chunk[3], chunk[4], chunk[5]]))
            })
            .collect();
        self.send(frames::settings_ack());
        self
    }

    /// Changes how long an event is waited for.
    pub(crate) fn set_patience(&self, patience: Duration) {
        self.stream.set_patience(patience);
    }

    /// Sends bytes; whether the server still took them shows later.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).and_then(|()| self.stream.flush()).is_ok()
    }

    /// The pseudo-headers of a request that is in order.
    pub(crate) fn request(&self, method: &str, path: &str) -> Vec<Field> {
        let field = |name: &str, value: &str| (name.into(), value.into());
        vec![
            field(":method", method),
            field(":scheme", self.scheme),
            field(":path", path),
            field(":authority", "localhost"),
        ]
    }

    /// HEADERS of such a request without body.
    pub(crate) fn send_get(&mut self, stream: u32, path: &str) -> bool {
        let block = hpack::encode(&self.request("GET", path));
        self.send(frames::headers(stream, flag::END_HEADERS | flag::END_STREAM, block))
    }

    /// Waits for whatever comes next.
    pub(crate) fn event(&mut self) -> Event {
        loop {
            if let Some(frame) = self.take_frame() {
                return Event::Frame(frame);
            }
            if self.has_ended {
                return Event::Closed;
            }
            let mut buffer = [0; 32 * 1024];
            match self.stream.read(&mut buffer) {
                Ok(0) => self.has_ended = true,
                Ok(count) => self.unread.extend_from_slice(&buffer[..count]),
                Err(error) if is_timeout(&error) => return Event::Silence,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => self.has_ended = true,
            }
        }
    }

    fn take_frame(&mut self) -> Option<Frame> {
        let head: [u8; 9] = self.unread.get(..9)?.try_into().ok()?;
        let len = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        if self.unread.len() < 9 + len {
            return None;
        }
        let payload = self.unread[9..9 + len].to_vec();
        self.unread.drain(..9 + len);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let frame = Frame { kind: head[3], flags: head[4], stream, payload };
        self.note(&frame);
        Some(frame)
    }

    /// Waits for a frame; `None` where the connection ends or nothing comes.
    pub(crate) fn wait_for(&mut self, is_wanted: impl Fn(&Frame) -> bool) -> Option<Frame> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            match self.event() {
                Event::Frame(frame) if is_wanted(&frame) => return Some(frame),
                Event::Frame(_) => {}
                Event::Closed | Event::Silence => return None,
            }
        }
        None
    }

    /// Waits until a stream is answered, reset, or lost.
    pub(crate) fn answer(&mut self, stream: u32) -> Answer {
        let until = Instant::now() + PATIENCE;
        while !self.is_over(stream) && Instant::now() < until {
            let Event::Frame(_) = self.event() else { break };
        }
        let answer = self.answers.remove(&stream).unwrap_or_default();
        Answer { goaway: self.goaway, ..answer }
    }

    /// Whether the server has reset that stream, as far as can be told by now.
    pub(crate) fn was_reset(&self, stream: u32) -> bool {
        self.answers.get(&stream).is_some_and(|answer| answer.reset.is_some())
    }

    fn is_over(&self, stream: u32) -> bool {
        let answer = self.answers.get(&stream);
        answer.is_some_and(|answer| answer.has_ended || answer.reset.is_some())
    }

    /// Every block is read, whoever waits for it, because it may change the table.
    fn note(&mut self, frame: &Frame) {
        if frame.kind == kind::GOAWAY {
            self.goaway = self.goaway.or(frame.error_code());
        }
        if frame.stream == 0 {
            return;
        }
        let answer = self.answers.entry(frame.stream).or_default();
        match frame.kind {
            kind::HEADERS => {
                let fields = self.decoder.decode(&frame.payload);
                let fields = fields.expect("a well-formed field section");
                if answer.fields.is_empty() {
                    answer.take_fields(fields);
                }
            }
            kind::DATA => answer.body.extend(&frame.payload),
            kind::RST_STREAM => answer.reset = frame.error_code(),
            _ => {}
        }
        answer.has_ended |= frame.ends_stream();
    }

    /// Asks and waits for the answer.
    pub(crate) fn ask(&mut self, stream: u32, fields: &[Field], body: Option<&[u8]>) -> Answer {
        let flags = flag::END_HEADERS | if body.is_none() { flag::END_STREAM } else { 0 };
        self.send(frames::headers(stream, flags, hpack::encode(fields)));
        if let Some(body) = body {
            self.send(frames::data(stream, flag::END_STREAM, body));
        }
        self.answer(stream)
    }

    /// Whether the connection still answers a ping.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.send(frames::ping(*b"is alive"))
            && self
                .wait_for(|frame| frame.kind == kind::PING && frame.payload == b"is alive")
                .is_some()
    }
}

impl Answer {
    fn take_fields(&mut self, fields: Vec<Field>) {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        self.fields = fields.into_iter().map(|(name, value)| (text(name), text(value))).collect();
        self.status = self.field(":status").and_then(|status| status.parse().ok()).unwrap_or(0);
    }

    /// The value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let named = |(own, _): &&(String, String)| own == name;
        self.fields.iter().find(named).map(|(_, value)| value.as_str())
    }
}
