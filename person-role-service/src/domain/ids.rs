//! Ids that cannot be taken for one another.

use proto::registry::v1::{self as v1, SubjectKind};

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
    /// The id of a group.
    GroupId,
    /// The id of a mailing list.
    EmailListId,
);

/// What is provisioned (provisioning-engine.md §2). Ordered as changes hold them: people, groups, lists, each by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A CO Person.
    Person(PersonId),
    /// A group.
    Group(GroupId),
    /// A mailing list.
    EmailList(EmailListId),
}

impl Subject {
    /// Its kind, as the contracts number it.
    #[must_use]
    pub fn kind(self) -> SubjectKind {
        match self {
            Self::Person(_) => SubjectKind::CoPerson,
            Self::Group(_) => SubjectKind::CoGroup,
            Self::EmailList(_) => SubjectKind::CoEmailList,
        }
    }

    /// Its number.
    #[must_use]
    pub fn id(self) -> i64 {
        match self {
            Self::Person(PersonId(id)) | Self::Group(GroupId(id)) | Self::EmailList(EmailListId(id)) => id,
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
