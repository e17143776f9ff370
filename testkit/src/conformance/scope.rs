//! Variables: `${name}` in the texts of a step.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::error::{KitError, Stop};
use super::json::Json;

/// Holds one variable.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Variable {
    Known(Json),
    /// An optional step of the fixture failed. Whatever needs what it makes fails, and says why.
    Missing(String),
}

pub(super) type Variables = HashMap<String, Variable>;

/// Looks variables up: those of the scenario first, then those of the fixture, then what is made up on the spot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) shared: &'a Variables,
    pub(super) local: &'a Variables,
}

impl Scope<'_> {
    fn value(&self, name: &str) -> Result<Json, Stop> {
        match self.local.get(name).or_else(|| self.shared.get(name)) {
            Some(Variable::Known(value)) => Ok(value.clone()),
            Some(Variable::Missing(why)) => Err(Stop::Failed(format!("needs ${{{name}}}: {why}"))),
            None => built_in(name)
                .map(Json::Text)
                .ok_or_else(|| KitError::new(format!("unknown variable ${{{name}}}")).into()),
        }
    }

    /// Replaces every variable in a text.
    pub(super) fn text(&self, text: &str) -> Result<String, Stop> {
        self.text_with(text, |value| value)
    }

    /// Replaces every variable in a text by what `how` makes of its value.
    pub(super) fn text_with(&self, text: &str, how: impl Fn(String) -> String) -> Result<String, Stop> {
        let mut out = String::with_capacity(text.len());
        for piece in pieces(text) {
            match piece {
                Piece::Plain(plain) => out.push_str(plain),
                Piece::Variable(name) => out.push_str(&how(self.value(name)?.as_text())),
            }
        }
        Ok(out)
    }

    /// Replaces variables in every string of a value. A string that is nothing but `${name}` takes an object or array
    /// over as it is.
    pub(super) fn fill(&self, value: &Json) -> Result<Json, Stop> {
        Ok(match value {
            Json::Text(text) => match pieces(text).as_slice() {
                [Piece::Variable(name)] => match self.value(name)? {
                    whole @ (Json::List(_) | Json::Object(_)) => whole,
                    other => Json::Text(other.as_text()),
                },
                _ => Json::Text(self.text(text)?),
            },
            Json::List(items) => Json::List(items.iter().map(|item| self.fill(item)).collect::<Result<_, _>>()?),
            Json::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|(key, value)| Ok((self.text(key)?, self.fill(value)?)))
                    .collect::<Result<_, Stop>>()?,
            ),
            other => other.clone(),
        })
    }
}

/// Lists the names of the variables in a text.
pub(super) fn names_in(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Variable(name) => Some(name),
        Piece::Plain(_) => None,
    })
}

#[derive(Debug)]
enum Piece<'a> {
    Plain(&'a str),
    Variable(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((plain, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else { break };
        if !plain.is_empty() {
            out.push(Piece::Plain(plain));
        }
        out.push(Piece::Variable(name));
        rest = tail;
    }
    if !rest.is_empty() {
        out.push(Piece::Plain(rest));
    }
    out
}

/// Returns the value of a variable that is made up on the spot, or nothing if there is no such variable.
pub(super) fn built_in(name: &str) -> Option<String> {
    if let Some(count) = name.strip_prefix("fill:") {
        return digits(count).map(|count| "x".repeat(count));
    }
    if let Some(offset) = name.strip_prefix("nowz") {
        return shifted(offset).map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    let offset = name.strip_prefix("now")?;
    shifted(offset).map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string())
}

/// Reads `+3`, `-3` or nothing, and returns the time that many seconds from now.
fn shifted(offset: &str) -> Option<DateTime<Utc>> {
    let seconds = match offset.split_at_checked(1) {
        None => 0,
        Some(("+", count)) => i64::try_from(digits(count)?).ok()?,
        Some(("-", count)) => -i64::try_from(digits(count)?).ok()?,
        Some(_) => return None,
    };
    wall_clock().checked_add_signed(TimeDelta::try_seconds(seconds)?)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a server in another process reads the real clock, so the cases must too"
)]
fn wall_clock() -> DateTime<Utc> {
    Utc::now()
}

fn digits(text: &str) -> Option<usize> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(value: &str) -> Result<String, Stop> {
        let shared = Variables::from([
            ("a".to_owned(), Variable::Known(Json::text("1"))),
            ("o".to_owned(), Variable::Known(Json::Object(vec![("k".to_owned(), Json::from(2))]))),
            ("n".to_owned(), Variable::Known(Json::from(7))),
            ("m".to_owned(), Variable::Missing("no such thing".to_owned())),
        ]);
        let local = Variables::from([("l".to_owned(), Variable::Known(Json::text("here")))]);
        let value = Json::parse(value).map_err(KitError::new)?;
        Ok(Scope { shared: &shared, local: &local }.fill(&value)?.to_string())
    }

    #[test]
    fn variables_are_replaced_everywhere() {
        assert_eq!(
            filled(r#"{"x":"${a}b","y":"${o}","${a}":["${n}",1,"${l}","${","$a"],"z":"-${o}-"}"#),
            Ok(r#"{"x":"1b","y":{"k":2},"1":["7",1,"here","${","$a"],"z":"-{\"k\":2}-"}"#.to_owned())
        );
        assert_eq!(filled(r#""${fill:5}""#), Ok(r#""xxxxx""#.to_owned()));
    }

    #[test]
    fn an_unknown_variable_is_an_error_of_the_kit() {
        for name in ["nope", "fill:", "fill:x", "now+", "now3", "nowz+x", ""] {
            assert!(matches!(filled(&format!("\"${{{name}}}\"")), Err(Stop::Kit(_))), "{name} was let through");
        }
    }

    #[test]
    fn a_variable_that_the_fixture_lacks_fails() {
        assert_eq!(filled(r#""${m}""#), Err(Stop::Failed("needs ${m}: no such thing".to_owned())));
    }

    #[test]
    fn times_are_written_in_two_ways() {
        assert!(built_in("now+3").is_some_and(|time| time.len() == 19 && !time.contains('T')));
        assert!(built_in("nowz-3").is_some_and(|time| time.len() == 20 && time.ends_with('Z')));
        assert!(built_in("nowz").is_some());
    }
}
