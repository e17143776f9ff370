//! Making the members of a group those that are at the target.
//!
//! Members are listed in pages. Of those that the directory has it keeps sixteen bytes for each: a directory tells all
//! values of an attribute at once, and the few that are too many are read again. Who is called otherwise, goes or comes between
//! the listing and the writing changes only what was written by then: so whoever was added or taken away is looked for in
//! the list again, until nobody has come or gone meanwhile (`look_again`).

use std::collections::{BTreeMap, HashSet};

use ldap3::{Scope, ldap_escape};
use sha2::{Digest, Sha256};

use crate::{
    connector::ldap::{
        answer::{CLASS_VIOLATION, NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT, VALUE_EXISTS},
        dn::own,
        entry,
        groups::{Groups, Part, Shape, Wanted, dn_of},
        matching::squeezed,
        op::{Change, How, Op, Values},
    },
    domain::outcome::ConnectorError,
};

/// So many members are changed at once.
const AT_ONCE: usize = 1000;
/// So many people are looked for at once.
const LOOKED_FOR: usize = 100;
/// So often a group is filled that others delete meanwhile.
const TRIES: usize = 3;
/// So often it is looked whether somebody came or went meanwhile.
const LOOKS: usize = 5;

/// The members that a directory has, as far as they are to be told apart.
pub(super) struct Held {
    shape: Shape,
    marks: HashSet<[u8; 16]>,
}

impl Held {
    pub(super) fn of(shape: Shape, members: &[String]) -> Self {
        let mut held = Self { shape, marks: HashSet::new() };
        held.marks = members.iter().map(|member| held.mark(member)).collect();
        held
    }

    /// Holds some more.
    pub(super) fn take(&mut self, members: &Values) {
        let marks: Vec<_> = members.iter().map(|member| self.mark(member)).collect();
        self.marks.extend(marks);
    }

    fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Of some, those that are held.
    fn among<'a>(&self, members: &'a [String]) -> impl Iterator<Item = String> + use<'a, '_> {
        members.iter().filter(|member| self.marks.contains(&self.mark(member))).cloned()
    }

    /// Of some, those that are not held; the others are not left over any more.
    pub(super) fn missing(&mut self, members: Vec<String>) -> Values {
        members.into_iter().filter(|member| !self.marks.remove(&self.mark(member))).collect()
    }

    fn mark(&self, member: &str) -> [u8; 16] {
        let mut mark = [0; 16];
        let digest = Sha256::digest(self.shape.compared(member));
        mark.iter_mut().zip(digest).for_each(|(mark, byte)| *mark = byte);
        mark
    }
}

impl Groups<'_> {
    /// Makes the members of a group those that are at the target.
    pub(super) async fn fill(&self, wanted: &Wanted<'_>, exists: bool) -> Result<(), ConnectorError> {
        let mut exists = exists;
        for _ in 0..TRIES {
            if self.fill_once(wanted, exists).await? {
                return self.hand_over(wanted).await;
            }
            // It may be another subject's by now.
            exists = self.found(&dn_of(wanted.name, self.base)).await?.is_some();
        }
        Err(ConnectorError::retryable("Others delete the group, or its members, again and again."))
    }

    /// The same; `false` if the group went away meanwhile.
    async fn fill_once(&self, wanted: &Wanted<'_>, mut exists: bool) -> Result<bool, ConnectorError> {
        let dn = &dn_of(wanted.name, self.base);
        let mut held = self.held(dn, exists).await?;
        let (mut after, mut any, mut added) = (0, false, Held::of(self.shape, &[]));
        loop {
            let (members, next) = self.listed(Part::Member, wanted.id, after).await?;
            any |= !members.is_empty();
            let missing = held.missing(members);
            if !missing.is_empty() {
                let made = !exists && self.make(wanted, missing.clone()).await?;
                if !made && !exists {
                    // It came meanwhile.
                    self.found(dn).await?;
                }
                if !made && !self.include(dn, self.shape.member(), missing.clone()).await? {
                    return Ok(false);
                }
                added.take(&missing);
                exists = true;
            }
            let Some(next) = next else { break };
            after = next;
        }
        if !any && !self.shape.may_be_empty() {
            // Who came meanwhile may have found the entry that goes here.
            return Ok(!exists || !self.was_missed(wanted).await?);
        }
        Ok(self.exclude(dn, self.shape.member(), &held).await?
            && self.look_again(Part::Member, wanted, (added, held)).await?)
    }

    /// Takes an empty group away; gives whether somebody is to be in it by now.
    async fn was_missed(&self, wanted: &Wanted<'_>) -> Result<bool, ConnectorError> {
        self.directory.send(Op::Delete { dn: dn_of(wanted.name, self.base) }, &[NO_SUCH_OBJECT]).await?;
        let mut after = Some(0);
        while let Some(from) = after {
            let (members, next) = self.listed(Part::Member, wanted.id, from).await?;
            if !members.is_empty() {
                return Ok(true);
            }
            after = next;
        }
        Ok(false)
    }

    /// Looks whether those that were added are listed still, and those that were taken away are not, as they are called now;
    /// corrects that, and looks at those again that it corrected. `false` if the group went away meanwhile.
    pub(super) async fn look_again(
        &self,
        part: Part,
        wanted: &Wanted<'_>,
        (mut added, mut gone): (Held, Held),
    ) -> Result<bool, ConnectorError> {
        let Some(attribute) = part.attribute(self.shape) else { return Ok(true) };
        let dn = &dn_of(wanted.name, self.base);
        for _ in 0..LOOKS {
            let (mut back, mut after) = (Values::new(), Some(0));
            while let Some(from) = after.filter(|_| !added.is_empty() || !gone.is_empty()) {
                let (members, next) = self.listed(part, wanted.id, from).await?;
                back.extend(gone.among(&members));
                added.missing(members);
                after = next;
            }
            if added.is_empty() && back.is_empty() {
                return Ok(true);
            }
            if !back.is_empty() && !self.include(dn, attribute, back.clone()).await? {
                return Ok(false);
            }
            if !self.exclude(dn, attribute, &added).await? {
                return Ok(false);
            }
            gone = added;
            added = Held::of(self.shape, &[]);
            added.take(&back);
        }
        Err(ConnectorError::retryable("People come into the group, and leave it, faster than it is filled."))
    }

    /// A page of the members of a group, or of its owners, as it calls them, and where there are more.
    pub(super) async fn listed(
        &self,
        part: Part,
        group: i64,
        after: i64,
    ) -> Result<(Vec<String>, Option<i64>), ConnectorError> {
        let page = match part {
            Part::Member => self.beside.members(group, after).await?,
            Part::Owner => self.beside.owners(group, after).await?,
        };
        let keys = page.people.into_iter().map(|one| one.key).collect();
        if part == Part::Owner {
            return Ok((keys, page.next));
        }
        Ok((self.called(keys).await?, page.next))
    }

    async fn held(&self, dn: &str, exists: bool) -> Result<Held, ConnectorError> {
        let members = if exists { self.values(dn, self.shape.member()).await? } else { None };
        Ok(Held::of(self.shape, &members.unwrap_or_default()))
    }

    /// All values of an attribute of a group; `None` if there is no such group.
    pub(super) async fn values(&self, dn: &str, attribute: &str) -> Result<Option<Vec<String>>, ConnectorError> {
        let _room = self.directory.room();
        let found = self.directory.read(dn, &[attribute]).await?;
        Ok(found.map(|found| entry::held(&found, attribute)))
    }

    /// What a group calls the people of some keys. Those who are not there yet add themselves when they come.
    async fn called(&self, keys: Vec<String>) -> Result<Vec<String>, ConnectorError> {
        if self.shape != Shape::Posix {
            return Ok(keys);
        }
        let mut called = Vec::new();
        for some in keys.chunks(LOOKED_FOR) {
            let names: Vec<String> = some.iter().filter_map(|key| Some(own(key)?.1)).collect();
            let any: String =
                names.iter().map(|name| format!("({}={})", self.naming, ldap_escape(name.as_str()))).collect();
            let found =
                self.directory.search(self.people, Scope::OneLevel, &format!("(|{any})"), &[self.naming]).await?;
            let found = found.iter().filter_map(|found| self.written(found));
            let found: BTreeMap<String, String> = found.map(|name| (squeezed(&name), name)).collect();
            called.extend(names.iter().filter_map(|name| found.get(&squeezed(name)).cloned()));
        }
        Ok(called)
    }

    /// Adds members, some of whom may have been added meanwhile; `false` if there is no such group.
    pub(super) async fn include(&self, dn: &str, attribute: &str, members: Values) -> Result<bool, ConnectorError> {
        let all = Op::modify(dn, vec![Change::new(How::Add, attribute, members.clone())]);
        match self.directory.send(all, &[VALUE_EXISTS, NO_SUCH_OBJECT]).await? {
            NO_SUCH_OBJECT => return Ok(false),
            VALUE_EXISTS => {}
            _ => return Ok(true),
        }
        for member in members {
            let one = Op::modify(dn, vec![Change::one(How::Add, attribute, &member)]);
            if self.directory.send(one, &[VALUE_EXISTS, NO_SUCH_OBJECT]).await? == NO_SUCH_OBJECT {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes the members away that are left, some of whom may have been taken away meanwhile; `false` if there is no such
    /// group, or nobody would be in it. All of a change is done or nothing of it.
    pub(super) async fn exclude(&self, dn: &str, attribute: &str, left: &Held) -> Result<bool, ConnectorError> {
        if left.marks.is_empty() {
            return Ok(true);
        }
        let mut members = self.values(dn, attribute).await?.unwrap_or_default();
        members.retain(|member| left.marks.contains(&left.mark(member)));
        for some in members.chunks(AT_ONCE) {
            let code = self.leave(dn, attribute, some, &[NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT, CLASS_VIOLATION]).await?;
            let ones = if code == NO_SUCH_ATTRIBUTE { some } else { &[] };
            let mut codes = vec![code];
            for one in ones {
                let expected = [NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT, CLASS_VIOLATION];
                codes.push(self.leave(dn, attribute, std::slice::from_ref(one), &expected).await?);
            }
            if codes.iter().any(|code| [NO_SUCH_OBJECT, CLASS_VIOLATION].contains(code)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn leave(
        &self,
        dn: &str,
        attribute: &str,
        members: &[String],
        expected: &[u32],
    ) -> Result<u32, ConnectorError> {
        let change = Change::new(How::Delete, attribute, members.iter().cloned().collect());
        self.directory.send(Op::modify(dn, vec![change]), expected).await
    }
}
