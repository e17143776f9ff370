//! Every matcher can fail.

use super::error::KitError;
use super::json::Json;
use super::matcher::{Integers, check};

fn complaints(integers: Integers, want: &str, got: &str) -> Result<usize, KitError> {
    let (want, got) = (Json::parse(want).map_err(KitError::new)?, Json::parse(got).map_err(KitError::new)?);
    integers.compare(&want, &got, "").map(|complaints| complaints.len())
}

/// Holds an expectation, one value that matches it, and some that do not.
type Case = (&'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (r#""a""#, r#""a""#, &[r#""b""#, "1", "null"]),
    ("1", "1", &[r#""1""#, "true", "2", "null"]),
    ("1", "1.0", &["1.5"]),
    ("true", "true", &["1", "false", r#""true""#]),
    ("null", "null", &[r#""""#, "0", "{}"]),
    ("{}", "[1]", &[]),
    (r#"{"a":1}"#, r#"{"b":2,"a":1}"#, &[r#"{"b":1}"#, "[1]", "null", r#"{"a":2}"#]),
    (r#"{"a":{"b":"x"}}"#, r#"{"a":{"b":"x"}}"#, &[r#"{"a":{"b":"y"}}"#, r#"{"a":"x"}"#]),
    ("[1,2]", "[1,2]", &["[2,1]", "[1]", "[1,2,3]", "{}"]),
    ("[]", "[]", &["{}", "[1]", "null"]),
    (r#""$any""#, "null", &[]),
    (r#""$int""#, "-3", &[r#""3""#, "true", "3.0", "null"]),
    (r#""$string""#, r#""""#, &["3", "null"]),
    (r#""$bool""#, "false", &["0", r#""false""#]),
    (
        r#""$timestamp""#,
        r#""2026-01-02 03:04:05""#,
        &[r#""2026-01-02T03:04:05Z""#, r#""2026-01-02 03:04:05.1""#, r#""2026-01-02 03:04:05\n""#, "1"],
    ),
    (r#""$nonempty""#, "[1]", &[r#""""#, "null", "[]", "{}"]),
    (r#""$nonempty""#, "0", &[]),
    (r#""$sentence""#, r#""must be given""#, &[r#""content""#, r#""""#, r#""word ""#, "1"]),
    (r#""$re:^a""#, r#""ab""#, &[r#""ba""#, "1"]),
    (r#""$re:^1""#, r#""1""#, &["1"]),
    (r#""$id:7""#, "7", &[r#""7""#, "8", "7.0"]),
    (r#""$text:7""#, "7", &["70", "7.0", "true", r#""70""#]),
    (r#""$text:7""#, r#""7""#, &[]),
    (r#""$not:a""#, r#""b""#, &[r#""a""#]),
    (r#"{"$keys":["a","b"]}"#, r#"{"b":1,"a":2}"#, &[r#"{"a":2}"#, r#"{"a":1,"b":2,"c":3}"#, "[]"]),
    (r#"{"$keys":["a"],"a":"x"}"#, r#"{"a":"x"}"#, &[r#"{"a":"y"}"#]),
    (r#"{"$length":2}"#, "[1,2]", &["[1]", "{}", "2"]),
    (r#"{"$length":"1"}"#, "[1]", &["[]"]),
    (r#"{"$min_length":1}"#, "[1,2]", &["[]", "null"]),
    (r#"{"$each":{"a":1}}"#, r#"[{"a":1},{"a":1}]"#, &[r#"[{"a":1},{}]"#, "{}"]),
    (r#"{"$contains":[{"a":1}]}"#, r#"[{"a":2},{"a":1,"b":0}]"#, &[r#"[{"a":2}]"#, "{}", "[]"]),
    (r#"{"$not_contains":[1]}"#, "[2]", &["[1]", "null"]),
    (r#"{"$one_of":[1,2]}"#, "2", &["3", "null"]),
];

#[test]
fn every_matcher_can_pass_and_can_fail() -> Result<(), KitError> {
    for (want, good, bad) in CASES {
        assert_eq!(complaints(Integers::Number, want, good)?, 0, "{want} should match {good}");
        for bad in *bad {
            assert_ne!(complaints(Integers::Number, want, bad)?, 0, "{want} should not match {bad}");
        }
        check(&Json::parse(want).map_err(KitError::new)?)?;
    }
    Ok(())
}

#[test]
fn integers_may_be_strings() -> Result<(), KitError> {
    for (want, good, bad) in [
        (r#""$id:7""#, r#""7""#, "7"),
        ("3", r#""3""#, "3"),
        (r#""$int""#, r#""-12""#, "12"),
        (r#""$int""#, r#""0""#, r#""-""#),
        ("1.5", "1.5", r#""1.5""#),
    ] {
        assert_eq!(complaints(Integers::Text, want, good)?, 0, "{want} should match {good}");
        assert_ne!(complaints(Integers::Text, want, bad)?, 0, "{want} should not match {bad}");
    }
    Ok(())
}

#[test]
fn an_unknown_matcher_is_an_error_of_the_kit() -> Result<(), KitError> {
    for want in [
        r#""$nonsense""#,
        r#""$nonsense:1""#,
        r#""$any:1""#,
        r#"{"$nonsense":1}"#,
        r#"{"a":["$nonsense"]}"#,
        r#"{"$each":"$nonsense"}"#,
        r#""$re:(""#,
    ] {
        assert!(check(&Json::parse(want).map_err(KitError::new)?).is_err(), "{want} was let through");
    }
    for (want, got) in [(r#""$nonsense""#, "1"), (r#"{"$nonsense":1}"#, "{}"), (r#""$re:(""#, r#""x""#)] {
        assert!(complaints(Integers::Number, want, got).is_err(), "{want} was let through");
    }
    for (want, got) in [(r#"{"$length":"x"}"#, "[]"), (r#"{"$contains":1}"#, "[]"), (r#"{"$keys":1}"#, "{}")] {
        assert!(complaints(Integers::Number, want, got).is_err(), "{want} was let through");
    }
    Ok(())
}

#[test]
fn a_complaint_says_where_and_what() -> Result<(), KitError> {
    let want = Json::parse(r#"{"Rs":[{"Title":"x","Id":2}]}"#).map_err(KitError::new)?;
    let got = Json::parse(r#"{"Rs":[{"Id":1}]}"#).map_err(KitError::new)?;
    let shown: Vec<String> = Integers::Number
        .compare(&want, &got, "")?
        .into_iter()
        .map(|complaint| format!("{}: {} ({})", complaint.path, complaint.what, complaint.got))
        .collect();
    assert_eq!(shown, ["Rs[0].Title: missing, expected x ((absent))", "Rs[0].Id: expected the number 2 (1)"]);
    Ok(())
}
