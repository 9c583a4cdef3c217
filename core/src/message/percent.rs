//! How are percent-encoded bytes read and written?
//!
//! One table says which bytes may stand unescaped where; three encoders and one decoder read it.
//! Nothing here decides *whether* something is decoded: that is said once, by `locate` for paths
//! and by the step that fills in a captured value or a query parameter.

/// May stand unescaped anywhere: `ALPHA / DIGIT / "-" / "." / "_" / "~"` (RFC 3986 §2.3).
const UNRESERVED: u8 = 1;
/// May stand unescaped in one path segment: RFC 3986 §3.3 `pchar`, without its escapes.
const SEGMENT: u8 = 2;
/// May stand unescaped in a query's name or value: `pchar`, `/` and `?` (§3.4) without the bytes that
/// receivers split or rewrite there: `&`, `;`, `=` and `+`.
const QUERY_COMPONENT: u8 = 4;

/// What each byte may be.
const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let letter = byte as u8;
        if letter.is_ascii_alphanumeric() || is_in(letter, b"-._~") {
            classes[byte] = UNRESERVED | SEGMENT | QUERY_COMPONENT;
        } else if is_in(letter, b"!$'()*,:@") {
            classes[byte] = SEGMENT | QUERY_COMPONENT;
        } else if is_in(letter, b"&+;=") {
            classes[byte] = SEGMENT;
        } else if is_in(letter, b"/?") {
            classes[byte] = QUERY_COMPONENT;
        }
        byte += 1;
    }
    classes
}

const fn is_in(byte: u8, set: &[u8]) -> bool {
    let mut position = 0;
    while position < set.len() {
        if set[position] == byte {
            return true;
        }
        position += 1;
    }
    false
}

/// Whether `byte` is unreserved (RFC 3986 §2.3): its escape and itself mean the same everywhere.
#[inline]
pub fn is_unreserved(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & UNRESERVED != 0
}

/// The byte that the escape at the start of `bytes` stands for: `%2f…` is `/`.
///
/// `None` where `bytes` does not start with `%` and two hexadecimal digits.
#[inline]
pub fn decode_escape(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = *bytes else { return None };
    Some(hex_value(high)? << 4 | hex_value(low)?)
}

#[inline]
fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Appends the escape of `byte`, with upper-case digits (RFC 3986 §2.1: "producers … should use
/// uppercase hexadecimal digits for all percent-encodings").
#[inline]
pub fn push_escape(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let high = DIGITS[usize::from(byte >> 4)];
    let low = DIGITS[usize::from(byte & 15)];
    out.extend_from_slice(&[b'%', high, low]);
}

/// `text` with each escape replaced by its byte, once: `%252F` gives `%2F`.
///
/// Answers `text` itself where nothing is escaped, else what it wrote to `scratch`, whose
/// former content is gone. `%` without two hexadecimal digits behind it stays as it is, and so
/// does `+`.
pub fn decode_component<'a>(text: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    if memchr::memchr(b'%', text).is_none() {
        return text;
    }
    scratch.clear();
    decode_component_into(text, scratch);
    scratch
}

/// Appends `text` to `out` with each escape replaced by its byte, as [`decode_component`] does.
pub fn decode_component_into(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let (byte, taken) = match decode_escape(rest) {
            Some(byte) => (byte, 3),
            None => (b'%', 1),
        };
        out.push(byte);
        rest = &rest[taken..];
    }
    out.extend_from_slice(rest);
}

/// `text` with each escape replaced by its byte, written to the start of `out`; `None` where it
/// does not fit. As [`decode_component`], for callers that must not allocate.
pub fn decode_to_slice<'a>(text: &[u8], out: &'a mut [u8]) -> Option<&'a [u8]> {
    let mut rest = text;
    let mut len = 0;
    while let Some(&first) = rest.first() {
        let (byte, taken) = decode_escape(rest).map_or((first, 1), |byte| (byte, 3));
        *out.get_mut(len)? = byte;
        len += 1;
        rest = &rest[taken..];
    }
    out.get(..len)
}

/// Appends the bytes of `text` as one path segment: whatever is not RFC 3986 `pchar` is escaped,
/// `/`, `?`, `#` and `%` included.
///
/// A value that is `.` or `..` comes out as it is, for no escape would keep a receiver from
/// reading it as a dot segment; the caller refuses it where it would be a whole segment.
pub fn encode_segment_into(text: &[u8], out: &mut Vec<u8>) {
    encode_into(text, |byte| CLASSES[usize::from(byte)] & SEGMENT != 0, out);
}

/// Appends the bytes of `text` as several path segments: as [`encode_segment_into`], but `/` stays.
pub fn encode_path_into(text: &[u8], out: &mut Vec<u8>) {
    encode_into(text, |byte| byte == b'/' || CLASSES[usize::from(byte)] & SEGMENT != 0, out);
}

/// Appends the bytes of `text` as the name or the value of a query parameter: `&`, `;`, `=`, `+`
/// and `%` are escaped, and so is a space (as `%20`).
pub fn encode_query_component_into(text: &[u8], out: &mut Vec<u8>) {
    encode_into(text, |byte| CLASSES[usize::from(byte)] & QUERY_COMPONENT != 0, out);
}

fn encode_into(text: &[u8], may_stand: impl Fn(u8) -> bool, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| !may_stand(byte)) {
        out.extend_from_slice(&rest[..at]);
        push_escape(rest[at], out);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(text: &[u8]) -> Vec<u8> {
        decode_component(text, &mut Vec::new()).to_vec()
    }

    fn written(encode: fn(&[u8], &mut Vec<u8>), text: &str) -> String {
        let mut out = Vec::new();
        encode(text.as_bytes(), &mut out);
        String::from_utf8(out).expect("escapes are ASCII and the rest was text")
    }

    #[test]
    fn each_escape_is_decoded_once() {
        for (text, expected) in [
            ("", ""),
            ("plain+text", "plain+text"),
            ("a%20b", "a b"),
            ("%2Fa%2f", "/a/"),
            ("%252F", "%2F"),
            ("%", "%"),
            ("%2", "%2"),
            ("%zz%41", "%zzA"),
            ("%%41", "%A"),
        ] {
            assert_eq!(decoded(text.as_bytes()), expected.as_bytes(), "{text}");
        }
    }

    #[test]
    fn text_without_escapes_is_not_copied() {
        let mut scratch = Vec::new();
        let text = b"petId-1".as_slice();
        assert_eq!(decode_component(text, &mut scratch).as_ptr(), text.as_ptr());
        assert_eq!(scratch.capacity(), 0);
    }

    #[test]
    fn each_encoder_keeps_what_may_stand_in_its_place() {
        let text = "a-Z_0.~!$'()*,:@&+;=/?#%[] \"|é\0";
        let segment = "a-Z_0.~!$'()*,:@&+;=%2F%3F%23%25%5B%5D%20%22%7C%C3%A9%00";
        let path = "a-Z_0.~!$'()*,:@&+;=/%3F%23%25%5B%5D%20%22%7C%C3%A9%00";
        let query = "a-Z_0.~!$'()*,:@%26%2B%3B%3D/?%23%25%5B%5D%20%22%7C%C3%A9%00";
        assert_eq!(written(encode_segment_into, text), segment);
        assert_eq!(written(encode_path_into, text), path);
        assert_eq!(written(encode_query_component_into, text), query);
    }

    #[test]
    fn unreserved_bytes_are_those_of_the_rfc() {
        let unreserved: Vec<u8> = (0..=255).filter(|&byte| is_unreserved(byte)).collect();
        assert_eq!(
            unreserved,
            b"-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
        );
    }

    proptest! {
        #[test]
        fn what_any_encoder_writes_decodes_to_what_it_read(text: Vec<u8>) {
            for encode in [encode_segment_into, encode_path_into, encode_query_component_into] {
                let mut out = Vec::new();
                encode(&text, &mut out);
                prop_assert_eq!(decoded(&out), text.clone());
            }
        }

        #[test]
        fn decoding_never_lengthens(text: Vec<u8>) {
            prop_assert!(decoded(&text).len() <= text.len());
        }

        #[test]
        fn decoding_to_a_slice_agrees_or_does_not_fit(text in "[a%2F]{0,40}", room in 0_usize..40) {
            let mut out = vec![0; room];
            let expected = decoded(text.as_bytes());
            let fits = (expected.len() <= room).then_some(expected.as_slice());
            prop_assert_eq!(decode_to_slice(text.as_bytes(), &mut out), fits);
        }
    }
}
