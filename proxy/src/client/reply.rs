//! How is a client answered, whichever protocol it speaks?

use std::io;

use tollgate_core::message::HeadSink;

use super::{Http1Reply, Http2Reply};
use crate::net::{Buffer, Socket, Writer};
use crate::time::Patience;

/// What a head says about the body that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announced {
    /// So many bytes; in answer to `HEAD`, as many as `GET` would get.
    Sized(u64),
    /// Nobody knows yet.
    Unknown,
    /// Nothing, and no length either (204, 304).
    Nothing,
}

/// How an answer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The status.
    pub status: u16,
    /// What is said about the body.
    pub body: Announced,
}

impl Opening {
    /// Whether no body follows: none was announced, or answers of that status never have one
    /// (RFC 9110 §6.4.1).
    pub fn is_bodiless(self) -> bool {
        matches!(self.status, 100..=199 | 204 | 304) || self.body == Announced::Nothing
    }

    /// The length to be told. "A server MUST NOT send a Content-Length header field in any response
    /// with a status code of 1xx (Informational) or 204 (No Content)" (RFC 9110 §8.6).
    pub fn content_length(self) -> Option<u64> {
        match self.body {
            Announced::Sized(len) if !matches!(self.status, 100..=199 | 204) => Some(len),
            _ => None,
        }
    }
}

/// Writes the fields of an answer, without those that frame its body, and says how it begins;
/// `None` takes it back.
pub type Fill<'f> = &'f mut dyn FnMut(&mut dyn HeadSink) -> Option<Opening>;

/// Why an answer did not reach its client.
#[derive(Debug)]
pub struct ReplyFailure(pub io::Error);

/// An answer on its way to the client: a head, pieces, an end.
pub enum Reply<'c> {
    /// On an HTTP/1 connection.
    Http1(Http1Reply<'c>),
    /// On an HTTP/2 stream.
    Http2(Http2Reply),
}

impl<'c> Reply<'c> {
    /// Lets a client that waits for it send its body.
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn send_continue(&mut self) -> Result<(), ReplyFailure> {
        match self {
            Self::Http1(reply) => reply.send_continue().await,
            Self::Http2(reply) => reply.send_continue(),
        }
    }

    /// Lets the connection end with this answer, where other exchanges would have to wait for it.
    pub fn close_after(&mut self) {
        match self {
            Self::Http1(reply) => reply.close_after(),
            Self::Http2(_) => {}
        }
    }

    /// Ends a stream whose body is malformed, where the protocol has an error for that; whether it has.
    pub fn break_off(&mut self) -> bool {
        match self {
            Self::Http1(_) => false,
            Self::Http2(reply) => {
                reply.break_off();
                true
            }
        }
    }

    /// The client's socket, where the rest of the body may go to it unseen.
    pub fn plain_sink(&mut self) -> Option<(&mut Writer, Socket)> {
        match self {
            Self::Http1(reply) => reply.plain_sink(),
            Self::Http2(_) => None,
        }
    }

    /// Notes body bytes that went to the socket unseen.
    pub fn on_passed(&mut self, count: u64) {
        match self {
            Self::Http1(reply) => reply.on_passed(count),
            Self::Http2(_) => {}
        }
    }

    /// How long the client may take, where it is timed by its socket.
    pub fn patience(&self) -> Option<Patience<'c>> {
        match self {
            Self::Http1(reply) => Some(reply.patience),
            Self::Http2(_) => None,
        }
    }

    /// Begins the answer with what `fill` writes, unless it takes that back.
    pub fn start(&mut self, fill: Fill<'_>) {
        match self {
            Self::Http1(reply) => reply.start(fill),
            Self::Http2(reply) => reply.start(fill),
        }
    }

    /// Whether the client took so long that the rest of the answer was given up.
    pub fn has_timed_out(&self) -> bool {
        match self {
            Self::Http1(reply) => reply.patience.has_ended(),
            Self::Http2(reply) => reply.has_timed_out(),
        }
    }

    /// Whether the head has been begun.
    pub fn is_started(&self) -> bool {
        match self {
            Self::Http1(reply) => reply.is_started(),
            Self::Http2(reply) => reply.is_started(),
        }
    }

    /// Adds a piece of the body; it may wait for [`Self::flush`].
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn push(&mut self, piece: Buffer) -> Result<(), ReplyFailure> {
        match self {
            Self::Http1(reply) => reply.push(piece).await,
            Self::Http2(reply) => reply.push(piece).await,
        }
    }

    /// Adds bytes that live elsewhere.
    pub fn push_slice(&mut self, piece: &[u8]) {
        match self {
            Self::Http1(reply) => reply.push_slice(piece),
            Self::Http2(reply) => reply.push_slice(piece),
        }
    }

    /// Sends what waits.
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn flush(&mut self) -> Result<(), ReplyFailure> {
        match self {
            Self::Http1(reply) => reply.flush().await,
            Self::Http2(reply) => reply.flush().await,
        }
    }

    /// Ends the body and sends what waits.
    ///
    /// # Errors
    /// The client is gone or takes too long.
    pub async fn finish(&mut self) -> Result<(), ReplyFailure> {
        match self {
            Self::Http1(reply) => reply.finish().await,
            Self::Http2(reply) => reply.finish().await,
        }
    }

    /// The status of the answer; 0 before it has begun.
    pub fn status(&self) -> u16 {
        match self {
            Self::Http1(reply) => reply.status(),
            Self::Http2(reply) => reply.status(),
        }
    }

    /// Body bytes taken so far.
    pub fn body_bytes(&self) -> u64 {
        match self {
            Self::Http1(reply) => reply.body_bytes(),
            Self::Http2(reply) => reply.body_bytes(),
        }
    }
}
