//! Transactions that write; with SQLite several share one commit, with PostgreSQL several may be made in step.
//!
//! SQLite takes one writer at a time and pays for each commit with a write to the disk. Here the transactions that wait for
//! their turn run one after the other inside of one that encloses them, each in a savepoint, and all are on the disk with
//! its commit. Guarantee: `commit` returns when what was written is on the disk, and one that is dropped leaves nothing
//! behind, whatever becomes of the others; alone, a transaction waits for nobody. Failure: when the enclosing commit fails,
//! it has failed for all that shared it.

use std::{ops::Deref, sync::Arc, time::Duration};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::convoy::Seat;

/// How long a transaction waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// A transaction that writes.
#[derive(Debug)]
pub struct Transaction(Way);

#[derive(Debug)]
enum Way {
    Own(DatabaseTransaction, Option<Turn>),
    InStep(Seat),
}

impl Transaction {
    pub(super) fn alone(own: DatabaseTransaction) -> Self {
        Self(Way::Own(own, None))
    }

    pub(super) fn in_step(seat: Seat) -> Self {
        Self(Way::InStep(seat))
    }

    /// Makes lasting what was written. Of one that is made in step with others, the convoy does.
    ///
    /// # Errors
    /// If the database fails; then nothing is left.
    pub async fn commit(self) -> Result<(), DbErr> {
        match self.0 {
            Way::Own(own, turn) => {
                own.commit().await?;
                match turn {
                    None => Ok(()),
                    Some(turn) => turn.pass().await,
                }
            }
            Way::InStep(_) => Ok(()),
        }
    }

    /// Leaves nothing behind, and is done when that is so. One that is made in step with others takes them along.
    ///
    /// # Errors
    /// If the database fails; then nothing is left either.
    pub async fn rollback(self) -> Result<(), DbErr> {
        match self.0 {
            Way::Own(own, _) => own.rollback().await,
            Way::InStep(seat) => {
                seat.give_up();
                Ok(())
            }
        }
    }
}

impl Transaction {
    /// Nothing more is written by one that goes in step with another that failed.
    fn may_go_on(&self) -> Result<(), DbErr> {
        match &self.0 {
            Way::Own(..) => Ok(()),
            Way::InStep(seat) => seat.whole(),
        }
    }

    /// What was done for one that goes in step concerns those that go with it.
    fn told(&self, done: &Result<ExecResult, DbErr>) {
        if let Way::InStep(seat) = &self.0 {
            seat.has_written();
            if done.is_err() {
                seat.give_up();
            }
        }
    }
}

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        match &self.0 {
            Way::Own(own, _) => own,
            Way::InStep(seat) => seat.transaction(),
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        (**self).get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.may_go_on()?;
        let done = (**self).execute_raw(statement).await;
        self.told(&done);
        done
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.may_go_on()?;
        let done = (**self).execute_unprepared(sql).await;
        self.told(&done);
        done
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.0 {
            Way::Own(own, _) => own.query_one_raw(statement).await,
            Way::InStep(seat) => seat.ask(statement).await.map(|rows| rows.into_iter().next()),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.0 {
            Way::Own(own, _) => own.query_all_raw(statement).await,
            Way::InStep(seat) => seat.ask(statement).await,
        }
    }
}

/// The only writer of a SQLite database. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    connection: DatabaseConnection,
    open: Arc<Mutex<Option<Enclosing>>>,
}

/// The transaction that encloses others, and who waits for its commit.
#[derive(Debug)]
struct Enclosing {
    transaction: DatabaseTransaction,
    waiting: Vec<oneshot::Sender<Result<(), DbErr>>>,
    /// One that it encloses ended without a commit, perhaps because SQLite took everything back: nobody else joins it.
    doubtful: bool,
}

/// The turn of one transaction. When it ends, in whatever way, somebody ends the enclosing one after those that wait now.
#[derive(Debug)]
struct Turn {
    writer: Writer,
    open: Option<OwnedMutexGuard<Option<Enclosing>>>,
    /// The enclosing transaction was begun with it.
    first: bool,
    /// It ended with a commit.
    passed: bool,
}

impl Writer {
    pub(super) fn of(connection: DatabaseConnection) -> Self {
        Self { connection, open: Arc::default() }
    }

    /// Waits for its turn and begins. Goes on to the end although nobody waits for it any more: a transaction that is half
    /// begun would take those around it along.
    pub(super) async fn begin(&self) -> Result<Transaction, DbErr> {
        let begun = tokio::spawn(self.clone().begin_in_turn()).await;
        begun.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?
    }

    async fn begin_in_turn(self) -> Result<Transaction, DbErr> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.open).lock_owned()).await;
        let mut open = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        if open.as_ref().is_some_and(|enclosing| enclosing.doubtful)
            && let Some(enclosing) = open.take()
        {
            enclosing.end().await;
        }
        let first = open.is_none();
        let enclosing = match &mut *open {
            Some(enclosing) => enclosing,
            none => {
                let options = TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..TransactionOptions::default()
                };
                let transaction = self.connection.begin_with_options(options).await?;
                none.insert(Enclosing { transaction, waiting: Vec::new(), doubtful: false })
            }
        };
        let own = enclosing.transaction.begin().await;
        let turn = Turn { writer: self.clone(), open: Some(open), first, passed: false };
        Ok(Transaction(Way::Own(own?, Some(turn))))
    }

    /// Commits the enclosing transaction, when the turn comes to it.
    async fn end(self) {
        let mut open = self.open.lock().await;
        if let Some(enclosing) = open.take() {
            enclosing.end().await;
        }
    }
}

impl Enclosing {
    /// Commits, and tells those that wait for it.
    async fn end(self) {
        let Self { transaction, waiting, .. } = self;
        let ended = transaction.commit().await;
        for one in waiting {
            let _nobody_waits = one.send(ended.clone());
        }
    }
}

impl Turn {
    /// Gives the turn to the next and waits until what was written is on the disk.
    async fn pass(mut self) -> Result<(), DbErr> {
        let (on_disk, is_on_disk) = oneshot::channel();
        if let Some(enclosing) = self.open.as_mut().and_then(|open| open.as_mut()) {
            enclosing.waiting.push(on_disk);
        }
        self.passed = true;
        drop(self);
        is_on_disk.await.unwrap_or_else(|_| Err(DbErr::Custom("the transaction ended without a commit".to_owned())))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(enclosing) = self.open.as_mut().and_then(|open| open.as_mut()).filter(|_| !self.passed) {
            enclosing.doubtful = true;
        }
        // Those that wait already come before the end; who comes later, after it.
        drop(self.open.take());
        if self.first
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(self.writer.clone().end());
        }
    }
}

#[cfg(test)]
mod tests;
