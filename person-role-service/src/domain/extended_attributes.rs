//! The values of extended attributes (D30; co-person-role.md §5).
//!
//! They are stored by the number of their definition: renaming one touches no role, and what a dropped one leaves behind is
//! never shown again, nor by one of the same name that comes later.

use proto::{
    check::{BLANK, INVALID_CHARACTER, Violations, is_control},
    time,
};
use serde_json::{Map, Value as Json};

/// A definition of a CO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its number.
    pub id: i64,
    /// Its name, the key of documents.
    pub name: String,
    /// Its type, `INTEGER`, `TIMESTAMP` or `VARCHAR(32)`.
    pub kind: String,
}

/// Longest text of an attribute, in characters.
const LONGEST: usize = 32;

impl Definition {
    /// The value as it is stored; `None` if it is cleared.
    ///
    /// # Errors
    /// A sentence when it is not of the type, or a text that no field takes (D20).
    fn read(&self, value: &Json) -> Result<Option<Json>, String> {
        if value.is_null() || value.as_str() == Some("") {
            return Ok(None);
        }
        let text = value.as_str().map(str::trim);
        if text == Some("") {
            return Err(BLANK.to_owned());
        }
        let is_text = !matches!(self.kind.as_str(), "INTEGER" | "TIMESTAMP");
        let invalid = |letter: char| matches!(letter, '<' | '>') || is_control(letter);
        if is_text && text.is_some_and(|text| text.contains(invalid)) {
            return Err(INVALID_CHARACTER.to_owned());
        }
        let read = match self.kind.as_str() {
            "INTEGER" => {
                let number = value.as_i64().or_else(|| text?.parse().ok());
                number.filter(|number| i32::try_from(*number).is_ok()).map(Json::from)
            }
            "TIMESTAMP" => text.and_then(time::read).map(|seconds| {
                let mut out = Vec::new();
                time::write(seconds, &mut out);
                Json::from(String::from_utf8_lossy(&out).into_owned())
            }),
            _ => text.filter(|text| text.chars().count() <= LONGEST).map(Json::from),
        };
        read.map(Some).ok_or_else(|| match self.kind.as_str() {
            "INTEGER" => format!("\"{}\" must be a whole number of at most 32 bits", self.name),
            "TIMESTAMP" => {
                format!("\"{}\" must be a time: YYYY-MM-DD HH:MM:SS in UTC, YYYY-MM-DD, or RFC 3339", self.name)
            }
            _ => format!("\"{}\" must be a text of at most {LONGEST} characters", self.name),
        })
    }
}

/// What is stored after values were sent over what was stored before: only those that were sent change (D19). Those of
/// attributes that were dropped go.
pub fn merge(
    defined: &[Definition],
    mut stored: Map<String, Json>,
    sent: &Map<String, Json>,
    wrong: &mut Violations,
) -> Map<String, Json> {
    stored.retain(|id, _| defined.iter().any(|definition| definition.id.to_string() == *id));
    for (name, value) in sent {
        let Some(definition) = defined.iter().find(|definition| definition.name == *name) else {
            wrong.add(name, "The CO has no extended attribute of this name");
            continue;
        };
        match definition.read(value) {
            Ok(Some(value)) => drop(stored.insert(definition.id.to_string(), value)),
            Ok(None) => drop(stored.remove(&definition.id.to_string())),
            Err(sentence) => wrong.add(name, sentence),
        }
    }
    stored
}

/// The values by their names, as documents have them.
#[must_use]
pub fn shown(defined: &[Definition], stored: &Map<String, Json>) -> Map<String, Json> {
    let value = |definition: &Definition| stored.get(&definition.id.to_string()).cloned();
    defined.iter().filter_map(|definition| Some((definition.name.clone(), value(definition)?))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(json: Json) -> Map<String, Json> {
        match json {
            Json::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn values_are_of_their_type_and_only_those_sent_change() {
        let define =
            |(id, name, kind): (i64, &str, &str)| Definition { id, name: name.to_owned(), kind: kind.to_owned() };
        let defined = [(1, "badge", "VARCHAR(32)"), (2, "floor", "INTEGER"), (3, "since", "TIMESTAMP")].map(define);
        let sent = json!({"badge": " red ", "floor": "7", "since": "2026-01-02T03:04:05.9+01:00"});
        let mut wrong = Violations::default();
        let stored = merge(&defined, Map::new(), &object(sent), &mut wrong);
        assert!(wrong.is_empty());
        let named = json!({"badge": "red", "floor": 7, "since": "2026-01-02 02:04:05"});
        assert_eq!(shown(&defined, &stored), object(named));
        let stored = merge(&defined, stored, &object(json!({"badge": null, "floor": 8})), &mut wrong);
        assert_eq!(stored, object(json!({"2": 8, "3": "2026-01-02 02:04:05"})));
        assert_eq!(shown(&defined[..1], &stored), Map::new(), "what was dropped is not shown");
        let bad = json!({"badge": "x".repeat(33), "floor": "many", "since": "yesterday", "nosuch": 1});
        merge(&defined, stored, &object(bad), &mut wrong);
        assert_eq!(wrong.0.keys().collect::<Vec<_>>(), ["badge", "floor", "nosuch", "since"]);
    }

    #[test]
    fn a_text_is_refused_as_other_texts_are() {
        let badge = Definition { id: 1, name: "badge".to_owned(), kind: "VARCHAR(32)".to_owned() };
        for (text, sentence) in [
            ("   ", BLANK),
            ("\u{a0}\t", BLANK),
            ("a\u{7}b", INVALID_CHARACTER),
            ("a\0b", INVALID_CHARACTER),
            ("<b>", INVALID_CHARACTER),
        ] {
            assert_eq!(badge.read(&json!(text)), Err(sentence.to_owned()), "{text:?}");
        }
        assert_eq!(badge.read(&json!(" a\tb ")), Ok(Some(json!("a\tb"))));
        assert_eq!(badge.read(&json!("")), Ok(None));
        let floor = Definition { kind: "INTEGER".to_owned(), ..badge };
        assert_eq!(floor.read(&json!(" ")), Err(BLANK.to_owned()));
    }
}
