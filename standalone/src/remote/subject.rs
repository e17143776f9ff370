//! Subjects as the API's paths have them (D36).

use std::{fmt, str::FromStr};

use serde_json::Value;

use crate::remote::record::text;

/// How the paths name the kinds, and where records have their ids.
const KINDS: [(&str, &str); 6] = [
    ("copersonid", "/Person/Id"),
    ("cogroupid", "/CoGroupId"),
    ("coemaillistid", "/CoEmailListId"),
    ("coserviceid", "/CoServiceId"),
    ("couid", "/CouId"),
    ("coid", "/CoId"),
];

/// A subject, or all of a COU or CO: `copersonid:42`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The name of its kind in paths, and as a filter.
    pub(super) kind: &'static str,
    pub(super) id: i64,
}

impl Subject {
    /// Whether it stands for many.
    pub(super) fn is_many(self) -> bool {
        matches!(self.kind, "couid" | "coid")
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            let kinds = KINDS.map(|(kind, _)| kind).join(", ");
            format!("a subject is a kind and an id, such as copersonid:42; the kinds are {kinds}")
        };
        let (kind, id) = text.split_once(':').ok_or_else(wrong)?;
        let kind = KINDS.iter().find(|(known, _)| *known == kind).map(|(known, _)| *known).ok_or_else(wrong)?;
        let id = id.parse().ok().filter(|id| *id > 0).ok_or_else(wrong)?;
        Ok(Self { kind, id })
    }
}

/// The subject that a record is of, as paths have it.
pub(super) fn of(record: &Value) -> String {
    let found = KINDS.iter().find_map(|(kind, place)| Some((kind, record.pointer(place)?)));
    found.map(|(kind, id)| format!("{kind}:{}", text(Some(id)))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_subject_is_a_kind_and_an_id() {
        assert_eq!("copersonid:42".parse(), Ok(Subject { kind: "copersonid", id: 42 }));
        for wrong in ["42", "copersonid:", "copersonid:0", "person:4", "copersonid:4x"] {
            assert!(wrong.parse::<Subject>().unwrap_err().contains("such as copersonid:42"), "{wrong}");
        }
    }

    #[test]
    fn records_name_their_subject_before_their_co() {
        assert_eq!(of(&json!({ "CoId": 2, "Person": { "Type": "CO", "Id": "7" } })), "copersonid:7");
        assert_eq!(of(&json!({ "CoId": 2, "CouId": 3 })), "couid:3");
        assert_eq!(of(&json!({ "CoId": 2 })), "coid:2");
    }
}
