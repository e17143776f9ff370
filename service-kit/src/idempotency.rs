//! Requests that are done once, however often they are sent (D44).
//!
//! Guarantee: what was done under a key is not done again for a day, and its answer is given again; of several that come at
//! once one is done. Mechanism: the key is written in the transaction of the change, with a digest of the request and the id
//! that the answer names. While a request is under way its key is held: in this process by [`InUse`], with PostgreSQL also by
//! a lock that ends with the transaction. Failure: a change that is taken back leaves no key. What is older than a day goes
//! with later keys, some at a time, and within the hour ([`forget`]).

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Duration, Utc};
use proto::{caller::Caller, refusal::Refusal, registry::v1::IdempotencyKey};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, Statement,
    sea_query::{Alias, Expr, ExprTrait, OnConflict, Order, Query},
};

use crate::{clock::Clock, database::refusal_of};

/// How long a key is kept.
const KEPT: Duration = Duration::hours(24);

/// So many keys that are too old go with a new one.
const SOME: u64 = 20;

/// Each service has one in its own database.
const TABLE: &str = "idempotency_keys";

/// The keys of requests that are under way in this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct InUse(Arc<Mutex<HashSet<(i64, String)>>>);

/// Holds a key until it is dropped.
#[derive(Debug)]
pub struct Held {
    keys: InUse,
    key: (i64, String),
}

impl InUse {
    /// Holds the key of a caller's request, if it has one. Where another request has it that is only a repeat of what is
    /// done, nothing is held, and nothing needs to be: both are answered with what is kept.
    ///
    /// # Errors
    /// 409 `Idempotency Key In Use`; those of the database.
    pub async fn hold<C: ConnectionTrait>(
        &self,
        db: &C,
        clock: &Clock,
        caller: &Caller,
    ) -> Result<Option<Held>, Refusal> {
        let Some((api_user, key)) = key_of(caller) else { return Ok(None) };
        let name = (api_user, key.key.clone());
        let is_free = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        if is_free {
            return Ok(Some(Held { keys: self.clone(), key: name }));
        }
        match kept(db, clock, api_user, key).await.map_err(|error| refusal_of(&error))? {
            Standing::New => Err(in_use()),
            _ => Ok(None),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// One that was refused lets go of its key a moment after its answer, when its transaction is rolled back: so often, and
/// after such pauses, it is looked again before a key is called in use.
const LOOKS: u32 = 5;
const LOOK: std::time::Duration = std::time::Duration::from_millis(20);

/// How it stands with the key of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has none, or it is new.
    New,
    /// The same request was done; the id that its answer named.
    Done(i64),
    /// Another request was done under it.
    Reused,
    /// Another process is at it.
    InUse,
}

impl Standing {
    /// The id that the first answer named, if there was one.
    ///
    /// # Errors
    /// 422 `Idempotency Key Reused`, 409 `Idempotency Key In Use`.
    pub fn answer(self) -> Result<Option<i64>, Refusal> {
        match self {
            Self::New => Ok(None),
            Self::Done(id) => Ok(Some(id)),
            Self::InUse => Err(in_use()),
            Self::Reused => Err(Refusal::Unprocessable {
                phrase: "Idempotency Key Reused".to_owned(),
                sentence:
                    "Another path or body was sent with this Idempotency-Key. Give each request a key of its own."
                        .to_owned(),
            }),
        }
    }
}

fn in_use() -> Refusal {
    Refusal::Conflict {
        phrase: "Idempotency Key In Use".to_owned(),
        sentence: "The first request with this Idempotency-Key is under way. Send it again in a moment.".to_owned(),
    }
}

fn key_of(caller: &Caller) -> Option<(i64, &IdempotencyKey)> {
    // The house's own errands have no user, and no keys.
    Some((caller.api_user_id?, caller.idempotency.as_ref()?))
}

/// Finds out how it stands with the key of a caller's request, and holds it until the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn standing<C: ConnectionTrait>(tx: &C, clock: &Clock, caller: &Caller) -> Result<Standing, DbErr> {
    let Some((api_user, key)) = key_of(caller) else { return Ok(Standing::New) };
    let before = kept(tx, clock, api_user, key).await?;
    if before != Standing::New || tx.get_database_backend() != DbBackend::Postgres {
        return Ok(before);
    }
    let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS held";
    let name = format!("{TABLE} {api_user} {}", key.key);
    let mut left = LOOKS;
    loop {
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.as_str().into()]);
        let row = tx.query_one_raw(statement).await?;
        if row.map_or(Ok(false), |row| row.try_get("", "held"))? {
            break;
        }
        if left == 0 {
            return Ok(Standing::InUse);
        }
        left -= 1;
        tokio::time::sleep(LOOK).await;
    }
    // By a later statement than the one that took the lock: what is seen cannot be older than it.
    kept(tx, clock, api_user, key).await
}

/// What is kept of a key. Who finds it needs no lock, and is in nobody's way.
async fn kept<C: ConnectionTrait>(
    tx: &C,
    clock: &Clock,
    api_user: i64,
    key: &IdempotencyKey,
) -> Result<Standing, DbErr> {
    let column = |name: &str| Expr::col(Alias::new(name));
    let mut query = Query::select();
    query
        .columns(["request", "answer_id"].map(Alias::new))
        .from(Alias::new(TABLE))
        .and_where(column("api_user_id").eq(api_user))
        .and_where(column("key").eq(key.key.as_str()))
        .and_where(column("created").gt(now(clock, tx.get_database_backend(), KEPT)));
    let Some(row) = tx.query_one(&query).await? else { return Ok(Standing::New) };
    let request: Vec<u8> = row.try_get("", "request")?;
    let same = request == key.request || !key.former.is_empty() && request == key.former;
    Ok(if same { Standing::Done(row.try_get("", "answer_id")?) } else { Standing::Reused })
}

/// Keeps the key of a caller's request, if it has one, with the id that the answer names; some old ones go.
///
/// # Errors
/// Those of the database.
pub async fn keep<C: ConnectionTrait>(tx: &C, clock: &Clock, caller: &Caller, answer_id: i64) -> Result<(), DbErr> {
    let Some((api_user, key)) = key_of(caller) else { return Ok(()) };
    let backend = tx.get_database_backend();
    let column = |name: &str| Expr::col(Alias::new(name));
    let mut insert = Query::insert();
    let values: [Expr; 5] = [
        api_user.into(),
        key.key.as_str().into(),
        key.request.clone().into(),
        answer_id.into(),
        now(clock, backend, Duration::zero()),
    ];
    insert
        .into_table(Alias::new(TABLE))
        .columns(["api_user_id", "key", "request", "answer_id", "created"].map(Alias::new))
        .values_panic(values)
        .on_conflict(
            // One that is too old and has not gone yet.
            OnConflict::columns(["api_user_id", "key"].map(Alias::new))
                .update_columns(["request", "answer_id", "created"].map(Alias::new))
                .to_owned(),
        );
    tx.execute(&insert).await?;
    let mut old = Query::select();
    old.columns(["api_user_id", "key"].map(Alias::new))
        .from(Alias::new(TABLE))
        .and_where(column("created").lte(now(clock, backend, KEPT)))
        .order_by(Alias::new("created"), Order::Asc)
        .limit(SOME);
    if backend == DbBackend::Postgres {
        old.lock_with_behavior(sea_orm::sea_query::LockType::Update, sea_orm::sea_query::LockBehavior::SkipLocked);
    }
    let mut delete = Query::delete();
    let pair = Expr::tuple([column("api_user_id"), column("key")]);
    delete.from_table(Alias::new(TABLE)).and_where(pair.in_subquery(old));
    tx.execute(&delete).await?;
    Ok(())
}

/// Lets all keys go that are too old, also where no later ones come.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, clock: &Clock) -> Result<u64, DbErr> {
    let mut delete = Query::delete();
    let old = Expr::col(Alias::new("created")).lte(now(clock, db.get_database_backend(), KEPT));
    delete.from_table(Alias::new(TABLE)).and_where(old);
    Ok(db.execute(&delete).await?.rows_affected())
}

/// The time of the database, so long ago.
fn now(clock: &Clock, backend: DbBackend, ago: Duration) -> Expr {
    match clock.of_database(backend) {
        Some(time) => Expr::val::<DateTime<Utc>>(time - ago),
        None => Expr::cust(format!("clock_timestamp() - interval '{} seconds'", ago.num_seconds())),
    }
}
