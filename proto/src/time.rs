//! Moments on the wire (D21, D25): out as `YYYY-MM-DD HH:MM:SS` in UTC; in as that, as a day, or as RFC 3339.

use std::io::Write as _;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};

/// 0001-01-01 00:00:00 and 9999-12-31 23:59:59 in seconds since 1970.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Reads a moment, in seconds since 1970; `None` if it is none (D25). Fractions of a second are cut.
#[must_use]
pub fn read(text: &str) -> Option<i64> {
    let text = text.trim();
    let seconds = match text.len() {
        10 => day(text)?.and_time(NaiveTime::MIN).and_utc().timestamp(),
        19 => moment(text)?.and_utc().timestamp(),
        20.. => with_offset(text)?,
        _ => return None,
    };
    YEARS.contains(&seconds).then_some(seconds)
}

/// Writes a moment.
pub fn write(seconds: i64, out: &mut Vec<u8>) {
    let Some(moment) = DateTime::from_timestamp(seconds, 0) else { return };
    // Writing into a vector cannot fail.
    let _ = write!(
        out,
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        moment.year(),
        moment.month(),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second()
    );
}

/// Whether the digits and signs stand where a pattern has `0` and signs: chrono alone takes `2020-1-1` and `+2020` too.
fn looks_like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            _ => byte == wanted,
        })
}

fn day(text: &str) -> Option<NaiveDate> {
    looks_like(text, "0000-00-00").then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

fn moment(text: &str) -> Option<NaiveDateTime> {
    let moment = looks_like(text, "0000-00-00 00:00:00")
        .then(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok())
        .flatten()?;
    not_a_leap_second(moment.nanosecond()).then_some(moment)
}

fn with_offset(text: &str) -> Option<i64> {
    if !looks_like(text.get(..10)?, "0000-00-00") {
        return None;
    }
    let moment = DateTime::parse_from_rfc3339(text).ok()?;
    not_a_leap_second(moment.nanosecond()).then(|| moment.timestamp())
}

/// Second 60 would be stored as second 59: rather refuse it.
fn not_a_leap_second(nanosecond: u32) -> bool {
    nanosecond < 1_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_are_read() {
        for (text, expected) in [
            ("1970-01-01 00:00:10", 10),
            ("1970-01-02", 86_400),
            (" 1970-01-02 ", 86_400),
            ("1970-01-01T00:00:10Z", 10),
            ("1970-01-01t02:00:10+02:00", 10),
            ("1969-12-31T20:30:10-03:30", 10),
            ("1970-01-01T00:00:10.987Z", 10),
            ("2024-02-29", 1_709_164_800),
            ("0001-01-01", -62_135_596_800),
            ("9999-12-31 23:59:59", 253_402_300_799),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "garbage",
            "01/31/2020",
            "2020-02-30",
            "2020-02-30 00:00:00",
            "2020-13-01 00:00:00",
            "2020-01-01 25:00:00",
            "2020-01-01 10:00",
            "2020-01-01 00:00:00.123456",
            "2020-01-01 00:00:60",
            "2020-01-01T00:00:00",
            "2023-02-29",
            "+2020-01-01",
            "20200-01-01",
            "0000-01-01",
            "10000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "0001-01-01T00:00:00+01:00",
            "2020-1-1",
            "1577836800",
            "now",
            "2020-01-01T00:00:60Z",
            "２０２０-01-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for seconds in [0, -1, 1_577_836_800, *YEARS.start(), *YEARS.end()] {
            let mut out = Vec::new();
            write(seconds, &mut out);
            assert_eq!(read(std::str::from_utf8(&out).unwrap()), Some(seconds));
        }
    }
}
