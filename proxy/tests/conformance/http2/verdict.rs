//! How did the server take it: did it go on, end the stream, or end the connection?

use crate::support::frames::kind;
use crate::support::http2_client::{Event, Http2Client};

/// What a case says went wrong.
pub(super) type Verdict = Result<(), String>;

/// The server must end the connection, with a GOAWAY that carries one of these codes or, as h2spec has
/// it too, by closing after any.
pub(super) fn connection_error(client: &mut Http2Client, codes: &[u32]) -> Verdict {
    let mut seen = Vec::new();
    loop {
        match client.event() {
            Event::Closed => return Ok(()),
            Event::Silence => return Err(format!("the connection stays open after {seen:?}")),
            Event::Frame(frame) if frame.kind == kind::GOAWAY => {
                let code = frame.error_code().unwrap_or(u32::MAX);
                if codes.contains(&code) {
                    return Ok(());
                }
                seen.push((frame.kind, 0, code));
            }
            Event::Frame(frame) => seen.push((frame.kind, frame.flags, frame.stream)),
        }
    }
}

/// The server must reset the stream with one of these codes, or end the connection likewise.
pub(super) fn stream_error(client: &mut Http2Client, codes: &[u32]) -> Verdict {
    let mut seen = Vec::new();
    loop {
        match client.event() {
            Event::Closed => return Ok(()),
            Event::Silence => return Err(format!("no error after {seen:?}")),
            Event::Frame(frame) => match frame.error_code() {
                Some(code) if codes.contains(&code) => return Ok(()),
                Some(code) => seen.push((frame.kind, 0, code)),
                None => seen.push((frame.kind, frame.flags, frame.stream)),
            },
        }
    }
}

/// The server must end the TCP connection itself.
pub(super) fn closed(client: &mut Http2Client) -> Verdict {
    loop {
        match client.event() {
            Event::Closed => return Ok(()),
            Event::Silence => return Err("the connection stays open".to_owned()),
            Event::Frame(_) => {}
        }
    }
}

/// A stream must be answered to its end.
pub(super) fn answered(client: &mut Http2Client, stream: u32) -> Verdict {
    let answer = client.answer(stream);
    match answer.has_ended && answer.status != 0 {
        true => Ok(()),
        false => Err(format!("no answer: {answer:?}")),
    }
}

/// A stream must be answered with that status.
pub(super) fn answered_with(client: &mut Http2Client, stream: u32, status: u16) -> Verdict {
    let answer = client.answer(stream);
    match answer.has_ended && answer.status == status {
        true => Ok(()),
        false => Err(format!("not {status}: {answer:?}")),
    }
}

/// The connection must go on: a ping is answered.
pub(super) fn alive(client: &mut Http2Client) -> Verdict {
    if client.is_alive() { Ok(()) } else { Err("a ping is not answered".to_owned()) }
}

/// A frame of that kind must come.
pub(super) fn frame_of(
    client: &mut Http2Client,
    kind: u8,
) -> Result<crate::support::frames::Frame, String> {
    client.wait_for(|frame| frame.kind == kind).ok_or_else(|| format!("no frame of kind {kind}"))
}
