//! What is provisioned, and what a request may name: a subject, or many of them (D36).

use proto::registry::v1::{Subject as Wire, SubjectKind};

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A CO Person.
    Person,
    /// A CO Group.
    Group,
    /// A CO Email List.
    EmailList,
    /// A CO Service.
    Service,
    /// All people with a role in a COU.
    Cou,
    /// Everyone and everything of a CO.
    Co,
    /// All of a CO, to be compared with what a target has (D57); nobody names it.
    Comparison,
}

/// A subject, or those that a COU or a CO stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// What it is.
    pub kind: Kind,
    /// Which one.
    pub id: i64,
}

impl Kind {
    /// All kinds that a path may name.
    pub const ALL: [Self; 6] = [Self::Person, Self::Group, Self::EmailList, Self::Service, Self::Cou, Self::Co];

    /// The order in which the subjects of a CO are provisioned (D36).
    pub const ORDER: [Self; 4] = [Self::EmailList, Self::Group, Self::Person, Self::Service];

    /// The order in which the registry lists them, in which they compare as well.
    pub const LISTED: [Self; 4] = [Self::Person, Self::Group, Self::EmailList, Self::Service];

    /// As the database keeps it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "co_person",
            Self::Group => "co_group",
            Self::EmailList => "co_email_list",
            Self::Service => "co_service",
            Self::Cou => "cou",
            Self::Co => "co",
            Self::Comparison => "comparison",
        }
    }

    /// As the paths and filters of the API write it (D36, D38).
    #[must_use]
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Person => "copersonid",
            Self::Group => "cogroupid",
            Self::EmailList => "coemaillistid",
            Self::Service => "coserviceid",
            Self::Cou => "couid",
            Self::Co | Self::Comparison => "coid",
        }
    }

    /// The resource, by its singular name.
    #[must_use]
    pub const fn resource(self) -> &'static str {
        match self {
            Self::Person => "CoPerson",
            Self::Group => "CoGroup",
            Self::EmailList => "CoEmailList",
            Self::Service => "CoService",
            Self::Cou => "Cou",
            Self::Co | Self::Comparison => "Co",
        }
    }

    /// What a filter's 404 calls it (D10).
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Person => "CO Person",
            Self::Group => "CO Group",
            Self::EmailList => "CO Email List",
            Self::Service => "CO Service",
            Self::Cou => "COU",
            Self::Co | Self::Comparison => "CO",
        }
    }

    /// The 404 of `provision` (D36).
    #[must_use]
    pub const fn unknown(self) -> &'static str {
        match self {
            Self::Person => "CoPerson Unknown",
            Self::Group => "CoGroup Unknown",
            Self::EmailList => "CoEmailList Unknown",
            Self::Service => "CoService Unknown",
            Self::Cou => "COU Unknown",
            Self::Co | Self::Comparison => "CO Unknown",
        }
    }

    /// Whether it stands for many subjects.
    #[must_use]
    pub const fn is_many(self) -> bool {
        matches!(self, Self::Cou | Self::Co | Self::Comparison)
    }

    /// Whether its outcomes are told to the registry: services have no history (provisioning-engine.md §5).
    #[must_use]
    pub const fn has_history(self) -> bool {
        matches!(self, Self::Person | Self::Group | Self::EmailList)
    }

    /// As the contracts write it; many subjects have no kind there.
    #[must_use]
    pub const fn wire(self) -> SubjectKind {
        match self {
            Self::Person => SubjectKind::CoPerson,
            Self::Group => SubjectKind::CoGroup,
            Self::EmailList => SubjectKind::CoEmailList,
            Self::Service => SubjectKind::CoService,
            Self::Cou | Self::Co | Self::Comparison => SubjectKind::Unspecified,
        }
    }

    /// Reads what the database keeps.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Comparison]).find(|kind| kind.code() == code)
    }

    /// Reads a parameter of a path or a filter.
    #[must_use]
    pub fn of_parameter(parameter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.parameter() == parameter)
    }
}

impl Subject {
    /// A subject.
    #[must_use]
    pub const fn new(kind: Kind, id: i64) -> Self {
        Self { kind, id }
    }

    /// As the contracts write it.
    #[must_use]
    pub fn wire(self) -> Wire {
        Wire { kind: self.kind.wire().into(), id: self.id }
    }

    /// Reads a subject of the contracts.
    #[must_use]
    pub fn of_wire(subject: &Wire) -> Option<Self> {
        let kind = match subject.kind() {
            SubjectKind::CoPerson => Kind::Person,
            SubjectKind::CoGroup => Kind::Group,
            SubjectKind::CoEmailList => Kind::EmailList,
            SubjectKind::CoService => Kind::Service,
            SubjectKind::Unspecified => return None,
        };
        Some(Self { kind, id: subject.id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_as_it_is_written() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_code(kind.code()), Some(kind));
            assert_eq!(Kind::of_parameter(kind.parameter()), Some(kind));
            assert_eq!(Subject::of_wire(&Subject::new(kind, 7).wire()).is_none(), kind.is_many());
        }
    }
}
