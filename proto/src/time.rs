//! Moments on the wire (D21, D25): out as `YYYY-MM-DD HH:MM:SS` in UTC; in as that, as a day, or as ISO 8601 with `T`, with
//! or without an offset. Clients send what their language writes, `isoformat()` of Python among them.

use std::io::Write as _;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Timelike as _, Utc};

/// 0001-01-01 00:00:00 and 9999-12-31 23:59:59 in seconds since 1970.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Reads a moment, in seconds since 1970; `None` if it is none (D25). Fractions of a second are cut off; what has no offset
/// is UTC.
#[must_use]
pub fn read(text: &str) -> Option<i64> {
    let text = text.trim();
    let day = day(text.get(..10)?)?;
    let seconds = match text.get(10..)? {
        "" => day.and_time(NaiveTime::MIN).and_utc().timestamp(),
        rest => {
            let time = rest.strip_prefix([' ', 'T', 't'])?;
            let clock = clock(time.get(..8)?)?;
            day.and_time(clock).and_utc().timestamp() - offset(after_fraction(time.get(8..)?)?)?
        }
    };
    YEARS.contains(&seconds).then_some(seconds)
}

/// Whether what has these dates counts at a moment: from the first of them, and until just before the second; one that is
/// absent does not limit. Generic, so that it serves dates of any kind.
#[must_use]
pub fn within<T: PartialOrd>(from: Option<T>, through: Option<T>, now: T) -> bool {
    has_begun(from, &now) && !has_ended(through, &now)
}

/// Whether what begins then has begun by a moment.
#[must_use]
pub fn has_begun<T: PartialOrd>(from: Option<T>, now: &T) -> bool {
    from.is_none_or(|from| from <= *now)
}

/// Whether what ends then has ended by a moment.
#[must_use]
pub fn has_ended<T: PartialOrd>(through: Option<T>, now: &T) -> bool {
    through.is_some_and(|through| through <= *now)
}

/// Writes a moment. By hand: answers and lines are full of them, and the machinery of formats takes longer than all the rest.
pub fn write(seconds: i64, out: &mut Vec<u8>) {
    let Some(moment) = DateTime::from_timestamp(seconds, 0) else { return };
    let Ok(year @ 0..=9999) = u32::try_from(moment.year()) else {
        // Writing into a vector cannot fail.
        let _ = write!(out, "{}", moment.naive_utc());
        return;
    };
    two(year / 100, out);
    two(year % 100, out);
    for (before, number) in [
        (b'-', moment.month()),
        (b'-', moment.day()),
        (b' ', moment.hour()),
        (b':', moment.minute()),
        (b':', moment.second()),
    ] {
        out.push(before);
        two(number, out);
    }
}

/// Two digits of a number below 100.
fn two(number: u32, out: &mut Vec<u8>) {
    let digit = |digit: u32| b'0' + u8::try_from(digit % 10).unwrap_or_default();
    out.extend_from_slice(&[digit(number / 10), digit(number)]);
}

/// A moment as it is written; nothing of one that there is not.
#[must_use]
pub fn text(seconds: i64) -> Option<String> {
    let mut text = Vec::with_capacity(19);
    write(seconds, &mut text);
    String::from_utf8(text).ok().filter(|text| !text.is_empty())
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

/// A time of day. Second 60 would be stored as second 59, and is refused.
fn clock(text: &str) -> Option<NaiveTime> {
    let clock = looks_like(text, "00:00:00").then(|| NaiveTime::parse_from_str(text, "%H:%M:%S").ok()).flatten()?;
    (clock.nanosecond() < 1_000_000_000).then_some(clock)
}

/// What follows a fraction of a second, if there is one.
fn after_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix('.') else { return Some(text) };
    let rest = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

/// An offset in seconds: none, `Z`, `+02:00` or `+0200`.
fn offset(text: &str) -> Option<i64> {
    if matches!(text, "" | "Z" | "z") {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix('-')?),
    };
    if !looks_like(digits, "00:00") && !looks_like(digits, "0000") {
        return None;
    }
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(digits.len() - 2..)?.parse().ok()?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// A moment as the contracts write it, to its fraction of a second.
#[must_use]
pub fn moment(time: DateTime<Utc>) -> prost_types::Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0);
    prost_types::Timestamp { seconds: time.timestamp(), nanos }
}

/// The moment that a contract tells; none if there is no such.
#[must_use]
pub fn told(moment: &prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(moment.seconds, u32::try_from(moment.nanos).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_limit_only_where_they_are() {
        assert!(within(None, None, 5) && within(Some(5), Some(6), 5));
        assert!(!within(Some(6), None, 5) && !within(None, Some(5), 5));
    }

    #[test]
    fn all_forms_are_read() {
        for (text, expected) in [
            ("1970-01-01 00:00:10", 10),
            ("1970-01-02", 86_400),
            (" 1970-01-02 ", 86_400),
            ("1970-01-01T00:00:10Z", 10),
            ("1970-01-01t02:00:10+02:00", 10),
            ("1969-12-31T20:30:10-03:30", 10),
            ("1970-01-01T00:00:10.987Z", 10),
            ("1970-01-01T00:00:10", 10),
            ("1970-01-01T00:00:10.987654", 10),
            ("1970-01-01 00:00:10.000", 10),
            ("1969-12-31T23:59:59.999", -1),
            ("1970-01-01T00:00:10+0000", 10),
            ("1970-01-01T02:00:10.5+0200", 10),
            ("1970-01-01 02:00:10+02:00", 10),
            ("1970-01-01T00:00:10-00:00", 10),
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
            "2020-01-01 00:00:00.",
            "2020-01-01T00:00:00.Z",
            "2020-01-01T00:00:00,5",
            "2020-01-01T00:00:00Z+02:00",
            "2020-01-01T00:00:00+24:00",
            "2020-01-01T00:00:00+02:60",
            "2020-01-01T00:00:00+02",
            "2020-01-01T00:00:00 +0200",
            "2020-01-01T00:00",
            "2020-01-01T",
            "2020-01-01Z",
            "2020-01-01x00:00:00",
            "2020-01-01 00:00:60",
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
