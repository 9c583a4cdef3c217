//! How is a path or query that is still percent-encoded read, copied and vouched for?

use crate::message::percent::{decode_component_into, decode_escape, push_escape};

/// Appends `encoded` decoded once, where `+` means a space (`application/x-www-form-urlencoded`).
pub fn decode_form(encoded: &[u8], out: &mut Vec<u8>) {
    let mut parts = encoded.split(|byte| *byte == b'+');
    decode_component_into(parts.next().unwrap_or_default(), out);
    for part in parts {
        out.push(b' ');
        decode_component_into(part, out);
    }
}

/// Appends an encoded path, `/` included; what no path may hold is escaped.
///
/// A `%XY` stays as it is: decoding it could turn `%2F` into a separator.
pub fn copy_path(encoded: &[u8], out: &mut Vec<u8>) {
    copy(encoded, out, |byte| byte == b'/' || STAYS_IN_BOTH[usize::from(byte)]);
}

/// Appends an encoded query, or a part of one; what no query may hold is escaped.
pub fn copy_query(encoded: &[u8], out: &mut Vec<u8>) {
    copy(encoded, out, |byte| matches!(byte, b'/' | b'?') || STAYS_IN_BOTH[usize::from(byte)]);
}

/// RFC 3986 §3.3: pchar, without its escapes. Unlike in a value that is escaped, separators stay.
const STAYS_IN_BOTH: [bool; 256] = {
    let mut stays = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let letter = byte as u8;
        stays[byte] = letter.is_ascii_alphanumeric()
            || matches!(letter, b'-' | b'.' | b'_' | b'~' | b':' | b'@' | b'!' | b'$' | b'&')
            || matches!(letter, b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=');
        byte += 1;
    }
    stays
};

fn copy(encoded: &[u8], out: &mut Vec<u8>, stays: impl Fn(u8) -> bool) {
    let mut rest = encoded;
    while let Some(at) = rest.iter().position(|byte| !stays(*byte)) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        if decode_escape(rest).is_some() {
            out.extend_from_slice(&rest[..3]);
            rest = &rest[3..];
        } else {
            // "A literal % is re-encoded before being sent to the backend."
            push_escape(rest[0], out);
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
        let (byte, len) = match decode_escape(rest) {
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
    fn forms_are_decoded_once() {
        check(decode_form, b"a+b%2Bc", "a b+c");
        check(decode_form, b"%252F+%zz+%4", "%2F %zz %4");
        check(decode_form, b"+", " ");
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
        fn copying_changes_no_meaning_and_is_done_once(text in any::<Vec<u8>>()) {
            let (mut once, mut twice) = (Vec::new(), Vec::new());
            copy_path(&text, &mut once);
            copy_path(&once, &mut twice);
            prop_assert_eq!(&once, &twice);
            let slashes = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'/').count();
            prop_assert_eq!(slashes(&once), slashes(&text));
            let (mut before, mut after) = (Vec::new(), Vec::new());
            decode_component_into(&text, &mut before);
            decode_component_into(&once, &mut after);
            prop_assert_eq!(before, after);
        }
    }
}
