//! Reading JSON in which each name of an object stands once: of a repeated one a value would be dropped in silence (D1).

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value as Tree};

/// The longest name that is told.
const LONGEST: usize = 64;

/// A document without repeated names.
#[derive(Clone, Debug, PartialEq)]
pub struct Once(pub Tree);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::from(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Tree, E> {
        Ok(Number::from_f64(number).map_or(Tree::Null, Tree::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::from(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Tree, E> {
        Ok(Tree::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(Once(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Tree, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            if members.contains_key(&name) {
                let name: String = name.chars().take(LONGEST).collect();
                return Err(Error::custom(format_args!("\"{name}\" is there twice")));
            }
            let Once(value) = object.next_value()?;
            members.insert(name, value);
        }
        Ok(Tree::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Tree, String> {
        serde_json::from_str::<Once>(text).map(|Once(tree)| tree).map_err(|error| error.to_string())
    }

    #[test]
    fn it_reads_what_serde_json_reads() {
        let deep = format!("{}1{}", "[".repeat(127), "]".repeat(127));
        let deeper = format!("{}1{}", "[".repeat(129), "]".repeat(129));
        for text in [
            r#"{"a": [1, -2, 3.5, 1e400, 18446744073709551615, true, null, "\u00e9\n"], "A": {"a": {"a": ""}}, "": {}}"#,
            r#"{"a": 1"#,
            "[1] x",
            r#""\ud800""#,
            "12345678901234567890123",
            "null",
            "",
            &deep,
            &deeper,
        ] {
            let plain = serde_json::from_str::<Tree>(text);
            assert_eq!(read(text).ok(), plain.ok(), "{text}");
        }
    }

    #[test]
    fn a_name_stands_once_in_an_object() {
        for text in [
            r#"{"a": 1, "a": 1}"#,
            r#"{"x": {"a": 1, "b": 2, "a": 3}}"#,
            r#"[{"a": 1, "\u0061": 2}]"#,
            r#"{"a": {}, "a": []}"#,
        ] {
            assert!(read(text).unwrap_err().starts_with("\"a\" is there twice at line 1"), "{text}");
        }
        assert!(read(r#"[{"a": 1}, {"a": 2}]"#).is_ok());
        let long = format!(r#"{{"{0}": 1, "{0}": 2}}"#, "é".repeat(100));
        assert!(read(&long).unwrap_err().chars().count() < 120);
    }
}
