//! What the history says: actions and comments (co-person-role.md §6.4, provisioning-engine.md §5).

use proto::{
    record::{Record, Slot, Value},
    table::{EnumName, Field, Kind},
};

use crate::domain::ids::{GroupId, OrgIdentityId, RoleId};

/// Longest comment, in characters.
const LONGEST: usize = 256;

/// What the history says of something that happened to a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Four letters, such as `ACRM`.
    pub action: &'static str,
    /// What happened, for people; at most 256 characters.
    pub comment: String,
    /// The role of the person that it happened by.
    pub role: Option<RoleId>,
    /// The group of the person that it happened by.
    pub group: Option<GroupId>,
    /// The org identity that it happened to, or by.
    pub org_identity: Option<OrgIdentityId>,
}

impl Entry {
    /// What happened; a comment that is too long is cut.
    #[must_use]
    pub fn new(action: &'static str, comment: impl Into<String>) -> Self {
        Self { action, comment: cut(comment.into()), role: None, group: None, org_identity: None }
    }

    /// The same, with the role of the person that it happened by.
    #[must_use]
    pub fn with_role(mut self, id: RoleId) -> Self {
        self.role = Some(id);
        self
    }

    /// The same, with the group of the person that it happened by.
    #[must_use]
    pub fn with_group(mut self, id: GroupId) -> Self {
        self.group = Some(id);
        self
    }

    /// The same, with the org identity that it happened to, or by.
    #[must_use]
    pub fn with_org_identity(mut self, id: OrgIdentityId) -> Self {
        self.org_identity = Some(id);
        self
    }
}

/// A text cut to the length of a comment.
#[must_use]
pub fn cut(text: String) -> String {
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// The fields that differ, as the reference writes them: `Status: Active (A) > Suspended (S); Title: (null) > x`.
#[must_use]
pub fn differences(before: &Record, after: &Record) -> String {
    let pairs = before.slots().zip(after.slots());
    let changed = pairs.filter(|((field, old), (_, new))| !field.options.read_only && old != new);
    changed
        .map(|((field, old), (_, new))| format!("{}: {} > {}", field.wire, shown(field, old), shown(field, new)))
        .collect::<Vec<_>>()
        .join("; ")
}

fn shown(field: &Field, slot: &Slot) -> String {
    match slot {
        Slot::Absent | Slot::Cleared => "(null)".to_owned(),
        Slot::Is(Value::Int(number)) => number.to_string(),
        Slot::Is(Value::Bool(truth)) => truth.to_string(),
        Slot::Is(Value::Text(text)) => text.clone(),
        Slot::Is(Value::Time(seconds)) => chrono::DateTime::from_timestamp(*seconds, 0)
            .map_or_else(String::new, |time| time.format("%Y-%m-%d %H:%M:%S").to_string()),
        Slot::Is(Value::Enum(number)) => field.name_of(*number).map_or_else(String::new, labelled),
        Slot::Is(Value::Texts(texts)) => texts.join(", "),
        Slot::Is(Value::Object(_) | Value::Objects(_)) => "…".to_owned(),
    }
}

fn labelled(name: &EnumName) -> String {
    if name.wire == name.code { name.wire.clone() } else { format!("{} ({})", label(&name.wire), name.code) }
}

/// A wire name as words: `GracePeriod` is `Grace Period`.
#[must_use]
pub fn label(wire: &str) -> String {
    let mut words = String::new();
    for letter in wire.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter);
    }
    words
}

/// The label of a database code of a field.
#[must_use]
pub fn label_of_code(field: &Field, code: &str) -> String {
    match &field.kind {
        Kind::Enum(names) => {
            names.iter().find(|name| name.code == code).map_or_else(|| code.to_owned(), |name| label(&name.wire))
        }
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::{
        registry::v1::{CoPersonRole, Status},
        table::Table,
    };

    #[test]
    fn differences_read_as_in_the_reference() {
        let mut before = Record::new(Table::of::<CoPersonRole>());
        before.set("status", Slot::Is(Value::Enum(Status::Active.into())));
        before.set("revision", Slot::Is(Value::Int(0)));
        let mut after = before.clone();
        after.set("status", Slot::Is(Value::Enum(Status::GracePeriod.into())));
        after.set("title", Slot::Is(Value::Text("x".to_owned())));
        after.set("revision", Slot::Is(Value::Int(1)));
        assert_eq!(differences(&before, &after), "Title: (null) > x; Status: Active (A) > Grace Period (GP)");
        assert_eq!(differences(&after, &after), "");
    }

    #[test]
    fn a_long_comment_is_cut_at_a_character() {
        let cut = cut("ü".repeat(300));
        assert_eq!(cut.chars().count(), 256);
        assert!(cut.ends_with('…'));
    }
}
