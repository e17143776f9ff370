//! Who leaves a group, and a group that goes with its last member.

use ldap3::{Scope, ldap_escape};

use crate::{
    connector::{
        Member, Members,
        ldap::{
            answer::{CLASS_VIOLATION, NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT},
            groups::{Groups, dn_of},
            op::{Change, How, Op},
        },
    },
    domain::outcome::ConnectorError,
};

impl Groups<'_> {
    /// Takes a person out of a group, which goes with its last member; gives the group if somebody may have come meanwhile.
    pub(super) async fn expel(&self, (id, name): (i64, &str), person: &str) -> Result<Option<i64>, ConnectorError> {
        let dn = &dn_of(name, self.base);
        let gone = [NO_SUCH_OBJECT, NO_SUCH_ATTRIBUTE, CLASS_VIOLATION];
        let one = || Op::modify(dn, vec![Change::one(How::Delete, self.shape.member(), person)]);
        let code = match self.directory.plans() && self.is_last((id, name), person).await? {
            true => CLASS_VIOLATION,
            false => self.directory.send(one(), &gone).await?,
        };
        let last = match code {
            // Of an entry that its classes forbid for another reason this is said, too.
            CLASS_VIOLATION if self.has_only(dn, person).await? => true,
            // Then once more: somebody may have come, and gone again, meanwhile.
            CLASS_VIOLATION => match self.directory.send(one(), &gone).await? {
                CLASS_VIOLATION if self.has_only(dn, person).await? => true,
                CLASS_VIOLATION => {
                    // What the directory says of it is told.
                    self.directory.send(one(), &[NO_SUCH_OBJECT, NO_SUCH_ATTRIBUTE]).await?;
                    false
                }
                _ => false,
            },
            // Some directories demand no member.
            code => code == 0 && !self.shape.may_be_empty() && self.is_empty(dn).await?,
        };
        if !last {
            return Ok(None);
        }
        self.directory.send(Op::Delete { dn: dn.clone() }, &[NO_SUCH_OBJECT]).await?;
        Ok(self.has_others(id, person).await?.then_some(id))
    }

    /// Whether somebody else is to be in a group, or to own it.
    pub(super) async fn has_others(&self, group: i64, person: &str) -> Result<bool, ConnectorError> {
        let own = self.shape.compared(person);
        let others = |listed: &Members| {
            let other = |one: &Member| self.shape.compared(&self.member(&one.key, None)) != own;
            listed.next.is_some() || listed.people.iter().any(other)
        };
        Ok(others(&self.beside.members(group, 0).await?)
            || self.shape.owner().is_some() && others(&self.beside.owners(group, 0).await?))
    }

    /// Whether nobody is in a group that is there. No members are read.
    async fn is_empty(&self, dn: &str) -> Result<bool, ConnectorError> {
        let filter = format!("(!({}=*))", self.shape.member());
        Ok(!self.directory.search(dn, Scope::Base, &filter, &["1.1"]).await?.is_empty())
    }

    /// Whether a person is the only one in a group. The members are read only if no other one is to be there.
    async fn is_last(&self, (id, name): (i64, &str), person: &str) -> Result<bool, ConnectorError> {
        let same = |member: &str| self.shape.compared(member) == self.shape.compared(person);
        if self.shape.may_be_empty() {
            return Ok(false);
        }
        let listed = self.beside.members(id, 0).await?;
        if listed.next.is_some() || listed.people.iter().any(|member| !same(&member.key)) {
            return Ok(false);
        }
        self.has_only(&dn_of(name, self.base), person).await
    }

    /// Whether a person is the only member that a group has.
    async fn has_only(&self, dn: &str, person: &str) -> Result<bool, ConnectorError> {
        let own = self.shape.compared(person);
        let members = self.values(dn, self.shape.member()).await?.unwrap_or_default();
        let [member] = members.as_slice() else { return Ok(false) };
        if self.shape.compared(member) == own {
            return Ok(true);
        }
        // Of one name in two spellings only the directory knows.
        let filter = format!("({}={})", self.shape.member(), ldap_escape(person));
        Ok(!self.directory.search(dn, Scope::Base, &filter, &["1.1"]).await?.is_empty())
    }
}
