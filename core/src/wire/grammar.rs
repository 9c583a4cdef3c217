//! Which bytes may stand where?

/// A byte of a token: verbs, field names, connection options (RFC 9110 §5.6.2).
pub(super) const TOKEN: u8 = 1;
/// A byte of a field value: `field-vchar / SP / HTAB` (RFC 9110 §5.5), with obs-text.
pub(super) const VALUE: u8 = 1 << 1;
/// A byte of a request target. Narrower than what servers tolerate: only what RFC 3986 lets stand
/// unencoded in a path, query or authority, since two readers of anything else may disagree.
pub(super) const TARGET: u8 = 1 << 2;
/// A byte of a host name: letters, digits, `-`, `.` and `_`.
pub(super) const HOST: u8 = 1 << 3;
/// A letter, a digit or `-`: what ordinary field names are made of.
pub(super) const PLAIN_NAME: u8 = 1 << 4;
/// A byte of the quoted value of a chunk extension.
pub(super) const QUOTED: u8 = 1 << 5;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = classes_of(byte as u8);
        byte += 1;
    }
    classes
}

const fn classes_of(byte: u8) -> u8 {
    let plain = byte.is_ascii_alphanumeric() || byte == b'-';
    let token = plain
        || matches!(byte, b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+')
        || matches!(byte, b'.' | b'^' | b'_' | b'`' | b'|' | b'~');
    let value = byte == b'\t' || (byte >= b' ' && byte != 0x7f);
    // `#` starts a fragment, which is never sent; the others are in no production of RFC 3986.
    let excluded = matches!(byte, b'#' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`')
        || matches!(byte, b'{' | b'|' | b'}');
    let target = byte.is_ascii_graphic() && !excluded;
    let host = plain || matches!(byte, b'.' | b'_');
    let quoted = byte == b'\t' || byte == b' ' || byte.is_ascii_graphic();
    (token as u8 * TOKEN)
        | (value as u8 * VALUE)
        | (target as u8 * TARGET)
        | (host as u8 * HOST)
        | (plain as u8 * PLAIN_NAME)
        | (quoted as u8 * QUOTED)
}

/// Whether `byte` is of `class`.
#[inline]
pub(super) fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Whether every byte is of `class`; true of nothing at all.
#[inline]
pub(super) fn all(bytes: &[u8], class: u8) -> bool {
    bytes.iter().fold(class, |kept, byte| kept & CLASSES[usize::from(*byte)]) != 0
}

/// `bytes` without blanks (SP and HT) at both ends.
pub(super) fn trim_blanks(bytes: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let Some(start) = bytes.iter().position(|byte| !is_blank(byte)) else { return &[] };
    let end = bytes.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

/// The elements of a comma-separated list, without the blanks around them; empty ones included.
pub(super) fn list_elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(trim_blanks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_exactly_their_bytes() {
        let members = |class| (0..=255).filter(|byte| is(*byte, class)).collect::<Vec<u8>>();
        let tokens =
            b"!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
        assert_eq!(members(TOKEN), tokens);
        assert_eq!(members(VALUE).len(), 1 + 95 + 128);
        assert_eq!(members(TARGET).len(), 94 - 10);
        assert_eq!(members(HOST).len(), 62 + 3);
        assert_eq!(members(PLAIN_NAME).len(), 62 + 1);
        assert_eq!(members(QUOTED).len(), 96);
        for byte in b" \t\r\n\0#\"<>\\^`{|}\x7f\x80\xff" {
            assert!(!is(*byte, TARGET), "{byte}");
        }
    }

    #[test]
    fn all_asks_every_byte() {
        assert!(all(b"", TOKEN) && all(b"GET", TOKEN));
        assert!(!all(b"G T", TOKEN) && !all(b"\0", TOKEN) && !all(b"GET\x80", TOKEN));
    }

    #[test]
    fn lists_are_split_and_trimmed() {
        let check = |value: &[u8], expected: &[&[u8]]| {
            assert_eq!(list_elements(value).collect::<Vec<_>>(), expected);
        };
        check(b"close", &[b"close"]);
        check(b" close ,\tx ", &[b"close", b"x"]);
        check(b",a,,b", &[b"", b"a", b"", b"b"]);
        check(b" \t ", &[b""]);
    }
}
