//! The end of a change: what was gathered is written, committed, and sent on its way.

use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use messaging::outbox::{self, Outgoing};
use prost::Message;
use proto::{
    caller::Caller,
    events::v1::{Action, RegistryEvent},
    time,
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, QueryTrait, Statement};
use service_kit::{
    audit::{Entry as AuditEntry, Written},
    database::{Transaction, together},
    planted::{self, Bug},
    turns::Turn,
};

use crate::{
    change::{Change, STATEMENT, time::Told},
    context::App,
    domain::{event_key, ids::Subject},
    store::{entity::history_record, late_dates, revisions},
};

/// At most so many subjects in one message.
const TOGETHER: usize = 100;

/// What is left of a change when its use case is done: what has to be written before the commit.
#[derive(Debug)]
pub struct Ended<'a> {
    caller: &'a Caller,
    now: DateTime<Utc>,
    /// When the time was told, if it stands in a row or a version.
    told: Option<Told>,
    statements: Vec<Statement>,
    /// The statements go one after the other.
    in_order: bool,
    /// Until the commit.
    _turn: Option<Turn>,
    subjects: Vec<Subject>,
    audited: Vec<AuditEntry>,
    wakes: bool,
    after_commit: Vec<Outgoing>,
}

impl<'a> Change<'a> {
    /// Writes the history, the events, the revisions and, last of all, the security log; commits, and wakes the relay.
    ///
    /// # Errors
    /// If the database fails; then nothing of the change is left.
    pub async fn commit(self) -> Result<(), DbErr> {
        let app = self.app;
        let (tx, ended) = self.end().await?;
        let mut ended = [ended];
        let written = write(app, &tx, &mut ended).await?;
        tx.commit().await?;
        send(app, ended, written).await
    }

    /// Ends the use case of a change that others commit.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end(self) -> Result<(Transaction, Ended<'a>), DbErr> {
        let now = self.time().await?;
        let messages = self.messages(now);
        let told = self.told_if_stamped();
        let Self { app, turn, tx, caller, audited, mut history, events, later: mut statements, dated, .. } = self;
        statements.extend(late_dates::noted(&dated.into_inner().unwrap_or_else(PoisonError::into_inner)));
        for row in &mut history {
            (row.created, row.modified) = (Set(now), Set(now));
        }
        let backend = tx.get_database_backend();
        statements.extend(
            history.chunks(STATEMENT).map(|some| history_record::Entity::insert_many(some.to_vec()).build(backend)),
        );
        let wakes = !messages.is_empty();
        let after_commit = if planted::is(Bug::MessagesAfterCommit) { messages.clone() } else { Vec::new() };
        if after_commit.is_empty() {
            statements.extend(outbox::statements(backend, &app.clock, messages));
        }
        // Several statements about one table are run in their order.
        let in_order = history.len() > STATEMENT;
        let subjects = events.into_keys().collect();
        Ok((tx, Ended { caller, now, told, statements, in_order, _turn: turn, subjects, audited, wakes, after_commit }))
    }

    /// The events, as they go into the outbox: what one transaction changed is told together.
    fn messages(&self, now: DateTime<Utc>) -> Vec<Outgoing> {
        let occurred_at = Some(time::moment(now));
        let of_subjects = self.events.iter().map(|(subject, (co, action))| RegistryEvent {
            event_id: String::new(),
            co_id: co.0,
            subject: Some(subject.wire()),
            action: (*action).into(),
            occurred_at,
            together: Vec::new(),
            erased: self.erased.contains(subject),
            enrolled: self.enrolled.is_some_and(|person| *subject == Subject::Person(person)),
            traceparent: String::new(),
        });
        let of_co = self.co_deleted.map(|co| RegistryEvent {
            event_id: String::new(),
            co_id: co.0,
            subject: None,
            action: Action::Deleted.into(),
            occurred_at,
            together: Vec::new(),
            erased: false,
            enrolled: false,
            traceparent: String::new(),
        });
        let all: Vec<RegistryEvent> = of_subjects.chain(of_co).collect();
        all.chunks(TOGETHER).filter_map(|some| some.split_first()).map(outgoing).collect()
    }
}

/// Writes what is left of the changes of a transaction. What was written into the security log is given.
///
/// # Errors
/// If the database fails, or a change took too long: then the transaction must not be committed.
pub async fn write(app: &App, tx: &Transaction, changes: &mut [Ended<'_>]) -> Result<Vec<Written>, DbErr> {
    let in_order = changes.iter().any(|change| change.in_order);
    let mut statements: Vec<Statement> =
        changes.iter_mut().flat_map(|change| std::mem::take(&mut change.statements)).collect();
    let mut subjects: Vec<Subject> = changes.iter().flat_map(|change| change.subjects.iter().copied()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    // Held from here on, and only until the commit.
    statements.extend(revisions::raising(tx.get_database_backend(), &subjects));
    if in_order {
        for statement in statements {
            together(tx, vec![statement]).await?;
        }
    } else {
        together(tx, statements).await?;
    }
    let mut written = Vec::new();
    for change in &mut *changes {
        let audited = std::mem::take(&mut change.audited);
        written.push(app.audit.write(tx, change.now, change.caller, audited).await?);
    }
    changes.iter().filter_map(|change| change.told).try_for_each(Told::in_time)?;
    Ok(written)
}

/// After the commit: tells the security log, and has the messages sent.
///
/// # Errors
/// Those of the database.
pub async fn send(app: &App, changes: impl IntoIterator<Item = Ended<'_>>, written: Vec<Written>) -> Result<(), DbErr> {
    for one in written {
        one.tell();
    }
    let mut wakes = false;
    for change in changes {
        outbox::enqueue(app.database.writer(), &app.clock, change.after_commit).await?;
        wakes |= change.wakes;
    }
    service_kit::points::reach("after commit").await;
    if wakes {
        app.relay.wake();
    }
    Ok(())
}

fn outgoing((first, others): (&RegistryEvent, &[RegistryEvent])) -> Outgoing {
    let event_id = format!("{:032x}", rand::random::<u128>());
    let event = RegistryEvent { event_id, together: others.to_vec(), ..first.clone() };
    Outgoing {
        message_id: event.event_id.clone(),
        routing_key: event_key::routing_key(&event),
        body: event.encode_to_vec(),
    }
}
