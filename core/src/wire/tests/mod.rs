//! Does the room keep its promises, file by file?

mod authority;
mod chunked;
mod encode;
mod framing;
mod hop_by_hop;
mod requests;
mod responses;
mod target;

use crate::message::{Fields, Range};

/// The fields of `lines`, each `name: value`.
fn fields_of(lines: &str) -> Fields {
    let mut fields = Fields::default();
    let bytes = lines.as_bytes();
    for line in lines.lines() {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        fields.push(bytes, Range::of(bytes, name.as_bytes()), Range::of(bytes, value.as_bytes()));
    }
    fields
}
