//! What does the client send behind its head?

use tollgate_core::limits::PAYLOAD_BYTES_MAX;

use super::Http2Body;
use crate::framing::{BodyFailure, Incoming};
use crate::net::{Buffer, Reader, Socket};
use crate::time::Patience;

/// A request's body, whichever protocol brings it.
pub enum RequestBody<'c> {
    /// On an HTTP/1 connection.
    Http1(Http1Body<'c>),
    /// On an HTTP/2 stream.
    Http2(Http2Body),
}

/// A body on an HTTP/1 connection.
pub struct Http1Body<'c> {
    /// Where the body is framed.
    pub incoming: Incoming,
    /// Where more of it comes from.
    pub reader: &'c mut Reader,
    /// The client's socket.
    pub socket: Socket,
    /// How long the client may pause.
    pub patience: Patience<'c>,
}

impl RequestBody<'_> {
    /// Whether every byte has been handed out.
    pub fn is_ended(&self) -> bool {
        match self {
            Self::Http1(body) => body.incoming.is_ended(),
            Self::Http2(body) => body.is_ended(),
        }
    }

    /// Body bytes handed out so far.
    pub fn received(&self) -> u64 {
        match self {
            Self::Http1(body) => body.incoming.received(),
            Self::Http2(body) => body.received(),
        }
    }

    /// Whether the client paused so long that the rest of the body was given up.
    pub fn has_timed_out(&self) -> bool {
        match self {
            Self::Http1(body) => body.patience.has_ended(),
            Self::Http2(body) => body.has_timed_out(),
        }
    }

    /// The next piece that is already here; `None` when none is.
    ///
    /// # Errors
    /// [`BodyFailure::Malformed`] or [`BodyFailure::TooLarge`].
    pub fn take_ready(&mut self) -> Result<Option<Buffer>, BodyFailure> {
        let piece = match self {
            Self::Http1(body) => body.incoming.take_ready()?,
            Self::Http2(body) => body.take_ready()?,
        };
        self.within_bound(piece)
    }

    /// The next piece, waited for; `None` at the end.
    ///
    /// # Errors
    /// Any [`BodyFailure`].
    pub async fn next(&mut self) -> Result<Option<Buffer>, BodyFailure> {
        let piece = match self {
            Self::Http1(body) => {
                body.patience.renew();
                let next = body.incoming.next(body.reader).await;
                match next {
                    Err(_) if body.patience.has_ended() => return Err(BodyFailure::TimedOut),
                    Ok(piece) if body.incoming.is_ended() => {
                        body.patience.pause();
                        piece
                    }
                    next => next?,
                }
            }
            Self::Http2(body) => body.next().await?,
        };
        self.within_bound(piece)
    }

    fn within_bound(&self, piece: Option<Buffer>) -> Result<Option<Buffer>, BodyFailure> {
        match self.received() > PAYLOAD_BYTES_MAX {
            true => Err(BodyFailure::TooLarge),
            false => Ok(piece),
        }
    }
}
