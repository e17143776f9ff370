//! What a state shows: its numbers, its key, and all of it in words. Texts carry numbers as `field-number`.

use proto::registry::v1::{
    CoGroup, CoPerson, CoPersonRole, GroupType, Identifier, Name, SubjectState, subject_state::Data,
};
use testkit::proof::journal::Vector;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) key: Option<String>,
    pub(crate) vector: Vector,
    pub(crate) text: String,
}

/// The records of a person that a target may see.
#[derive(Clone, Debug, Default)]
pub(crate) struct PersonRecords {
    pub(crate) person: CoPerson,
    pub(crate) names: Vec<Name>,
    pub(crate) identifiers: Vec<Identifier>,
    pub(crate) roles: Vec<CoPersonRole>,
    /// The names of its groups.
    pub(crate) groups: Vec<String>,
}

impl PersonRecords {
    /// What targets call the person.
    pub(crate) fn key(&self) -> Option<String> {
        let keys = self.identifiers.iter().filter(|found| found.r#type() == "uid");
        keys.min_by_key(|found| found.id()).map(|found| found.identifier().to_owned())
    }
}

/// The field and number of a text.
pub(crate) fn numbered(text: &str) -> Option<(String, u64)> {
    let (field, number) = text.rsplit_once('-')?;
    Some((field.to_owned(), number.parse().ok()?))
}

/// A date of birth carries the number of the person's own record.
pub(crate) fn date_of(number: u64) -> String {
    let day = chrono::NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(number);
    day.format("%Y-%m-%d").to_string()
}

fn number_of(date: &str) -> Option<u64> {
    let day = chrono::NaiveDate::parse_from_str(date.get(..10)?, "%Y-%m-%d").ok()?;
    u64::try_from((day - chrono::NaiveDate::from_ymd_opt(1900, 1, 1)?).num_days()).ok()
}

/// The field of a person's own record.
pub(crate) const PERSON: &str = "person";

pub(crate) fn of_person(records: &PersonRecords) -> Reading {
    let mut vector = Vector::new();
    let mut words: Vec<String> = Vec::new();
    if let Some(number) = records.person.date_of_birth.as_deref().and_then(number_of) {
        vector.insert(PERSON.to_owned(), number);
    }
    words.push(format!("status {:?}", records.person.status()));
    for name in &records.names {
        vector.extend(numbered(name.given()));
        words.push(format!("name {} {}", name.r#type(), name.given()));
    }
    for identifier in &records.identifiers {
        vector.extend(numbered(identifier.identifier()));
        words.push(format!("identifier {} {}", identifier.r#type(), identifier.identifier()));
    }
    for role in &records.roles {
        vector.extend(numbered(role.title()));
        words.push(format!("role {} {:?} {:?}", role.title(), role.status(), role.cou_id));
    }
    words.extend(records.groups.iter().map(|group| format!("group {group}")));
    words.sort_unstable();
    Reading { key: records.key(), vector, text: words.join("; ") }
}

/// Members are told with the people: a group's own state does not hold them.
pub(crate) fn of_group(group: &CoGroup) -> Reading {
    let vector = numbered(group.name()).into_iter().collect();
    let text = format!("{} {:?}", group.name(), group.status());
    Reading { key: Some(group.name().to_lowercase()).filter(|name| !name.is_empty()), vector, text }
}

pub(crate) fn is_all_members(group: &CoGroup) -> bool {
    group.group_type() == GroupType::AllMembers
}

/// What a connector is given. Of what is gone there is nothing.
pub(crate) fn of_state(state: &SubjectState) -> Reading {
    match &state.data {
        Some(Data::Person(person)) => of_person(&PersonRecords {
            person: person.co_person.clone().unwrap_or_default(),
            names: person.names.clone(),
            identifiers: person.identifiers.clone(),
            roles: person.roles.clone(),
            groups: person
                .memberships
                .iter()
                .filter_map(|membership| Some(membership.group.as_ref()?.name().to_owned()))
                .collect(),
        }),
        Some(Data::Group(group)) => of_group(&group.co_group.clone().unwrap_or_default()),
        Some(Data::EmailList(_) | Data::Service(_)) | None => Reading::default(),
    }
}
