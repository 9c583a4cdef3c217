//! What is an exchange called?

use tollgate_core::context::Ids;

const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Draws the ids of one exchange.
///
/// They tell exchanges apart and are no secrets, so a fast generator seeded per thread serves.
pub(super) fn draw() -> Ids {
    let mut trace = [0; 20];
    trace[..8].copy_from_slice(&fastrand::u64(..).to_le_bytes());
    trace[8..16].copy_from_slice(&fastrand::u64(..).to_le_bytes());
    trace[16..].copy_from_slice(&fastrand::u32(..).to_le_bytes());
    Ids { request_id: uuid(fastrand::u128(..)), extended_request_id: extended(), trace }
}

/// A random UUID (RFC 9562 §5.4: version 4, variant 10) as text.
fn uuid(random: u128) -> [u8; 36] {
    let mut bytes = random.to_be_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = [b'-'; 36];
    let mut at = 0;
    for byte in bytes {
        if matches!(at, 8 | 13 | 18 | 23) {
            at += 1;
        }
        text[at] = HEX[usize::from(byte >> 4)];
        text[at + 1] = HEX[usize::from(byte & 15)];
        at += 2;
    }
    text
}

/// Fifteen characters and `=`, as AWS's extended request ids look.
fn extended() -> [u8; 16] {
    let mut random = u128::from(fastrand::u64(..)) << 64 | u128::from(fastrand::u64(..));
    let mut text = [b'='; 16];
    for character in &mut text[..15] {
        *character = BASE64_URL[(random & 63) as usize];
        random >>= 6;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_of_version_4_whatever_was_drawn() {
        let check = |random, expected: &str| assert_eq!(uuid(random), expected.as_bytes());
        check(0, "00000000-0000-4000-8000-000000000000");
        check(u128::MAX, "ffffffff-ffff-4fff-bfff-ffffffffffff");
        check(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef, "01234567-89ab-4def-8123-456789abcdef");
    }

    #[test]
    fn extended_ids_look_like_aws_ones() {
        let id = extended();
        assert!(id[..15].iter().all(|byte| BASE64_URL.contains(byte)));
        assert_eq!(id[15], b'=');
    }

    #[test]
    fn two_draws_differ() {
        assert_ne!(draw().request_id, draw().request_id);
    }
}
