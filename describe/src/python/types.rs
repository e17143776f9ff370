//! Types of documents: a class for each object with named members.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::resolved;

/// The types that were asked for, and those that they consist of.
pub(super) struct Types<'a> {
    document: &'a Json,
    classes: BTreeMap<String, String>,
    aliases: BTreeMap<String, String>,
}

impl<'a> Types<'a> {
    pub(super) fn new(document: &'a Json) -> Self {
        Self { document, classes: BTreeMap::new(), aliases: BTreeMap::new() }
    }

    /// Gives all of them as Python; names of others go after what they name.
    pub(super) fn written(&self) -> String {
        let classes = self.classes.values().map(|class| format!("\n\n{class}"));
        let aliases = self.aliases.iter().map(|(name, of)| format!("\n\n{name}: TypeAlias = {of}\n"));
        classes.chain(aliases).collect()
    }

    /// Gives how a type is written, and sees to it that what it names is there. An object has the given name; without
    /// one its members are not told.
    pub(super) fn of(&mut self, schema: &Json, name: &str) -> String {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or_default();
            return self.named(name, resolved(self.document, schema));
        }
        if let Some(values) = schema["enum"].as_array() {
            let values: Vec<String> = values.iter().map(Json::to_string).collect();
            return format!("Literal[{}]", values.join(", "));
        }
        match schema["type"].as_str() {
            Some("string") => "str".to_owned(),
            Some("integer") => "int".to_owned(),
            Some("boolean") => "bool".to_owned(),
            Some("array") => format!("list[{}]", self.of(&schema["items"], name)),
            Some("object") if !name.is_empty() && schema["properties"].is_object() => self.named(name, schema),
            Some("object") if schema["additionalProperties"].is_object() => {
                format!("dict[str, {}]", self.of(&schema["additionalProperties"], name))
            }
            Some("object") => "dict[str, Any]".to_owned(),
            _ => "Any".to_owned(),
        }
    }

    fn named(&mut self, name: &str, schema: &Json) -> String {
        if let Some(choices) = schema["anyOf"].as_array() {
            let choices: Vec<String> = choices.iter().map(|choice| self.of(choice, name)).collect();
            self.aliases.insert(name.to_owned(), choices.join(" | "));
        } else if !self.classes.contains_key(name) {
            // Before its members, which may name it.
            self.classes.insert(name.to_owned(), String::new());
            let class = self.class(name, schema);
            self.classes.insert(name.to_owned(), class);
        }
        name.to_owned()
    }

    fn class(&mut self, name: &str, schema: &Json) -> String {
        let sent = name.ends_with("Sent");
        let mut class = format!("class {name}(TypedDict, total=False):\n");
        for (field, of) in schema["properties"].as_object().into_iter().flatten() {
            // The client writes it.
            if sent && field == "Version" {
                continue;
            }
            let required = schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == field));
            let plain = self.of(of, &member(name, field, of));
            let written = match (required, sent) {
                (true, _) => format!("Required[{plain}]"),
                (false, true) => format!("{plain} | None"),
                (false, false) => plain,
            };
            let about = of["description"].as_str().map(|about| format!("  # {about}")).unwrap_or_default();
            class.push_str(&format!("    {field}: {written}{about}\n"));
        }
        class
    }
}

/// What an object within another is called: `PersonCO` by whose it may be, `RecordVersionChanges` by where it is.
fn member(owner: &str, field: &str, schema: &Json) -> String {
    let kinds = schema["properties"]["Type"]["enum"].as_array();
    let kinds: String = kinds.into_iter().flatten().filter_map(Json::as_str).collect();
    let owner = owner.trim_end_matches("Sent");
    if kinds.is_empty() { format!("{owner}{field}") } else { format!("{field}{kinds}") }
}
