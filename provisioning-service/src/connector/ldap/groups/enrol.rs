//! One person in groups: what a membership changes is one value.

use std::collections::BTreeMap;

use ldap3::{SearchEntry, ldap_escape};
use proto::registry::v1::CoGroup;

use crate::{
    connector::ldap::{
        answer::{NO_SUCH_OBJECT, VALUE_EXISTS},
        dn::{key, own, written},
        entry,
        groups::{Belongs, Groups, Part, Shape, Wanted, dn_of},
        op::{Change, How, Op},
    },
    domain::outcome::ConnectorError,
};

/// So often a person is added to a group that others delete meanwhile.
const TRIES: usize = 3;

/// So many names have the groups that name a person at most: what is asked of each is longer than what a directory says of it.
const NAMES: usize = 10_000;

impl Groups<'_> {
    /// What groups call a person of a name, and of an entry if there was one before: that keeps how its name is written.
    pub(in crate::connector::ldap) fn member(&self, dn: &str, entry: Option<&SearchEntry>) -> String {
        match self.shape {
            Shape::Posix => entry
                .and_then(|entry| self.written(entry))
                .or_else(|| Some(own(dn)?.1))
                .unwrap_or_else(|| dn.to_owned()),
            _ => dn.to_owned(),
        }
    }

    /// What names the entry of a person, as it is written there.
    pub(super) fn written(&self, entry: &SearchEntry) -> Option<String> {
        let (name, value) = own(&entry.dn)?;
        match name.eq_ignore_ascii_case(self.naming) {
            true => written(&entry.dn, &entry::held(entry, self.naming)),
            // What the attribute has says nothing of this name.
            false => Some(value),
        }
    }

    /// What groups may call a person of a name besides: systems tell what a directory does not.
    pub(in crate::connector::ldap) fn spellings(&self, dn: &str) -> Vec<String> {
        match self.shape {
            Shape::Posix => vec![self.member(dn, None), self.member(&key(dn), None)],
            _ => Vec::new(),
        }
    }

    /// What groups call a person of some keys: asked for before the entry goes, whose name says it as it is written.
    /// And whether one of them has no entry, so that nobody knows how its name was written.
    pub(in crate::connector::ldap) async fn known(&self, keys: &[&str]) -> Result<(Vec<String>, bool), ConnectorError> {
        let (mut known, mut lost) = (Vec::new(), false);
        for key in keys {
            let found = match self.shape {
                Shape::Posix => self.directory.read(key, &[self.naming]).await?,
                _ => None,
            };
            lost |= found.is_none() && self.shape == Shape::Posix;
            known.push(self.member(key, found.as_ref()));
            known.extend(self.spellings(key));
        }
        Ok((known, lost))
    }

    /// The groups that may name a person by a former name still, in letters that nobody knows any more: systems tell what a
    /// directory does not, and an attempt that broke off may have renamed the entry. They are to be filled.
    pub(in crate::connector::ldap) fn in_doubt(&self, lost: bool, belongs: &Belongs<'_>) -> Vec<i64> {
        belongs.member.iter().filter(|_| lost).filter_map(|group| group.id).collect()
    }

    /// Sees to it that a person is in these groups, and owns those, as groups call it, and is in no other of ours and owns none,
    /// under any name. Gives the groups that may lack somebody else, or have one too many, because of it.
    pub(in crate::connector::ldap) async fn enrol(
        &self,
        person: Option<&str>,
        former: &[String],
        groups: &Belongs<'_>,
    ) -> Result<Vec<i64>, ConnectorError> {
        let left = self.enrol_as(Part::Member, person, former, &groups.member).await?;
        self.enrol_as(Part::Owner, person, former, &groups.owner).await?;
        Ok(left)
    }

    async fn enrol_as(
        &self,
        part: Part,
        person: Option<&str>,
        former: &[String],
        groups: &[&CoGroup],
    ) -> Result<Vec<i64>, ConnectorError> {
        let mut left = Vec::new();
        let Some(attribute) = part.attribute(self.shape) else { return Ok(left) };
        // By their names as a directory compares them.
        let names = groups.iter().filter_map(|group| Some((group.name.as_deref()?.trim(), *group)));
        let wanted: BTreeMap<String, (&str, &CoGroup)> =
            names.map(|(name, group)| (name.to_lowercase(), (name, group))).collect();
        let mut surplus = Vec::new();
        let mut held = BTreeMap::new();
        let mut others: BTreeMap<String, &str> =
            former.iter().map(|old| (self.shape.compared(old), old.as_str())).collect();
        person.and_then(|person| others.remove(&self.shape.compared(person)));
        for old in others.into_values() {
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
                Part::Member => left.extend(self.admit(&wanted, person).await?),
                Part::Owner => self.own(spelt, person).await?,
            }
        }
        for ((name, spelt), person) in &surplus {
            let Some(id) = of_name(name) else { continue };
            match part {
                Part::Member => left.extend(self.expel((id, spelt), person).await?),
                Part::Owner => self.disown(spelt, person).await?,
            }
        }
        Ok(left)
    }

    /// Adds a person to a group, which comes with its first member; gives the group if it may lack others then.
    async fn admit(&self, wanted: &Wanted<'_>, person: &str) -> Result<Option<i64>, ConnectorError> {
        let dn = dn_of(wanted.name, self.base);
        for _ in 0..TRIES {
            let one = Op::modify(&dn, vec![Change::one(How::Add, self.shape.member(), person)]);
            let code = self.directory.send(one, &[NO_SUCH_OBJECT, VALUE_EXISTS]).await?;
            // One that may be empty is made by its own call, which knows more of it.
            if code != NO_SUCH_OBJECT || self.shape.may_be_empty() {
                return Ok(None);
            }
            // What is read of the person may be older than what the group is called.
            if !self.beside.is_called(wanted.id, &key(&dn)).await? {
                return Ok(Some(wanted.id));
            }
            if self.make(wanted, [person.to_owned()].into()).await? {
                return self.made(wanted, person).await;
            }
        }
        Err(ConnectorError::retryable("Others delete the group again and again."))
    }

    /// Sees to a group that a person's call made.
    async fn made(&self, wanted: &Wanted<'_>, person: &str) -> Result<Option<i64>, ConnectorError> {
        let dn = dn_of(wanted.name, self.base);
        // It writes down what it is to be called before it says so there: then it finds this entry, or is found here.
        if !self.beside.is_called(wanted.id, &key(&dn)).await? {
            self.directory.send(Op::Delete { dn }, &[NO_SUCH_OBJECT]).await?;
            return Ok(Some(wanted.id));
        }
        Ok(self.has_others(wanted.id, person).await?.then_some(wanted.id))
    }

    /// The names of the groups that name a person there, in small letters, each with how it is spelt.
    async fn naming(&self, attribute: &str, person: &str) -> Result<BTreeMap<String, String>, ConnectorError> {
        let filter = format!("({attribute}={})", ldap_escape(person));
        let found = self.directory.all(self.base, &filter, "cn").await?;
        let names = found.iter().flat_map(|found| entry::held(found, "cn"));
        let named: BTreeMap<String, String> = names.take(NAMES + 1).map(|name| (name.to_lowercase(), name)).collect();
        match named.len() > NAMES {
            true => {
                Err(ConnectorError::permanent("The directory says that a person is in more groups than anybody is."))
            }
            false => Ok(named),
        }
    }
}
