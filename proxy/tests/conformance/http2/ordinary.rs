//! Are ordinary requests over HTTP/2 served in full?

use super::{Bench, Over, field};
use crate::support::frames::{self, flag};
use crate::support::hpack;
use crate::support::recording_origin::pattern;

const BOTH: [Over; 2] = [Over::Cleartext, Over::Tls];

#[test]
fn a_request_crosses_as_http_1() {
    let bench = Bench::start();
    for over in BOTH {
        bench.origin.forget();
        let mut client = bench.dial(over).shake_hands();
        let mut fields = client.request("POST", "/echo?a=b");
        fields.extend([
            field("x-a", "b"),
            field("cookie", "c=d"),
            field("cookie", "e=f"),
            field("te", "trailers"),
        ]);
        let answer = client.ask(1, &fields, Some(b"hello"));
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"hello"[..]), "{over:?}");
        for name in ["connection", "transfer-encoding", "keep-alive"] {
            assert_eq!(answer.field(name), None, "{over:?}: {answer:?}");
        }
        assert!(
            answer.fields.iter().all(|(name, _)| name.to_ascii_lowercase() == *name),
            "{answer:?}"
        );
        let seen = bench.origin.only_request();
        assert_eq!(seen.line(), "POST /echo?a=b HTTP/1.1");
        assert_eq!((seen.field("x-a"), seen.field("te")), (Some("b".into()), None));
        assert_eq!(seen.values("cookie"), ["c=d; e=f"]);
        assert_eq!(seen.values("host").len(), 1);
    }
}

#[test]
fn bodies_of_every_size_pass() {
    let bench = Bench::start();
    for over in BOTH {
        let mut client = bench.dial(over).shake_hands();
        // A window that holds everything, so that the answers need no updates.
        client.send(frames::window_update(0, 100_000_000));
        client.send(frames::settings(&[(frames::setting::INITIAL_WINDOW_SIZE, 20_000_000)]));
        let mut stream = 1;
        for size in [0, 1, 16_384, 65_535, 65_536, 1_000_000, 10_000_000] {
            let expected = pattern(size);
            for path in [format!("/bytes/{size}"), format!("/chunked/{size}")] {
                client.send_get(stream, &path);
                let answer = client.answer(stream);
                assert!(answer.status == 200 && answer.body == expected, "{over:?} {path}");
                stream += 2;
            }
        }
    }
}

#[test]
fn many_streams_share_a_connection() {
    let bench = Bench::start();
    for over in BOTH {
        let mut client = bench.dial(over).shake_hands();
        for stream in (1..=199).step_by(2) {
            client.send_get(stream, "/x");
            if stream % 40 == 39 {
                assert!(client.is_alive());
            }
        }
        client.send_get(201, "/bytes/5");
        assert_eq!(client.answer(201).body, pattern(5), "{over:?}");
    }
}

#[test]
fn uploads_go_on_beside_each_other() {
    let bench = Bench::start();
    let mut client = bench.connect();
    let streams = [1, 3, 5];
    for stream in streams {
        let block = hpack::encode(&client.request("POST", "/echo"));
        client.send(frames::headers(stream, flag::END_HEADERS, block));
    }
    for piece in ["a", "b", "c"] {
        for stream in streams {
            client.send(frames::data(stream, 0, piece));
        }
    }
    let mut bodies = Vec::new();
    for stream in streams {
        client.send(frames::data(stream, flag::END_STREAM, "d"));
        bodies.push(client.answer(stream).body);
    }
    assert_eq!(bodies, ["abcd", "abcd", "abcd"].map(|body| body.as_bytes().to_vec()));
}

#[test]
fn a_reset_stream_does_not_disturb_the_others() {
    let bench = Bench::start();
    let mut client = bench.connect();
    super::post(&mut client, 1);
    client.send_get(3, "/x");
    client.send(frames::rst_stream(1, frames::code::CANCEL));
    assert_eq!(client.answer(3).status, 200);
    client.send_get(5, "/x");
    assert_eq!(client.answer(5).status, 200);
}

#[test]
fn a_body_that_comes_behind_the_answer_does_not_reset_the_stream() {
    let bench = Bench::start();
    let mut client = bench.connect();
    for stream in [1, 3, 5] {
        let block = hpack::encode(&client.request("POST", "/%zz"));
        client.send(frames::headers(stream, flag::END_HEADERS, block));
        let answer = client.answer(stream);
        assert_eq!((answer.status, answer.reset), (400, None));
        client.send(frames::data(stream, flag::END_STREAM, "late"));
        assert!(client.is_alive() && !client.was_reset(stream));
    }
}

#[test]
fn refusals_have_their_status() {
    let bench = Bench::start();
    for over in BOTH {
        let mut client = bench.dial(over).shake_hands();
        let long = format!("/{}", "a".repeat(10_300));
        for (stream, path, status) in
            [(1, "/status/404", 404), (3, "/%zz", 400), (5, long.as_str(), 414)]
        {
            client.send_get(stream, path);
            assert_eq!(client.answer(stream).status, status, "{over:?} {path:.20}");
        }
        let mut fields = client.request("GET", "/x");
        fields.push(field("x-long", "b".repeat(11_000)));
        assert_eq!(client.ask(7, &fields, None).status, 431, "{over:?}");
        assert!(client.is_alive());
    }
}
