//! Requests in HTTP/2: RFC 9113 §8.

use super::verdict::{Verdict, answered, stream_error};
use super::{case, field, post, run};
use crate::support::frames::{self, code, flag};
use crate::support::hpack::{self, Field};
use crate::support::http2_client::Http2Client;

/// Sends a request whose fields `change` has changed, which must be malformed.
fn malformed(client: &mut Http2Client, change: impl FnOnce(&mut Vec<Field>)) -> Verdict {
    let mut fields = client.request("GET", "/");
    change(&mut fields);
    let flags = flag::END_HEADERS | flag::END_STREAM;
    client.send(frames::headers(1, flags, hpack::encode(&fields)));
    stream_error(client, &[code::PROTOCOL_ERROR])
}

/// Sends a request with a length and these pieces of a body, which must be malformed.
fn of_length(client: &mut Http2Client, length: &str, pieces: &[&str]) -> Verdict {
    let mut fields = client.request("POST", "/");
    fields.push(field("content-length", length));
    client.send(frames::headers(1, flag::END_HEADERS, hpack::encode(&fields)));
    for (position, piece) in pieces.iter().enumerate() {
        let flags = if position + 1 == pieces.len() { flag::END_STREAM } else { 0 };
        client.send(frames::data(1, flags, *piece));
    }
    stream_error(client, &[code::PROTOCOL_ERROR])
}

/// Sends a request with a body and these trailers.
fn trailers(client: &mut Http2Client, flags: u8, fields: &[Field]) {
    post(client, 1);
    client.send(frames::data(1, 0, "test"));
    client.send(frames::headers(1, flag::END_HEADERS | flags, hpack::encode(fields)));
}

#[test]
fn requests_in_order_are_answered() {
    run(&[
        case("8.1: GET", |c| {
            c.send_get(1, "/");
            answered(c, 1)
        }),
        case("8.1: HEAD", |c| {
            let fields = c.request("HEAD", "/bytes/10");
            let answer = c.ask(1, &fields, None);
            match answer.status == 200 && answer.body.is_empty() && answer.has_ended {
                true => Ok(()),
                false => Err(format!("{answer:?}")),
            }
        }),
        case("8.1: POST", |c| {
            post(c, 1);
            c.send(frames::data(1, flag::END_STREAM, "test"));
            answered(c, 1)
        }),
        case("8.1: POST without body", |c| {
            post(c, 1);
            c.send(frames::data(1, flag::END_STREAM, ""));
            answered(c, 1)
        }),
        case("8.1: POST with trailers", |c| {
            trailers(c, flag::END_STREAM, &[field("x-test", "ok")]);
            answered(c, 1)
        }),
        case("8.3.1: host alone stands for :authority", |c| {
            let mut fields = c.request("GET", "/");
            fields.pop();
            fields.push(field("host", "localhost"));
            let answer = c.ask(1, &fields, None);
            if answer.status == 200 { Ok(()) } else { Err(format!("{answer:?}")) }
        }),
        case("8.2.2: te may say trailers", |c| {
            let mut fields = c.request("GET", "/");
            fields.push(field("te", "trailers"));
            let answer = c.ask(1, &fields, None);
            if answer.status == 200 { Ok(()) } else { Err(format!("{answer:?}")) }
        }),
        case("8.3.1: OPTIONS of *", |c| {
            let mut fields = c.request("OPTIONS", "*");
            fields.push(field("a", "b"));
            let answer = c.ask(1, &fields, None);
            if answer.status != 0 { Ok(()) } else { Err(format!("{answer:?}")) }
        }),
    ]);
}

#[test]
fn malformed_requests_are_reset() {
    run(&[
        case("8.1: a second HEADERS without END_STREAM", |c| {
            trailers(c, 0, &[field("x-test", "ok")]);
            stream_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("8.2: a name in upper case", |c| malformed(c, |f| f.push(field("X-TEST", "ok")))),
        case("8.2: a name with one capital", |c| malformed(c, |f| f.push(field("x-tEst", "ok")))),
        case("8.3: an unknown pseudo-header", |c| malformed(c, |f| f.push(field(":test", "ok")))),
        case("8.3: a pseudo-header of responses", |c| {
            malformed(c, |f| f.push(field(":status", "200")))
        }),
        case("8.3: a pseudo-header in trailers", |c| {
            trailers(c, flag::END_STREAM, &[field(":method", "200")]);
            stream_error(c, &[code::PROTOCOL_ERROR])
        }),
        case("8.3: a pseudo-header behind a field", |c| {
            malformed(c, |f| f.insert(3, field("x-test", "ok")))
        }),
        case("8.2.2: connection", |c| malformed(c, |f| f.push(field("connection", "keep-alive")))),
        case("8.2.2: keep-alive", |c| malformed(c, |f| f.push(field("keep-alive", "5")))),
        case("8.2.2: proxy-connection", |c| {
            malformed(c, |f| f.push(field("proxy-connection", "x")))
        }),
        case("8.2.2: transfer-encoding", |c| {
            malformed(c, |f| f.push(field("transfer-encoding", "chunked")))
        }),
        case("8.2.2: upgrade", |c| malformed(c, |f| f.push(field("upgrade", "h2c")))),
        case("8.2.2: te that is not trailers", |c| {
            malformed(c, |f| f.push(field("te", "trailers, deflate;q=0.5")))
        }),
        case("8.3.1: an empty :path", |c| malformed(c, |f| f[2] = field(":path", ""))),
        case("8.3.1: no :method", |c| malformed(c, |f| drop(f.remove(0)))),
        case("8.3.1: no :scheme", |c| malformed(c, |f| drop(f.remove(1)))),
        case("8.3.1: no :path", |c| malformed(c, |f| drop(f.remove(2)))),
        case("8.3.1: :method twice", |c| malformed(c, |f| f.insert(1, field(":method", "GET")))),
        case("8.3.1: :scheme twice", |c| malformed(c, |f| f.insert(1, field(":scheme", "http")))),
        case("8.3.1: :path twice", |c| malformed(c, |f| f.insert(1, field(":path", "/")))),
        case("8.3.1: :authority twice", |c| {
            malformed(c, |f| f.insert(1, field(":authority", "localhost")))
        }),
        case("8.1.1: DATA unlike its length", |c| of_length(c, "1", &["test"])),
        case("8.1.1: several DATA unlike their length", |c| of_length(c, "1", &["test", "test"])),
        case("8.1.1: less DATA than its length", |c| of_length(c, "5", &["test"])),
        case("8.1.1: no DATA but a length", |c| {
            malformed(c, |f| f.push(field("content-length", "1")))
        }),
    ]);
}
