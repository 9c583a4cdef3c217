//! States and identifiers of streams: RFC 9113 §5.1, §5.3.

use super::verdict::{alive, answered, connection_error, frame_of, stream_error};
use super::{case, get, post, run};
use crate::support::frames::{self, Frame, code, flag, kind, setting};
use crate::support::hpack;

#[test]
fn streams_keep_their_states() {
    run(&[
        case("5.1: idle: PRIORITY is taken", |c| {
            c.send(frames::priority(1, 0));
            alive(c)
        }),
        case("5.1: idle: DATA", |c| {
            c.send(frames::data(1, flag::END_STREAM, "test"));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("5.1: idle: RST_STREAM", |c| {
            c.send(frames::rst_stream(1, code::CANCEL));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("5.1: idle: WINDOW_UPDATE", |c| {
            c.send(frames::window_update(1, 100));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("5.1: idle: CONTINUATION", |c| {
            let block = hpack::encode(&c.request("GET", "/"));
            c.send(frames::continuation(1, flag::END_HEADERS, block));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("5.1: half closed: DATA", |c| {
            get(c, 1);
            c.send(frames::data(1, flag::END_STREAM, "test"));
            stream_error(c, &[code::STREAM_CLOSED])
        }),
        case("5.1: half closed: HEADERS", |c| {
            get(c, 1);
            get(c, 1);
            stream_error(c, &[code::STREAM_CLOSED])
        }),
        case("5.1: half closed: CONTINUATION", |c| {
            get(c, 1);
            let block = hpack::encode(&c.request("GET", "/"));
            c.send(frames::continuation(1, flag::END_HEADERS, block));
            stream_error(c, &[code::STREAM_CLOSED, code::PROTOCOL_ERROR])
        }),
        case("5.1: half closed: WINDOW_UPDATE is taken", |c| {
            c.send(frames::settings(&[(setting::INITIAL_WINDOW_SIZE, 0)]));
            c.send_get(1, "/bytes/10");
            c.send(frames::window_update(1, 1));
            frame_of(c, kind::DATA).map(|_| ())
        }),
        case("5.1: half closed: PRIORITY is taken", |c| {
            c.send(frames::settings(&[(setting::INITIAL_WINDOW_SIZE, 0)]));
            c.send_get(1, "/bytes/10");
            c.send(frames::priority(1, 0));
            c.send(frames::window_update(1, 1));
            frame_of(c, kind::DATA).map(|_| ())
        }),
        case("5.1: half closed: RST_STREAM is taken", |c| {
            get(c, 1);
            c.send(frames::rst_stream(1, code::CANCEL));
            alive(c)
        }),
        case("5.1: reset: DATA", |c| {
            post(c, 1);
            c.send(frames::rst_stream(1, code::CANCEL));
            c.send(frames::data(1, flag::END_STREAM, "test"));
            stream_error(c, &[code::STREAM_CLOSED])
        }),
        case("5.1: reset: HEADERS", |c| {
            post(c, 1);
            c.send(frames::rst_stream(1, code::CANCEL));
            get(c, 1);
            stream_error(c, &[code::STREAM_CLOSED])
        }),
        case("5.1: reset: CONTINUATION", |c| {
            post(c, 1);
            c.send(frames::rst_stream(1, code::CANCEL));
            c.send(frames::continuation(1, flag::END_HEADERS, hpack::encode(&[("a", "b")])));
            stream_error(c, &[code::STREAM_CLOSED, code::PROTOCOL_ERROR])
        }),
        case("5.1: closed: DATA", |c| {
            get(c, 1);
            answered(c, 1)?;
            c.send(frames::data(1, flag::END_STREAM, "test"));
            connection_error(c, &[code::STREAM_CLOSED])
        }),
        case("5.1: closed: HEADERS", |c| {
            get(c, 1);
            answered(c, 1)?;
            get(c, 1);
            connection_error(c, &[code::STREAM_CLOSED])
        }),
        case("5.1: closed: CONTINUATION", |c| {
            get(c, 1);
            answered(c, 1)?;
            c.send(frames::continuation(1, flag::END_HEADERS, hpack::encode(&[("a", "b")])));
            connection_error(c, &[code::STREAM_CLOSED, code::PROTOCOL_ERROR])
        }),
        case("5.1: closed: PRIORITY is taken", |c| {
            get(c, 1);
            answered(c, 1)?;
            c.send(frames::priority(1, 0));
            alive(c)
        }),
        case("5.1: closed: WINDOW_UPDATE is taken", |c| {
            get(c, 1);
            answered(c, 1)?;
            c.send(frames::window_update(1, 1));
            alive(c)
        }),
        case("5.1.1: an even stream", |c| {
            get(c, 2);
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("5.1.1: a lower stream than before", |c| {
            get(c, 5);
            get(c, 3);
            connection_error(c, &[code::PROTOCOL_ERROR, code::STREAM_CLOSED])
        }),
        case("5.1.1: streams may be left out", |c| {
            get(c, 1);
            answered(c, 1)?;
            get(c, 101);
            answered(c, 101)
        }),
        case("5.1.1: the last stream there is", |c| {
            get(c, 0x7fff_ffff);
            answered(c, 0x7fff_ffff)
        }),
        case("5.3.1: HEADERS that depend on themselves", |c| {
            let block = hpack::encode(&c.request("GET", "/"));
            let payload = [&1_u32.to_be_bytes()[..], &[255], &block].concat();
            let flags = flag::END_HEADERS | flag::END_STREAM | flag::PRIORITY;
            c.send(frames::headers(1, flags, payload));
            stream_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("5.3.1: PRIORITY that depends on itself", |c| {
            c.send(Frame::new(kind::PRIORITY, 0, 1, [0, 0, 0, 1, 255]).bytes());
            stream_error(c, &[code::PROTOCOL_ERROR])
        }),
    ]);
}

#[test]
fn streams_above_the_limit_are_refused() {
    run(&[case("5.1.2: above MAX_CONCURRENT_STREAMS", |c| {
        let most = c.settings.iter().find(|(name, _)| *name == setting::MAX_CONCURRENT_STREAMS);
        let most = most.ok_or("the server says how many streams it takes")?.1;
        c.send(frames::settings(&[(setting::INITIAL_WINDOW_SIZE, 0)]));
        for stream in 0..=most {
            c.send_get(2 * stream + 1, "/bytes/10");
        }
        stream_error(c, &[code::PROTOCOL_ERROR, code::REFUSED_STREAM])
    })]);
}
