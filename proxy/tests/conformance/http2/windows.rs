//! Flow control: RFC 9113 §5.2, §6.9.

use super::verdict::{Verdict, alive, answered, connection_error, frame_of, stream_error};
use super::{case, get, post, run};
use crate::support::frames::{self, Frame, code, flag, kind, setting};
use crate::support::http2_client::Http2Client;

fn set_window(client: &mut Http2Client, bytes: u32) {
    client.send(frames::settings(&[(setting::INITIAL_WINDOW_SIZE, bytes)]));
}

/// The next DATA frame must have that length.
fn data_of(client: &mut Http2Client, length: usize) -> Verdict {
    let frame = frame_of(client, kind::DATA)?;
    match frame.payload.len() == length {
        true => Ok(()),
        false => Err(format!("DATA of {} bytes, not {length}", frame.payload.len())),
    }
}

/// Waits for the server to take the settings that were sent last.
fn await_ack(client: &mut Http2Client) -> Verdict {
    let ack = client.wait_for(|frame| frame.kind == kind::SETTINGS && frame.is_ack());
    ack.map(|_| ()).ok_or_else(|| "no acknowledgement".to_owned())
}

#[test]
fn windows_are_kept() {
    run(&[
        case("6.9: WINDOW_UPDATE of the connection", |c| {
            c.send(frames::window_update(0, 1));
            alive(c)
        }),
        case("6.9: WINDOW_UPDATE of a stream", |c| {
            get(c, 1);
            c.send(frames::window_update(1, 1));
            answered(c, 1)
        }),
        case("6.9: an increment of 0 for the connection", |c| {
            c.send(frames::window_update(0, 0));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.9: an increment of 0 for a stream", |c| {
            post(c, 1);
            c.send(frames::window_update(1, 0));
            stream_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.9: WINDOW_UPDATE has four bytes", |c| {
            c.send(Frame::new(kind::WINDOW_UPDATE, 0, 0, [0, 0, 1]).bytes());
            connection_error(c, &[code::FRAME_SIZE_ERROR])
        }),
        case("6.9.1: no DATA above the window", |c| {
            set_window(c, 1);
            c.send_get(1, "/bytes/10");
            data_of(c, 1)
        }),
        case("6.9.1: the connection's window above 2^31-1", |c| {
            c.send(frames::window_update(0, 0x7fff_ffff));
            c.send(frames::window_update(0, 0x7fff_ffff));
            let goaway = frame_of(c, kind::GOAWAY)?;
            code_is(goaway.error_code(), code::FLOW_CONTROL_ERROR)
        }),
        case("6.9.1: a stream's window above 2^31-1", |c| {
            post(c, 1);
            c.send(frames::window_update(1, 0x7fff_ffff));
            c.send(frames::window_update(1, 0x7fff_ffff));
            let reset = frame_of(c, kind::RST_STREAM)?;
            code_is(reset.error_code(), code::FLOW_CONTROL_ERROR)
        }),
        case("6.9.2: a change of the initial window reaches open streams", |c| {
            set_window(c, 0);
            await_ack(c)?;
            c.send_get(1, "/bytes/10");
            set_window(c, 1);
            data_of(c, 1)
        }),
        case("6.9.2: a window may become negative", |c| {
            set_window(c, 3);
            await_ack(c)?;
            c.send_get(1, "/bytes/10");
            data_of(c, 3)?;
            set_window(c, 2);
            await_ack(c)?;
            c.send(frames::window_update(1, 2));
            data_of(c, 1)
        }),
        case("6.9.2: an initial window above 2^31-1", |c| {
            set_window(c, 0x8000_0000);
            connection_error(c, &[code::FLOW_CONTROL_ERROR])
        }),
        case("6.5.3: settings count in their order", |c| {
            let name = setting::INITIAL_WINDOW_SIZE;
            c.send(frames::settings(&[(name, 100), (name, 1)]));
            await_ack(c)?;
            c.send_get(1, "/bytes/10");
            data_of(c, 1)
        }),
        case("6.9.1: padding counts", |c| {
            post(c, 1);
            let frame = frames::data(1, flag::PADDED, [&[255][..], &[0; 255]].concat());
            for _ in 0..10 {
                c.send(&frame);
            }
            c.send(frames::data(1, flag::END_STREAM, "end"));
            answered(c, 1)
        }),
    ]);
}

fn code_is(found: Option<u32>, expected: u32) -> Verdict {
    if found == Some(expected) { Ok(()) } else { Err(format!("code {found:?}, not {expected}")) }
}
