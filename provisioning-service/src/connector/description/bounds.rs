//! How large a configuration may be (D62): all of it is read anew for each subject that is provisioned.

use serde_json::{Map, Value as Json};

use crate::connector::description::Wrong;

/// So many bytes all texts of a configuration may have together, names of keys included.
const MOST_BYTES: usize = 64 * 1024;
/// So many items a list may have, or an object keys.
const MOST_ITEMS: usize = 256;

/// What of a configuration is too large, before anything else is looked at; nothing, if it is not.
#[must_use]
pub fn exceeded(sent: &Map<String, Json>) -> Option<Wrong> {
    let mut left = MOST_BYTES;
    of_object("Configuration", sent, &mut left).err()
}

fn of_object(path: &str, object: &Map<String, Json>, left: &mut usize) -> Result<(), Wrong> {
    count(path, object.len())?;
    for (key, value) in object {
        take(key.len(), left)?;
        of_value(key, value, left)?;
    }
    Ok(())
}

fn of_value(path: &str, value: &Json, left: &mut usize) -> Result<(), Wrong> {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => take(8, left),
        Json::String(text) => take(text.len(), left),
        Json::Array(items) => {
            count(path, items.len())?;
            items.iter().try_for_each(|item| of_value(path, item, left))
        }
        Json::Object(object) => of_object(path, object, left),
    }
}

fn take(bytes: usize, left: &mut usize) -> Result<(), Wrong> {
    let too_much = || Wrong::new("Configuration", &format!("may have at most {MOST_BYTES} bytes of text."));
    *left = left.checked_sub(bytes).ok_or_else(too_much)?;
    Ok(())
}

fn count(path: &str, items: usize) -> Result<(), Wrong> {
    match items <= MOST_ITEMS {
        true => Ok(()),
        // A name that is not known may be of any length.
        false => {
            Err(Wrong::new(path.chars().take(64).collect::<String>(), &format!("may have at most {MOST_ITEMS} items.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(configuration: &Json) -> Option<String> {
        exceeded(configuration.as_object().expect("an object")).map(|wrong| wrong.sentence)
    }

    #[test]
    fn what_is_large_is_known_before_it_is_read() {
        let texts = |count: usize| vec!["x"; count];
        assert_eq!(said(&json!({"Classes": texts(256), "Password": "x".repeat(60_000)})), None);
        let list = "\"Classes\" may have at most 256 items.";
        assert_eq!(said(&json!({"Classes": texts(257)})).as_deref(), Some(list));
        assert_eq!(said(&json!({"Attributes": {"Classes": texts(257)}})).as_deref(), Some(list), "as XML has it");
        let text = "\"Configuration\" may have at most 65536 bytes of text.";
        assert_eq!(said(&json!({"CaCertificates": "x".repeat(65_536)})).as_deref(), Some(text));
        let keys: Json = (0..257).map(|number| (format!("k{number}"), Json::Null)).collect::<Map<_, _>>().into();
        assert_eq!(said(&keys).as_deref(), Some("\"Configuration\" may have at most 256 items."));
    }
}
