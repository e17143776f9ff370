//! Expectations: what an answer is held against.
//!
//! An object matches if every listed key does; an array by length and element by element; strings and numbers by
//! value and type. Strings and keys that begin with `$` are matchers; one that is not known is an error of the kit.

use super::error::{KitError, short};
use super::json::Json;
use super::pattern;

/// Says how the server writes integers in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Integers {
    /// As numbers: `7`.
    #[default]
    Number,
    /// As strings: `"7"`.
    Text,
}

/// Holds one difference between what was expected and what came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Complaint {
    pub(super) path: String,
    pub(super) what: String,
    pub(super) got: String,
}

impl Complaint {
    pub(super) fn new(path: impl Into<String>, what: impl Into<String>, got: impl Into<String>) -> Self {
        Self { path: path.into(), what: what.into(), got: got.into() }
    }
}

type Complaints = Result<Vec<Complaint>, KitError>;

const STRINGS: [&str; 7] = ["$any", "$int", "$string", "$timestamp", "$nonempty", "$bool", "$sentence"];
const PREFIXES: [&str; 4] = ["$re:", "$id:", "$text:", "$not:"];
const KEYS: [&str; 7] = ["$contains", "$length", "$keys", "$not_contains", "$each", "$one_of", "$min_length"];

impl Integers {
    fn is_integer(self, got: &Json) -> bool {
        match self {
            Self::Number => got.is_integer(),
            Self::Text => got.as_str().is_some_and(|text| {
                let digits = text.strip_prefix('-').unwrap_or(text);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            }),
        }
    }

    /// Returns every complaint about `got`.
    pub(super) fn compare(self, want: &Json, got: &Json, path: &str) -> Complaints {
        let one =
            |ok: bool, what: String| Ok(if ok { Vec::new() } else { vec![Complaint::new(path, what, got.as_shown())] });
        match want {
            Json::Text(text) => {
                let complaint = self.compare_text(text, got)?;
                one(complaint.is_none(), complaint.unwrap_or_default())
            }
            Json::Null | Json::Bool(_) => one(want == got, format!("expected {want}")),
            Json::Number(_) if self == Self::Text && want.is_integer() => {
                one(got.as_str() == Some(want.to_string().as_str()), format!("expected \"{want}\""))
            }
            Json::Number(_) => one(want.same_number(got), format!("expected the number {want}")),
            Json::List(items) => match got {
                Json::List(there) if there.len() == items.len() => {
                    let pairs = items.iter().zip(there).enumerate();
                    gather(pairs.map(|(i, (item, there))| self.compare(item, there, &format!("{path}[{i}]"))))
                }
                Json::List(there) => one(false, format!("expected {} elements, got {}", items.len(), there.len())),
                _ => one(false, "expected an array".to_owned()),
            },
            Json::Object(members) => self.compare_members(members, got, path),
        }
    }

    /// Holds one expected string against a value; returns the complaint.
    fn compare_text(self, want: &str, got: &Json) -> Result<Option<String>, KitError> {
        let (ok, complaint) = match want {
            _ if !want.starts_with('$') => (got.as_str() == Some(want), format!("expected {}", Json::text(want))),
            "$any" => (true, String::new()),
            "$int" => (self.is_integer(got), "expected an integer".to_owned()),
            "$bool" => (matches!(got, Json::Bool(_)), "expected a boolean".to_owned()),
            "$string" => (got.as_str().is_some(), "expected a string".to_owned()),
            "$timestamp" => (got.as_str().is_some_and(is_timestamp), "expected YYYY-MM-DD HH:MM:SS".to_owned()),
            "$nonempty" => (!is_empty(got), "expected something that is not empty".to_owned()),
            "$sentence" => {
                let sentence = |text: &str| text != "content" && text.split_whitespace().nth(1).is_some();
                let what = "expected a sentence that a person can act on";
                (got.as_str().is_some_and(sentence), what.to_owned())
            }
            _ => match want.split_once(':') {
                Some(("$re", re)) => {
                    let ok = got.as_str().map_or(Ok(false), |text| pattern::occurs(re, text))?;
                    (ok, format!("expected a string that matches /{re}/"))
                }
                Some(("$id", id)) => {
                    let form = if self == Self::Text { " as a string" } else { "" };
                    (self.is_integer(got) && got.as_text() == id, format!("expected the integer {id}{form}"))
                }
                Some(("$text", text)) => {
                    let scalar = got.as_str().is_some() || got.is_integer();
                    (scalar && got.as_text() == text, format!("expected {text} (number or string)"))
                }
                Some(("$not", text)) => (got.as_str() != Some(text), format!("expected anything but {text}")),
                _ => return Err(unknown(want)),
            },
        };
        Ok((!ok).then_some(complaint))
    }

    fn compare_members(self, members: &[(String, Json)], got: &Json, path: &str) -> Complaints {
        let mut out = Vec::new();
        for (key, want) in members {
            if key.starts_with('$') {
                out.extend(self.compare_key(key, want, got, path)?);
                continue;
            }
            if !got.is_object() {
                return Ok(vec![Complaint::new(path, "expected an object", got.as_shown())]);
            }
            let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            match got.get(key) {
                Some(there) => out.extend(self.compare(want, there, &inner)?),
                None => {
                    let what = format!("missing, expected {}", short(&want.as_shown(), 300));
                    out.push(Complaint::new(inner, what, "(absent)"));
                }
            }
        }
        Ok(out)
    }

    /// Applies a matcher that is written as the key of an object.
    fn compare_key(self, key: &str, want: &Json, got: &Json, path: &str) -> Complaints {
        let one =
            |ok: bool, what: String| Ok(if ok { Vec::new() } else { vec![Complaint::new(path, what, got.as_shown())] });
        let array = || one(false, "expected an array".to_owned());
        match (key, got) {
            ("$keys", Json::Object(there)) => {
                let wanted = sorted(list(key, want)?.iter().map(Json::as_text));
                let there = sorted(there.iter().map(|(key, _)| key.clone()));
                if wanted == there {
                    return Ok(Vec::new());
                }
                let what = format!("expected exactly the keys {wanted:?}");
                Ok(vec![Complaint::new(path, what, format!("{there:?}"))])
            }
            ("$keys", _) => one(false, "expected an object".to_owned()),
            ("$length", _) => {
                let (wanted, there) = (count(key, want)?, length(got));
                let shown = there.map_or_else(|| "no array".to_owned(), |n| n.to_string());
                one(there == Some(wanted), format!("expected {wanted} elements, got {shown}"))
            }
            ("$min_length", _) => {
                let wanted = count(key, want)?;
                one(length(got).is_some_and(|n| n >= wanted), format!("expected at least {wanted} elements"))
            }
            ("$each", Json::List(items)) => {
                let items = items.iter().enumerate();
                gather(items.map(|(i, item)| self.compare(want, item, &format!("{path}[{i}]"))))
            }
            ("$contains" | "$not_contains", Json::List(items)) => {
                let (there, word) = if key == "$contains" { (true, "an") } else { (false, "no") };
                gather(list(key, want)?.iter().map(|like| {
                    let found = self.any(items.iter().map(|item| (like, item)))?;
                    one(found == there, format!("expected {word} element like {}", short(&like.as_shown(), 300)))
                }))
            }
            ("$each" | "$contains" | "$not_contains", _) => array(),
            ("$one_of", _) => {
                let found = self.any(list(key, want)?.iter().map(|choice| (choice, got)))?;
                one(found, format!("expected one of {}", short(&want.as_shown(), 300)))
            }
            _ => Err(unknown(key)),
        }
    }

    fn any<'a>(self, pairs: impl Iterator<Item = (&'a Json, &'a Json)>) -> Result<bool, KitError> {
        for (want, got) in pairs {
            if self.compare(want, got, "")?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Checks an expectation without an answer: every matcher in it is known, and every pattern compiles.
pub(super) fn check(want: &Json) -> Result<(), KitError> {
    match want {
        Json::Text(text) => {
            let known = STRINGS.contains(&text.as_str()) || PREFIXES.iter().any(|prefix| text.starts_with(prefix));
            if text.starts_with('$') && !text.starts_with("${") && !known {
                return Err(unknown(text));
            }
            match text.strip_prefix("$re:") {
                Some(re) if !text.contains("${") => pattern::compile(re, true).map(drop),
                _ => Ok(()),
            }
        }
        Json::List(items) => items.iter().try_for_each(check),
        Json::Object(members) => members.iter().try_for_each(|(key, value)| {
            if key.starts_with('$') && !key.starts_with("${") && !KEYS.contains(&key.as_str()) {
                return Err(unknown(key));
            }
            if ["$keys", "$length", "$min_length"].contains(&key.as_str()) { Ok(()) } else { check(value) }
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) => Ok(()),
    }
}

impl Json {
    /// Returns the text that a message shows.
    pub(super) fn as_shown(&self) -> String {
        self.as_str().map_or_else(|| self.to_string(), str::to_owned)
    }
}

fn unknown(matcher: &str) -> KitError {
    KitError::new(format!("unknown matcher {matcher:?}"))
}

fn gather(parts: impl Iterator<Item = Complaints>) -> Complaints {
    Ok(parts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

fn list<'a>(key: &str, want: &'a Json) -> Result<&'a [Json], KitError> {
    match want {
        Json::List(items) => Ok(items),
        _ => Err(KitError::new(format!("{key} needs an array"))),
    }
}

fn count(key: &str, want: &Json) -> Result<usize, KitError> {
    want.as_text().parse().map_err(|_| KitError::new(format!("{key} needs a number, not {want}")))
}

fn length(got: &Json) -> Option<usize> {
    match got {
        Json::List(items) => Some(items.len()),
        _ => None,
    }
}

fn is_empty(got: &Json) -> bool {
    match got {
        Json::Null => true,
        Json::Text(text) => text.is_empty(),
        Json::List(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

fn is_timestamp(text: &str) -> bool {
    const FORM: &[u8] = b"dddd-dd-dd dd:dd:dd";
    text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(byte, form)| if *form == b'd' { byte.is_ascii_digit() } else { byte == *form })
}
