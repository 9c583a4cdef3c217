//! What does an upstream answer on an HTTP/1 connection?

use std::io;

use tollgate_core::limits::HEAD_BYTES_MAX;
use tollgate_core::message::{ResponseHead, Verb};
use tollgate_core::wire::{HeadScanner, Malformed, Parsed, parse_response};

use crate::net::{Buffer, Reader};
use crate::time::Deadline;

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
    /// What came is an answer to something nobody asked.
    Unexpected(&'static str),
}

/// Reads the head of the final answer into `head`; interim answers are not for the client, who was
/// told to continue by us. Yields the bytes of the head and what has come behind them.
///
/// # Errors
/// Why there is none.
pub async fn read_answer(
    reader: &mut Reader,
    deadline: &Deadline,
    verb: Verb,
    head: &mut ResponseHead,
) -> Result<Buffer, NoAnswer> {
    let mut input = Buffer::take_small();
    for _ in 0..INTERIM_MAX {
        input = read_head(reader, deadline, verb, head, input).await?;
        if head.status >= 200 {
            return Ok(input);
        }
        const SWITCHING_PROTOCOLS: u16 = 101;
        if head.status == SWITCHING_PROTOCOLS {
            // Nobody asked to switch: `Upgrade` never crosses.
            return Err(NoAnswer::Unexpected("101 Switching Protocols"));
        }
        input.advance(head.len);
    }
    Err(NoAnswer::Unexpected("too many interim responses"))
}

async fn read_head(
    reader: &mut Reader,
    deadline: &Deadline,
    verb: Verb,
    head: &mut ResponseHead,
    mut input: Buffer,
) -> Result<Buffer, NoAnswer> {
    // The parser looks at a head that is all there once; one that trickles is for the scanner.
    let mut scanner: Option<HeadScanner> = None;
    loop {
        let has_end = match &mut scanner {
            None => !input.is_empty(),
            Some(scanner) => scanner.push(input.unread()).map_err(NoAnswer::Malformed)?.is_some(),
        };
        if has_end {
            match parse_response(input.unread(), verb, head).map_err(NoAnswer::Malformed)? {
                Parsed::Complete => return Ok(input),
                Parsed::Partial => scanner = Some(HeadScanner::for_response()),
            }
        }
        if input.room() == 0 {
            input.make_room(HEAD_BYTES_MAX);
        }
        let had_bytes = !input.is_empty();
        let result;
        (result, input) = reader.read(input).await;
        match result {
            Ok(count) if count > 0 => {}
            _ if deadline.is_expired() => return Err(NoAnswer::TimedOut),
            Ok(_) if had_bytes => {
                return Err(NoAnswer::Broken(io::ErrorKind::UnexpectedEof.into()));
            }
            Ok(_) => return Err(NoAnswer::Died),
            Err(error) if had_bytes => return Err(NoAnswer::Broken(error)),
            Err(_) => return Err(NoAnswer::Died),
        }
    }
}
