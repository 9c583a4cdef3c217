//! Preface, settings, ping, GOAWAY: RFC 9113 §3.4, §4, §5.4, §5.5, §6.5, §6.7, §6.8.

use super::verdict::{Verdict, alive, answered, closed, connection_error, frame_of};
use super::{Bench, Over, case, get, post, run};
use crate::support::frames::{self, Frame, PREFACE, code, flag, kind, setting};
use crate::support::hpack;
use crate::support::http2_client::{Event, Http2Client};

#[test]
fn the_connection_begins_with_the_preface() {
    let bench = Bench::start();
    for over in [Over::Cleartext, Over::Tls] {
        let mut client = bench.dial(over);
        client.send([PREFACE, &frames::settings(&[])].concat());
        let first = client.event();
        let Event::Frame(first) = first else { panic!("{over:?}: {first:?}") };
        assert_eq!((first.kind, first.is_ack()), (kind::SETTINGS, false), "SETTINGS come first");

        let mut client = bench.dial(over);
        client.send(b"INVALID CONNECTION PREFACE\r\n\r\n");
        assert_eq!(closed(&mut client), Ok(()), "{over:?}");

        let mut client = bench.dial(over);
        client.send([PREFACE, &frames::ping([0; 8])].concat());
        assert_eq!(
            connection_error(&mut client, &[code::PROTOCOL_ERROR]),
            Ok(()),
            "{over:?}: no SETTINGS"
        );
    }
}

#[test]
fn the_preface_may_come_in_pieces() {
    let bench = Bench::start();
    for over in [Over::Cleartext, Over::Tls] {
        let mut client = bench.dial(over);
        for byte in [PREFACE, &frames::settings(&[])].concat() {
            client.send([byte]);
        }
        assert!(client.is_alive(), "{over:?}");
        get(&mut client, 1);
        assert_eq!(answered(&mut client, 1), Ok(()), "{over:?}");
    }
}

#[test]
fn frames_of_connections_keep_their_rules() {
    run(&[
        case("4.1: an unknown type is ignored", |c| {
            c.send(Frame::new(0x16, 0, 0, [0; 8]).bytes());
            alive(c)
        }),
        case("4.1: undefined flags are ignored", |c| {
            c.send(Frame::new(kind::PING, 0x16, 0, *b"h2spec!!").bytes());
            pong(c, *b"h2spec!!")
        }),
        case("4.1: the reserved bit is ignored", |c| {
            c.send(Frame::new(kind::PING, 0, 0x8000_0000, *b"h2spec!!").bytes());
            pong(c, *b"h2spec!!")
        }),
        case("5.4.1: after a connection error the connection closes", |c| {
            c.send(Frame::new(kind::PING, 0, 3, [0; 8]).bytes());
            closed(c)
        }),
        case("5.4.1: GOAWAY comes before that", |c| {
            c.send(Frame::new(kind::PING, 0, 3, [0; 8]).bytes());
            frame_of(c, kind::GOAWAY).map(|_| ())
        }),
        case("5.5: extension frames are ignored", |c| {
            c.send(Frame::new(0xff, 0xff, 1, [0; 8]).bytes());
            alive(c)
        }),
        case("5.5: no extension frame within a header block", |c| {
            let block = hpack::encode(&c.request("GET", "/"));
            c.send(frames::headers(1, flag::END_STREAM, block));
            c.send(Frame::new(0x16, 0, 0, [0; 8]).bytes());
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.5: an acknowledgement has no payload", |c| {
            c.send(Frame::new(kind::SETTINGS, flag::ACK, 0, [0, 3, 0, 0, 0, 1]).bytes());
            connection_error(c, &[code::FRAME_SIZE_ERROR])
        }),
        case("6.5: settings have no stream", |c| {
            c.send(Frame::new(kind::SETTINGS, 0, 1, [0, 3, 0, 0, 0, 100]).bytes());
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.5: settings come by six bytes", |c| {
            c.send(Frame::new(kind::SETTINGS, 0, 0, [0, 3, 0]).bytes());
            connection_error(c, &[code::FRAME_SIZE_ERROR])
        }),
        case("6.5.2: ENABLE_PUSH is 0 or 1", |c| {
            c.send(frames::settings(&[(setting::ENABLE_PUSH, 2)]));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.5.2: a window is at most 2^31-1", |c| {
            c.send(frames::settings(&[(setting::INITIAL_WINDOW_SIZE, 0x8000_0000)]));
            connection_error(c, &[code::FLOW_CONTROL_ERROR])
        }),
        case("6.5.2: a frame is at least 2^14", |c| {
            c.send(frames::settings(&[(setting::MAX_FRAME_SIZE, 16_383)]));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.5.2: a frame is at most 2^24-1", |c| {
            c.send(frames::settings(&[(setting::MAX_FRAME_SIZE, 16_777_216)]));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.5.2: unknown settings are ignored", |c| {
            c.send(frames::settings(&[(0xff, 1)]));
            alive(c)
        }),
        case("6.5.3: settings are acknowledged", |c| {
            // The first acknowledgement is that of the settings of the preface.
            c.send(frames::settings(&[(setting::ENABLE_PUSH, 0)]));
            for _ in 0..2 {
                let ack = c.wait_for(|frame| frame.kind == kind::SETTINGS && frame.is_ack());
                ack.ok_or("no acknowledgement")?;
            }
            Ok(())
        }),
        case("6.7: a ping is answered", |c| {
            c.send(frames::ping(*b"h2spec!!"));
            pong(c, *b"h2spec!!")
        }),
        case("6.7: an answer to a ping is not answered", |c| {
            c.send(Frame::new(kind::PING, flag::ACK, 0, *b"invalid!").bytes());
            c.send(frames::ping(*b"h2spec!!"));
            let first = frame_of(c, kind::PING)?;
            if first.payload == b"h2spec!!" { Ok(()) } else { Err(format!("{first:?}")) }
        }),
        case("6.7: a ping has no stream", |c| {
            c.send(Frame::new(kind::PING, 0, 1, [0; 8]).bytes());
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.7: a ping has eight bytes", |c| {
            c.send(Frame::new(kind::PING, 0, 0, [0; 6]).bytes());
            connection_error(c, &[code::FRAME_SIZE_ERROR])
        }),
        case("6.8: GOAWAY has no stream", |c| {
            let payload = [0; 8];
            c.send(Frame::new(kind::GOAWAY, 0, 1, payload).bytes());
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.8: GOAWAY may come and what runs is answered", |c| {
            post(c, 1);
            c.send(frames::goaway(0, code::NO_ERROR));
            c.send(frames::data(1, flag::END_STREAM, "test"));
            answered(c, 1)
        }),
        case("7: an unknown code in GOAWAY is no special thing", |c| {
            c.send(frames::goaway(0, 0xff));
            closed_or_alive(c)
        }),
        case("7: an unknown code in RST_STREAM is no special thing", |c| {
            post(c, 1);
            c.send(frames::rst_stream(1, 0xff));
            alive(c)
        }),
        case("8.4: a client must not push", |c| {
            let block = hpack::encode(&c.request("GET", "/"));
            let payload = [&2_u32.to_be_bytes()[..], &block].concat();
            c.send(Frame::new(kind::PUSH_PROMISE, flag::END_HEADERS, 1, payload).bytes());
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
    ]);
}

fn pong(client: &mut Http2Client, payload: [u8; 8]) -> Verdict {
    let pong = client
        .wait_for(|frame| frame.kind == kind::PING && frame.is_ack() && frame.payload == payload);
    pong.map(|_| ()).ok_or_else(|| "a ping is not answered".to_owned())
}

/// A client that says it goes away may be left at once or served on.
fn closed_or_alive(client: &mut Http2Client) -> Verdict {
    client.send(frames::ping(*b"h2spec!!"));
    loop {
        match client.event() {
            Event::Closed => return Ok(()),
            Event::Frame(frame) if frame.kind == kind::PING => return Ok(()),
            Event::Frame(_) => {}
            Event::Silence => return Err("neither closed nor alive".to_owned()),
        }
    }
}
