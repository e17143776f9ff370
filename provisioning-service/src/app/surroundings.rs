//! What else a target has, for connectors that need it: groups by their keys, and the keys of a group's members.
//!
//! A key counts from when it was written down, which is before the call that makes it, until it is written down that it is to be
//! taken away, which is before the call that does.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use proto::{
    refusal::Refusal,
    registry::v1::{ListMembersResponse, SubjectState},
};
use sea_orm::DbErr;
use service_kit::database::{is_away, is_conflict};
use tonic::Status;

use crate::{
    app::App,
    connector::{Beside, Member, Members},
    domain::{
        ids::TargetId,
        outcome::ConnectorError,
        subject::{Kind, Subject},
        target::Target,
    },
    store::{
        holders, keys,
        states::{self, Place},
    },
};

/// So many keys are looked up at once: each may be long.
const KEYS: usize = 500;
/// So many people are read at once.
const PEOPLE: usize = 250;
/// So many members are listed at once: as many as the registry tells.
const PAGE: u32 = proto::LARGEST_PAGE;

/// What a target has.
pub struct Surroundings<'a> {
    app: &'a App,
    target_id: TargetId,
    co_id: i64,
}

impl<'a> Surroundings<'a> {
    /// Those of a target.
    #[must_use]
    pub fn of(app: &'a App, target: &Target) -> Self {
        Self { app, target_id: target.id, co_id: target.co_id }
    }

    /// What the target calls those of some places that it has, or is about to.
    async fn called(&self, places: &[Place]) -> Result<HashMap<Place, String>, ConnectorError> {
        let db = self.app.database.writer();
        // In this order: a key that is not noted any more has become the one that is known.
        let noted = keys::find(db, places).await.map_err(|error| unread(&error))?;
        let known = states::find(db, places).await.map_err(|error| unread(&error))?;
        let key = |place: &Place| {
            let of_place = noted.get(place).map_or(&[][..], Vec::as_slice);
            let wanted = of_place.iter().find(|key| key.wanted).map(|key| key.key.clone());
            // One that is about to be taken away does not count.
            let applied = || known.get(place)?.key.clone().filter(|key| of_place.iter().all(|noted| noted.key != *key));
            wanted.or_else(applied)
        };
        Ok(places.iter().filter_map(|place| Some((*place, key(place)?))).collect())
    }

    /// Of people that were listed, those that are at the target.
    async fn at_target(&self, listed: Result<ListMembersResponse, Status>) -> Result<Members, ConnectorError> {
        let listed = listed.map_err(|status| unheard(&status))?;
        let place = |id: &i64| Place { target_id: self.target_id, subject: Subject::new(Kind::Person, *id) };
        let places: Vec<Place> = listed.co_person_ids.iter().map(place).collect();
        let called = self.called(&places).await?;
        let next = listed.co_person_ids.last().copied().filter(|_| listed.more);
        let member = |place: &Place| Some(Member { co_person_id: place.subject.id, key: called.get(place)?.clone() });
        let people = places.iter().filter_map(member).collect();
        Ok(Members { people, next })
    }
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("target_id", &self.target_id).finish_non_exhaustive()
    }
}

fn unread(error: &DbErr) -> ConnectorError {
    away(error, is_away(error) || is_conflict(error))
}

fn unheard(status: &Status) -> ConnectorError {
    away(status, matches!(Refusal::of_status(status), Refusal::Unavailable(_)))
}

/// What passes is not for the target to answer for; what may not pass is not tried again for ever.
fn away(error: &dyn std::fmt::Display, passes: bool) -> ConnectorError {
    tracing::warn!(%error, "what else a target has cannot be found out");
    let message = "The registry or the database cannot be used at the moment.";
    match passes {
        true => ConnectorError::Busy { message: message.to_owned() },
        false => ConnectorError::retryable(message),
    }
}

#[async_trait]
impl Beside for Surroundings<'_> {
    async fn groups(&self, keys: Vec<String>) -> Result<BTreeMap<String, i64>, ConnectorError> {
        let mut all = BTreeMap::new();
        // A server calls its things as it likes: what cannot be written down is nobody's.
        let keys: Vec<String> = keys.into_iter().filter(|key| keys::is_plain(key)).collect();
        for some in keys.chunks(KEYS) {
            let found = keys::subjects(self.app.database.writer(), self.target_id, Kind::Group, some).await;
            all.extend(found.map_err(|error| unread(&error))?);
        }
        Ok(all)
    }

    async fn whose(&self, kind: Kind, key: &str) -> Result<Option<i64>, ConnectorError> {
        if !keys::is_plain(key) {
            return Ok(None);
        }
        let keys = [key.to_owned()];
        let found = keys::subjects(self.app.database.writer(), self.target_id, kind, &keys).await;
        Ok(found.map_err(|error| unread(&error))?.into_values().next())
    }

    async fn is_called(&self, group: i64, key: &str) -> Result<bool, ConnectorError> {
        let place = Place { target_id: self.target_id, subject: Subject::new(Kind::Group, group) };
        Ok(self.called(&[place]).await?.get(&place).is_some_and(|called| called == key))
    }

    async fn is_moving(&self, key: &str) -> Result<bool, ConnectorError> {
        if !keys::is_plain(key) {
            return Ok(false);
        }
        holders::is_moving(self.app.database.writer(), self.target_id, key).await.map_err(|error| unread(&error))
    }

    async fn members(&self, group: i64, after: i64) -> Result<Members, ConnectorError> {
        self.at_target(self.app.registry.list_members(group, after, PAGE).await).await
    }

    async fn owners(&self, group: i64, after: i64) -> Result<Members, ConnectorError> {
        self.at_target(self.app.registry.list_owners(group, after, PAGE).await).await
    }

    async fn people(&self, people: Vec<i64>) -> Result<Vec<SubjectState>, ConnectorError> {
        // Some of them are known from what a target has written down.
        let subjects: Vec<Subject> = people.into_iter().map(|id| Subject::new(Kind::Person, id)).collect();
        let mut all = Vec::with_capacity(subjects.len());
        for some in subjects.chunks(PEOPLE) {
            let asked: Vec<(&str, i64)> = some.iter().map(|subject| ("CoPerson", subject.id)).collect();
            let owners = self.app.registry.resolve(&asked).await.map_err(|status| unheard(&status))?;
            let own = |subject: &&Subject| owners.co_of("CoPerson", subject.id) == Some(self.co_id);
            let own: Vec<Subject> = some.iter().filter(own).copied().collect();
            all.extend(self.app.registry.read(&own).await.map_err(|status| unheard(&status))?.into_values());
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_not_for_the_target_to_answer_for() {
        let broke = Status::from_error(Box::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset)));
        for passes in [broke, Status::unavailable("away"), Status::deadline_exceeded("late")] {
            assert!(matches!(unheard(&passes), ConnectorError::Busy { .. }), "{passes:?}");
        }
        for stays in [Status::internal("broken"), Status::unimplemented("older"), Status::unknown("odd")] {
            assert!(matches!(unheard(&stays), ConnectorError::Retryable { .. }), "{stays:?}");
        }
    }
}
