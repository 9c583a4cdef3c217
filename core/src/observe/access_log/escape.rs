//! How is a value kept in its place in a line?
//!
//! The service puts values in as they are; a user agent with a quote in it breaks the line, and
//! one with a line feed forges another. Here no value does either, in any notation.

use crate::context::text::{hex_pair, push_json_escaped};

/// What kind of text a format makes, as far as escaping goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Fields between commas: a value with a comma, quote or control is quoted (RFC 4180).
    Csv,
    /// A JSON object: values are escaped inside strings, and outside are numbers or strings.
    Json,
    /// Anything else: `"`, `\`, and controls become `\xHH`, as nginx writes them.
    Plain,
    /// An XML element: `&amp;` and its like.
    Xml,
}

/// Appends a value. `is_json` tells a value that is a JSON text already.
pub(super) fn push(
    notation: Notation,
    is_quoted: bool,
    is_json: bool,
    value: &[u8],
    out: &mut Vec<u8>,
) {
    match notation {
        Notation::Csv => push_csv(out, value, is_quoted),
        Notation::Json if is_quoted => push_json_escaped(out, value),
        Notation::Json if is_json && value != b"-" || is_json_number(value) => {
            out.extend_from_slice(value);
        }
        // Where the service writes a bare `-`, which is no JSON, this is a string.
        Notation::Json => {
            out.push(b'"');
            push_json_escaped(out, value);
            out.push(b'"');
        }
        Notation::Plain => push_plain(out, value),
        Notation::Xml => push_xml(out, value),
    }
}

/// `0` or digits that start with another; what the gateway measures has no other form.
fn is_json_number(value: &[u8]) -> bool {
    match value {
        b"0" => true,
        [b'1'..=b'9', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn push_csv(out: &mut Vec<u8>, value: &[u8], is_quoted: bool) {
    let needs_quotes = !is_quoted && value.iter().any(|byte| matches!(byte, b',' | b'"'));
    out.extend(needs_quotes.then_some(b'"'));
    for_each_letter(value, |letter, bytes| match letter {
        Some('"') => out.extend_from_slice(b"\"\""),
        Some(letter) if !letter.is_control() => out.extend_from_slice(bytes),
        _ => push_hex_escapes(out, bytes),
    });
    out.extend(needs_quotes.then_some(b'"'));
}

fn push_plain(out: &mut Vec<u8>, value: &[u8]) {
    for_each_letter(value, |letter, bytes| match letter {
        Some(letter) if !letter.is_control() && !matches!(letter, '"' | '\\') => {
            out.extend_from_slice(bytes);
        }
        _ => push_hex_escapes(out, bytes),
    });
}

fn push_hex_escapes(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        out.extend_from_slice(b"\\x");
        out.extend_from_slice(&hex_pair(*byte).map(|digit| digit.to_ascii_uppercase()));
    }
}

/// XML 1.0 §2.2 has no place for controls, not even escaped ones.
fn push_xml(out: &mut Vec<u8>, value: &[u8]) {
    for_each_letter(value, |letter, bytes| match letter {
        Some('&') => out.extend_from_slice(b"&amp;"),
        Some('<') => out.extend_from_slice(b"&lt;"),
        Some('>') => out.extend_from_slice(b"&gt;"),
        Some('"') => out.extend_from_slice(b"&quot;"),
        Some('\'') => out.extend_from_slice(b"&apos;"),
        Some('\u{fffe}' | '\u{ffff}') | None => out.extend_from_slice("\u{fffd}".as_bytes()),
        Some(letter) if letter.is_control() => out.extend_from_slice("\u{fffd}".as_bytes()),
        Some(_) => out.extend_from_slice(bytes),
    });
}

/// Calls `push` with each letter and its bytes; with `None` for bytes that are not UTF-8.
fn for_each_letter(value: &[u8], mut push: impl FnMut(Option<char>, &[u8])) {
    for chunk in value.utf8_chunks() {
        for letter in chunk.valid().chars() {
            push(Some(letter), letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        if !chunk.invalid().is_empty() {
            push(None, chunk.invalid());
        }
    }
}
