//! The outbox: messages that are written in the transaction of the change they tell of, and sent afterwards.
//!
//! Guarantee: a message whose transaction committed is sent at least once, one whose transaction did not is never sent.
//! Mechanism: rows of the table `outbox`; the [`Relay`] publishes them, waits for the broker's confirmation, and only
//! then removes them. Failure: while the broker is away the rows stay, and the relay tries again.
//!
//! The table is made by the migrations of the service that owns the database:
//! `outbox(id bigint primary key autoincrement, message_id text, routing_key text, traceparent text null, body blob, created timestamp)`.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockBehavior, LockType},
};
use service_kit::{clock::Clock, database::Database, telemetry};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{Broker, Message};

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
const BATCH: u64 = 500;

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
    if messages.is_empty() {
        return Ok(());
    }
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
    for some in rows.chunks(STATEMENT) {
        row::Entity::insert_many(some.to_vec()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Sends what is in the outbox.
#[derive(Clone, Debug)]
pub struct Relay {
    database: Database,
    broker: Broker,
    wake: Arc<Notify>,
}

impl Relay {
    /// A relay from a database to a broker.
    #[must_use]
    pub fn new(database: Database, broker: Broker) -> Self {
        Self { database, broker, wake: Arc::new(Notify::new()) }
    }

    /// Says that something was written; to be called after the commit.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Sends until the process stops. What another process wrote, or what could not be sent, is found by looking again.
    pub async fn run(self, stop: CancellationToken) {
        let mut pause = Duration::ZERO;
        while !stop.is_cancelled() {
            let next = match self.send_batch().await {
                Ok(Sent { more: true, failed: false }) => continue,
                Ok(Sent { failed: false, .. }) => Duration::from_millis(500),
                Ok(Sent { failed: true, .. }) => (pause * 2).clamp(Duration::from_millis(100), Duration::from_secs(5)),
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read; trying again");
                    (pause * 2).clamp(Duration::from_millis(100), Duration::from_secs(5))
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

    async fn send_batch(&self) -> Result<Sent, DbErr> {
        let query = row::Entity::find().order_by_asc(row::Column::Id).limit(BATCH);
        if self.database.backend() == DbBackend::Sqlite {
            // One process, one relay. The writer must stay free: the consumer needs it to confirm.
            let rows = query.all(self.database.reader()).await?;
            return self.send(rows, self.database.writer()).await;
        }
        let transaction = self.database.begin().await?;
        let rows = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(&transaction).await?;
        let sent = self.send(rows, &transaction).await?;
        transaction.commit().await?;
        Ok(sent)
    }

    async fn send<C: ConnectionTrait>(&self, rows: Vec<row::Model>, db: &C) -> Result<Sent, DbErr> {
        if rows.is_empty() {
            return Ok(Sent::default());
        }
        let more = rows.len() as u64 == BATCH;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let messages = rows
            .into_iter()
            .map(|row| Message {
                id: row.message_id,
                routing_key: row.routing_key,
                headers: row.traceparent.map(|text| (telemetry::TRACEPARENT.to_owned(), text)).into_iter().collect(),
                body: Bytes::from(row.body),
            })
            .collect();
        let results = self.broker.publish(messages).await;
        service_kit::points::reach("after confirm").await;
        let mut confirmed = Vec::with_capacity(ids.len());
        let mut first_error = None;
        for (id, result) in ids.iter().zip(results) {
            match result {
                Ok(()) => confirmed.push(*id),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        if let Some(error) = &first_error {
            tracing::warn!(%error, unsent = ids.len() - confirmed.len(), "messages stay in the outbox");
        }
        row::Entity::delete_many().filter(row::Column::Id.is_in(confirmed)).exec(db).await?;
        Ok(Sent { more, failed: first_error.is_some() })
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    more: bool,
    failed: bool,
}
