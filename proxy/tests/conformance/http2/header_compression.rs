//! HPACK: RFC 7541.

use super::verdict::{Verdict, answered, answered_with, connection_error};
use super::{Bench, case, run};
use crate::support::frames::{self, code, flag, setting};
use crate::support::hpack::{self, integer};
use crate::support::http2_client::Http2Client;

/// A request whose block begins and ends with these bytes.
fn around(client: &mut Http2Client, before: &[u8], after: &[u8]) {
    let block = hpack::encode(&client.request("GET", "/"));
    let flags = flag::END_HEADERS | flag::END_STREAM;
    client.send(frames::headers(1, flags, [before, &block, after].concat()));
}

fn taken(client: &mut Http2Client, after: &[u8]) -> Verdict {
    around(client, &[], after);
    answered_with(client, 1, 200)
}

fn broken(client: &mut Http2Client, after: &[u8]) -> Verdict {
    around(client, &[], after);
    connection_error(client, &[code::COMPRESSION_ERROR])
}

#[test]
fn representations_are_taken() {
    run(&[
        case("6.1: an indexed field", |c| taken(c, b"\xba")),
        case("6.2.1: indexed, Huffman", |c| {
            taken(c, b"\x40\x87\xb5\x05\xb1\x61\xcc\x5a\x93\x84\x9c\x48\xac\xa4")
        }),
        case("6.2.1: indexed, plain", |c| taken(c, b"\x40\x0auser-agent\x06h2spec")),
        case("6.2.1: indexed, a name from the table", |c| taken(c, b"\x7a\x06h2spec")),
        case("6.2.1: indexed, a new name", |c| taken(c, b"\x40\x06x-test\x06h2spec")),
        case("6.2.1: indexed, a new name in Huffman", |c| {
            taken(c, b"\x40\x85\xf2\xb2\x4a\x84\xff\x84\x9c\x48\xac\xa4")
        }),
        case("6.2.1: indexed, then used", |c| taken(c, b"\x40\x06x-test\x06h2spec\xbe\xbe")),
        case("6.2.2: not indexed, plain", |c| taken(c, b"\x00\x0auser-agent\x06h2spec")),
        case("6.2.2: not indexed, Huffman", |c| {
            taken(c, b"\x00\x87\xb5\x05\xb1\x61\xcc\x5a\x93\x84\x9c\x48\xac\xa4")
        }),
        case("6.2.2: not indexed, a name from the table", |c| taken(c, b"\x0f\x2b\x06h2spec")),
        case("6.2.2: not indexed, a new name", |c| taken(c, b"\x00\x06x-test\x06h2spec")),
        case("6.2.2: not indexed, a new name in Huffman", |c| {
            taken(c, b"\x00\x85\xf2\xb2\x4a\x84\xff\x84\x9c\x48\xac\xa4")
        }),
        case("6.2.3: never indexed, plain", |c| taken(c, b"\x10\x0auser-agent\x06h2spec")),
        case("6.2.3: never indexed, Huffman", |c| {
            taken(c, b"\x10\x87\xb5\x05\xb1\x61\xcc\x5a\x93\x84\x9c\x48\xac\xa4")
        }),
        case("6.2.3: never indexed, a name from the table", |c| taken(c, b"\x1f\x2b\x06h2spec")),
        case("6.2.3: never indexed, a new name", |c| taken(c, b"\x10\x06x-test\x06h2spec")),
        case("6.2.3: never indexed, a new name in Huffman", |c| {
            taken(c, b"\x10\x85\xf2\xb2\x4a\x84\xff\x84\x9c\x48\xac\xa4")
        }),
        case("6.3: a table size of 0", |c| {
            around(c, b"\x20", &[]);
            answered(c, 1)
        }),
        case("4.2: two table sizes", |c| {
            around(c, b"\x20\x3f\xe1\x1f", &[]);
            answered(c, 1)
        }),
        case("5.2: an empty string", |c| taken(c, b"\x00\x06x-test\x00")),
        case("5.2: an empty string in Huffman", |c| taken(c, b"\x00\x06x-test\x80")),
    ]);
}

#[test]
fn broken_blocks_are_compression_errors() {
    run(&[
        case("2.3.3: an index beyond the tables", |c| broken(c, b"\xc6")),
        case("2.3.3: a name's index beyond the tables", |c| broken(c, b"\x7f\x07\x05empty")),
        case("2.3.3: a name's index beyond the tables, not indexed", |c| {
            broken(c, b"\x0f\x3f\x01a")
        }),
        case("6.1: an index of 0", |c| broken(c, b"\x80")),
        case("4.2: a table size at the end of a block", |c| broken(c, b"\x3f\xe1\x1f")),
        case("4.2: a table size between fields", |c| broken(c, b"\x20\x00\x01a\x01b")),
        case("5.2: Huffman padding longer than 7 bits", |c| {
            broken(c, b"\x00\x85\xf2\xb2\x4a\x87\xff\x87\xff\xff\xff\xff\xff\xff\xff")
        }),
        case("5.2: Huffman padding of zeros", |c| {
            broken(c, b"\x00\x85\xf2\xb2\x4a\x84\xff\x83\x49\x50\x90")
        }),
        case("5.2: Huffman with the end of string", |c| {
            broken(c, b"\x00\x85\xf2\xb2\x4a\x84\xff\x87\xff\xff\xff\xfa\x8d\x54\x80")
        }),
        case("6.3: a table size above the limit", |c| {
            let mut size = Vec::new();
            integer(1 << 20, 5, 0x20, &mut size);
            around(c, &size, &[]);
            connection_error(c, &[code::COMPRESSION_ERROR])
        }),
        case("5.1: an integer without end", |c| broken(c, &[&[0x7f][..], &[0xff; 20]].concat())),
        case("5.1: an integer above 32 bits", |c| {
            broken(c, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
        }),
        case("5.2: a string longer than its block", |c| broken(c, b"\x00\x7f\x10abc")),
        case("5.2: a string that is missing", |c| broken(c, b"\x00\x06x-test")),
        case("6.2: nothing behind a literal", |c| broken(c, b"\x40")),
    ]);
}

#[test]
fn the_table_is_the_connection_s() {
    let bench = Bench::start();
    let mut client = bench.connect();
    // Entered by the first request, meant by an index in the second.
    around(&mut client, &[], b"\x40\x06x-test\x06h2spec");
    assert_eq!(answered(&mut client, 1), Ok(()));
    bench.origin.forget();
    let block = [hpack::encode(&client.request("GET", "/second")), b"\xbe".to_vec()].concat();
    client.send(frames::headers(3, flag::END_HEADERS | flag::END_STREAM, block));
    assert_eq!(answered(&mut client, 3), Ok(()));
    assert_eq!(bench.origin.only_request().field("x-test"), Some("h2spec".to_owned()));
}

#[test]
fn a_client_without_table_can_read_us() {
    let bench = Bench::start();
    let mut client = bench.connect();
    client.send(frames::settings(&[(setting::HEADER_TABLE_SIZE, 0)]));
    for stream in [1, 3, 5] {
        client.send_get(stream, "/x");
        assert_eq!(client.answer(stream).status, 200);
    }
}
