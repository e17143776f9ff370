//! Who owns groups: the attribute `owner`, which names people as members are named.
//!
//! Guarantee: a group that has an entry names just the owners that are at the target too. Mechanism: as for members, a
//! person's call adds and takes away that person alone, and all are listed when the members are. Failure: an owner for whom
//! there is no entry yet is listed when it is made.

use proto::registry::v1::{CoGroup, PersonState};

use crate::{
    connector::ldap::{
        answer::{NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT, VALUE_EXISTS},
        attribute,
        groups::{Groups, Shape, Wanted, dn_of, fill::Held},
        op::{Change, How, Op},
    },
    domain::{outcome::ConnectorError, target::Target},
};

/// What a group names a person as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A member.
    Member,
    /// An owner, who need not be a member.
    Owner,
}

impl Part {
    /// The attribute for it, if groups of a shape have one.
    pub(super) fn attribute(self, shape: Shape) -> Option<&'static str> {
        match self {
            Self::Member => Some(shape.member()),
            Self::Owner => shape.owner(),
        }
    }
}

/// The groups of a person that may be at a target.
#[derive(Debug, Default)]
pub(crate) struct Belongs<'a> {
    /// Those that the person is in.
    pub(super) member: Vec<&'a CoGroup>,
    /// Those that the person owns.
    pub(super) owner: Vec<&'a CoGroup>,
}

impl<'a> Belongs<'a> {
    pub(crate) fn of(person: &'a PersonState, target: &Target) -> Self {
        let only = target.provision_co_group_id;
        let may_be = |group: &&CoGroup| only.is_none() || group.id == only;
        Self {
            member: attribute::groups(person).filter(may_be).collect(),
            owner: attribute::owned(person).filter(may_be).collect(),
        }
    }
}

impl Groups<'_> {
    /// Adds an owner to a group; one without an entry gets its owners when it is made.
    pub(super) async fn own(&self, group: &str, person: &str) -> Result<(), ConnectorError> {
        self.one_owner(How::Add, group, person, &[NO_SUCH_OBJECT, VALUE_EXISTS]).await
    }

    /// Takes an owner away from a group.
    pub(super) async fn disown(&self, group: &str, person: &str) -> Result<(), ConnectorError> {
        self.one_owner(How::Delete, group, person, &[NO_SUCH_OBJECT, NO_SUCH_ATTRIBUTE]).await
    }

    async fn one_owner(&self, how: How, group: &str, person: &str, fine: &[u32]) -> Result<(), ConnectorError> {
        let Some(attribute) = self.shape.owner() else { return Ok(()) };
        let one = Op::modify(&dn_of(group, self.base), vec![Change::one(how, attribute, person)]);
        self.directory.send(one, fine).await.map(|_| ())
    }

    /// Makes the owners of a group those that are at the target, if it has an entry.
    pub(super) async fn hand_over(&self, wanted: &Wanted<'_>) -> Result<(), ConnectorError> {
        let Some(attribute) = self.shape.owner() else { return Ok(()) };
        let dn = &dn_of(wanted.name, self.base);
        let Some(owners) = self.values(dn, attribute).await? else { return Ok(()) };
        let (mut held, mut added) = (Held::of(self.shape, &owners), Held::of(self.shape, &[]));
        let mut after = Some(0);
        while let Some(from) = after {
            let (owners, next) = self.listed(Part::Owner, wanted.id, from).await?;
            let missing = held.missing(owners);
            if !missing.is_empty() && !self.include(dn, attribute, missing.clone()).await? {
                // Who deleted the group meanwhile fills it again.
                return Ok(());
            }
            added.take(&missing);
            after = next;
        }
        self.exclude(dn, attribute, &held).await?;
        self.look_again(Part::Owner, wanted, (added, held)).await.map(|_| ())
    }
}
