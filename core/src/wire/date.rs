//! How is an instant written in a Date field?

/// Bytes of an IMF-fixdate.
pub const IMF_FIXDATE_LEN: usize = 29;

/// Seconds of the year 10000, where four digits end.
const YEAR_10000: u64 = 253_402_300_800;
const DAY_NAMES: &[u8; 21] = b"ThuFriSatSunMonTueWed";
const MONTH_NAMES: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// The instant `unix_seconds` as RFC 9110 §5.6.7 wants it, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// Instants from the year 10000 on are written as the last one before. Worth calling once per
/// second and keeping.
pub fn imf_fixdate(unix_seconds: u64) -> [u8; IMF_FIXDATE_LEN] {
    let seconds = unix_seconds.min(YEAR_10000 - 1);
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil_from_days(days);
    let mut text = *b"Thu, 01 Jan 1970 00:00:00 GMT";
    text[..3].copy_from_slice(name(DAY_NAMES, days % 7));
    put_two_digits(&mut text[5..7], day);
    text[8..11].copy_from_slice(name(MONTH_NAMES, month - 1));
    put_two_digits(&mut text[12..14], year / 100);
    put_two_digits(&mut text[14..16], year % 100);
    put_two_digits(&mut text[17..19], time / 3600);
    put_two_digits(&mut text[20..22], time / 60 % 60);
    put_two_digits(&mut text[23..25], time % 60);
    text
}

/// Year, month and day of the day that many days after 1 January 1970.
///
/// Counted in eras of 400 years that begin on 1 March, so that the leap day is the last of its
/// year: `day_of_year` then gives the month by one division, 153 days being five months.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    // From 1 March of the year 0 to 1 January 1970 it is 719,468 days; an era has 146,097.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

fn name(names: &[u8], index: u64) -> &[u8] {
    names.chunks_exact(3).nth(usize::try_from(index).unwrap_or(0)).unwrap_or(b"   ")
}

fn put_two_digits(text: &mut [u8], value: u64) {
    text.copy_from_slice(&[b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8]);
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn check(unix_seconds: u64, expected: &str) {
        assert_eq!(std::str::from_utf8(&imf_fixdate(unix_seconds)), Ok(expected));
    }

    #[test]
    fn known_instants_are_written_as_the_rfc_does() {
        check(0, "Thu, 01 Jan 1970 00:00:00 GMT");
        check(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT");
        check(951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT");
        check(951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT");
        check(4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT");
        check(4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT");
        check(u64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    proptest! {
        #[test]
        fn every_instant_is_as_jiff_writes_it(seconds in 0..YEAR_10000 - 200_000) {
            let instant = Timestamp::from_second(i64::try_from(seconds)?)?;
            let expected = instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let written = imf_fixdate(seconds);
            prop_assert_eq!(std::str::from_utf8(&written)?, expected);
        }
    }
}
