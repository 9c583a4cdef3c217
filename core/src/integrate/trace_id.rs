//! Under which trace id does the backend see the exchange?

use crate::context::{Ids, text};

/// Appends the value of `X-Amzn-Trace-Id`: the client's, with its missing parts made up.
///
/// "Root kept; missing parts generated; with Parent but no Sampled → `Sampled=1`; without parent
/// → `Sampled=0`." A part that has not the form `Root=1-{8 hex}-{24 hex};Parent={16 hex};Sampled=0|1`
/// counts as missing, and what else the client wrote, `Lineage` aside, is left out.
pub fn push_trace_id(out: &mut Vec<u8>, client: Option<&[u8]>, ids: &Ids, unix_s: u64) {
    let parts = client.map(Parts::read).unwrap_or_default();
    out.extend_from_slice(b"Root=");
    match parts.root {
        Some(root) => out.extend_from_slice(root),
        None => push_root(out, ids, unix_s),
    }
    out.extend_from_slice(b";Parent=");
    match parts.parent {
        Some(parent) => out.extend_from_slice(parent),
        None => text::push_hex(out, &ids.trace[12..]),
    }
    out.extend_from_slice(match (parts.sampled, parts.parent) {
        (Some(true), _) | (None, Some(_)) => b";Sampled=1",
        (Some(false), _) | (None, None) => b";Sampled=0",
    });
    if let Some(lineage) = parts.lineage {
        out.extend_from_slice(b";Lineage=");
        out.extend_from_slice(lineage);
    }
}

/// `1-{seconds since the epoch in 8 hex}-{12 bytes in 24 hex}`
fn push_root(out: &mut Vec<u8>, ids: &Ids, unix_s: u64) {
    out.extend_from_slice(b"1-");
    // Eight digits hold the seconds until the year 2106, and the lower 32 bits after it.
    text::push_hex(out, &unix_s.to_be_bytes()[4..]);
    out.push(b'-');
    text::push_hex(out, &ids.trace[..12]);
}

#[derive(Clone, Copy, Default)]
struct Parts<'a> {
    root: Option<&'a [u8]>,
    parent: Option<&'a [u8]>,
    sampled: Option<bool>,
    lineage: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn read(value: &'a [u8]) -> Self {
        let mut parts = Self::default();
        for part in value.split(|byte| *byte == b';') {
            let part = part.trim_ascii();
            let Some(equals) = memchr::memchr(b'=', part) else { continue };
            let (name, value) = (&part[..equals], &part[equals + 1..]);
            match name {
                b"Root" if is_root(value) => parts.root = Some(value),
                b"Parent" if is_hex(value, 16) => parts.parent = Some(value),
                b"Sampled" if value == b"1" => parts.sampled = Some(true),
                b"Sampled" if value == b"0" => parts.sampled = Some(false),
                b"Lineage" if is_lineage(value) => parts.lineage = Some(value),
                _ => {}
            }
        }
        parts
    }
}

fn is_root(value: &[u8]) -> bool {
    let Some(rest) = value.strip_prefix(b"1-") else { return false };
    rest.len() == 33 && is_hex(&rest[..8], 8) && rest[8] == b'-' && is_hex(&rest[9..], 24)
}

/// `hash:counter|…`, as functions that call each other count themselves.
fn is_lineage(value: &[u8]) -> bool {
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'|');
    (1..=64).contains(&value.len()) && value.iter().all(is_inside)
}

fn is_hex(value: &[u8], len: usize) -> bool {
    value.len() == len && value.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use crate::context::testing::IDS;

    use super::*;

    const ROOT: &str = "Root=1-5759e988-bd862e3fe1be46a994272793";
    const MADE_UP: &str = "Root=1-5526717f-5a5a5a5a5a5a5a5a5a5a5a5a";
    const PARENT: &str = "Parent=5a5a5a5a5a5a5a5a";

    fn check(client: Option<&str>, expected: &str) {
        let mut out = Vec::new();
        push_trace_id(&mut out, client.map(str::as_bytes), &IDS, 0x5526_717f);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{client:?}");
    }

    #[test]
    fn missing_parts_are_made_up() {
        check(None, &format!("{MADE_UP};{PARENT};Sampled=0"));
        check(Some(ROOT), &format!("{ROOT};{PARENT};Sampled=0"));
        check(Some("Sampled=1"), &format!("{MADE_UP};{PARENT};Sampled=1"));
    }

    #[test]
    fn what_the_client_says_is_kept() {
        let parent = "Parent=53995c3f42cd8ad8";
        check(Some(&format!("{ROOT};{parent};Sampled=1")), &format!("{ROOT};{parent};Sampled=1"));
        check(Some(&format!("{ROOT};{parent};Sampled=0")), &format!("{ROOT};{parent};Sampled=0"));
        check(Some(&format!("{parent}; {ROOT}")), &format!("{ROOT};{parent};Sampled=1"));
        let lineage = "Lineage=a87bd80c:0|68fd508a:5";
        check(Some(&format!("{ROOT};{lineage}")), &format!("{ROOT};{PARENT};Sampled=0;{lineage}"));
    }

    #[test]
    fn malformed_parts_count_as_missing() {
        for bad in [
            "Root=2-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e98-bd862e3fe1be46a9942727933",
            "Root=1-5759e988-bd862e3fe1be46a99427279g",
            "Root=1-5759e988bd862e3fe1be46a994272793",
            "root=1-5759e988-bd862e3fe1be46a994272793",
            "Self=x;Sampled=?;Parent=short;Lineage=a b;Other",
            ";;==",
            "",
        ] {
            check(Some(bad), &format!("{MADE_UP};{PARENT};Sampled=0"));
        }
    }
}
