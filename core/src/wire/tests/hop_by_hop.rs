//! Do the right fields end at this connection?

use crate::wire::hop_by_hop::ConnectionOptions;
use crate::wire::{HopByHop, Malformed};

use super::fields_of;

fn check(lines: &str, forwarded: &[&str]) {
    let fields = fields_of(lines);
    let hop_by_hop = HopByHop::of(lines.as_bytes(), &fields);
    let kept: Vec<&str> = fields
        .iter()
        .filter(|field| !hop_by_hop.ends_here(field))
        .map(|field| std::str::from_utf8(field.name.of_bytes(lines.as_bytes())).unwrap_or("?"))
        .collect();
    assert_eq!(kept, forwarded, "{lines}");
}

#[test]
fn the_fixed_set_always_ends_here() {
    check("Host: a\nAccept: b\nX-C: d", &["Host", "Accept", "X-C"]);
    check("Host: a\nConnection: close\nX-C: d", &["Host", "X-C"]);
    check(
        "keep-alive: 5\nPROXY-CONNECTION: x\nTE: trailers\nTrailer: x\nUpgrade: h2c\nA: b\n\
         HTTP2-Settings: x\nTransfer-Encoding: chunked\nProxy-Authenticate: x\n\
         Proxy-Authorization: y\nConnection: ",
        &["A"],
    );
}

#[test]
fn nominated_names_end_here_too() {
    check("Connection: X-A, close\nx-a: 1\nx-b: 2", &["x-b"]);
    check("Connection: close\nConnection:  x-B ,,x-c\nx-a: 1\nx-b: 2\nX-C: 3", &["x-a"]);
    check("x-a: 1\nConnection: x-a", &[]);
}

#[test]
fn options_are_read_from_all_lines() {
    let check = |lines: &str, expected: Result<(bool, bool), Malformed>| {
        let options = ConnectionOptions::parse(lines.as_bytes(), &fields_of(lines));
        assert_eq!(options.map(|it| (it.closes, it.keeps_alive)), expected, "{lines}");
    };
    check("A: close", Ok((false, false)));
    check("Connection: Close", Ok((true, false)));
    check("Connection: keep-alive, CLOSE", Ok((true, true)));
    check("Connection: x-a\nConnection: ,Keep-Alive,", Ok((false, true)));
    check("Connection: Upgrade, HTTP2-Settings, TE", Ok((false, false)));
    check("Connection: ", Ok((false, false)));
    check("Connection: closed", Ok((false, false)));
    check("Connection: a b", Err(Malformed::ConnectionInvalid));
    check("Connection: close;x", Err(Malformed::ConnectionInvalid));
}

#[test]
fn end_to_end_fields_cannot_be_nominated() {
    for name in
        ["host", "Content-Length", "x-forwarded-for", "authorization", "cookie", "x-api-key"]
    {
        let lines = format!("Connection: close, {name}");
        let options = ConnectionOptions::parse(lines.as_bytes(), &fields_of(&lines));
        assert_eq!(options, Err(Malformed::ConnectionNamesEndToEndField), "{name}");
    }
}
