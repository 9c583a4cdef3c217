//! How does one HTTP/1.1 connection ask, again and again?

use std::io;
use std::rc::Rc;
use std::time::Instant;

use super::lane::{Answer, Lanes, RETRY};
use super::measure::Failure;
use super::transport::Connection;
use crate::http1::{BodyReader, parse_response};

/// Asks until there is nothing more to ask. `connection` was opened beforehand where that went well.
pub(super) async fn run(lanes: Rc<Lanes>, connection: Option<Connection>) {
    let mut lane = Lane {
        request: lanes.plan.http1_request.clone(),
        inbox: Vec::new(),
        open: connection.map(|connection| (connection, 0)),
        lanes,
    };
    while let Some(due) = lane.lanes.next_due().await {
        lane.ask(due).await;
    }
}

struct Lane {
    lanes: Rc<Lanes>,
    /// The connection and the requests it has carried.
    open: Option<(Connection, u64)>,
    /// Lent to the kernel for each request.
    request: Vec<u8>,
    inbox: Vec<u8>,
}

impl Lane {
    async fn ask(&mut self, due: Instant) {
        let (mut connection, asked) = match self.open.take() {
            Some(open) => open,
            None => match self.lanes.plan.dial.open(&self.lanes.watch).await {
                Ok(connection) => {
                    self.lanes.count(|measure| measure.connections += 1);
                    (connection, 0)
                }
                Err(_) => {
                    self.lanes.note(due, due, Err(Failure::Connect));
                    return monoio::time::sleep(RETRY).await;
                }
            },
        };
        let sent = Instant::now();
        connection.deadline.set(sent + self.lanes.plan.timeout);
        let result = self.exchange(&mut connection).await;
        connection.deadline.clear();
        let asked = asked + 1;
        let is_spent = self.lanes.plan.requests_per_connection.is_some_and(|most| asked >= most);
        if matches!(result, Ok((_, true))) && !is_spent {
            self.open = Some((connection, asked));
        }
        self.lanes.note(due, sent, result.map(|(answer, _)| answer));
    }

    /// One request and its answer; whether the connection can be used again.
    async fn exchange(&mut self, connection: &mut Connection) -> Result<(Answer, bool), Failure> {
        let (result, request) =
            connection.writer.write_all(std::mem::take(&mut self.request)).await;
        self.request = request;
        result.map_err(|_| lost(connection))?;
        self.inbox.clear();
        let head = loop {
            self.read(connection).await?;
            match parse_response(&self.inbox, self.lanes.plan.is_head) {
                // An interim answer; the final one may be in the buffer already.
                Ok(Some(head)) if head.status < 200 => {
                    if let Some(head) = self.skip_interim(head.head_bytes)? {
                        break head;
                    }
                }
                Ok(Some(head)) => break head,
                Ok(None) => {}
                Err(_) => return Err(Failure::Malformed),
            }
        };
        let mut bytes = head.head_bytes as u64;
        self.inbox.drain(..head.head_bytes);
        let mut reader = BodyReader::new(head.framing);
        while !reader.is_done() {
            let step = reader.push(&self.inbox).map_err(|_| Failure::Malformed)?;
            let consumed = step.consumed;
            bytes += consumed as u64;
            self.inbox.drain(..consumed);
            if consumed == 0 {
                match self.read(connection).await {
                    Err(Failure::Closed) if reader.may_end() => break,
                    result => result?,
                }
            }
        }
        // No request is out, so whatever else has come is no answer.
        let can_stay = head.keep_alive && self.inbox.is_empty();
        Ok((Answer { status: head.status, bytes }, can_stay))
    }

    fn skip_interim(
        &mut self,
        mut head_bytes: usize,
    ) -> Result<Option<crate::http1::ResponseHead>, Failure> {
        loop {
            self.inbox.drain(..head_bytes);
            match parse_response(&self.inbox, self.lanes.plan.is_head) {
                Ok(Some(head)) if head.status < 200 => head_bytes = head.head_bytes,
                Ok(found) => return Ok(found),
                Err(_) => return Err(Failure::Malformed),
            }
        }
    }

    async fn read(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        let (result, inbox): (io::Result<usize>, _) =
            connection.reader.read(std::mem::take(&mut self.inbox)).await;
        self.inbox = inbox;
        match result {
            Ok(1..) if !connection.deadline.has_passed() => Ok(()),
            _ => Err(lost(connection)),
        }
    }
}

fn lost(connection: &Connection) -> Failure {
    if connection.deadline.has_passed() { Failure::TimedOut } else { Failure::Closed }
}
