//! Changes of rows, told apart by what they are of.

use crate::store::entity::{
    co, co_group, co_group_member, co_invite, co_org_identity_link, co_person, co_person_role, cou, identifier,
    org_identity,
};

/// A row before and after a change: without `before` it was added, without `after` deleted.
#[derive(Debug)]
pub struct Pair<'a, M> {
    /// What it was.
    pub before: Option<&'a M>,
    /// What it is.
    pub after: Option<&'a M>,
}

impl<'a, M> Pair<'a, M> {
    /// Both, the older one first.
    pub fn both(&self) -> impl Iterator<Item = &'a M> {
        self.before.into_iter().chain(self.after)
    }
}

/// A change from which something may follow.
#[derive(Debug)]
pub enum Changed<'a> {
    /// Of a CO.
    Co(Pair<'a, co::Model>),
    /// Of a COU.
    Cou(Pair<'a, cou::Model>),
    /// Of a CO Person.
    Person(Pair<'a, co_person::Model>),
    /// Of a role.
    Role(Pair<'a, co_person_role::Model>),
    /// Of an org identity.
    OrgIdentity(Pair<'a, org_identity::Model>),
    /// Of a link of an org identity to a person.
    Link(Pair<'a, co_org_identity_link::Model>),
    /// Of an invitation.
    Invite(Pair<'a, co_invite::Model>),
    /// Of an identifier.
    Identifier(Pair<'a, identifier::Model>),
    /// Of a group.
    Group(Pair<'a, co_group::Model>),
    /// Of a membership.
    Membership(Pair<'a, co_group_member::Model>),
    /// Of something from which nothing follows.
    Plain,
}
