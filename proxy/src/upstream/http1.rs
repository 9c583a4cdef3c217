//! What does an upstream answer on an HTTP/1 connection?

use std::io;

use tollgate_core::limits::HEAD_BYTES_MAX;
use tollgate_core::message::{Response, ResponseHead, Verb};
use tollgate_core::wire::{HeadScanner, Malformed, Parsed, parse_response};

use super::Connection;
use crate::framing::Incoming;
use crate::net::Buffer;

/// Interim answers (1xx) that are read and forgotten before a final one must come.
const INTERIM_MAX: usize = 16;

/// Why no answer could be read.
#[derive(Debug)]
pub enum NoAnswer {
    /// The connection ended before the first byte: a connection that idled may have died unnoticed.
    Died,
    /// The connection ended or failed within the answer's head.
    Broken(io::Error),
    /// The answer took longer than the integration may.
    TimedOut,
    /// What came is no answer.
    Malformed(Malformed),
}

/// An answer whose head has come.
#[derive(Debug)]
pub struct Answer {
    /// The bytes of the head.
    pub head_bytes: Buffer,
    /// What follows them.
    pub body: Incoming,
}

impl Answer {
    /// Reads the head of the final answer into `head`; interim answers are not for the client, who
    /// was told to continue by us.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn read(
        connection: &mut Connection,
        verb: Verb,
        head: &mut ResponseHead,
    ) -> Result<Self, NoAnswer> {
        let mut input = Buffer::take();
        for _ in 0..INTERIM_MAX {
            input = read_head(connection, verb, head, input).await?;
            if head.status >= 200 {
                return Ok(Self::split(input, head));
            }
            const SWITCHING_PROTOCOLS: u16 = 101;
            if head.status == SWITCHING_PROTOCOLS {
                // Nobody asked to switch: `Upgrade` never crosses.
                return Err(NoAnswer::Malformed(Malformed::UnexpectedUpgrade));
            }
            input.advance(head.len);
        }
        Err(NoAnswer::Malformed(Malformed::TooManyInterimResponses))
    }

    fn split(mut input: Buffer, head: &ResponseHead) -> Self {
        let mut rest = Buffer::empty();
        if input.len() > head.len {
            rest = Buffer::with_room(input.len() - head.len);
            rest.extend(&input.unread()[head.len..]);
            input.truncate(head.len);
        }
        Self { head_bytes: input, body: Incoming::new(head.body, rest) }
    }

    /// The head's ranges beside their bytes.
    pub fn response<'a>(&'a self, head: &'a ResponseHead) -> Response<'a> {
        Response { bytes: self.head_bytes.unread(), head }
    }
}

async fn read_head(
    connection: &mut Connection,
    verb: Verb,
    head: &mut ResponseHead,
    mut input: Buffer,
) -> Result<Buffer, NoAnswer> {
    let mut scanner = HeadScanner::default();
    loop {
        if !input.is_empty() && scanner.find_end(input.unread()).map_err(NoAnswer::Malformed)? {
            match parse_response(input.unread(), verb, head).map_err(NoAnswer::Malformed)? {
                Parsed::Complete => return Ok(input),
                Parsed::Partial => {}
            }
        }
        if input.room() == 0 {
            input.make_room(HEAD_BYTES_MAX);
        }
        let had_bytes = !input.is_empty();
        let result;
        (result, input) = connection.reader.read(input).await;
        match result {
            Ok(count) if count > 0 => {}
            _ if connection.deadline.is_expired() => return Err(NoAnswer::TimedOut),
            Ok(_) if had_bytes => {
                return Err(NoAnswer::Broken(io::ErrorKind::UnexpectedEof.into()));
            }
            Ok(_) => return Err(NoAnswer::Died),
            Err(error) if had_bytes => return Err(NoAnswer::Broken(error)),
            Err(_) => return Err(NoAnswer::Died),
        }
    }
}
