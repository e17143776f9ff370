//! Ids that cannot be taken for one another.

use proto::{
    record::Record,
    registry::v1::{self as v1, SubjectKind},
};

/// States ids, each a type of its own around the number that the tables and the wire have.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(pub i64);
        )*
    };
}

ids!(
    /// The id of a CO.
    CoId,
    /// The id of a COU.
    CouId,
    /// The id of a CO Person.
    PersonId,
    /// The id of a role.
    RoleId,
    /// The id of an org identity.
    OrgIdentityId,
    /// The id of a group.
    GroupId,
    /// The id of a mailing list.
    EmailListId,
    /// The id of a service.
    ServiceId,
);

/// What a record hangs on (rest-conventions §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A CO Person.
    Person(PersonId),
    /// A role.
    Role(RoleId),
    /// A group.
    Group(GroupId),
    /// An org identity.
    OrgIdentity(OrgIdentityId),
}

impl Owner {
    /// The owner that a column names; `None` for columns that name none.
    #[must_use]
    pub fn of(column: &str, id: i64) -> Option<Self> {
        Some(match column {
            "co_person_id" => Self::Person(PersonId(id)),
            "co_person_role_id" => Self::Role(RoleId(id)),
            "co_group_id" => Self::Group(GroupId(id)),
            "org_identity_id" => Self::OrgIdentity(OrgIdentityId(id)),
            _ => return None,
        })
    }

    /// The column that names it, and its id.
    #[must_use]
    pub fn column(self) -> (&'static str, i64) {
        match self {
            Self::Person(PersonId(id)) => ("co_person_id", id),
            Self::Role(RoleId(id)) => ("co_person_role_id", id),
            Self::Group(GroupId(id)) => ("co_group_id", id),
            Self::OrgIdentity(OrgIdentityId(id)) => ("org_identity_id", id),
        }
    }

    /// The owner of a record: of the columns that its table has for one, the first that is set.
    #[must_use]
    pub fn of_record(record: &Record) -> Option<Self> {
        record.table().owners().find_map(|field| Self::of(&field.column, record.int(&field.column)?))
    }
}

/// What is provisioned (provisioning-engine.md §2). Ordered as changes hold them: people, groups, lists, services, each by
/// id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A CO Person.
    Person(PersonId),
    /// A group.
    Group(GroupId),
    /// A mailing list.
    EmailList(EmailListId),
    /// A service.
    Service(ServiceId),
}

impl Subject {
    /// Its kind, as the contracts number it.
    #[must_use]
    pub fn kind(self) -> SubjectKind {
        match self {
            Self::Person(_) => SubjectKind::CoPerson,
            Self::Group(_) => SubjectKind::CoGroup,
            Self::EmailList(_) => SubjectKind::CoEmailList,
            Self::Service(_) => SubjectKind::CoService,
        }
    }

    /// Its number.
    #[must_use]
    pub fn id(self) -> i64 {
        match self {
            Self::Person(PersonId(id))
            | Self::Group(GroupId(id))
            | Self::EmailList(EmailListId(id))
            | Self::Service(ServiceId(id)) => id,
        }
    }

    /// As the contracts write it.
    #[must_use]
    pub fn wire(self) -> v1::Subject {
        v1::Subject { kind: self.kind().into(), id: self.id() }
    }
}

impl From<PersonId> for Subject {
    fn from(id: PersonId) -> Self {
        Self::Person(id)
    }
}

impl From<GroupId> for Subject {
    fn from(id: GroupId) -> Self {
        Self::Group(id)
    }
}
