//! `LogFile`: a plain file name (D41).

use serde_json::{Map, Value as Json};

use crate::connector::Wrong;

/// The one key.
pub(super) const LOG_FILE: &str = "LogFile";

/// Whether a name is that of a file in the folder, and of nothing else.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name.starts_with('.')
        && !name.chars().any(|letter| letter.is_control() || matches!(letter, '/' | '\\'))
}

/// Finds what is wrong.
pub(super) fn validate(configuration: &Map<String, Json>) -> Vec<Wrong> {
    let mut wrong: Vec<Wrong> = configuration
        .keys()
        .filter(|key| *key != LOG_FILE)
        .map(|key| Wrong::new(key, "is not a key of ChangelogProvisioner; its only key is LogFile."))
        .collect();
    match configuration.get(LOG_FILE) {
        None => wrong.push(Wrong::new(LOG_FILE, "must be provided: the name of the file to write to.")),
        Some(Json::String(name)) if is_plain(name) => {}
        Some(_) => wrong.push(Wrong::new(
            LOG_FILE,
            "must be a plain file name of at most 255 bytes, without separators and without a dot at its beginning.",
        )),
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_plain_names_pass() {
        for (value, good) in [
            (json!({"LogFile": "a.log"}), true),
            (json!({"LogFile": "Ärger mit 255.log"}), true),
            (json!({"LogFile": "x".repeat(255)}), true),
            (json!({"LogFile": "x".repeat(256)}), false),
            (json!({"LogFile": ""}), false),
            (json!({"LogFile": "."}), false),
            (json!({"LogFile": ".."}), false),
            (json!({"LogFile": ".hidden"}), false),
            (json!({"LogFile": "../../etc/passwd"}), false),
            (json!({"LogFile": "/etc/passwd"}), false),
            (json!({"LogFile": "a\\b"}), false),
            (json!({"LogFile": "a\nb"}), false),
            (json!({"LogFile": "a\0b"}), false),
            (json!({"LogFile": {"a": 1}}), false),
            (json!({"LogFile": 5}), false),
            (json!({}), false),
        ] {
            let wrong = validate(value.as_object().expect("an object"));
            assert_eq!(wrong.is_empty(), good, "{value}: {wrong:?}");
            assert!(wrong.iter().all(|wrong| wrong.sentence.contains("LogFile")));
        }
    }

    #[test]
    fn wrong_keys_are_named_one_by_one() {
        let configuration = json!({"LogFile": "a", "Nonsense": 1, "Colour": "red"});
        let keys: Vec<String> =
            validate(configuration.as_object().expect("an object")).into_iter().map(|wrong| wrong.key).collect();
        assert_eq!(keys, ["Colour", "Nonsense"]);
    }
}
