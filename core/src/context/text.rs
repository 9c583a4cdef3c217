//! How are numbers, addresses and times written as text without formatting machinery?

use std::net::{IpAddr, Ipv6Addr};

/// Appends a decimal number.
#[inline]
pub fn push_decimal(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

const HEX: [u8; 16] = *b"0123456789abcdef";

/// Appends two lower-case hexadecimal digits per byte.
#[inline]
pub fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        out.extend_from_slice(&hex_pair(*byte));
    }
}

/// The two lower-case hexadecimal digits of a byte.
#[inline]
pub fn hex_pair(byte: u8) -> [u8; 2] {
    [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]
}

/// Appends an address as RFC 5952 spells it; an IPv4 address mapped into IPv6 is written as IPv4.
pub fn push_ip(out: &mut Vec<u8>, ip: IpAddr) {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            for (position, octet) in ip.octets().into_iter().enumerate() {
                if position > 0 {
                    out.push(b'.');
                }
                push_decimal(out, u64::from(octet));
            }
        }
        IpAddr::V6(ip) => push_ipv6(out, ip),
    }
}

fn push_ipv6(out: &mut Vec<u8>, ip: Ipv6Addr) {
    let groups = ip.segments();
    let (start, len) = longest_zeros(groups);
    let mut position = 0;
    while position < groups.len() {
        if len > 1 && position == start {
            out.extend_from_slice(b"::");
            position += len;
            continue;
        }
        if position > 0 && !(len > 1 && position == start + len) {
            out.push(b':');
        }
        push_group(out, groups[position]);
        position += 1;
    }
}

/// Where the longest run of zero groups starts and how long it is (RFC 5952 §4.2.3: the first
/// of several equally long).
fn longest_zeros(groups: [u16; 8]) -> (usize, usize) {
    let (mut best, mut current) = ((0, 0), (0, 0));
    for (position, group) in groups.into_iter().enumerate() {
        if group != 0 {
            current = (position + 1, 0);
            continue;
        }
        current.1 += 1;
        if current.1 > best.1 {
            best = current;
        }
    }
    best
}

/// RFC 5952 §4.1: leading zeros must be suppressed.
fn push_group(out: &mut Vec<u8>, group: u16) {
    let digits = group.to_be_bytes().map(hex_pair);
    let digits = digits.as_flattened();
    let first = digits.iter().position(|digit| *digit != b'0').unwrap_or(3);
    out.extend_from_slice(&digits[first..]);
}

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Appends `09/Apr/2015:12:34:56 +0000`, the time of the Common Log Format.
pub fn push_clf_time(out: &mut Vec<u8>, unix_s: u64) {
    let (year, month, day) = date_of_day(unix_s / 86_400);
    let second = unix_s % 86_400;
    push_two(out, day);
    out.push(b'/');
    out.extend_from_slice(MONTHS[usize::from(month - 1)]);
    out.push(b'/');
    push_decimal(out, year);
    for part in [second / 3600, second / 60 % 60, second % 60] {
        out.push(b':');
        push_two(out, u8::try_from(part).unwrap_or(0));
    }
    out.extend_from_slice(b" +0000");
}

fn push_two(out: &mut Vec<u8>, number: u8) {
    out.extend_from_slice(&[b'0' + number / 10 % 10, b'0' + number % 10]);
}

/// Year, month (1 to 12) and day (1 to 31) of a day counted from 1970-01-01.
///
/// Counted in years that begin in March, so that the leap day ends a year, and in eras of 400
/// years = 146,097 days. A count of milliseconds in 64 bits ends in the year 584,556,019, so
/// nothing overflows.
fn date_of_day(day: u64) -> (u64, u8, u8) {
    let day = day + 719_468;
    let era = day / 146_097;
    let day_of_era = day % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, u8::try_from(month).unwrap_or(1), u8::try_from(day_of_month).unwrap_or(1))
}

/// Appends `text` as the inside of a JSON string, without the quotes around it (RFC 8259 §7).
///
/// Bytes that are not UTF-8 become U+FFFD, so the result is always valid JSON.
pub fn push_json_escaped(out: &mut Vec<u8>, text: &[u8]) {
    for chunk in text.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find(needs_json_escape) {
            out.extend_from_slice(&rest.as_bytes()[..at]);
            let mut letters = rest[at..].chars();
            push_json_escape(out, letters.next().unwrap_or_default());
            rest = letters.as_str();
        }
        out.extend_from_slice(rest.as_bytes());
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
}

/// Beside what JSON demands, DEL and the C1 controls: terminals obey them.
fn needs_json_escape(letter: char) -> bool {
    matches!(letter, '"' | '\\' | '\0'..='\x1f' | '\x7f'..='\u{9f}')
}

fn push_json_escape(out: &mut Vec<u8>, letter: char) {
    match letter {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        other => {
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&hex_pair(u8::try_from(u32::from(other)).unwrap_or_default()));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("every writer writes UTF-8")
    }

    #[test]
    fn times_are_in_common_log_format() {
        let check = |unix_s, expected: &str| {
            assert_eq!(written(|out| push_clf_time(out, unix_s)), expected);
        };
        check(0, "01/Jan/1970:00:00:00 +0000");
        check(1_428_582_896, "09/Apr/2015:12:34:56 +0000");
        check(951_782_400, "29/Feb/2000:00:00:00 +0000");
        check(4_107_542_399, "28/Feb/2100:23:59:59 +0000");
        check(4_107_542_400, "01/Mar/2100:00:00:00 +0000");
    }

    #[test]
    fn mapped_addresses_are_written_as_ipv4() {
        let mapped: IpAddr = "::ffff:10.1.2.3".parse().expect("an address");
        assert_eq!(written(|out| push_ip(out, mapped)), "10.1.2.3");
    }

    #[test]
    fn json_text_cannot_leave_its_string() {
        let check = |text: &[u8], expected: &str| {
            assert_eq!(written(|out| push_json_escaped(out, text)), expected);
        };
        check(b"plain", "plain");
        check(b"a\"b\\c\n\r\t\0\x7f", "a\\\"b\\\\c\\n\\r\\t\\u0000\\u007f");
        check(b"caf\xc3\xa9 \xff", "café \u{fffd}");
        check("\u{9b}2J\u{a0}".as_bytes(), "\\u009b2J\u{a0}");
    }

    proptest! {
        #[test]
        fn addresses_are_written_as_the_standard_library_does(words in any::<[u16; 8]>(), zeros in any::<u8>()) {
            let mut words = words;
            for (bit, word) in words.iter_mut().enumerate() {
                if zeros & (1 << bit) != 0 { *word = 0; }
            }
            let ip = IpAddr::from(words);
            prop_assert_eq!(written(|out| push_ip(out, ip)), ip.to_canonical().to_string());
        }

        #[test]
        fn dates_agree_with_a_calendar(unix_s in 0_i64..253_402_300_800) {
            let expected = jiff::Timestamp::from_second(unix_s).expect("in range")
                .strftime("%d/%b/%Y:%H:%M:%S +0000").to_string();
            prop_assert_eq!(written(|out| push_clf_time(out, unix_s.cast_unsigned())), expected);
        }

        #[test]
        fn escaped_json_reads_back(text in "\\PC*|[\\x00-\\x7f]*") {
            let quoted = format!("\"{}\"", written(|out| push_json_escaped(out, text.as_bytes())));
            prop_assert_eq!(serde_json::from_str::<String>(&quoted).expect("valid JSON"), text);
        }
    }
}
