//! Which one path does a request mean, however it is spelled?
//!
//! Everything behind this file compares bytes, so two spellings of one path must become the same
//! bytes first: once, here, and never again.
//!
//! * RFC 3986 §6.2.2.1: "For all URIs, the hexadecimal digits within a percent-encoding triplet
//!   (e.g., "%3a" versus "%3A") are case-insensitive and therefore should be normalized to use
//!   uppercase letters".
//! * §6.2.2.2: "These URIs should be normalized by decoding any percent-encoded octet that
//!   corresponds to an unreserved character". `%2E` is such an octet, so it counts as a dot below.
//!   `%2F`, `%5C` and `%00` are none: they stay escaped and can't become structure.
//! * §6.2.2.3 removes dot segments by §5.2.4; `..` above the root stays at the root.
//!
//! Nothing is decoded twice: `%252E` means the text `%2E` and stays `%252E`. Several slashes in a
//! row stay too, because what they mean differs between kinds of APIs; `route` knows.

use memchr::{memchr2_iter, memrchr};

use crate::message::percent;

use super::Refusal;

/// The normal form of `path`.
///
/// Answers `path` itself where it is in normal form, which takes one pass and no memory; else
/// what it wrote to `scratch`, whose former content is gone. An empty path is `/`. A path that
/// does not start with `/` (as `*` of `OPTIONS *`) or that holds `%` without two hexadecimal digits behind
/// it is [`Refusal::MalformedPath`].
///
/// `normalise(normalise(path)) == normalise(path)`.
#[inline]
pub fn normalise<'a>(path: &'a [u8], scratch: &'a mut Vec<u8>) -> Result<&'a [u8], Refusal> {
    match path.first() {
        None => return Ok(b"/"),
        Some(b'/') => {}
        Some(_) => return Err(Refusal::MalformedPath),
    }
    if is_normal(path) {
        return Ok(path);
    }
    scratch.clear();
    decode_unreserved(path, scratch)?;
    remove_dot_segments(scratch);
    Ok(scratch)
}

/// Whether nothing would change. Looks only where a dot or an escape stands.
fn is_normal(path: &[u8]) -> bool {
    memchr2_iter(b'.', b'%', path).all(|at| match path[at] {
        b'.' => path[at - 1] != b'/' || !is_dot_segment(segment_at(path, at)),
        _ => is_normal_escape(&path[at..]),
    })
}

/// Whether the escape at the start of `bytes` is well formed, in upper case, and needed.
fn is_normal_escape(bytes: &[u8]) -> bool {
    let is_upper_case = !matches!(bytes, [_, b'a'..=b'f', ..] | [_, _, b'a'..=b'f', ..]);
    is_upper_case && percent::decode_escape(bytes).is_some_and(|byte| !percent::is_unreserved(byte))
}

fn is_dot_segment(segment: &[u8]) -> bool {
    matches!(segment, b"." | b"..")
}

/// The rest of the segment from `start`. Only as much is read as tells a dot segment from others.
fn segment_at(path: &[u8], start: usize) -> &[u8] {
    let rest = &path[start..path.len().min(start + 3)];
    rest.split(|&byte| byte == b'/').next().unwrap_or_default()
}

/// Copies `path`, with escapes of unreserved bytes decoded and the others in upper case.
fn decode_unreserved(path: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
    let mut rest = path;
    while let Some(at) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..at]);
        let byte = percent::decode_escape(&rest[at..]).ok_or(Refusal::MalformedPath)?;
        match percent::is_unreserved(byte) {
            true => out.push(byte),
            false => percent::push_escape(byte, out),
        }
        rest = &rest[at + 3..];
    }
    out.extend_from_slice(rest);
    Ok(())
}

/// RFC 3986 §5.2.4 in place, for a path that starts with `/`.
///
/// ```text
///  0 <= written <= read <= len        path[..written] is done, path[read..] is to be read
///  path[read] == '/' whenever a segment starts
/// ```
fn remove_dot_segments(path: &mut Vec<u8>) {
    let (mut read, mut written) = (0, 0);
    while read < path.len() {
        let start = read + 1;
        let end = memchr::memchr(b'/', &path[start..]).map_or(path.len(), |len| start + len);
        let segment = &path[start..end];
        if is_dot_segment(segment) {
            if segment.len() == 2 {
                // "remove the last segment and its preceding "/" (if any) from the output buffer".
                written = memrchr(b'/', &path[..written]).unwrap_or(0);
            }
            if end == path.len() {
                // "/." and "/.." at the end leave the slash of a directory.
                path[written] = b'/';
                written += 1;
            }
        } else {
            path.copy_within(read..end, written);
            written += end - read;
        }
        read = end;
    }
    path.truncate(written);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(path: &[u8]) -> Result<Vec<u8>, Refusal> {
        normalise(path, &mut Vec::new()).map(<[u8]>::to_vec)
    }

    fn check(path: &str, expected: &str) {
        assert_eq!(normal(path.as_bytes()), Ok(expected.as_bytes().to_vec()), "{path}");
    }

    /// The RFC word by word: a list of segments, each decoded on its own.
    fn oracle(path: &[u8]) -> Option<Vec<u8>> {
        let mut output: Vec<Vec<u8>> = Vec::new();
        let segments: Vec<&[u8]> = path.strip_prefix(b"/")?.split(|&b| b == b'/').collect();
        for (position, segment) in segments.iter().enumerate() {
            let is_last = position + 1 == segments.len();
            match oracle_segment(segment)?.as_slice() {
                dots @ (b"." | b"..") => {
                    if dots.len() == 2 {
                        output.pop();
                    }
                    if is_last {
                        output.push(Vec::new());
                    }
                }
                other => output.push(other.to_vec()),
            }
        }
        Some(output.iter().flat_map(|segment| [b"/", segment.as_slice()].concat()).collect())
    }

    fn oracle_segment(segment: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut bytes = segment.iter();
        while let Some(&byte) = bytes.next() {
            if byte != b'%' {
                out.push(byte);
                continue;
            }
            let mut digit = || char::from(*bytes.next()?).to_digit(16);
            let value = u8::try_from(digit()? * 16 + digit()?).ok()?;
            match value {
                b'-' | b'.' | b'_' | b'~' => out.push(value),
                _ if value.is_ascii_alphanumeric() => out.push(value),
                _ => out.extend(format!("%{value:02X}").bytes()),
            }
        }
        Some(out)
    }

    #[test]
    fn a_normal_path_is_not_copied() {
        for path in ["/", "/pets", "/pets/1.json", "/a/.b/..c/...", "//a//", "/%2F%5C%00", "/é"] {
            let mut scratch = Vec::new();
            let out = normalise(path.as_bytes(), &mut scratch).expect("it is normal");
            assert_eq!(out.as_ptr(), path.as_ptr(), "{path}");
        }
    }

    #[test]
    fn unreserved_escapes_are_decoded_and_others_upper_cased() {
        check("/%70ets/%7e%2D%5f", "/pets/~-_");
        check("/a%2fb%5cc%00%c3%a9", "/a%2Fb%5Cc%00%C3%A9");
        check("/%20%3a", "/%20%3A");
    }

    #[test]
    fn nothing_is_decoded_twice() {
        check("/%252e%252e/a", "/%252e%252e/a");
        check("/%25%32%65", "/%252e");
        check("/%2570ets", "/%2570ets");
    }

    #[test]
    fn dot_segments_are_removed_once() {
        check("/a/./b", "/a/b");
        check("/a/../b", "/b");
        check("/a/b/.", "/a/b/");
        check("/a/b/..", "/a/");
        check("/a/b/../..", "/");
        check("/a/b/c/./../../g", "/a/g");
        check("/mid/content=5/../6", "/mid/6");
        check("/%2e%2E/a/%2e/b/.%2e/c", "/a/c");
    }

    #[test]
    fn climbing_above_the_root_ends_at_the_root() {
        check("/..", "/");
        check("/../../etc/passwd", "/etc/passwd");
        check("/a/../../../b", "/b");
    }

    #[test]
    fn an_escaped_slash_never_makes_a_segment() {
        check("/a/..%2Fb", "/a/..%2Fb");
        check("/a/%2e%2e%2fb", "/a/..%2Fb");
        check("/a%2F../b", "/a%2F../b");
    }

    #[test]
    fn repeated_slashes_are_kept() {
        check("//a///b//", "//a///b//");
        check("/a//../b", "/a/b");
        check("//..", "/");
        check("//./a", "//a");
    }

    #[test]
    fn an_empty_path_is_the_root() {
        check("", "/");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in ["*", "a", "%2Fa", "/%", "/%2", "/%2g", "/a%%41", "/ok/%zz/..", "/%+1"] {
            assert_eq!(normal(path.as_bytes()), Err(Refusal::MalformedPath), "{path}");
        }
    }

    fn spelling() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            8 => Just("/".to_owned()),
            8 => Just(".".to_owned()),
            4 => Just("%2e".to_owned()),
            2 => Just("%2F".to_owned()),
            2 => Just("%25".to_owned()),
            1 => Just("%".to_owned()),
            4 => "[a-fA-F0-9]{1,2}",
            2 => "%[0-9a-fA-F]{2}",
        ];
        prop::collection::vec(piece, 0..24)
            .prop_map(|pieces| format!("/{}", pieces.concat()).into())
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_rfc_word_by_word(path in spelling()) {
            prop_assert_eq!(normal(&path).ok(), oracle(&path));
        }

        #[test]
        fn it_is_idempotent(path in spelling()) {
            if let Ok(once) = normal(&path) {
                prop_assert_eq!(normal(&once), Ok(once));
            }
        }

        #[test]
        fn no_bytes_make_it_panic_or_grow(path: Vec<u8>) {
            if let Ok(out) = normal(&path) {
                prop_assert!(out.len() <= path.len().max(1));
                prop_assert!(out.starts_with(b"/"));
            }
        }
    }
}
