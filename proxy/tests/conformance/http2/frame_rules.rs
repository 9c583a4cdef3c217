//! Sizes, padding and streams of frames: RFC 9113 §4.2, §4.3, §6.1–§6.4, §6.6, §6.10.

use super::verdict::{alive, answered, connection_error, frame_of, stream_error};
use super::{case, get, post, run};
use crate::support::frames::{self, Frame, code, flag, kind};
use crate::support::hpack;
use crate::support::http2_client::Http2Client;

const LARGEST: usize = 16_384;

/// A block of a request in two halves.
fn halves(client: &Http2Client, method: &str) -> (Vec<u8>, Vec<u8>) {
    let block = hpack::encode(&client.request(method, "/echo"));
    let (first, second) = block.split_at(block.len() / 2);
    (first.to_vec(), second.to_vec())
}

fn dummy(number: u8) -> Vec<u8> {
    hpack::encode(&[(format!("x-dummy{number}"), "dummy".repeat(20))])
}

#[test]
fn sizes_and_padding_keep_their_rules() {
    run(&[
        case("4.2: DATA of 2^14 bytes", |c| {
            post(c, 1);
            c.send(frames::data(1, flag::END_STREAM, vec![b'x'; LARGEST]));
            answered(c, 1)
        }),
        case("4.2: DATA above the largest frame", |c| {
            post(c, 1);
            c.send(frames::data(1, flag::END_STREAM, vec![b'x'; LARGEST + 1]));
            stream_error(c, &[code::FRAME_SIZE_ERROR])
        }),
        case("4.2: HEADERS above the largest frame", |c| {
            let mut fields = c.request("GET", "/");
            fields.extend((0..5).map(|n| super::field(format!("x-dummy{n}"), "x".repeat(4_000))));
            c.send(frames::headers(
                1,
                flag::END_HEADERS | flag::END_STREAM,
                hpack::encode(&fields),
            ));
            connection_error(c, &[code::FRAME_SIZE_ERROR])
        }),
        case("4.2: SETTINGS above the largest frame", |c| {
            c.send(Frame::new(kind::SETTINGS, 0, 0, vec![0; 6 * 3_000]).bytes());
            connection_error(c, &[code::FRAME_SIZE_ERROR])
        }),
        case("6.1: DATA needs a stream", |c| {
            c.send(frames::data(0, flag::END_STREAM, "test"));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.1: padding longer than DATA", |c| {
            post(c, 1);
            c.send(frames::data(1, flag::END_STREAM | flag::PADDED, *b"\x06test\0"));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.1: padding that is all of DATA", |c| {
            post(c, 1);
            c.send(frames::data(1, flag::END_STREAM | flag::PADDED, *b"\x05test\0"));
            answered(c, 1)
        }),
        case("6.1: DATA with padding", |c| {
            post(c, 1);
            c.send(frames::data(1, flag::END_STREAM | flag::PADDED, *b"\x02test\0\0"));
            answered(c, 1)
        }),
        case("6.1: several DATA frames", |c| {
            post(c, 1);
            c.send(frames::data(1, 0, "test"));
            c.send(frames::data(1, flag::END_STREAM, "test"));
            answered(c, 1)
        }),
        case("6.2: HEADERS need a stream", |c| {
            get(c, 0);
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.2: padding longer than HEADERS", |c| {
            let block = hpack::encode(&c.request("GET", "/"));
            let padded = [&[block.len() as u8 + 2][..], &block, &[0]].concat();
            let flags = flag::END_HEADERS | flag::END_STREAM | flag::PADDED;
            c.send(frames::headers(1, flags, padded));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.2: HEADERS with padding", |c| {
            let block = hpack::encode(&c.request("GET", "/"));
            let padded = [&[8][..], &block, &[0; 8]].concat();
            let flags = flag::END_HEADERS | flag::END_STREAM | flag::PADDED;
            c.send(frames::headers(1, flags, padded));
            answered(c, 1)
        }),
        case("6.2: HEADERS with priority", |c| {
            let block = hpack::encode(&c.request("GET", "/"));
            let with = [&[0, 0, 0, 0, 255][..], &block].concat();
            let flags = flag::END_HEADERS | flag::END_STREAM | flag::PRIORITY;
            c.send(frames::headers(1, flags, with));
            answered(c, 1)
        }),
        case("6.3: PRIORITY is taken", |c| {
            c.send(frames::priority(1, 0));
            get(c, 1);
            answered(c, 1)
        }),
        case("6.3: PRIORITY of an exclusive dependency", |c| {
            c.send(Frame::new(kind::PRIORITY, 0, 3, [0x80, 0, 0, 1, 10]).bytes());
            get(c, 1);
            answered(c, 1)
        }),
        case("6.3: PRIORITY of a stream that is never opened", |c| {
            c.send(frames::priority(3, 0));
            get(c, 1);
            answered(c, 1)
        }),
        case("6.3: PRIORITY needs a stream", |c| {
            c.send(frames::priority(0, 1));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.3: PRIORITY has five bytes", |c| {
            get(c, 1);
            c.send(Frame::new(kind::PRIORITY, 0, 1, [0x80, 0, 0, 1]).bytes());
            stream_error(c, &[code::FRAME_SIZE_ERROR])
        }),
        case("6.4: RST_STREAM is taken", |c| {
            post(c, 1);
            c.send(frames::rst_stream(1, code::CANCEL));
            alive(c)
        }),
        case("6.4: RST_STREAM needs a stream", |c| {
            c.send(frames::rst_stream(0, code::CANCEL));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.4: RST_STREAM of an idle stream", |c| {
            c.send(frames::rst_stream(1, code::CANCEL));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.4: RST_STREAM has four bytes", |c| {
            post(c, 1);
            c.send(Frame::new(kind::RST_STREAM, 0, 1, [0, 0, 0]).bytes());
            connection_error(c, &[code::FRAME_SIZE_ERROR])
        }),
    ]);
}

#[test]
fn header_blocks_come_in_one_piece() {
    run(&[
        case("4.3: a block that cannot be decoded", |c| {
            c.send(frames::headers(1, flag::END_HEADERS | flag::END_STREAM, [0x40]));
            connection_error(c, &[code::COMPRESSION_ERROR])
        }),
        case("4.3: PRIORITY within a block", |c| {
            let (first, second) = halves(c, "GET");
            c.send(frames::headers(1, 0, first));
            c.send(frames::priority(1, 0));
            c.send(frames::continuation(1, flag::END_HEADERS, second));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("4.3: HEADERS of another stream within a block", |c| {
            let (first, second) = halves(c, "GET");
            c.send(frames::headers(1, 0, first));
            get(c, 3);
            c.send(frames::continuation(1, flag::END_HEADERS, second));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.2: PRIORITY behind HEADERS without END_HEADERS", |c| {
            let (first, _) = halves(c, "GET");
            c.send(frames::headers(1, flag::END_STREAM, first));
            c.send(frames::priority(1, 0));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.2: DATA behind HEADERS without END_HEADERS", |c| {
            let (first, _) = halves(c, "POST");
            c.send(frames::headers(1, 0, first));
            c.send(frames::data(1, flag::END_STREAM, "test"));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.2: SETTINGS within a block", |c| {
            let (first, _) = halves(c, "GET");
            c.send(frames::headers(1, flag::END_STREAM, first));
            c.send(frames::settings(&[]));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.2: PING within a block", |c| {
            let (first, _) = halves(c, "GET");
            c.send(frames::headers(1, flag::END_STREAM, first));
            c.send(frames::ping([0; 8]));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.10: a block in two frames", |c| {
            let (first, second) = halves(c, "GET");
            c.send(frames::headers(1, flag::END_STREAM, first));
            c.send(frames::continuation(1, flag::END_HEADERS, second));
            answered(c, 1)
        }),
        case("6.10: a block in several frames", |c| {
            let block = hpack::encode(&c.request("GET", "/echo"));
            c.send(frames::headers(1, flag::END_STREAM, block));
            c.send(frames::continuation(1, 0, dummy(1)));
            c.send(frames::continuation(1, 0, []));
            c.send(frames::continuation(1, flag::END_HEADERS, dummy(2)));
            answered(c, 1)
        }),
        case("6.10: DATA behind CONTINUATION", |c| {
            let (first, second) = halves(c, "POST");
            c.send(frames::headers(1, 0, first));
            c.send(frames::continuation(1, 0, second));
            c.send(frames::data(1, flag::END_STREAM, "test"));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.10: CONTINUATION needs a stream", |c| {
            let (first, second) = halves(c, "GET");
            c.send(frames::headers(1, flag::END_STREAM, first));
            c.send(frames::continuation(0, flag::END_HEADERS, second));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.10: CONTINUATION of another stream", |c| {
            let (first, second) = halves(c, "GET");
            c.send(frames::headers(1, flag::END_STREAM, first));
            c.send(frames::continuation(3, flag::END_HEADERS, second));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.10: CONTINUATION behind a whole block", |c| {
            get(c, 1);
            c.send(frames::continuation(1, flag::END_HEADERS, dummy(1)));
            connection_error(c, &[code::PROTOCOL_ERROR, code::STREAM_CLOSED])
        }),
        case("6.10: CONTINUATION behind the last CONTINUATION", |c| {
            let (first, second) = halves(c, "GET");
            c.send(frames::headers(1, flag::END_STREAM, first));
            c.send(frames::continuation(1, flag::END_HEADERS, second));
            c.send(frames::continuation(1, flag::END_HEADERS, dummy(1)));
            connection_error(c, &[code::PROTOCOL_ERROR, code::STREAM_CLOSED])
        }),
        case("6.10: CONTINUATION behind DATA", |c| {
            let (first, _) = halves(c, "POST");
            c.send(frames::headers(1, 0, first));
            c.send(frames::data(1, flag::END_STREAM, "test"));
            c.send(frames::continuation(1, 0, dummy(1)));
            c.send(frames::continuation(0, flag::END_HEADERS, dummy(1)));
            connection_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("6.6: a server answers with frames that we can read", |c| {
            get(c, 1);
            frame_of(c, kind::HEADERS).map(|_| ())
        }),
    ]);
}
