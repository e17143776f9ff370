//! Groups in a directory, and who is in them.
//!
//! Guarantee: a group that Cohort has at the target names just the people that are at the target too, also where there was
//! an entry of that name before; groups of other names stay as they are. Mechanism: a person's call adds and takes away that
//! person alone (`enrol`), and reads no members; the members are listed, page by page, by a group's own call, when it is made,
//! asked for explicitly, called otherwise, or was gone, and when an attempt before broke off (`fill`). A group that nobody is
//! in has no entry where the schema demands a member: it comes with the first one and goes with the last one, and where that
//! may have left somebody out, the group is asked for.
//! Owners are kept in the same way, where the schema knows them (`owners`).
//! Failure: whoever comes to be at the target writes its key down first, so of a group that is filled and a person that
//! comes meanwhile at least one sees the other.

use ldap3::SearchEntry;
use proto::registry::v1::{CoGroup, GroupState, Identifier};
use serde_json::{Value as Json, json};

use crate::{
    connector::{
        Beside, Job,
        ldap::{
            answer::{ENTRY_EXISTS, NO_SUCH_OBJECT},
            attribute,
            configuration::Configuration,
            connection::Directory,
            dn::{key, key_below, rdn, written},
            entry, forget,
            op::{Change, How, Op, Values},
            whose::ours,
        },
    },
    domain::{outcome::ConnectorError, subject::Kind},
};

mod enrol;
mod expel;
mod fill;
mod owners;
mod shape;

pub(super) use owners::Belongs;
use owners::Part;
use shape::Shape;

/// The groups of a target.
pub(super) struct Groups<'a> {
    directory: &'a Directory,
    base: &'a str,
    shape: Shape,
    /// What people stand below.
    people: &'a str,
    /// What names people.
    naming: &'a str,
    beside: &'a dyn Beside,
    /// The call that this is for.
    job: &'a Job<'a>,
}

/// A group, as it is to be.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    id: i64,
    name: &'a str,
    /// What is known of it.
    group: Option<&'a CoGroup>,
    identifiers: &'a [Identifier],
}

/// What a directory calls a group.
pub(super) fn dn(group: &GroupState, configuration: &Configuration) -> Option<String> {
    let name = group.co_group.as_ref()?.name.as_deref().map(str::trim).filter(|name| !name.is_empty())?;
    Some(dn_of(name, configuration.group_base_dn.as_deref()?))
}

fn dn_of(name: &str, base: &str) -> String {
    format!("{},{base}", rdn("cn", name))
}

/// What a group is to be, without its members, for digests.
pub(super) fn shown(dn: &str, group: &GroupState, configuration: &Configuration) -> Json {
    let co_group = group.co_group.as_ref();
    let description = co_group.map(description);
    json!({ "dn": dn, "objectClass": [configuration.group_object_class], "gidNumber": number(&group.identifiers),
        "attributes": { "cn": [co_group.and_then(|group| group.name.as_ref())], "description": description } })
}

fn description(group: &CoGroup) -> Values {
    entry::folded("description", group.description.clone().into_iter().collect())
}

/// The number of a group among those of a system.
fn number(identifiers: &[Identifier]) -> Option<&str> {
    attribute::first(identifiers, shape::NUMBER)
}

impl<'a> Groups<'a> {
    /// The groups of a target; `None` if it has none.
    pub(super) fn of(directory: &'a Directory, configuration: &'a Configuration, job: &'a Job<'a>) -> Option<Self> {
        Some(Self {
            directory,
            base: configuration.group_base_dn.as_deref()?,
            shape: Shape::of(&configuration.group_object_class),
            people: &configuration.base_dn,
            naming: &configuration.dn_attribute_name,
            beside: job.beside,
            job,
        })
    }

    /// Makes a group what it is to be.
    pub(super) async fn apply(&self, job: &Job<'_>, state: &GroupState, former: &[&str]) -> Result<(), ConnectorError> {
        let Some(group) = &state.co_group else { return Ok(()) };
        let name = group.name.as_deref().unwrap_or_default().trim();
        let wanted = Wanted { id: job.subject.id, name, group: Some(group), identifiers: &state.identifiers };
        let dn = dn_of(name, self.base);
        let mut found = self.found(&dn).await?;
        let respelled = found.as_ref().and_then(|found| self.respelled(found, &dn, name));
        for old in former {
            if found.is_none() {
                found = self.rename(old, name).await?;
            }
        }
        let was_there = found.is_some();
        if !was_there && self.shape.may_be_empty() {
            self.make(&wanted, Values::new()).await?;
            found = self.found(&dn).await?;
        }
        if let Some(found) = &found {
            self.describe(&dn, found, &wanted, respelled).await?;
        }
        let is_known = was_there && job.previous_key == Some(key(&dn).as_str()) && !job.fills();
        if !is_known {
            self.fill(&wanted, found.is_some()).await?;
        }
        for old in former {
            forget(self.directory, job, old, &dn).await?;
        }
        Ok(())
    }

    /// What is read of a group that has an old name, after it got the new one; `None` if there is none.
    async fn rename(&self, old: &str, name: &str) -> Result<Option<SearchEntry>, ConnectorError> {
        let Some(found) = self.read(old).await? else { return Ok(None) };
        let rename = Op::Rename { dn: old.to_owned(), rdn: rdn("cn", name), base: self.base.to_owned() };
        let code = self.directory.send(rename, &[NO_SUCH_OBJECT, ENTRY_EXISTS]).await?;
        Ok(Some(found).filter(|_| code == 0))
    }

    /// What is read of a group by its name, unless that is another one's to the directory.
    async fn found(&self, dn: &str) -> Result<Option<SearchEntry>, ConnectorError> {
        match self.read(dn).await? {
            Some(found) => ours(found, self.job, ("cn", dn), self.base).await.map(Some),
            None => Ok(None),
        }
    }

    /// The names of an entry that was given this one in another way, with this one instead: by it others know whose the entry is.
    fn respelled(&self, found: &SearchEntry, dn: &str, name: &str) -> Option<Values> {
        let held = entry::held(found, "cn");
        if key_below(&found.dn, "cn", &held, self.base) == key(dn) {
            return None;
        }
        let given = written(&found.dn, &held);
        let others = held.iter().filter(|value| Some(*value) != given.as_ref()).cloned();
        let names: Values = others.chain([name.to_owned()]).collect();
        (names != held.into_iter().collect()).then_some(names)
    }

    async fn read(&self, dn: &str) -> Result<Option<SearchEntry>, ConnectorError> {
        self.directory.read(dn, &["cn", "description", "gidNumber"]).await
    }

    async fn describe(
        &self,
        dn: &str,
        found: &SearchEntry,
        wanted: &Wanted<'_>,
        respelled: Option<Values>,
    ) -> Result<(), ConnectorError> {
        let differs =
            |(name, values): &(&str, Values)| entry::held(found, name).into_iter().collect::<Values>() != *values;
        let described = self.described(wanted)?.into_iter().filter(differs);
        let changes = described.chain(respelled.map(|names| ("cn", names)));
        let changes: Vec<Change> = changes.map(|(name, values)| Change::new(How::Replace, name, values)).collect();
        if !changes.is_empty() {
            self.directory.send(Op::modify(dn, changes), &[]).await?;
        }
        Ok(())
    }

    /// What a group says of itself.
    fn described(&self, wanted: &Wanted<'_>) -> Result<Vec<(&'static str, Values)>, ConnectorError> {
        let mut described = vec![("description", wanted.group.map(description).unwrap_or_default())];
        if self.shape == Shape::Posix {
            let number = number(wanted.identifiers)
                .map(str::trim)
                .ok_or_else(|| ConnectorError::no_identifier(shape::NUMBER, Kind::Group.title()))?;
            described.push((shape::NUMBER, Values::from([number.to_owned()])));
        }
        Ok(described)
    }

    /// Makes the entry of a group with its first members; `false` if there is one already.
    async fn make(&self, wanted: &Wanted<'_>, members: Values) -> Result<bool, ConnectorError> {
        let mut attributes = vec![
            ("objectClass".to_owned(), Values::from([self.shape.class().to_owned()])),
            ("cn".to_owned(), Values::from([wanted.name.to_owned()])),
            (self.shape.member().to_owned(), members),
        ];
        attributes.extend(self.described(wanted)?.into_iter().map(|(name, values)| (name.to_owned(), values)));
        attributes.retain(|(_, values)| !values.is_empty());
        let add = Op::Add { dn: dn_of(wanted.name, self.base), attributes };
        Ok(self.directory.send(add, &[ENTRY_EXISTS]).await? == 0)
    }
}
