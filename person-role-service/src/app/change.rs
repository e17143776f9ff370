//! A change of the registry: one transaction with what it brings along.
//!
//! Guarantee: the rows, the history of the change and the events that tell of it are committed together or not at all.
//! Mechanism: history and events are gathered while the use case runs and written in one statement each, just before the
//! commit; the relay is woken after it. A change that is dropped without commit leaves nothing behind.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use messaging::outbox::{self, Outgoing};
use prost::Message;
use proto::{
    caller::Caller,
    events::v1::{Action, RegistryEvent},
    registry::v1::{Subject, SubjectKind},
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, DbErr, EntityTrait};

use crate::{
    app::{App, delete::STATEMENT},
    domain::{event_key, history::Entry},
    store::entity::{co_group, history_record},
};

/// A transaction, who makes it, and what will be told of it.
#[derive(Debug)]
pub struct Change<'a> {
    app: &'a App,
    /// The transaction.
    pub tx: DatabaseTransaction,
    /// Who makes the change.
    pub caller: &'a Caller,
    /// When it is made.
    pub now: DateTime<Utc>,
    history: Vec<history_record::ActiveModel>,
    events: BTreeMap<(i32, i64), (i64, Action)>,
    co_deleted: Option<i64>,
    groups: HashMap<i64, co_group::Model>,
}

impl<'a> Change<'a> {
    /// Begins a change.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn begin(app: &'a App, caller: &'a Caller) -> Result<Self, DbErr> {
        Ok(Self {
            app,
            tx: app.database.begin().await?,
            caller,
            now: app.clock.now(),
            history: Vec::new(),
            events: BTreeMap::new(),
            co_deleted: None,
            groups: HashMap::new(),
        })
    }

    /// What the use cases work with.
    #[must_use]
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// The group with an id, deleted or not; read once in a change.
    ///
    /// # Errors
    /// Those of the database; that there is no such group.
    pub async fn group(&mut self, id: i64) -> Result<co_group::Model, DbErr> {
        if let Some(group) = self.groups.get(&id) {
            return Ok(group.clone());
        }
        let group = co_group::Entity::find_by_id(id).one(&self.tx).await?;
        let group = group.ok_or_else(|| DbErr::RecordNotFound(format!("group {id}")))?;
        self.groups.insert(id, group.clone());
        Ok(group)
    }

    /// Notes what happened, for the history.
    pub fn tell(&mut self, entry: Entry) {
        self.history.push(history_record::ActiveModel {
            co_id: Set(entry.co_id),
            co_person_id: Set(entry.co_person_id),
            co_person_role_id: Set(entry.co_person_role_id),
            co_group_id: Set(entry.co_group_id),
            co_email_list_id: Set(entry.co_email_list_id),
            actor_co_person_id: Set(None),
            actor_api_user_id: Set(self.caller.api_user_id),
            action: Set(entry.action.to_owned()),
            comment: Set(Some(entry.comment)),
            created: Set(self.now),
            modified: Set(self.now),
            ..Default::default()
        });
    }

    /// Notes that a subject changed. Of several changes of one subject the strongest is told: that it is gone, that it is
    /// new, that it changed.
    pub fn changed(&mut self, kind: SubjectKind, id: i64, co_id: i64, action: Action) {
        let told = self.events.entry((kind.into(), id)).or_insert((co_id, action));
        let strength = |action: Action| match action {
            Action::Unspecified => 0,
            Action::Updated => 1,
            Action::Added => 2,
            Action::Deleted => 3,
        };
        if strength(action) > strength(told.1) {
            told.1 = action;
        }
    }

    /// Notes that a person changed.
    pub fn person_changed(&mut self, id: i64, co_id: i64) {
        self.changed(SubjectKind::CoPerson, id, co_id, Action::Updated);
    }

    /// Notes that a group changed.
    pub fn group_changed(&mut self, id: i64, co_id: i64) {
        self.changed(SubjectKind::CoGroup, id, co_id, Action::Updated);
    }

    /// Notes that a CO is gone with all that was in it.
    pub fn co_deleted(&mut self, co_id: i64) {
        self.co_deleted = Some(co_id);
    }

    /// Writes the history and the events, commits, and wakes the relay.
    ///
    /// # Errors
    /// If the database fails; then nothing of the change is left.
    pub async fn commit(self) -> Result<(), DbErr> {
        let Self { app, tx, now, history, events, co_deleted, .. } = self;
        for some in history.chunks(STATEMENT) {
            history_record::Entity::insert_many(some.to_vec()).exec_without_returning(&tx).await?;
        }
        let occurred_at = Some(prost_types::Timestamp {
            seconds: now.timestamp(),
            nanos: now.timestamp_subsec_nanos().cast_signed(),
        });
        let of_subjects = events.into_iter().map(|((kind, id), (co_id, action))| RegistryEvent {
            event_id: String::new(),
            co_id,
            subject: Some(Subject { kind, id }),
            action: action.into(),
            occurred_at,
        });
        let of_co = co_deleted.map(|co_id| RegistryEvent {
            event_id: String::new(),
            co_id,
            subject: None,
            action: Action::Deleted.into(),
            occurred_at,
        });
        let messages: Vec<Outgoing> = of_subjects.chain(of_co).map(outgoing).collect();
        let woken = !messages.is_empty();
        outbox::enqueue(&tx, &app.clock, messages).await?;
        tx.commit().await?;
        service_kit::points::reach("after commit").await;
        if woken {
            app.relay.wake();
        }
        Ok(())
    }
}

fn outgoing(mut event: RegistryEvent) -> Outgoing {
    event.event_id = format!("{:032x}", rand::random::<u128>());
    Outgoing {
        message_id: event.event_id.clone(),
        routing_key: event_key::routing_key(&event),
        body: event.encode_to_vec(),
    }
}
