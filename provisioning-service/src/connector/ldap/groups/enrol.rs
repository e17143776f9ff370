//! One person in groups: what a membership changes is one value.

use std::collections::BTreeMap;

use ldap3::{Scope, ldap_escape};
use proto::registry::v1::CoGroup;

use crate::{
    connector::ldap::{
        answer::{CLASS_VIOLATION, NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT, VALUE_EXISTS},
        dn::{key, own},
        entry,
        groups::{Belongs, Groups, Part, Shape, Wanted, dn_of, fill::Caller},
        op::{Change, How, Op},
    },
    domain::outcome::ConnectorError,
};

impl Groups<'_> {
    /// What groups call a person.
    pub(in crate::connector::ldap) fn member(&self, dn: &str) -> String {
        match self.shape {
            Shape::Posix => own(dn).map_or_else(|| dn.to_owned(), |(_, name)| name),
            _ => dn.to_owned(),
        }
    }

    /// What groups call a person of some keys: asked for before the entry goes, whose name says it as it is written.
    pub(in crate::connector::ldap) async fn known(&self, keys: &[&str]) -> Result<Vec<String>, ConnectorError> {
        let mut known = Vec::new();
        for key in keys {
            let found = match self.shape {
                Shape::Posix => self.directory.read(key, &["1.1"]).await?,
                _ => None,
            };
            known.push(self.member(found.as_ref().map_or(*key, |found| &found.dn)));
        }
        Ok(known)
    }

    /// Sees to it that a person is in these groups, and owns those, as groups call it, and is in no other of ours and owns none,
    /// under any name.
    pub(in crate::connector::ldap) async fn enrol(
        &self,
        person: Option<&str>,
        former: &[String],
        groups: &Belongs<'_>,
    ) -> Result<(), ConnectorError> {
        self.enrol_as(Part::Member, person, former, &groups.member).await?;
        self.enrol_as(Part::Owner, person, former, &groups.owner).await
    }

    async fn enrol_as(
        &self,
        part: Part,
        person: Option<&str>,
        former: &[String],
        groups: &[&CoGroup],
    ) -> Result<(), ConnectorError> {
        let Some(attribute) = part.attribute(self.shape) else { return Ok(()) };
        // By their names as a directory compares them.
        let names = groups.iter().filter_map(|group| Some((group.name.as_deref()?.trim(), *group)));
        let wanted: BTreeMap<String, (&str, &CoGroup)> =
            names.map(|(name, group)| (name.to_lowercase(), (name, group))).collect();
        let mut surplus = Vec::new();
        let mut held = BTreeMap::new();
        for old in former.iter().map(String::as_str).filter(|old| Some(*old) != person) {
            surplus.extend(self.naming(attribute, old).await?.into_iter().map(|group| (group, old)));
        }
        if let Some(person) = person {
            held = self.naming(attribute, person).await?;
            let others = held.iter().filter(|(group, _)| !wanted.contains_key(*group));
            surplus.extend(others.map(|(group, spelt)| ((group.clone(), spelt.clone()), person)));
        }
        let asked = wanted.keys().chain(surplus.iter().map(|((group, _), _)| group));
        let ours = self.beside.groups(asked.map(|name| key(&dn_of(name, self.base))).collect()).await?;
        let of_name = |name: &String| ours.get(&key(&dn_of(name, self.base))).copied();
        for (name, (spelt, group)) in wanted.iter().filter(|(name, _)| !held.contains_key(*name)) {
            let (Some(id), Some(person)) = (of_name(name), person) else { continue };
            let wanted = Wanted { id, name: spelt, group: Some(group), identifiers: &[] };
            match part {
                Part::Member => self.admit(&wanted, person).await?,
                Part::Owner => self.own(spelt, person).await?,
            }
        }
        for ((name, spelt), person) in &surplus {
            let Some(id) = of_name(name) else { continue };
            let group = wanted.get(name).map(|(_, group)| *group);
            match part {
                // It may be the last one, and the group be made anew: then with its name as it is spelt.
                Part::Member => self.expel(&Wanted { id, name: spelt, group, identifiers: &[] }, person).await?,
                Part::Owner => self.disown(spelt, person).await?,
            }
        }
        Ok(())
    }

    async fn admit(&self, wanted: &Wanted<'_>, person: &str) -> Result<(), ConnectorError> {
        let one = Change::one(How::Add, self.shape.member(), person);
        let one = Op::modify(&dn_of(wanted.name, self.base), vec![one]);
        let code = self.directory.send(one, &[NO_SUCH_OBJECT, VALUE_EXISTS]).await?;
        // One that may be empty is made by its own call, which knows more of it.
        if code == NO_SUCH_OBJECT && !self.shape.may_be_empty() {
            self.fill(wanted, false, Caller::Comes(person)).await?;
        }
        Ok(())
    }

    async fn expel(&self, wanted: &Wanted<'_>, person: &str) -> Result<(), ConnectorError> {
        let dn = &dn_of(wanted.name, self.base);
        let one = Op::modify(dn, vec![Change::one(How::Delete, self.shape.member(), person)]);
        let gone = [NO_SUCH_OBJECT, NO_SUCH_ATTRIBUTE, CLASS_VIOLATION];
        let code = match self.directory.plans() && self.is_last(wanted, person).await? {
            true => CLASS_VIOLATION,
            false => self.directory.send(one, &gone).await?,
        };
        // Some directories demand no member.
        let last = code == CLASS_VIOLATION || code == 0 && !self.shape.may_be_empty() && self.is_empty(dn).await?;
        if last {
            // Who came meanwhile is listed.
            self.directory.send(Op::Delete { dn: dn.clone() }, &[NO_SUCH_OBJECT]).await?;
            self.fill(wanted, false, Caller::Leaves(person)).await?;
        }
        Ok(())
    }

    /// Whether nobody is in a group that is there. No members are read.
    async fn is_empty(&self, dn: &str) -> Result<bool, ConnectorError> {
        let filter = format!("(!({}=*))", self.shape.member());
        Ok(!self.directory.search(dn, Scope::Base, &filter, &["1.1"]).await?.is_empty())
    }

    /// Whether a person is the only one in a group. The members are read only if no other one is to be there.
    async fn is_last(&self, wanted: &Wanted<'_>, person: &str) -> Result<bool, ConnectorError> {
        let same = |member: &str| self.shape.compared(member) == self.shape.compared(person);
        if self.shape.may_be_empty() {
            return Ok(false);
        }
        let listed = self.beside.members(wanted.id, 0).await?;
        if listed.next.is_some() || listed.people.iter().any(|member| !same(&member.key)) {
            return Ok(false);
        }
        let members = self.values(&dn_of(wanted.name, self.base), self.shape.member()).await?.unwrap_or_default();
        Ok(!members.is_empty() && members.iter().all(|member| same(member)))
    }

    /// The names of the groups that name a person there, in small letters, each with how it is spelt.
    async fn naming(&self, attribute: &str, person: &str) -> Result<BTreeMap<String, String>, ConnectorError> {
        let filter = format!("({attribute}={})", ldap_escape(person));
        let found = self.directory.search(self.base, Scope::OneLevel, &filter, &["cn"]).await?;
        let names = found.iter().flat_map(|found| entry::held(found, "cn"));
        Ok(names.map(|name| (name.to_lowercase(), name)).collect())
    }
}
