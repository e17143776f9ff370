//! What the entry of a group is, and how it names its members.

use crate::connector::ldap::{
    dn::canonical,
    matching::{spaced, squeezed},
};

/// The type of identifier, and the attribute, that number a group among those of a system.
pub(super) const NUMBER: &str = "gidNumber";

/// What the entry of a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Names its members by their names in the directory.
    Names,
    /// The same.
    UniqueNames,
    /// Names its members by what they are called in a system: the value of the attribute that names people.
    Posix,
}

impl Shape {
    pub(super) fn of(class: &str) -> Self {
        match class {
            "groupOfUniqueNames" => Self::UniqueNames,
            "posixGroup" => Self::Posix,
            _ => Self::Names,
        }
    }

    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Names => "groupOfNames",
            Self::UniqueNames => "groupOfUniqueNames",
            Self::Posix => "posixGroup",
        }
    }

    /// The attribute that names members.
    pub(super) const fn member(self) -> &'static str {
        match self {
            Self::Names => "member",
            Self::UniqueNames => "uniqueMember",
            Self::Posix => "memberUid",
        }
    }

    /// The attribute that names owners, if it has one.
    pub(super) const fn owner(self) -> Option<&'static str> {
        match self {
            Self::Names | Self::UniqueNames => Some("owner"),
            Self::Posix => None,
        }
    }

    /// Whether there is a group that nobody is in.
    pub(super) fn may_be_empty(self) -> bool {
        self == Self::Posix
    }

    /// What two values have in common that name one member.
    pub(super) fn compared(self, member: &str) -> String {
        match self {
            Self::Names | Self::UniqueNames => squeezed(&canonical(member)),
            Self::Posix => spaced(member),
        }
    }
}
