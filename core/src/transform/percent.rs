//! How are bytes percent-encoded and decoded, and what may stand in a path or query as it is?

use crate::context::text::percent_triplet;

/// Bytes that mean themselves wherever they stand (RFC 3986 §2.3: unreserved).
const UNRESERVED: u8 = 1;
/// Bytes that a path segment may hold as they are (RFC 3986 §3.3: pchar without `%`).
const SEGMENT: u8 = 2;
/// Bytes that a query may hold as they are (RFC 3986 §3.4, without `%`).
const QUERY: u8 = 4;
/// Hexadecimal digits.
const HEX: u8 = 8;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        let mut class = 0;
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            class |= UNRESERVED | SEGMENT | QUERY;
        }
        if matches!(
            byte,
            b'!' | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'@'
        ) {
            class |= SEGMENT | QUERY;
        }
        if matches!(byte, b'/' | b'?') {
            class |= QUERY;
        }
        if byte.is_ascii_hexdigit() {
            class |= HEX;
        }
        classes[byte as usize] = class;
        if byte == u8::MAX {
            return classes;
        }
        byte += 1;
    }
}

fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// The byte that `%XY` at the front of `bytes` stands for.
pub fn triplet(bytes: &[u8]) -> Option<u8> {
    let &[b'%', high, low, ..] = bytes else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// Appends `encoded` with each `%XY` decoded once; a `%` that starts no triplet stays.
pub fn decode(encoded: &[u8], out: &mut Vec<u8>) {
    decode_with(encoded, out, |byte| byte);
}

/// Like [`decode`], and `+` means a space, as in `application/x-www-form-urlencoded`.
pub fn decode_form(encoded: &[u8], out: &mut Vec<u8>) {
    decode_with(encoded, out, |byte| if byte == b'+' { b' ' } else { byte });
}

fn decode_with(encoded: &[u8], out: &mut Vec<u8>, plain: impl Fn(u8) -> u8) {
    let mut rest = encoded;
    while let Some((&byte, tail)) = rest.split_first() {
        if let Some(decoded) = triplet(rest) {
            out.push(decoded);
            rest = &rest[3..];
        } else {
            out.push(plain(byte));
            rest = tail;
        }
    }
}

/// Appends decoded `text` so that it is one path segment or one query part and nothing else.
pub fn encode(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if is(byte, UNRESERVED) {
            out.push(byte);
        } else {
            out.extend_from_slice(&percent_triplet(byte));
        }
    }
}

/// Appends an encoded path, `/` included; what no path may hold is encoded.
///
/// A `%XY` stays as it is: decoding it could turn `%2F` into a separator.
pub fn copy_path(encoded: &[u8], out: &mut Vec<u8>) {
    copy(encoded, out, |byte| byte == b'/' || is(byte, SEGMENT));
}

/// Appends an encoded query, or a part of one; what no query may hold is encoded.
pub fn copy_query(encoded: &[u8], out: &mut Vec<u8>) {
    copy(encoded, out, |byte| is(byte, QUERY));
}

fn copy(encoded: &[u8], out: &mut Vec<u8>, stays: impl Fn(u8) -> bool) {
    let mut rest = encoded;
    while let Some(at) = rest.iter().position(|byte| !stays(*byte)) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        if triplet(rest).is_some() {
            out.extend_from_slice(&rest[..3]);
            rest = &rest[3..];
        } else {
            // "A literal % is re-encoded before being sent to the backend."
            out.extend_from_slice(&percent_triplet(rest[0]));
            rest = &rest[1..];
        }
    }
    out.extend_from_slice(rest);
}

/// Whether `path` has a part that a backend may take for `.` or `..`, however it is encoded.
///
/// Parts end at `/` and `\`, plain or encoded: a backend that decodes `..%2Fadmin` before it
/// resolves dots would leave the path it was routed by.
pub fn has_dot_segment(path: &[u8]) -> bool {
    if memchr::memchr2(b'.', b'%', path).is_none() {
        return false;
    }
    let (mut dots, mut others) = (0, 0);
    let mut rest = path;
    loop {
        let (byte, len) = match triplet(rest) {
            Some(byte) => (Some(byte), 3),
            None => (rest.first().copied(), 1),
        };
        match byte {
            Some(b'.') => dots += 1,
            None | Some(b'/' | b'\\') => {
                if others == 0 && (dots == 1 || dots == 2) {
                    return true;
                }
                (dots, others) = (0, 0);
            }
            // What follows a `;` is a parameter that some backends cut off: `/..;/admin`.
            Some(b';') if others == 0 && (dots == 1 || dots == 2) => return true,
            Some(_) => others += 1,
        }
        if byte.is_none() {
            return false;
        }
        rest = &rest[len..];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(write: fn(&[u8], &mut Vec<u8>), input: &[u8], expected: &str) {
        let mut out = Vec::new();
        write(input, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{}", String::from_utf8_lossy(input));
    }

    #[test]
    fn decoding_happens_once() {
        check(decode, b"a%20b%2Fc+d", "a b/c+d");
        check(decode, b"%252F %zz %4", "%2F %zz %4");
        check(decode_form, b"a+b%2Bc", "a b+c");
    }

    #[test]
    fn encoded_text_keeps_to_its_segment() {
        check(encode, b"a/b?c#d%&=", "a%2Fb%3Fc%23d%25%26%3D");
        check(encode, "é ~".as_bytes(), "%C3%A9%20~");
    }

    #[test]
    fn copied_paths_keep_their_structure() {
        check(copy_path, b"a/b%2Fc%2fd;x=1", "a/b%2Fc%2fd;x=1");
        check(
            copy_path,
            b"a b?c#d%e\"{}|\\^`<>\x00\xff",
            "a%20b%3Fc%23d%25e%22%7B%7D%7C%5C%5E%60%3C%3E%00%FF",
        );
        check(copy_query, b"a=b c&d=%20%x#?/", "a=b%20c&d=%20%25x%23?/");
    }

    #[test]
    fn dot_segments_are_found_in_disguise() {
        for path in [
            "/.",
            "/..",
            "/a/../b",
            "/a/./b",
            "/%2e%2E/b",
            "/.%2e",
            "/a/..%2Fb",
            "/a%2f..",
            "..",
            "/a/..%5cb",
            "/x%5c..%5cy",
            "/..;/a",
            "/a\\..\\b",
            "/..%3Bx",
        ] {
            assert!(has_dot_segment(path.as_bytes()), "{path}");
        }
        for path in ["/", "/a.b/c", "/...", "/..a/.b", "/%252e%252e/x", "/a/b..%2Fc", "/.;a"] {
            assert_eq!(has_dot_segment(path.as_bytes()), path == "/.;a", "{path}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(text in any::<Vec<u8>>()) {
            let (mut encoded, mut decoded) = (Vec::new(), Vec::new());
            encode(&text, &mut encoded);
            prop_assert!(encoded.iter().all(|byte| is(*byte, UNRESERVED) || *byte == b'%'));
            decode(&encoded, &mut decoded);
            prop_assert_eq!(decoded, text);
        }

        #[test]
        fn copying_changes_no_meaning_and_is_done_once(text in any::<Vec<u8>>()) {
            let (mut once, mut twice) = (Vec::new(), Vec::new());
            copy_path(&text, &mut once);
            copy_path(&once, &mut twice);
            prop_assert_eq!(&once, &twice);
            let slashes = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'/').count();
            prop_assert_eq!(slashes(&once), slashes(&text));
            let (mut before, mut after) = (Vec::new(), Vec::new());
            decode(&text, &mut before);
            decode(&once, &mut after);
            prop_assert_eq!(before, after);
        }
    }
}
