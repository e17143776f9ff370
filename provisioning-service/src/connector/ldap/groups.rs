//! Groups in a directory, and who is in them.
//!
//! Guarantee: a group that Cohort has at the target names just the people that are at the target too, also where there was
//! an entry of that name before; groups of other names stay as they are. Mechanism: a person's call adds and takes away that person alone, and reads no members; the members are
//! listed, page by page, when a group is made, asked for explicitly, or called otherwise. A group that nobody is in has no
//! entry: the schema demands a member. Failure: whoever comes to be at the target writes its key down first, so of a
//! group that is filled and a person that comes meanwhile at least one sees the other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ldap3::{Mod, Scope, SearchEntry, ldap_escape};
use proto::registry::v1::{CoGroup, GroupState};
use serde_json::{Value as Json, json};

use crate::{
    connector::{
        Beside, Job,
        ldap::{
            answer::{CLASS_VIOLATION, NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT, VALUE_EXISTS},
            configuration::Configuration,
            connection::Directory,
            entry, forget, key,
        },
    },
    domain::outcome::ConnectorError,
};

/// The groups of a target.
pub(super) struct Groups<'a> {
    directory: &'a Directory,
    base: &'a str,
    class: &'a str,
    /// The attribute that names members.
    member: &'static str,
    beside: &'a dyn Beside,
}

/// What a directory calls a group.
pub(super) fn dn(group: &GroupState, configuration: &Configuration) -> Option<String> {
    let name = group.co_group.as_ref()?.name.as_deref().map(str::trim).filter(|name| !name.is_empty())?;
    Some(dn_of(name, configuration.group_base_dn.as_deref()?))
}

fn dn_of(name: &str, base: &str) -> String {
    format!("{},{base}", entry::rdn("cn", name))
}

/// What a group is to be, without its members, for people and digests.
pub(super) fn shown(dn: &str, group: &CoGroup, configuration: &Configuration) -> Json {
    json!({ "dn": dn, "objectClass": [configuration.group_object_class], "attributes": { "cn": [group.name], "description": description(group) } })
}

fn description(group: &CoGroup) -> HashSet<String> {
    entry::folded(group.description.clone().into_iter().collect()).into_iter().collect()
}

impl<'a> Groups<'a> {
    /// The groups of a target; `None` if it has none.
    pub(super) fn of(directory: &'a Directory, configuration: &'a Configuration, job: &Job<'a>) -> Option<Self> {
        let class = configuration.group_object_class.as_str();
        let member = if class == "groupOfUniqueNames" { "uniqueMember" } else { "member" };
        Some(Self { directory, base: configuration.group_base_dn.as_deref()?, class, member, beside: job.beside })
    }

    /// Makes a group what it is to be.
    pub(super) async fn apply(&self, job: &Job<'_>, group: &CoGroup, former: &[&str]) -> Result<(), ConnectorError> {
        let name = group.name.as_deref().unwrap_or_default().trim();
        let dn = dn_of(name, self.base);
        let mut found = self.read(&dn).await?;
        for old in former {
            if found.is_some() || !self.directory.rename(old, &entry::rdn("cn", name), self.base).await? {
                continue;
            }
            found = self.read(&dn).await?;
        }
        if let Some(found) = &found {
            self.describe(&dn, found, group).await?;
        }
        let is_known = job.previous_key == Some(key(&dn).as_str()) && !job.action.ends_with('R');
        if !is_known {
            self.fill(job.subject.id, name, Some(group), found.is_some()).await?;
        }
        for old in former {
            forget(self.directory, old, &dn).await?;
        }
        Ok(())
    }

    async fn read(&self, dn: &str) -> Result<Option<SearchEntry>, ConnectorError> {
        self.directory.read(dn, &["cn", "description"]).await
    }

    async fn describe(&self, dn: &str, found: &SearchEntry, group: &CoGroup) -> Result<(), ConnectorError> {
        let held: HashSet<String> = entry::held(found, "description").into_iter().collect();
        let wanted = description(group);
        if held != wanted {
            self.directory.modify(dn, vec![Mod::Replace("description".to_owned(), wanted)], &[]).await?;
        }
        Ok(())
    }

    /// Makes the members of a group, known by its id, those that are at the target.
    async fn fill(&self, id: i64, name: &str, group: Option<&CoGroup>, exists: bool) -> Result<(), ConnectorError> {
        let dn = dn_of(name, self.base);
        let dn = dn.as_str();
        let mut held: HashMap<String, String> = HashMap::new();
        let mut exists = exists;
        if exists {
            let found = self.directory.read(dn, &[self.member]).await?;
            let members = found.map(|found| entry::held(&found, self.member)).unwrap_or_default();
            held.extend(members.into_iter().map(|member| (canonical(&member), member)));
        }
        let mut after = 0;
        let mut any = false;
        loop {
            let page = self.beside.members(id, after).await?;
            let keys: Vec<String> = page.people.into_iter().map(|member| member.key).collect();
            any |= !keys.is_empty();
            let missing = keys.into_iter().filter(|key| held.remove(&canonical(key)).is_none());
            let missing: HashSet<String> = missing.collect();
            if !missing.is_empty() {
                exists = exists || !self.make(dn, name, group, missing.clone()).await?;
                if exists {
                    self.include(dn, missing).await?;
                }
                exists = true;
            }
            let Some(next) = page.next else { break };
            after = next;
        }
        if !any {
            return self.directory.delete(dn).await;
        }
        let surplus: Vec<String> = held.into_values().collect();
        for some in surplus.chunks(1000) {
            self.exclude(dn, some).await?;
        }
        Ok(())
    }

    /// Takes members away, some of whom may have been taken away meanwhile. All of a change is done or nothing of it.
    async fn exclude(&self, dn: &str, members: &[String]) -> Result<(), ConnectorError> {
        let of = |members: &[String]| vec![Mod::Delete(self.member.to_owned(), members.iter().cloned().collect())];
        if self.directory.modify(dn, of(members), &[NO_SUCH_ATTRIBUTE]).await? == NO_SUCH_ATTRIBUTE {
            for member in members {
                self.directory.modify(dn, of(std::slice::from_ref(member)), &[NO_SUCH_ATTRIBUTE]).await?;
            }
        }
        Ok(())
    }

    /// Makes the entry of a group with its first members; `false` if there is one already.
    async fn make(
        &self,
        dn: &str,
        name: &str,
        group: Option<&CoGroup>,
        members: HashSet<String>,
    ) -> Result<bool, ConnectorError> {
        let mut attributes = vec![
            ("objectClass".to_owned(), HashSet::from([self.class.to_owned()])),
            ("cn".to_owned(), HashSet::from([name.to_owned()])),
            (self.member.to_owned(), members),
        ];
        if let Some(description) = group.map(description).filter(|description| !description.is_empty()) {
            attributes.push(("description".to_owned(), description));
        }
        self.directory.add(dn, attributes).await
    }

    /// Adds members, some of whom may have been added meanwhile.
    async fn include(&self, dn: &str, members: HashSet<String>) -> Result<(), ConnectorError> {
        let all = vec![Mod::Add(self.member.to_owned(), members.clone())];
        if self.directory.modify(dn, all, &[VALUE_EXISTS]).await? == VALUE_EXISTS {
            for member in members {
                let one = vec![Mod::Add(self.member.to_owned(), HashSet::from([member]))];
                self.directory.modify(dn, one, &[VALUE_EXISTS]).await?;
            }
        }
        Ok(())
    }

    /// Sees to it that a person is in these groups, under this name, and in no other of ours under any name.
    pub(super) async fn enrol(
        &self,
        person: Option<&str>,
        former: &[&str],
        groups: &[&CoGroup],
    ) -> Result<(), ConnectorError> {
        // By their names as a directory compares them.
        let names = groups.iter().filter_map(|group| Some((group.name.as_deref()?.trim(), *group)));
        let wanted: BTreeMap<String, (&str, &CoGroup)> =
            names.map(|(name, group)| (name.to_lowercase(), (name, group))).collect();
        let mut surplus = Vec::new();
        let mut held = BTreeSet::new();
        for old in former {
            surplus.extend(self.naming(old).await?.into_iter().map(|group| (group, *old)));
        }
        if let Some(person) = person {
            held = self.naming(person).await?;
            let others = held.iter().filter(|group| !wanted.contains_key(*group));
            surplus.extend(others.map(|group| (group.clone(), person)));
        }
        let asked = wanted.keys().chain(surplus.iter().map(|(group, _)| group));
        let ours = self.beside.groups(asked.map(|name| key(&dn_of(name, self.base))).collect()).await?;
        let missing = wanted.iter().filter(|(name, _)| !held.contains(*name));
        for (name, state) in missing.map(|(_, wanted)| wanted) {
            let group = &dn_of(name, self.base);
            let (Some(id), Some(person)) = (ours.get(&key(group)), person) else { continue };
            let one = vec![Mod::Add(self.member, HashSet::from([person]))];
            if self.directory.modify(group, one, &[NO_SUCH_OBJECT, VALUE_EXISTS]).await? == NO_SUCH_OBJECT {
                self.fill(*id, name, Some(state), false).await?;
            }
        }
        for (name, person) in &surplus {
            if let Some(id) = ours.get(&key(&dn_of(name, self.base))) {
                self.expel(*id, name, person, wanted.get(name).map(|(_, group)| *group)).await?;
            }
        }
        Ok(())
    }

    async fn expel(&self, id: i64, name: &str, person: &str, group: Option<&CoGroup>) -> Result<(), ConnectorError> {
        let dn = &dn_of(name, self.base);
        let one = vec![Mod::Delete(self.member, HashSet::from([person]))];
        let gone = [NO_SUCH_OBJECT, NO_SUCH_ATTRIBUTE, CLASS_VIOLATION];
        if self.directory.modify(dn, one, &gone).await? == CLASS_VIOLATION {
            // It was the last one. Who came meanwhile is listed.
            self.directory.delete(dn).await?;
            self.fill(id, name, group, false).await?;
        }
        Ok(())
    }

    /// The names of the groups that name a person, in small letters.
    async fn naming(&self, person: &str) -> Result<BTreeSet<String>, ConnectorError> {
        let filter = format!("({}={})", self.member, ldap_escape(person));
        let found = self.directory.search(self.base, Scope::OneLevel, &filter, &["cn"]).await?;
        let names = found.iter().flat_map(|found| entry::held(found, "cn"));
        Ok(names.map(|name| name.to_lowercase()).collect())
    }
}

/// A distinguished name so that two ways to write one are the same.
fn canonical(dn: &str) -> String {
    let (mut bytes, mut canonical, mut separated) = (dn.bytes().peekable(), Vec::with_capacity(dn.len()), false);
    while let Some(byte) = bytes.next() {
        let escaped = match byte {
            b'\\' => escaped(&mut bytes),
            b' ' if separated => continue,
            _ => None,
        };
        separated = byte == b',';
        match escaped {
            Some(byte @ (b',' | b'+' | b'\\')) => canonical.extend([b'\\', byte]),
            Some(byte) => canonical.push(byte),
            None => canonical.push(byte),
        }
    }
    String::from_utf8_lossy(&canonical).to_lowercase()
}

/// What stands after a backslash: two hexadecimal digits, or the letter itself.
fn escaped(bytes: &mut std::iter::Peekable<std::str::Bytes<'_>>) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let first = bytes.next()?;
    match (digit(first), bytes.peek().copied().and_then(digit)) {
        (Some(high), Some(low)) => {
            bytes.next();
            Some(high * 16 + low)
        }
        _ => Some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_to_write_a_name_are_the_same() {
        assert_eq!(canonical(r"uid=a\2Cb\C3\A4,ou=X, dc=y"), canonical(r"UID=a\,bä,ou=x,dc=y"));
        assert_ne!(canonical(r"uid=a\,b,dc=y"), canonical("uid=a,b,dc=y"));
        assert_eq!(canonical(r"uid=\23x\3dy,dc=y"), canonical(r"uid=\#x=y,dc=y"));
    }
}
