//! How is the backend told who the client is?

use std::net::IpAddr;

use crate::context::{Facts, text};
use crate::message::{KnownName, Scheme};

/// Appends the value of `X-Forwarded-For`: the client's chain, then the client's own address.
pub(super) fn push_x_forwarded_for(out: &mut Vec<u8>, facts: &Facts<'_>) {
    for field in facts.request.head.fields.all(KnownName::XForwardedFor) {
        let chain = field.value.of_bytes(facts.request.bytes);
        if !chain.is_empty() {
            out.extend_from_slice(chain);
            out.extend_from_slice(b", ");
        }
    }
    text::push_ip(out, facts.client.ip);
}

/// `http` or `https`, as the client reached the gateway.
pub(super) fn scheme(facts: &Facts<'_>) -> &'static [u8] {
    match facts.client.scheme {
        Scheme::Http => b"http",
        Scheme::Https => b"https",
    }
}

/// Appends the value of `Forwarded` (RFC 7239): what the client sent, its `X-Forwarded-For`
/// translated, and an element of our own.
///
/// "`X-Forwarded-For/Proto/Host` … folded into RFC 7239 `Forwarded: by=…;for=…;host=…;proto=https`;
/// existing `X-Forwarded-*` translated". A client's field that opens a quote and does not close it
/// would swallow what stands behind it, so that one is left out. `by` is an obfuscated identifier (§6.3): which of its
/// addresses a gateway was reached at is nothing for a backend to build on.
pub(super) fn push_forwarded(out: &mut Vec<u8>, facts: &Facts<'_>) {
    let (bytes, fields) = (facts.request.bytes, &facts.request.head.fields);
    for field in fields.all(KnownName::Forwarded) {
        let elements = field.value.of_bytes(bytes);
        if !elements.is_empty() && closes_its_quotes(elements) {
            out.extend_from_slice(elements);
            out.extend_from_slice(b", ");
        }
    }
    for field in fields.all(KnownName::XForwardedFor) {
        for node in field.value.of_bytes(bytes).split(|byte| *byte == b',') {
            let node = node.trim_ascii();
            if !node.is_empty() {
                out.extend_from_slice(b"for=");
                push_node(out, node);
                out.extend_from_slice(b", ");
            }
        }
    }
    out.extend_from_slice(b"by=_tollgate;for=");
    push_address(out, facts.client.ip);
    out.extend_from_slice(b";host=");
    push_quoted_unless_token(out, facts.request.authority());
    out.extend_from_slice(b";proto=");
    out.extend_from_slice(scheme(facts));
}

fn closes_its_quotes(elements: &[u8]) -> bool {
    let mut is_quoted = false;
    let mut bytes = elements.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\\' if is_quoted => drop(bytes.next()),
            _ => {}
        }
    }
    !is_quoted
}

/// What a client's `X-Forwarded-For` named: an address, else a token or quoted text.
fn push_node(out: &mut Vec<u8>, node: &[u8]) {
    match std::str::from_utf8(node).ok().and_then(|node| node.parse().ok()) {
        Some(ip) => push_address(out, ip),
        None => push_quoted_unless_token(out, node),
    }
}

/// RFC 7239 §6: "an IPv6 address is always enclosed in square brackets", and then it is quoted.
fn push_address(out: &mut Vec<u8>, ip: IpAddr) {
    if ip.to_canonical().is_ipv4() {
        return text::push_ip(out, ip);
    }
    out.extend_from_slice(b"\"[");
    text::push_ip(out, ip);
    out.extend_from_slice(b"]\"");
}

fn push_quoted_unless_token(out: &mut Vec<u8>, value: &[u8]) {
    if crate::transform::field_value::is_name(value) {
        return out.extend_from_slice(value);
    }
    out.push(b'"');
    for byte in value {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// Appends the value of `Via`: what the client sent, then the gateway.
pub(super) fn push_via(out: &mut Vec<u8>, facts: &Facts<'_>) {
    for field in facts.request.head.fields.all(KnownName::Via) {
        out.extend_from_slice(field.value.of_bytes(facts.request.bytes));
        out.extend_from_slice(b", ");
    }
    out.extend_from_slice(b"HTTP/1.1 AmazonAPIGateway");
}

#[cfg(test)]
mod tests {
    use crate::context::testing::Exchange;

    use super::*;

    fn check(
        fields: &[(&str, &str)],
        ip: &str,
        write: fn(&mut Vec<u8>, &Facts<'_>),
        expected: &str,
    ) {
        let mut exchange = Exchange::new("GET /", fields);
        exchange.client.ip = ip.parse().expect("an address");
        let mut out = Vec::new();
        write(&mut out, &exchange.facts());
        assert_eq!(String::from_utf8_lossy(&out), expected, "{fields:?}");
    }

    #[test]
    fn chains_grow_at_the_end() {
        let chain =
            [("X-Forwarded-For", "a, b"), ("x-forwarded-for", ""), ("x-forwarded-for", "c")];
        check(&[], "203.0.113.7", push_x_forwarded_for, "203.0.113.7");
        check(&chain, "2001:db8::1", push_x_forwarded_for, "a, b, c, 2001:db8::1");
        check(&[], "::1", push_via, "HTTP/1.1 AmazonAPIGateway");
        check(&[("Via", "1.1 x")], "::1", push_via, "1.1 x, HTTP/1.1 AmazonAPIGateway");
    }

    #[test]
    fn forwarded_has_an_element_of_our_own() {
        let host = "host=\"abcde12345.execute-api.us-east-1.example.com:8443\";proto=http";
        let own = format!("by=_tollgate;for=203.0.113.7;{host}");
        check(&[], "203.0.113.7", push_forwarded, &own);
        check(&[("Forwarded", "for=a")], "203.0.113.7", push_forwarded, &format!("for=a, {own}"));
        let own = format!("by=_tollgate;for=\"[2001:db8::1]\";{host}");
        check(&[], "2001:db8::1", push_forwarded, &own);
    }

    #[test]
    fn an_open_quote_cannot_swallow_our_element() {
        let own = "by=_tollgate;for=203.0.113.7;host=\"abcde12345.execute-api.us-east-1.example.com:8443\";proto=http";
        let forward = |elements: &str, expected: &str| {
            let fields = [("Forwarded", elements)];
            check(&fields, "203.0.113.7", push_forwarded, &format!("{expected}{own}"));
        };
        forward("for=\"[::1]\";x=\"a\\\"b\"", "for=\"[::1]\";x=\"a\\\"b\", ");
        forward("for=1.1.1.1;x=\"", "");
        forward("x=\"a\\\"", "");
        forward("x=\"a\\", "");
    }

    #[test]
    fn translated_nodes_cannot_leave_their_element() {
        let own = "by=_tollgate;for=203.0.113.7;host=\"abcde12345.execute-api.us-east-1.example.com:8443\";proto=http";
        let translate = |chain: &str, expected: &str| {
            let fields = [("X-Forwarded-For", chain)];
            check(&fields, "203.0.113.7", push_forwarded, &format!("{expected}{own}"));
        };
        translate("10.0.0.1, 2001:db8::2", "for=10.0.0.1, for=\"[2001:db8::2]\", ");
        translate("unknown", "for=unknown, ");
        translate("x;proto=https;by=\"y\\", "for=\"x;proto=https;by=\\\"y\\\\\", ");
        translate(" , ", "");
    }
}
