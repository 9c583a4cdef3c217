//! May these bytes stand as the value of a header field?

/// Cuts a mapped value to what may be sent as a field value; `None` where it may not be sent.
///
/// RFC 9110 §5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous",
/// and other control characters are invalid too. A decoded path or query value can hold any byte,
/// so a mapping whose value holds a control byte is dropped, as if its source were missing:
/// refusing the whole request would let one parameter switch off a method, and cleaning the value
/// would send the backend what nobody wrote. White space at the ends is not part of a value.
pub fn sendable(value: &[u8]) -> Option<&[u8]> {
    let value = trim(value);
    value.iter().all(|byte| is_field_byte(*byte)).then_some(value)
}

/// Without the spaces and tabs at the ends.
pub fn trim(value: &[u8]) -> &[u8] {
    let value = trim_start(value);
    let end = value.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1);
    &value[..end]
}

/// Without the spaces and tabs in front.
pub(super) fn trim_start(value: &[u8]) -> &[u8] {
    let start = value.iter().position(|byte| !is_blank(*byte)).unwrap_or(value.len());
    &value[start..]
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_field_byte(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7f || byte == b'\t'
}

/// Whether these bytes are a field name (RFC 9110 §5.6.2: token).
pub fn is_name(name: &[u8]) -> bool {
    let is_token_byte =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !name.is_empty() && name.iter().all(is_token_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_bytes_are_never_sent() {
        for byte in (0..=0x1f).chain([0x7f]) {
            let value = [b'a', byte, b'b'];
            assert_eq!(sendable(&value).is_some(), byte == b'\t', "{byte:#x}");
        }
    }

    #[test]
    fn ends_are_trimmed_and_other_bytes_stay() {
        let check = |value: &[u8], expected: &[u8]| assert_eq!(sendable(value), Some(expected));
        check(b" \ta b\t ", b"a b");
        check(b"  ", b"");
        check(b"", b"");
        check("caf\u{e9}".as_bytes(), "café".as_bytes());
        check(b"\xff", b"\xff");
    }

    #[test]
    fn names_are_tokens() {
        for name in ["x-a", "X_b.c", "!#$%&'*+-.^_`|~"] {
            assert!(is_name(name.as_bytes()), "{name}");
        }
        for name in ["", "a b", "a:", "é", "a\r", "(a)"] {
            assert!(!is_name(name.as_bytes()), "{name}");
        }
    }
}
