//! How does one request travel to an upstream connection, and its answer back?
//!
//! ```text
//! client ── upload ──────────────▶ upstream      (beside the answer, as long as it lasts)
//! client ◀── head, body ────────── upstream
//! ```
//!
//! Bodies pass piece by piece at the slower side's pace. Nothing is retried here: the caller knows
//! what may be sent twice.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use tollgate_core::message::{Response, ResponseHead, Verb};

use super::RelayFailure;
use super::both::Beside;
use super::download::{Announcement, Download};
use super::upload::{UploadFailure, upload};
use crate::client::{Announced, Reply, RequestBody};
use crate::framing::{Incoming, Outgoing};
use crate::local::Local;
use crate::net::Buffer;
use crate::time::{Deadline, Expiry, Patience, recent};
use crate::upstream::{Connection, NoAnswer, read_answer};

/// A request as it goes to its upstream.
pub(crate) struct Outbound {
    /// Line and fields, and the body where all of it is at hand.
    pub(crate) bytes: Buffer,
    /// How what is left of the body goes out.
    pub(crate) framing: Outgoing,
    /// The verb, which decides whether the answer has a body.
    pub(crate) verb: Verb,
    /// When the answer's head must have come, in monotonic microseconds.
    pub(crate) answer_until_us: u64,
    /// When everything must be over, in monotonic microseconds.
    pub(crate) until_us: u64,
}

/// What came of a request that was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relayed {
    /// The status the upstream answered.
    pub(crate) status: u16,
    /// Whether the connection may carry another request.
    pub(crate) is_reusable: bool,
}

/// Begins the client's answer: names its status and fields, given the upstream's.
pub(crate) type Begin<'b> = &'b mut dyn FnMut(&mut Reply<'_>, Response<'_>, Announced);

/// The client's side of a relay.
pub(crate) struct Relay<'x, 'c> {
    pub(crate) local: &'x Local,
    pub(crate) body: &'x mut RequestBody<'c>,
    pub(crate) reply: &'x mut Reply<'c>,
    pub(crate) begin: Begin<'x>,
}

impl Relay<'_, '_> {
    /// Sends `outbound` and relays the answer, with what is left of the body beside it.
    pub(crate) async fn run(
        &mut self,
        connection: &mut Connection,
        mut outbound: Outbound,
        head: &mut ResponseHead,
    ) -> Result<Relayed, RelayFailure> {
        let now = recent();
        let left = Duration::from_micros(outbound.answer_until_us.saturating_sub(now.monotonic_us));
        self.local.wheel.arm(&connection.deadline, left, Expiry::Shut, now);
        let bytes = std::mem::replace(&mut outbound.bytes, Buffer::empty());
        let (result, _) = connection.writer.write_all(bytes).await;
        if let Err(error) = result {
            return Err(failed_to_write(connection, error));
        }
        match self.body.is_ended() {
            true => self.answer(connection, &outbound, head).await,
            // Boxed, because few bodies are still on their way and no other request should carry
            // the size of two directions at once.
            false => Box::pin(self.answer_beside_upload(connection, &outbound, head)).await,
        }
    }

    async fn answer(
        &mut self,
        connection: &mut Connection,
        outbound: &Outbound,
        head: &mut ResponseHead,
    ) -> Result<Relayed, RelayFailure> {
        let (reader, deadline) = (&mut connection.reader, &connection.deadline);
        let bytes = read_answer(reader, deadline, outbound.verb, head).await?;
        let announcement = Announcement::new(bytes, head, outbound.verb)?;
        let (mut body, piece) = begin_answer(announcement, head, (self.begin, self.reply))?;
        let download = Download {
            reader,
            socket: connection.socket,
            patience: outbound.patience(self.local, deadline),
            body: &mut body,
            reply: self.reply,
        };
        download.run(piece).await?;
        let is_reusable = head.keeps_alive && body.is_clean_end();
        Ok(Relayed { status: head.status, is_reusable })
    }

    async fn answer_beside_upload(
        &mut self,
        connection: &mut Connection,
        outbound: &Outbound,
        head: &mut ResponseHead,
    ) -> Result<Relayed, RelayFailure> {
        self.reply.send_continue().await.map_err(|_| RelayFailure::ClientGone)?;
        let (reader, deadline) = (&mut connection.reader, &connection.deadline);
        let socket = connection.socket;
        let uploading = upload(self.body, outbound.framing, &mut connection.writer);
        let mut uploading = std::pin::pin!(uploading);
        let mut beside = Beside::new(uploading.as_mut());
        // A client that fails mid-body must not leave the upstream waiting for the rest.
        let on_end = |result: &Result<(), UploadFailure>| {
            if let Err(UploadFailure::Client(_)) = result {
                socket.shut(rustix::net::Shutdown::Both);
            }
        };
        let read = read_answer(reader, deadline, outbound.verb, head);
        let bytes = match beside.run(read, on_end).await {
            Ok(bytes) => bytes,
            Err(no_answer) => return Err(whose_failure(no_answer, beside.into_output())),
        };
        if beside.output().is_none() {
            // Whatever the client still sends would have to be read to its end first.
            self.reply.close_after();
        }
        let announcement = Announcement::new(bytes, head, outbound.verb)?;
        let (mut body, piece) = begin_answer(announcement, head, (self.begin, self.reply))?;
        let download = Download {
            reader,
            socket,
            patience: outbound.patience(self.local, deadline),
            body: &mut body,
            reply: self.reply,
        };
        beside.run(download.run(piece), on_end).await?;
        let is_sent = matches!(beside.into_output(), Some(Ok(())));
        let is_reusable = is_sent && head.keeps_alive && body.is_clean_end();
        Ok(Relayed { status: head.status, is_reusable })
    }
}

impl Outbound {
    fn patience<'l>(&self, local: &'l Local, deadline: &'l Rc<Deadline>) -> Patience<'l> {
        Patience {
            wheel: &local.wheel,
            deadline,
            step: local.bounds.body_progress,
            until_us: self.until_us,
            expiry: Expiry::Shut,
        }
    }
}

/// Begins the client's answer; gives back the body and the part of it that is already here.
fn begin_answer(
    announcement: Announcement,
    head: &ResponseHead,
    (begin, reply): (Begin<'_>, &mut Reply<'_>),
) -> Result<(Incoming, Option<Buffer>), RelayFailure> {
    let response = Response { bytes: announcement.bytes.unread(), head };
    begin(reply, response, announcement.announced);
    announcement.into_body(head)
}

/// An upstream that cannot be written to may have answered and closed before that; whether this may
/// be tried again depends on whether it ever lived.
fn failed_to_write(connection: &Connection, error: io::Error) -> RelayFailure {
    match (connection.deadline.is_expired(), connection.is_reused) {
        (true, _) => RelayFailure::TimedOut,
        (false, true) => RelayFailure::Died,
        (false, false) => RelayFailure::Broken(error),
    }
}

/// Whether the upstream gave no answer because the client gave no body.
fn whose_failure(no_answer: NoAnswer, uploaded: Option<Result<(), UploadFailure>>) -> RelayFailure {
    match (uploaded, no_answer) {
        (Some(Err(UploadFailure::Client(failure))), _) => RelayFailure::Client(failure),
        // The body is on its way or gone, so this can't be tried again.
        (Some(Err(UploadFailure::Upstream(error))), NoAnswer::Died) => RelayFailure::Broken(error),
        (_, NoAnswer::Died) => RelayFailure::Broken(io::ErrorKind::UnexpectedEof.into()),
        (_, no_answer) => no_answer.into(),
    }
}
