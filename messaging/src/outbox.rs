//! The outbox: messages that are written in the transaction of the change they tell of, and sent afterwards.
//!
//! Guarantee: a message whose transaction committed is sent at least once, one whose transaction did not is never sent.
//! Mechanism: rows of the table `outbox`; the [`Relay`] publishes them, waits for the broker's confirmation, and only
//! then removes them. Failure: while the broker is away the rows stay, and the relay tries again. A row that the broker
//! refuses for itself (no queue takes it, it does not fit the protocol) is passed over and tried again after pauses that
//! grow to a minute; it holds up no other. What goes the same way goes in one message, if the service says how
//! several are joined.
//!
//! The table is made by the migrations of the service that owns the database:
//! `outbox(id bigint primary key autoincrement, message_id text, routing_key text, traceparent text null, body blob, created timestamp)`.

mod joined;
mod refused;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryTrait, Statement,
};
use service_kit::{
    clock::Clock,
    database::{Database, together},
    planted::{self, Bug},
    telemetry,
};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

pub use self::joined::Join;
use self::{joined::Joined, refused::Refused};
use crate::{Broker, Message, PublishError, backoff};

/// Rows of the table `outbox`.
pub mod row {
    #![expect(missing_docs, reason = "the columns are those of the table, told in the module's documentation")]
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub message_id: String,
        pub routing_key: String,
        pub traceparent: Option<String>,
        pub body: Vec<u8>,
        pub created: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How many rows one statement writes.
const STATEMENT: usize = 500;

/// How many rows are sent at a time.
const BATCH: usize = 500;

/// How long after a look that found several the next one is: what is written meanwhile goes together.
const CROWD_PAUSE: Duration = Duration::from_millis(20);

/// A message to be sent once the transaction has committed.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Unique; the same when it is sent again.
    pub message_id: String,
    /// Where it goes.
    pub routing_key: String,
    /// The encoded message.
    pub body: Vec<u8>,
}

/// Writes messages into the outbox, with the trace of the current span. One statement for some hundreds.
///
/// # Errors
/// Those of the database.
pub async fn enqueue<C: ConnectionTrait>(db: &C, clock: &Clock, messages: Vec<Outgoing>) -> Result<(), DbErr> {
    together(db, statements(db.get_database_backend(), clock, messages)).await
}

/// The statements that write messages into the outbox, with the trace of the current span.
#[must_use]
pub fn statements(backend: DbBackend, clock: &Clock, messages: Vec<Outgoing>) -> Vec<Statement> {
    let (created, traceparent) = (clock.now(), telemetry::traceparent());
    let rows: Vec<row::ActiveModel> = messages
        .into_iter()
        .map(|message| row::ActiveModel {
            message_id: Set(message.message_id),
            routing_key: Set(message.routing_key),
            traceparent: Set(traceparent.clone()),
            body: Set(message.body),
            created: Set(created),
            ..Default::default()
        })
        .collect();
    // Databases limit the parameters of a statement.
    rows.chunks(STATEMENT).map(|some| row::Entity::insert_many(some.to_vec()).build(backend)).collect()
}

/// Sends what is in the outbox.
#[derive(Clone, Debug)]
pub struct Relay {
    database: Database,
    broker: Broker,
    wake: Arc<Notify>,
    refused: Arc<Mutex<Refused>>,
    join: Option<Join>,
}

impl Relay {
    /// A relay from a database to a broker.
    #[must_use]
    pub fn new(database: Database, broker: Broker) -> Self {
        Self { database, broker, wake: Arc::new(Notify::new()), refused: Arc::default(), join: None }
    }

    /// The same, which sends what goes the same way in one message.
    #[must_use]
    pub const fn joining(mut self, join: Join) -> Self {
        self.join = Some(join);
        self
    }

    /// Says that something was written; to be called after the commit.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Sends until the process stops. What another process wrote, or what could not be sent, is found by looking again.
    pub async fn run(self, stop: CancellationToken) {
        let mut pause = Duration::ZERO;
        while !stop.is_cancelled() {
            let rested = Instant::now() + CROWD_PAUSE;
            let next = match self.send_batch().await {
                Ok(Sent { more: true, failed: false, .. }) => continue,
                Ok(Sent { several, failed: false, .. }) => {
                    if several {
                        tokio::select! {
                            () = stop.cancelled() => {}
                            () = tokio::time::sleep_until(rested) => {}
                        }
                    }
                    Duration::from_millis(500)
                }
                Ok(Sent { failed: true, .. }) => (pause * 2).clamp(backoff::FIRST, backoff::LONGEST),
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read; trying again");
                    (pause * 2).clamp(backoff::FIRST, backoff::LONGEST)
                }
            };
            pause = next;
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.wake.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Sends some rows once; says whether there may be more, and whether the broker could not take them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn send_batch(&self) -> Result<Sent, DbErr> {
        let passed_over = self.refused().not_due(Instant::now());
        if self.database.backend() == DbBackend::Sqlite {
            // One process, one relay. The writer must stay free: the consumer needs it to confirm.
            let rows = read(self.database.reader(), &passed_over).await?;
            return self.send(rows, self.database.writer()).await;
        }
        let transaction = self.database.begin().await?;
        let rows = read(&transaction, &passed_over).await?;
        let sent = self.send(rows, &transaction).await?;
        transaction.commit().await?;
        Ok(sent)
    }

    async fn send<C: ConnectionTrait>(&self, rows: Vec<row::Model>, db: &C) -> Result<Sent, DbErr> {
        if rows.is_empty() {
            return Ok(Sent::default());
        }
        let (more, several) = (rows.len() == BATCH, rows.len() > 1);
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        // One that was refused goes alone: it must not take others with it.
        let alone: Vec<bool> = ids.iter().map(|id| self.refused().has(*id)).collect();
        let joined = Joined::of(rows.into_iter().map(message).zip(alone).collect(), self.join);
        let results = joined.results(self.broker.publish(joined.messages.clone()).await);
        service_kit::points::reach("after confirm").await;
        let mut confirmed = Vec::with_capacity(ids.len());
        let mut away = None;
        {
            let (mut refused, now) = (self.refused(), Instant::now());
            for (id, result) in ids.iter().zip(results) {
                match result {
                    Ok(()) => {
                        refused.forget(*id);
                        confirmed.push(*id);
                    }
                    Err(error) if is_its_own(error) && refused.note(*id, now) => {
                        tracing::warn!(outbox.id = id, %error, "a message was refused; it is passed over for a while");
                    }
                    Err(error) => away = away.or(Some(error)),
                }
                if planted::is(Bug::OutboxRemovedUnconfirmed) && result.is_err() {
                    confirmed.push(*id);
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "a gauge need not be exact")]
            metrics::gauge!("cohort_outbox_refused_messages").set(refused.len() as f64);
        }
        if let Some(error) = &away {
            tracing::warn!(%error, unsent = ids.len() - confirmed.len(), "messages stay in the outbox");
        }
        if !confirmed.is_empty() {
            db.execute_raw(by_ids(db.get_database_backend(), REMOVE, &confirmed)).await?;
        }
        Ok(Sent { more, several, failed: away.is_some() })
    }

    fn refused(&self) -> MutexGuard<'_, Refused> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an error is of the message itself, so that others may fare better.
const fn is_its_own(error: PublishError) -> bool {
    match error {
        PublishError::Unroutable | PublishError::Malformed | PublishError::Refused => true,
        PublishError::Unavailable | PublishError::Unconfirmed => false,
    }
}

/// The statements have one parameter, however many rows they are about: their texts never change. `{ids}` is a set, `{batch}`
/// how many are read at once.
const READ: &str = "SELECT id, message_id, routing_key, traceparent, body, created FROM outbox \
                    WHERE id NOT IN {ids} ORDER BY id LIMIT {batch}";
const REMOVE: &str = "DELETE FROM outbox WHERE id IN {ids}";

/// A statement about ids, which PostgreSQL reads as an array, so that it looks each up in the index.
fn by_ids(backend: DbBackend, sql: &str, ids: &[i64]) -> Statement {
    let sql = if backend == DbBackend::Sqlite {
        sql.replace("{ids}", "(SELECT value FROM json_each($1))")
    } else {
        let array = "(ARRAY(SELECT json_array_elements_text($1::json)::bigint))";
        let lock = if sql == READ { " FOR UPDATE SKIP LOCKED" } else { "" };
        sql.replace("NOT IN {ids}", &format!("<> ALL {array}")).replace("IN {ids}", &format!("= ANY {array}")) + lock
    };
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let sql = sql.replace("{batch}", &BATCH.to_string());
    Statement::from_sql_and_values(backend, sql, [format!("[{}]", ids.join(",")).into()])
}

async fn read<C: ConnectionTrait>(db: &C, passed_over: &[i64]) -> Result<Vec<row::Model>, DbErr> {
    let rows = db.query_all_raw(by_ids(db.get_database_backend(), READ, passed_over)).await?;
    rows.iter().map(|row| row::Model::from_query_result(row, "")).collect()
}

fn message(row: row::Model) -> Message {
    Message {
        id: row.message_id,
        routing_key: row.routing_key,
        headers: row.traceparent.map(|text| (telemetry::TRACEPARENT.to_owned(), text)).into_iter().collect(),
        body: Bytes::from(row.body),
    }
}

/// What became of some rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// There may be more.
    pub more: bool,
    /// There was more than one.
    pub several: bool,
    /// The broker could not take all of them now.
    pub failed: bool,
}
