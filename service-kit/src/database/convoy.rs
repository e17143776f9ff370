//! Several changes that are made in step, in one transaction.
//!
//! Each goes through its own code and asks its own questions; when all that are still under way wait for an answer, what they
//! ask by the same text goes to the database as one statement. Guarantee: each gets the rows of its own question; what one of
//! them wrote is lasting when the convoy's commit is, and not before. What goes wrong for one at the database goes wrong for
//! all: a convoy that is not [whole](Convoy::is_whole) has to be taken back, and each change be made alone. Mechanism:
//! [`numbered`], and with SQLite [`in_a_row`]. Failure: dropped without commit, it leaves nothing behind.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement};
use tokio::sync::oneshot;

use super::{
    Transaction,
    together::{in_a_row, numbered},
};

/// The last column of what is asked together: whose row it is; with SQLite, whose rows end here.
const NUMBER: &str = "number_in_step";

/// A transaction that several changes make in step.
#[derive(Debug)]
pub struct Convoy(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    transaction: Transaction,
    asked: Mutex<Vec<Asked>>,
    broken: AtomicBool,
}

type Answer = oneshot::Sender<Result<Vec<QueryResult>, DbErr>>;

/// What one of them asks.
#[derive(Debug)]
struct Asked {
    statement: Statement,
    answer: Answer,
}

/// How many of those that wait are asked at once. There are few sizes, because the database prepares a statement for each.
fn size_of(waiting: usize) -> usize {
    [8, 4, 2].into_iter().find(|size| *size <= waiting).unwrap_or(1)
}

/// The place of one change in a convoy.
#[derive(Debug)]
pub(super) struct Seat {
    convoy: Arc<Inner>,
    wrote: Arc<AtomicBool>,
    /// It waits for nobody.
    for_all: bool,
}

/// Whether a change has written anything yet.
#[derive(Clone, Debug)]
pub struct Wrote(Arc<AtomicBool>);

impl Wrote {
    /// Whether it has.
    #[must_use]
    pub fn anything(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A change that is under way, or what came of it.
enum Member<'a, T> {
    Going(BoxFuture<'a, T>),
    Done(T),
}

impl Convoy {
    pub(super) fn of(transaction: Transaction) -> Self {
        Self(Arc::new(Inner { transaction, asked: Mutex::default(), broken: AtomicBool::new(false) }))
    }

    /// The transaction, for what is asked and written for all, before and after they go.
    #[must_use]
    pub fn transaction(&self) -> Transaction {
        Transaction::in_step(Seat { convoy: Arc::clone(&self.0), wrote: Arc::default(), for_all: true })
    }

    /// A place for one change, and whether it has written.
    #[must_use]
    pub fn seat(&self) -> (Transaction, Wrote) {
        let wrote = Arc::<AtomicBool>::default();
        let seat = Seat { convoy: Arc::clone(&self.0), wrote: Arc::clone(&wrote), for_all: false };
        (Transaction::in_step(seat), Wrote(wrote))
    }

    /// Whether nothing has gone wrong at the database.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.0.broken.load(Ordering::Relaxed)
    }

    /// Runs changes, each with its seat, until all have ended; gives what came of each, in their order.
    pub async fn run<T: Send + Unpin>(&self, changes: Vec<BoxFuture<'_, T>>) -> Vec<T> {
        let mut members: Vec<Member<'_, T>> = changes.into_iter().map(Member::Going).collect();
        let mut carrying = None;
        poll_fn(|context| self.step(context, &mut members, &mut carrying)).await;
        let done = |member| match member {
            Member::Done(done) => Some(done),
            Member::Going(_) => None,
        };
        members.into_iter().filter_map(done).collect()
    }

    fn step<'a, T: Unpin>(
        &'a self,
        context: &mut Context<'_>,
        members: &mut [Member<'_, T>],
        carrying: &mut Option<Pin<Box<dyn Future<Output = ()> + Send + 'a>>>,
    ) -> Poll<()> {
        loop {
            let mut going = 0;
            for member in members.iter_mut() {
                let Member::Going(change) = member else { continue };
                match change.as_mut().poll(context) {
                    Poll::Ready(done) => *member = Member::Done(done),
                    Poll::Pending => going += 1,
                }
            }
            if going == 0 {
                return Poll::Ready(());
            }
            if carrying.is_none() {
                let mut asked = self.0.asked.lock().unwrap_or_else(PoisonError::into_inner);
                if asked.len() < going {
                    return Poll::Pending;
                }
                *carrying = Some(Box::pin(self.0.carry(std::mem::take(&mut *asked))));
            }
            match carrying.as_mut().map(|carrying| carrying.as_mut().poll(context)) {
                Some(Poll::Pending) => return Poll::Pending,
                _ => *carrying = None,
            }
        }
    }

    /// Makes lasting what all have written. To be called when all have ended.
    ///
    /// # Errors
    /// If the database fails, or something went wrong before.
    pub async fn commit(self) -> Result<(), DbErr> {
        let gone = || DbErr::Custom("changes in step cannot be committed: one of them goes on, or failed".to_owned());
        if !self.is_whole() {
            return Err(gone());
        }
        Arc::into_inner(self.0).ok_or_else(gone)?.transaction.commit().await
    }

    /// Leaves nothing behind, and is done when that is so. To be called when all have ended.
    ///
    /// # Errors
    /// If the database fails; then nothing is left either.
    pub async fn rollback(self) -> Result<(), DbErr> {
        match Arc::into_inner(self.0) {
            Some(inner) => inner.transaction.rollback().await,
            None => Ok(()),
        }
    }
}

impl Inner {
    /// Asks what was asked: what has the same text at once.
    async fn carry(&self, asked: Vec<Asked>) {
        let mut groups: Vec<Vec<Asked>> = Vec::new();
        for one in asked {
            match groups.iter_mut().find(|group| group.iter().any(|first| first.statement.sql == one.statement.sql)) {
                Some(group) => group.push(one),
                None => groups.push(vec![one]),
            }
        }
        for group in groups {
            let (mut statements, mut answers): (Vec<_>, Vec<_>) =
                group.into_iter().map(|one| (one.statement, one.answer)).unzip();
            while !statements.is_empty() {
                let size = size_of(statements.len());
                let (some, theirs) = (statements.drain(..size).collect(), answers.drain(..size));
                self.answer(some, theirs).await;
            }
        }
    }

    /// Refuses whatever comes after something went wrong: SQLite may have taken the transaction back, and would make lasting each
    /// statement by itself.
    fn whole(&self) -> Result<(), DbErr> {
        match self.broken.load(Ordering::Relaxed) {
            true => Err(DbErr::Custom("one of the changes in step failed".to_owned())),
            false => Ok(()),
        }
    }

    async fn answer(&self, statements: Vec<Statement>, answers: impl Iterator<Item = Answer>) {
        match self.rows(statements).await {
            Ok(rows) => {
                for (answer, rows) in answers.zip(rows) {
                    let _nobody_waits = answer.send(Ok(rows));
                }
            }
            Err(error) => {
                self.broken.store(true, Ordering::Relaxed);
                for answer in answers {
                    let _nobody_waits = answer.send(Err(error.clone()));
                }
            }
        }
    }

    /// The rows of each of several statements of the same text.
    async fn rows(&self, mut statements: Vec<Statement>) -> Result<Vec<Vec<QueryResult>>, DbErr> {
        self.whole()?;
        let count = statements.len();
        if let (1, Some(only)) = (count, statements.pop_if(|_| count == 1)) {
            return Ok(vec![self.transaction.query_all_raw(only).await?]);
        }
        match self.transaction.get_database_backend() {
            DbBackend::Sqlite => {
                let rows = self.transaction.query_all_raw(in_a_row(statements, NUMBER)).await?;
                Ok(told_apart_by_ends(rows))
            }
            _ => told_apart(self.transaction.query_all_raw(numbered(statements, NUMBER)).await?, count),
        }
    }
}

/// The rows of each of `count` statements: each row bears the number of its statement.
fn told_apart(all: Vec<QueryResult>, count: usize) -> Result<Vec<Vec<QueryResult>>, DbErr> {
    let mut rows: Vec<Vec<QueryResult>> = (0..count).map(|_| Vec::new()).collect();
    for row in all {
        let number: i32 = row.try_get("", NUMBER)?;
        if let Some(own) = usize::try_from(number).ok().and_then(|number| rows.get_mut(number)) {
            own.push(row);
        }
    }
    Ok(rows)
}

/// The rows of each statement: behind them stands one that tells of the end.
fn told_apart_by_ends(all: Vec<QueryResult>) -> Vec<Vec<QueryResult>> {
    let (mut rows, mut own) = (Vec::new(), Vec::new());
    for row in all {
        if row.column_names().iter().any(|name| name == NUMBER) {
            rows.push(std::mem::take(&mut own));
        } else {
            own.push(row);
        }
    }
    rows
}

impl Seat {
    pub(super) fn transaction(&self) -> &DatabaseTransaction {
        &self.convoy.transaction
    }

    /// Refuses what would be written after something went wrong.
    pub(super) fn whole(&self) -> Result<(), DbErr> {
        self.convoy.whole()
    }

    pub(super) fn has_written(&self) {
        self.wrote.store(true, Ordering::Relaxed);
    }

    pub(super) fn give_up(&self) {
        self.convoy.broken.store(true, Ordering::Relaxed);
    }

    /// Waits until all others wait as well, and gives the rows of a statement.
    pub(super) async fn ask(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if !statement.sql.starts_with("SELECT ") {
            self.has_written();
        }
        if self.for_all {
            return self.convoy.rows(vec![statement]).await.map(|rows| rows.into_iter().flatten().collect());
        }
        let (answer, answered) = oneshot::channel();
        self.convoy.asked.lock().unwrap_or_else(PoisonError::into_inner).push(Asked { statement, answer });
        answered.await.unwrap_or_else(|_| Err(DbErr::Custom("the changes in step ended".to_owned())))
    }
}

#[cfg(test)]
mod tests;
