//! How does a scripted conversation on one connection go?

use std::io;
use std::rc::Rc;
use std::time::Duration;

use monoio::net::TcpStream;
use monoio::time::sleep;

use super::answer::{Answer, Kept, Pieces, answer};
use super::script::{Content, Ending, Script};
use crate::http1::{BodyReader, Malformed, Request, parse_request};
use crate::limits;
use crate::net::{read_more, reset_on_close, write_all};

/// Bytes of a made-up body written at once.
const PIECE_BYTES: usize = 64 * 1024;

/// Serves requests until either side is done. Errors end the connection; there is no one to tell.
pub(super) async fn serve(stream: TcpStream, kept: Rc<Kept>) {
    let mut connection = Connection { stream, inbox: Vec::new(), kept };
    while matches!(connection.serve_one().await, Ok(true)) {}
}

struct Connection {
    stream: TcpStream,
    /// Bytes read and not yet used.
    inbox: Vec<u8>,
    kept: Rc<Kept>,
}

impl Connection {
    /// Serves one request; whether there may be another.
    async fn serve_one(&mut self) -> io::Result<bool> {
        let Some(head_bytes) = self.read_head().await? else { return Ok(false) };
        // The head stays where it is while the body goes elsewhere, so that it can be echoed.
        let rest = self.inbox.split_off(head_bytes);
        let head = std::mem::replace(&mut self.inbox, rest);
        let Ok(Some(request)) = parse_request(&head) else { return Ok(false) };
        let script = Script::read(request.target);
        let body = self.read_body(&request).await?;
        if script.delay_ms > 0 {
            sleep(Duration::from_millis(script.delay_ms)).await;
        }
        let keep_alive = request.keep_alive && script.ending == Ending::KeepAlive;
        if let Some(whole) = self.kept_answer(&request, &script, keep_alive) {
            write_all(&mut self.stream, whole).await.0?;
            return Ok(true);
        }
        let answer = answer(&request, &script, (&body.0, body.1), keep_alive);
        self.send(answer, &script).await?;
        Ok(keep_alive)
    }

    /// Waits for a whole head; its length, or nothing when the client is done or talks nonsense.
    async fn read_head(&mut self) -> io::Result<Option<usize>> {
        loop {
            if !self.inbox.is_empty() {
                match parse_request(&self.inbox).map(|found| found.map(|found| found.head_bytes)) {
                    Ok(Some(head_bytes)) => return Ok(Some(head_bytes)),
                    Ok(None) => {}
                    Err(problem) => {
                        self.refuse(problem).await?;
                        return Ok(None);
                    }
                }
            }
            if self.read_more().await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Reads the body: what is kept of it, and its length.
    async fn read_body(&mut self, request: &Request<'_>) -> io::Result<(Vec<u8>, u64)> {
        let mut reader = BodyReader::new(request.framing);
        if request.expects_continue && !reader.is_done() {
            write_all(&mut self.stream, &b"HTTP/1.1 100 Continue\r\n\r\n"[..]).await.0?;
        }
        let (mut body, mut body_bytes) = (Vec::new(), 0);
        while !reader.is_done() {
            let step = reader.push(&self.inbox).map_err(io::Error::other)?;
            let room = limits::ECHO_BODY_BYTES_MAX - body.len();
            body.extend_from_slice(&step.data[..step.data.len().min(room)]);
            body_bytes += step.data.len() as u64;
            let consumed = step.consumed;
            self.inbox.drain(..consumed);
            if consumed == 0 && self.read_more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok((body, body_bytes))
    }

    fn kept_answer(
        &self,
        request: &Request<'_>,
        script: &Script,
        keep_alive: bool,
    ) -> Option<bytes::Bytes> {
        let Content::Bytes(count) = script.content else { return None };
        let delay_ms = script.delay_ms;
        let usual = Script { content: script.content, delay_ms, ..Script::default() };
        let is_usual = *script == usual && keep_alive && request.minor == 1;
        if is_usual && request.method != "HEAD" { self.kept.whole(count) } else { None }
    }

    async fn send(&mut self, mut answer: Answer, script: &Script) -> io::Result<()> {
        match script.ending {
            Ending::Stall => return self.stall().await,
            Ending::Reset => {
                answer.head.truncate(answer.head.len() / 2);
                write_all(&mut self.stream, answer.head).await.0?;
                return reset_on_close(&self.stream);
            }
            Ending::Truncate => cut_in_half(&mut answer.pieces),
            Ending::KeepAlive | Ending::Close => {}
        }
        let mut wire = answer.head;
        let piece_bytes = if script.drip_ms > 0 { 1 } else { PIECE_BYTES };
        loop {
            let piece = answer.pieces.next(piece_bytes);
            if script.drip_ms > 0 && !piece.is_empty() {
                write_all(&mut self.stream, std::mem::take(&mut wire)).await.0?;
                sleep(Duration::from_millis(script.drip_ms)).await;
            }
            let is_last = piece.is_empty();
            wire.extend_from_slice(&piece);
            if is_last || wire.len() >= PIECE_BYTES {
                write_all(&mut self.stream, std::mem::take(&mut wire)).await.0?;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Answers nothing until the client gives up.
    async fn stall(&mut self) -> io::Result<()> {
        while self.read_more().await? > 0 {
            self.inbox.clear();
        }
        Ok(())
    }

    async fn refuse(&mut self, problem: Malformed) -> io::Result<()> {
        let status = if problem == Malformed::HeadTooLong { 431 } else { 400 };
        let wire = format!(
            "HTTP/1.1 {status} Refused\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{problem}",
            problem.to_string().len()
        );
        write_all(&mut self.stream, wire.into_bytes()).await.0.map(|_| ())
    }

    async fn read_more(&mut self) -> io::Result<usize> {
        let inbox = std::mem::take(&mut self.inbox);
        let (result, inbox) = read_more(&mut self.stream, inbox).await;
        self.inbox = inbox;
        result
    }
}

fn cut_in_half(pieces: &mut Pieces) {
    match pieces {
        Pieces::Whole(bytes) => bytes.truncate(bytes.len() / 2),
        Pieces::Filler(count) => *count /= 2,
        Pieces::Chunks(count, end) => {
            *count /= 2;
            end.clear();
        }
    }
}
