//! `LogFile`: a plain file name (D41).

use serde::Deserialize;

use crate::connector::{
    confined::is_plain,
    description::{Description, Key},
};

/// The one key.
pub(super) static DESCRIPTION: Description = Description {
    plugin: "ChangelogProvisioner",
    keys: &[Key::text("LogFile", "the name of the file to write to").required().rule(is_plain, PLAIN).must(PLAIN)],
};

const PLAIN: &str =
    "must be a plain file name of at most 255 bytes, without separators and without a dot at its beginning.";

/// A configuration that can be worked with.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Configuration {
    pub(super) log_file: String,
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
            let wrong = DESCRIPTION.accept(value.as_object().expect("an object"), None).1;
            assert_eq!(wrong.is_empty(), good, "{value}: {wrong:?}");
            assert!(wrong.iter().all(|wrong| wrong.sentence.contains("LogFile")));
        }
    }

    #[test]
    fn wrong_keys_are_named_one_by_one() {
        let configuration = json!({"LogFile": "a", "Nonsense": 1, "Colour": "red"});
        let (_, wrong) = DESCRIPTION.accept(configuration.as_object().expect("an object"), None);
        let keys: Vec<String> = wrong.into_iter().map(|wrong| wrong.key).collect();
        assert_eq!(keys, ["Colour", "Nonsense"]);
    }
}
