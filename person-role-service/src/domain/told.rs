//! What the history says of a change of a record, and of which subject it tells (co-person-role.md §6.4, neighbours.md).
//!
//! Memberships are told by [`crate::domain::membership`]: their sentences name the group.

use proto::{events::v1::Action, record::Record, table::Table};

use crate::domain::{
    history::{Entry, differences},
    ids::{EmailListId, GroupId, OrgIdentityId, Owner, PersonId, RoleId, ServiceId, Subject},
    provisioned,
};

/// A change of a record as it is told: of what, what became of that, and what the history says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What changed.
    pub of: Of,
    /// What became of it.
    pub action: Action,
    /// What the history says.
    pub entry: Entry,
    /// What the record hung on before, when it was moved.
    pub left: Option<Of>,
}

/// Of what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Of a subject.
    Subject(Subject),
    /// Of the person that a role is of.
    Role(RoleId),
    /// Of an org identity, which is no subject: targets know it only as a part of a person.
    OrgIdentity(OrgIdentityId),
}

impl From<Owner> for Of {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::Person(id) => Self::Subject(Subject::Person(id)),
            Owner::Group(id) => Self::Subject(Subject::Group(id)),
            Owner::Role(id) => Self::Role(id),
            Owner::OrgIdentity(id) => Self::OrgIdentity(id),
        }
    }
}

/// The codes of what the server itself writes down, beside those that [`told`] gives and those of provisioning.
const OF_THE_SERVER: [&str; 9] = ["ACGM", "DCGM", "ECGM", "ECRX", "INVC", "INVD", "INVS", "PCSA", "RCPS"];

/// Whether the server itself writes a code down, so that nobody else may.
#[must_use]
pub fn is_of_the_server(code: &str) -> bool {
    let told = |table: &'static Table| Words::of(&Record::new(table)).is_some_and(|words| words.codes.contains(&code));
    OF_THE_SERVER.contains(&code) || provisioned::CODES.contains(&code) || Table::all().iter().any(told)
}

/// What is told of a record that was added (without `before`), edited, or deleted (without `after`). `None` for records
/// that are no subject and hang on none.
#[must_use]
pub fn told(before: Option<&Record>, after: Option<&Record>) -> Option<Told> {
    let record = after.or(before)?;
    let words = Words::of(record)?;
    let of = of_record(record)?;
    let (code, comment) = match (before, after) {
        (None, _) => (words.codes[0], words.added),
        (Some(old), Some(new)) => (words.codes[1], format!("{}{}", words.edited, differences(old, new))),
        (Some(_), None) => (words.codes[2], words.deleted),
    };
    let action = match (before, after) {
        (None, _) if words.is_subject => Action::Added,
        (_, None) if words.is_subject => Action::Deleted,
        _ => Action::Updated,
    };
    let entry = Entry::new(code, comment);
    let entry = match (record.table().singular.as_str(), record.int("id"), record.int("org_identity_id")) {
        ("CoPersonRole", Some(role), _) => entry.with_role(RoleId(role)),
        ("CoOrgIdentityLink", _, Some(org_identity)) => entry.with_org_identity(OrgIdentityId(org_identity)),
        _ => entry,
    };
    let left = before.and_then(of_record).filter(|old| *old != of);
    Some(Told { of, action, entry, left })
}

/// What a record is, or hangs on.
fn of_record(record: &Record) -> Option<Of> {
    let id = record.int("id");
    let subject = match record.table().singular.as_str() {
        "CoPerson" => id.map(PersonId).map(Subject::Person),
        "CoGroup" => id.map(GroupId).map(Subject::Group),
        "CoEmailList" => id.map(EmailListId).map(Subject::EmailList),
        "CoService" => id.map(ServiceId).map(Subject::Service),
        "CoOrgIdentityLink" => record.int("co_person_id").map(PersonId).map(Subject::Person),
        "OrgIdentity" => return id.map(OrgIdentityId).map(Of::OrgIdentity),
        _ => return Owner::of_record(record).map(Of::from),
    };
    subject.map(Of::Subject)
}

/// The codes and sentences of a resource: added, edited, deleted.
struct Words {
    codes: [&'static str; 3],
    added: String,
    edited: String,
    deleted: String,
    /// Whether the record is the subject itself.
    is_subject: bool,
}

impl Words {
    fn of(record: &Record) -> Option<Self> {
        let text = |column: &str| record.text(column).unwrap_or_default();
        Some(match record.table().singular.as_str() {
            "CoPerson" => Self::of_subject(["ACPM", "ECPM", "DCPM"], "CO Person"),
            "CoGroup" => Self::of_subject(["ACGR", "ECGR", "DCGR"], "CO Group"),
            "CoEmailList" => Self::of_subject(["ACEL", "ECEL", "DCEL"], "CO Email List"),
            "CoPersonRole" => Self {
                codes: ["ACRM", "ECRM", "DCRM"],
                added: "CO Person Role Created (Manual)".to_owned(),
                edited: format!("CO Person Role Edited ({}):", record.int("id").unwrap_or_default()),
                deleted: "CO Person Role Deleted (Manual)".to_owned(),
                is_subject: false,
            },
            "CoService" => Self::of_subject(["ACSV", "ECSV", "DCSV"], "CO Service"),
            "Address" => Self::of_part(["AADR", "EADR", "DADR"], "Address", text("street"), text("type")),
            "TelephoneNumber" => {
                Self::of_part(["ATEL", "ETEL", "DTEL"], "Telephone Number", text("number"), text("type"))
            }
            "AdHocAttribute" => Self::of_part(["AADH", "EADH", "DADH"], "Ad Hoc Attribute", text("value"), text("tag")),
            "Url" => Self::of_part(["AURL", "EURL", "DURL"], "URL", text("url"), text("type")),
            "OrgIdentity" => Self { is_subject: false, ..Self::of_subject(["AOIM", "EOIM", "DOIM"], "Org Identity") },
            "CoOrgIdentityLink" => {
                let id = record.int("org_identity_id").unwrap_or_default();
                Self {
                    codes: ["LOCP", "LOCP", "UOCP"],
                    added: format!("Org Identity ({id}) Linked"),
                    edited: "Org Identity Link Edited: ".to_owned(),
                    deleted: format!("Org Identity ({id}) Unlinked"),
                    is_subject: false,
                }
            }
            "Name" => {
                let family = record.text("family").map(|family| format!(" {family}")).unwrap_or_default();
                Self::of_part(["ANAM", "ENAM", "DNAM"], "Name", &format!("{}{family}", text("given")), text("type"))
            }
            "EmailAddress" => Self::of_part(["AEML", "EEML", "DEML"], "Email Address", text("mail"), text("type")),
            "Identifier" => Self::of_part(["AIDE", "EIDE", "DIDE"], "Identifier", text("identifier"), text("type")),
            _ => return None,
        })
    }

    /// Of a record that is a subject.
    fn of_subject(codes: [&'static str; 3], title: &str) -> Self {
        Self {
            codes,
            added: format!("{title} Created (Manual)"),
            edited: format!("{title} Edited: "),
            deleted: format!("{title} Deleted (Manual)"),
            is_subject: true,
        }
    }

    /// Of a record that hangs on a subject.
    fn of_part(codes: [&'static str; 3], title: &str, shown: &str, kind: &str) -> Self {
        Self {
            codes,
            added: format!("{title} Added: {shown} ({kind})"),
            edited: format!("{title} Edited: "),
            deleted: format!("{title} Deleted: {shown} ({kind})"),
            is_subject: false,
        }
    }
}
