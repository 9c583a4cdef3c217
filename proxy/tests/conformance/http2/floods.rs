//! Do floods stay cheap: bounded memory and time, the attacker dropped, a bystander served?

use std::time::Duration;

use super::{Bench, field};
use crate::support::client::Client;
use crate::support::frames::{self, Frame, code, flag, kind, setting};
use crate::support::hpack::{self, integer, literal};
use crate::support::http2_client::{Event, Http2Client};
use crate::support::process::resident_bytes_peak;

/// How many frames an attacker sends, unless it is dropped before.
const FRAMES: u32 = 100_000;

/// How much memory one attacker may cost.
const MEMORY_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Whether an attacker has to be dropped, or may be served on as long as it stays cheap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Dropped,
    Bounded,
}

/// Sends what `attack` makes of each count until the server ends the connection.
fn check(
    fate: Fate,
    prepare: impl FnOnce(&mut Http2Client),
    attack: impl FnMut(&Http2Client, u32) -> Vec<u8>,
) {
    let bench = Bench::start();
    check_on(&bench, fate, prepare, attack);
}

fn check_on(
    bench: &Bench,
    fate: Fate,
    prepare: impl FnOnce(&mut Http2Client),
    mut attack: impl FnMut(&Http2Client, u32) -> Vec<u8>,
) {
    let mut bystander = bench.gateway.connect();
    assert_eq!(bystander.get("/x").status, 200);
    let before = resident_bytes_peak(bench.gateway.pid());
    let mut attacker = bench.connect();
    attacker.set_patience(Duration::from_millis(1));
    prepare(&mut attacker);
    let mut is_dropped = false;
    for count in 0..FRAMES {
        let bytes = attack(&attacker, count);
        if !attacker.send(bytes) || (count % 256 == 255 && has_been_dropped(&mut attacker)) {
            is_dropped = true;
            break;
        }
        if count % 5_000 == 4_999 {
            check_bystander(&mut bystander);
        }
    }
    attacker.set_patience(Duration::from_secs(2));
    is_dropped = is_dropped || has_been_dropped(&mut attacker);
    check_bystander(&mut bystander);
    let grown = resident_bytes_peak(bench.gateway.pid()).saturating_sub(before);
    assert!(grown < MEMORY_BYTES_MAX, "it grew by {grown} bytes");
    assert!(is_dropped || fate == Fate::Bounded, "the attacker is still connected");
}

/// Reads what has come; whether the connection has ended or a GOAWAY says that it will.
fn has_been_dropped(attacker: &mut Http2Client) -> bool {
    loop {
        match attacker.event() {
            Event::Closed => return true,
            Event::Frame(frame) if frame.kind == kind::GOAWAY => return true,
            Event::Frame(_) => {}
            Event::Silence => return false,
        }
    }
}

/// A bystander is served while the attack goes on, within what a client waits for at all.
fn check_bystander(bystander: &mut Client) {
    assert_eq!(bystander.get("/x").status, 200);
}

/// HEADERS of a request on the stream of that count.
fn request(client: &Http2Client, count: u32, flags: u8) -> Vec<u8> {
    let block = hpack::encode(&client.request("POST", "/echo"));
    frames::headers(2 * count + 1, flag::END_HEADERS | flags, block)
}

#[test]
fn rapid_reset() {
    check(
        Fate::Dropped,
        |_| {},
        |client, count| {
            let reset = frames::rst_stream(2 * count + 1, code::CANCEL);
            [request(client, count, flag::END_STREAM), reset].concat()
        },
    );
}

#[test]
fn rapid_reset_with_bodies_open() {
    check(
        Fate::Dropped,
        |_| {},
        |client, count| {
            [request(client, count, 0), frames::rst_stream(2 * count + 1, code::CANCEL)].concat()
        },
    );
}

#[test]
fn made_you_reset_by_window_updates_of_zero() {
    check(
        Fate::Dropped,
        |_| {},
        |client, count| {
            [request(client, count, 0), frames::window_update(2 * count + 1, 0)].concat()
        },
    );
}

#[test]
fn made_you_reset_by_windows_that_overflow() {
    check(
        Fate::Dropped,
        |_| {},
        |client, count| {
            let stream = 2 * count + 1;
            [request(client, count, 0), frames::window_update(stream, 0x7fff_ffff)].concat()
        },
    );
}

#[test]
fn made_you_reset_by_data_on_ended_streams() {
    check(
        Fate::Dropped,
        |_| {},
        |client, count| {
            [request(client, count, flag::END_STREAM), frames::data(2 * count + 1, 0, "x")].concat()
        },
    );
}

#[test]
fn made_you_reset_by_malformed_requests() {
    check(
        Fate::Dropped,
        |_| {},
        |client, count| {
            let mut fields = client.request("GET", "/");
            fields.push(field("connection", "x"));
            let flags = flag::END_HEADERS | flag::END_STREAM;
            frames::headers(2 * count + 1, flags, hpack::encode(&fields))
        },
    );
}

#[test]
fn continuation_without_end() {
    let prepare = |client: &mut Http2Client| {
        let block = hpack::encode(&client.request("GET", "/"));
        client.send(frames::headers(1, flag::END_STREAM, block));
    };
    check(Fate::Dropped, prepare, |_, count| {
        frames::continuation(1, 0, hpack::encode(&[(format!("x-{count}"), "y".repeat(100))]))
    });
}

#[test]
fn empty_continuation_without_end() {
    let prepare = |client: &mut Http2Client| {
        let block = hpack::encode(&client.request("GET", "/"));
        client.send(frames::headers(1, flag::END_STREAM, block));
    };
    check(Fate::Dropped, prepare, |_, _| frames::continuation(1, 0, []));
}

#[test]
fn empty_data_without_end() {
    let prepare = |client: &mut Http2Client| super::post(client, 1);
    check(Fate::Dropped, prepare, |_, _| frames::data(1, 0, []));
}

#[test]
fn padded_data_that_is_empty() {
    let prepare = |client: &mut Http2Client| super::post(client, 1);
    check(Fate::Dropped, prepare, |_, _| frames::data(1, flag::PADDED, [0]));
}

#[test]
fn settings_without_end() {
    check(Fate::Dropped, |_| {}, |_, _| frames::settings(&[]));
}

#[test]
fn settings_that_change_the_table() {
    check(
        Fate::Dropped,
        |_| {},
        |_, count| frames::settings(&[(setting::HEADER_TABLE_SIZE, count % 4096)]),
    );
}

#[test]
fn pings_without_end() {
    check(Fate::Dropped, |_| {}, |_, count| frames::ping(u64::from(count).to_be_bytes()));
}

#[test]
fn pings_whose_answers_are_not_read() {
    let bench = Bench::with(&["--body-timeout", "1s"]);
    let mut bystander = bench.gateway.connect();
    let before = resident_bytes_peak(bench.gateway.pid());
    let mut attacker = bench.connect();
    let _ = (0..FRAMES).take_while(|_| attacker.send(frames::ping([0; 8]).repeat(10))).count();
    check_bystander(&mut bystander);
    let grown = resident_bytes_peak(bench.gateway.pid()).saturating_sub(before);
    assert!(grown < MEMORY_BYTES_MAX, "it grew by {grown} bytes");
}

#[test]
fn priority_without_end() {
    check(Fate::Dropped, |_| {}, |_, count| frames::priority(2 * count + 1, 0));
}

#[test]
fn window_updates_without_end() {
    check(Fate::Dropped, |_| {}, |_, _| frames::window_update(0, 1));
}

#[test]
fn unknown_frames_without_end() {
    check(Fate::Dropped, |_| {}, |_, _| Frame::new(0x42, 0, 0, [0; 16]).bytes());
}

/// One large entry in the table, then references to it: kilobytes on the wire, megabytes decoded.
#[test]
fn hpack_bomb() {
    let prepare = |client: &mut Http2Client| {
        let mut block = hpack::encode(&client.request("GET", "/"));
        literal(0x40, b"x-bomb", &[b'b'; 3_900], &mut block);
        client.send(frames::headers(1, flag::END_HEADERS | flag::END_STREAM, block));
    };
    check(Fate::Bounded, prepare, |client, count| {
        if count > 500 {
            return Vec::new();
        }
        let block = [hpack::encode(&client.request("GET", "/")), vec![0xbe; 15_000]].concat();
        frames::headers(2 * count + 3, flag::END_HEADERS | flag::END_STREAM, block)
    });
}

#[test]
fn fields_of_no_length() {
    check(
        Fate::Bounded,
        |_| {},
        |client, count| {
            if count > 500 {
                return Vec::new();
            }
            let block = [hpack::encode(&client.request("GET", "/")), vec![0; 15_000]].concat();
            frames::headers(2 * count + 1, flag::END_HEADERS | flag::END_STREAM, block)
        },
    );
}

#[test]
fn field_lists_that_are_too_large() {
    check(
        Fate::Bounded,
        |_| {},
        |client, count| {
            if count > 500 {
                return Vec::new();
            }
            let fields: Vec<_> =
                (0..150).map(|n| field(format!("x-{n}"), "y".repeat(60))).collect();
            let block =
                [hpack::encode(&client.request("GET", "/")), hpack::encode(&fields)].concat();
            frames::headers(2 * count + 1, flag::END_HEADERS | flag::END_STREAM, block)
        },
    );
}

#[test]
fn table_sizes_that_change_in_every_block() {
    check(
        Fate::Bounded,
        |_| {},
        |client, count| {
            if count > 2_000 {
                return Vec::new();
            }
            let mut block = vec![0x20];
            integer(4096, 5, 0x20, &mut block);
            block.extend(hpack::encode(&client.request("GET", "/")));
            frames::headers(2 * count + 1, flag::END_HEADERS | flag::END_STREAM, block)
        },
    );
}

/// Many answers, each too large for a window that never opens.
#[test]
fn windows_that_stay_shut() {
    let bench = Bench::with(&["--body-timeout", "1s"]);
    let mut bystander = bench.gateway.connect();
    let before = resident_bytes_peak(bench.gateway.pid());
    let mut attackers: Vec<Http2Client> = (0..4).map(|_| bench.connect()).collect();
    for attacker in &mut attackers {
        attacker.send(frames::settings(&[(setting::INITIAL_WINDOW_SIZE, 0)]));
        for stream in (1..200).step_by(2) {
            attacker.send_get(stream, "/bytes/200000");
        }
    }
    check_bystander(&mut bystander);
    let grown = resident_bytes_peak(bench.gateway.pid()).saturating_sub(before);
    // 400 answers wait: each holds what was read of it, never all of it.
    assert!(grown < 80 * 1024 * 1024, "it grew by {grown} bytes");
    for attacker in &mut attackers {
        attacker.set_patience(Duration::from_secs(5));
        let dropped =
            attacker.wait_for(|frame| matches!(frame.kind, kind::RST_STREAM | kind::GOAWAY));
        assert!(dropped.is_some() || has_been_dropped(attacker), "a stream that stalls is ended");
    }
    check_bystander(&mut bystander);
}
