//! Who is in which group.
//!
//! Guarantee: a group that Cohort has at the server has just the people as members that are there too; groups of others stay
//! as they are. Mechanism: a person's call asks for that person's groups, and adds or takes away that person alone, without reading members;
//! members are compared, page by page of ours, when a group is made, taken over or asked for explicitly, and when an attempt before
//! broke off. Failure: whoever comes
//! to be at the server writes its key down first, so of a group that is filled and a person that comes meanwhile at least one
//! sees the other; who joined or left by a fill is looked for once more when it is done.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use futures::{StreamExt, TryStreamExt, stream};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::{
    connector::{
        Beside,
        scim::{
            resource::{self, GROUPS, USERS},
            server::{Call, LONGEST, Server, nonsense},
            store::{CANNOT, Check, Found, equals, path, went},
        },
    },
    domain::outcome::ConnectorError,
};

/// So much is read where a group comes with its members.
const WHOLE: usize = 32 << 20;
/// So often it is looked whether somebody came or went meanwhile.
const LOOKS: usize = 5;
/// So many keys are looked up with one call, and so many calls go at once.
const KEYS: usize = 40;
const AT_ONCE: usize = 4;
/// So many members go with one call: to be added, and to be taken away.
const ADDED: usize = 500;
const TAKEN: usize = 50;

/// A group as far as its members go.
#[derive(Deserialize)]
struct Whole {
    #[serde(default)]
    members: Option<Vec<Member>>,
}

#[derive(Deserialize)]
struct Member {
    value: String,
}

/// A page of the keys of those who are to be in a group, and where there are more.
async fn page(beside: &dyn Beside, group: i64, after: i64) -> Result<(Vec<String>, Option<i64>), ConnectorError> {
    let page = beside.members(group, after).await?;
    Ok((page.people.into_iter().map(|member| member.key).collect(), page.next))
}

fn member(id: &str) -> Json {
    json!({ "value": id })
}

impl Server<'_> {
    /// Makes a person a member of these groups, by their keys, and of no other of ours, whose keys begin so.
    pub(super) async fn enrol(
        &self,
        user: &Found,
        is_new: bool,
        wanted: &BTreeSet<String>,
        ours: &str,
    ) -> Result<(), ConnectorError> {
        let held = if is_new { Vec::new() } else { self.groups_of(user, ours).await? };
        let keys: HashSet<&str> = held.iter().map(Found::external_id).collect();
        for key in wanted.iter().filter(|key| !keys.contains(key.as_str())) {
            // A group that is not there takes its members along when it comes.
            for group in self.ours(GROUPS, key).await? {
                self.join(&group, std::slice::from_ref(&user.id)).await?;
            }
        }
        for group in held.iter().filter(|group| !wanted.contains(group.external_id())) {
            self.leave(group, std::slice::from_ref(&user.id)).await?;
        }
        Ok(())
    }

    /// Makes the members of a group those that are at the server.
    pub(super) async fn fill(
        &self,
        group: &Found,
        is_new: bool,
        id: i64,
        beside: &dyn Beside,
    ) -> Result<(), ConnectorError> {
        let mut held = if is_new { HashSet::new() } else { self.members(group).await? };
        let (mut listed, mut joined, mut after) = (HashSet::new(), BTreeMap::new(), Some(0));
        while let Some(from) = after {
            let (keys, next) = page(beside, id, from).await?;
            let found = self.ids_of(&keys).await?;
            // Who was not found is looked for again: a call of theirs may take over, meanwhile, whom this one takes out.
            listed.extend(found.iter().map(|(key, _)| key.clone()));
            let missing: BTreeMap<String, String> = found.into_iter().filter(|(_, id)| !held.remove(id)).collect();
            self.join_all(group, &missing).await?;
            joined.extend(missing);
            after = next;
        }
        self.leave_all(group, &held).await?;
        match self.is_planned() {
            true => Ok(()),
            false => self.look_again(group, (id, beside), listed, (joined, held)).await,
        }
    }

    /// Looks whether those that joined are listed still, and those that left are not; corrects that, and looks at those again
    /// that it corrected. Their own calls may have ended before the group was written.
    async fn look_again(
        &self,
        group: &Found,
        (id, beside): (i64, &dyn Beside),
        mut listed: HashSet<String>,
        (mut joined, mut left): (BTreeMap<String, String>, HashSet<String>),
    ) -> Result<(), ConnectorError> {
        for _ in 0..LOOKS {
            if joined.is_empty() && left.is_empty() {
                return Ok(());
            }
            let (mut now, mut back, mut after) = (HashSet::new(), BTreeMap::new(), Some(0));
            while let Some(from) = after {
                let (keys, next) = page(beside, id, from).await?;
                keys.iter().for_each(|key| drop(joined.remove(key)));
                let new: Vec<String> = keys.iter().filter(|key| !listed.contains(*key)).cloned().collect();
                if !left.is_empty() && !new.is_empty() {
                    back.extend(self.ids_of(&new).await?.into_iter().filter(|(_, id)| left.contains(id)));
                }
                now.extend(keys);
                after = next;
            }
            let gone: HashSet<String> = joined.into_values().collect();
            if gone.is_empty() && back.is_empty() {
                return Ok(());
            }
            self.join_all(group, &back).await?;
            self.leave_all(group, &gone).await?;
            (listed, joined, left) = (now, back, gone);
        }
        Err(ConnectorError::retryable("People come into the group, and leave it, faster than it is filled."))
    }

    async fn join_all(&self, group: &Found, users: &BTreeMap<String, String>) -> Result<(), ConnectorError> {
        let ids: Vec<String> = users.values().collect::<BTreeSet<_>>().into_iter().cloned().collect();
        for some in ids.chunks(ADDED) {
            self.join(group, some).await?;
        }
        Ok(())
    }

    /// Takes many members away.
    pub(super) async fn leave_all(&self, group: &Found, users: &HashSet<String>) -> Result<(), ConnectorError> {
        let ids: Vec<String> = users.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
        for some in ids.chunks(TAKEN) {
            self.leave(group, some).await?;
        }
        Ok(())
    }

    /// What the server calls the members of a group.
    pub(super) async fn members(&self, group: &Found) -> Result<HashSet<String>, ConnectorError> {
        let path = format!("{}?attributes=members", path(GROUPS, &group.id));
        let read = self.get(&path, &[StatusCode::NOT_FOUND], WHOLE).await?;
        if read.status == StatusCode::NOT_FOUND {
            return Err(went());
        }
        let whole: Whole = serde_json::from_slice(&read.body).map_err(|_| nonsense())?;
        Ok(whole.members.into_iter().flatten().map(|member| member.value).collect())
    }

    /// What the server calls the people of these keys, with the keys; of those that it does not have, nothing.
    async fn ids_of(&self, keys: &[String]) -> Result<Vec<(String, String)>, ConnectorError> {
        let calls: Vec<_> = keys.chunks(KEYS).map(|keys| self.ids_of_some(keys)).collect();
        let found: Vec<Vec<(String, String)>> = stream::iter(calls).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn ids_of_some(&self, keys: &[String]) -> Result<Vec<(String, String)>, ConnectorError> {
        let filter: Vec<String> = keys.iter().map(|key| equals("externalId", key)).collect();
        if let Some(found) = self.filter(USERS, &filter.join(" or "), Some("externalId")).await? {
            let ours = found.into_iter().filter(|found| keys.iter().any(|key| key == found.external_id()));
            return Ok(ours.map(|found| (found.external_id().to_owned(), found.id)).collect());
        }
        let mut ids = Vec::new();
        for key in keys {
            ids.extend(self.ours(USERS, key).await?.into_iter().map(|found| (key.clone(), found.id)));
        }
        Ok(ids)
    }

    /// Adds members. Who is one already stays one; a group that is gone has none.
    async fn join(&self, group: &Found, users: &[String]) -> Result<(), ConnectorError> {
        if self.patches("members").await? {
            let value: Vec<Json> = users.iter().map(|user| member(user)).collect();
            let add = json!({ "op": "add", "path": "members", "value": value });
            if self.patch_members(group, vec![add]).await? {
                return Ok(());
            }
            self.remember("members", false);
        }
        let edit = |mut body: Map<String, Json>| {
            let mut members = taken(&mut body);
            let held: HashSet<String> = members.iter().filter_map(value).map(str::to_owned).collect();
            let missing: Vec<Json> =
                users.iter().filter(|user| !held.contains(*user)).map(|user| member(user)).collect();
            members.extend(missing.iter().cloned());
            body.insert("members".to_owned(), members.into());
            (!missing.is_empty()).then(|| resource::merged(body, &[]))
        };
        self.rewrite_members(group, edit).await
    }

    /// Takes members away; who is none is none.
    async fn leave(&self, group: &Found, users: &[String]) -> Result<(), ConnectorError> {
        if self.patches("members").await? {
            let one = |user: &String| {
                let which = equals("value", user);
                json!({ "op": "remove", "path": format!("members[{which}]") })
            };
            if self.patch_members(group, users.iter().map(one).collect()).await? {
                return Ok(());
            }
            // Servers that do not know a filter in a path know this: the members by value, as some clients send them.
            let value: Vec<Json> = users.iter().map(|user| member(user)).collect();
            let remove = json!({ "op": "remove", "path": "members", "value": value });
            if self.patch_members(group, vec![remove]).await? {
                return Ok(());
            }
            self.remember("members", false);
        }
        let edit = |mut body: Map<String, Json>| {
            let members = taken(&mut body);
            let before = members.len();
            let is_user = |item: &Json| value(item).is_some_and(|value| users.iter().any(|user| user == value));
            let kept: Vec<Json> = members.into_iter().filter(|item| !is_user(item)).collect();
            let changed = kept.len() != before;
            body.insert("members".to_owned(), kept.into());
            changed.then(|| resource::merged(body, &[]))
        };
        self.rewrite_members(group, edit).await
    }

    /// Writes a group whole. No name changes, so a conflict is none of names.
    async fn rewrite_members(
        &self,
        group: &Found,
        edit: impl Fn(Map<String, Json>) -> Option<Map<String, Json>>,
    ) -> Result<(), ConnectorError> {
        match self.rewrite(GROUPS, group, WHOLE, Check::Read, edit).await? {
            None => Ok(()),
            Some(conflict) => Err(ConnectorError::retryable(conflict)),
        }
    }

    /// Changes members; `false` if the server cannot do it so.
    async fn patch_members(&self, group: &Found, operations: Vec<Json>) -> Result<bool, ConnectorError> {
        let path = format!("{}?excludedAttributes=members", path(GROUPS, &group.id));
        let call = Call::new(Method::PATCH, self.url(&path), Some(resource::operations(operations.into_iter())));
        let expected = [CANNOT.as_slice(), &[StatusCode::NOT_FOUND]].concat();
        let status = self.write(call, &expected).await?.status;
        // It may be the group that is not there, or one of its members.
        if status == StatusCode::NOT_FOUND && self.get(&path, &[status], LONGEST).await?.status.is_success() {
            return Err(ConnectorError::retryable(
                "The server does not have somebody who is to be a member, or was one.",
            ));
        }
        Ok(!CANNOT.contains(&status))
    }
}

/// The members of a group, which it has no more.
fn taken(body: &mut Map<String, Json>) -> Vec<Json> {
    match body.remove("members") {
        Some(Json::Array(members)) => members,
        _ => Vec::new(),
    }
}

fn value(item: &Json) -> Option<&str> {
    item.get("value")?.as_str()
}
