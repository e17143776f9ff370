//! Which groups of ours a user is in.
//!
//! Guarantee: a group counts only if the user is a member of it. Mechanism: the server finds groups by `members.value`, and may say of
//! a user which ones they are. One that passes over a filter that it does not know answers with all its groups: so it is asked
//! for a member that cannot be, and if it finds such a one too, what it says of the user counts alone, or members are read.
//! Failure: a server that does none of this, or has too many groups for it, is told.

use std::collections::HashSet;

use reqwest::StatusCode;
use serde_json::Value as Json;

use crate::{
    connector::scim::{
        pages::Rest,
        resource::GROUPS,
        server::{LONGEST, Server, kept},
        store::{Found, equals, path},
    },
    domain::outcome::ConnectorError,
};

/// The attribute of groups that is searched, and as what it is kept whether the server searches it.
const MEMBER: &str = "members.value";
/// The members of so many groups are read at most, to find one person.
const READ: usize = 200;

/// What came of a search for groups.
enum Search {
    Found(Vec<Found>),
    /// The server refuses it.
    Refused,
    /// The server answers with whatever it has.
    PassedOver,
}

/// What no server calls anybody, though it looks like what it calls somebody.
fn nobody(id: &str) -> String {
    let like = |all: char| id.chars().map(|one| if one.is_alphanumeric() { all } else { one }).collect::<String>();
    let zeros = like('0');
    if zeros == id { like('9') } else { zeros }
}

impl Server<'_> {
    /// The groups of a user whose keys begin so, in the order of their keys: those that the server finds, and those that it says
    /// of the user. Several may have one key, where the server took two calls at once.
    pub(super) async fn groups_of(&self, user: &Found, ours: &str) -> Result<Vec<Found>, ConnectorError> {
        let said = user.body.get("groups").and_then(Json::as_array);
        let mut groups = match (self.search(user).await?, said) {
            (Search::Found(groups), _) => groups,
            // Some servers show the attribute and do not keep it.
            (Search::PassedOver, said) if said.is_none_or(Vec::is_empty) => self.read(user, ours).await?,
            (Search::Refused | Search::PassedOver, Some(_)) => Vec::new(),
            (Search::Refused | Search::PassedOver, None) => {
                let message = "The server neither says nor finds which groups a user is in: it can keep people only, with Groups false.";
                return Err(ConnectorError::permanent(message));
            }
        };
        let is_ours = |group: &Found| group.external_id().starts_with(ours);
        let mut known: HashSet<String> = groups.iter().map(|group| group.id.clone()).collect();
        groups.retain(is_ours);
        for id in said.into_iter().flatten().filter_map(|group| group.get("value")?.as_str()) {
            if known.insert(id.to_owned()) {
                let path = format!("{}?excludedAttributes=members", path(GROUPS, id));
                let read = self.get(&path, &[StatusCode::NOT_FOUND], LONGEST).await?;
                if read.status.is_success() {
                    groups.extend(Found::of(GROUPS, Json::Object(read.object()?)).filter(is_ours));
                    kept(groups.iter().map(|group| &group.body))?;
                }
            }
        }
        groups.sort_by(|one, other| (one.external_id(), &one.id).cmp(&(other.external_id(), &other.id)));
        Ok(groups)
    }

    async fn search(&self, user: &Found) -> Result<Search, ConnectorError> {
        if self.known(MEMBER) == Some(false) {
            return Ok(Search::PassedOver);
        }
        let by_member = async |id: &str| self.filter(GROUPS, &equals(MEMBER, id), Some("externalId")).await;
        let Some(found) = by_member(&user.id).await? else { return Ok(Search::Refused) };
        if found.is_empty() || self.known(MEMBER) == Some(true) {
            return Ok(Search::Found(found));
        }
        // Who refuses to look for such a one looks for members.
        let searches = by_member(&nobody(&user.id)).await?.is_none_or(|found| found.is_empty());
        self.remember(MEMBER, searches);
        Ok(if searches { Search::Found(found) } else { Search::PassedOver })
    }

    /// The groups of ours whose members name a user.
    async fn read(&self, user: &Found, ours: &str) -> Result<Vec<Found>, ConnectorError> {
        let path = format!("{}?attributes=externalId", GROUPS.path);
        let trim = |group: &mut Found| group.body.retain(|name, _| name == "externalId");
        let mut groups = self.all(GROUPS, &path, Rest::Read, trim).await?.unwrap_or_default();
        groups.retain(|group| group.external_id().starts_with(ours));
        if groups.len() > READ {
            let message = "The server neither says nor finds which groups a user is in, and has too many to read them all: it can keep people only, with Groups false.";
            return Err(ConnectorError::permanent(message));
        }
        let mut held = Vec::new();
        for group in groups {
            if self.members(&group).await?.contains(&user.id) {
                held.push(group);
            }
        }
        Ok(held)
    }
}

#[cfg(test)]
mod tests {
    use super::nobody;

    #[test]
    fn nobody_is_called_like_somebody() {
        for (somebody, expected) in [("2819c223-7f76", "00000000-0000"), ("17", "00"), ("0", "9"), ("a@x", "0@0")] {
            assert_eq!(nobody(somebody), expected);
        }
    }
}
