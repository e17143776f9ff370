//! What the error of a database means: whether the same again will do, and what a caller hears.

use proto::refusal::Refusal;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Whether the database cannot be reached, or cannot take work now: trying again later helps.
#[must_use]
pub fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause) => match cause {
            RuntimeErr::SqlxError(cause) => sqlx_is_away(cause),
            RuntimeErr::Internal(_) => false,
        },
        _ => false,
    }
}

fn sqlx_is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => passes(&error.code().unwrap_or_default()),
        _ => false,
    }
}

/// Whether a database that answers with a code takes the same later. SQLSTATE: connection exceptions, conflicts that a second
/// try resolves, lack of resources, operator intervention, system errors. SQLite: busy, locked, I/O error, full, cannot open;
/// extended codes in the high bits.
#[must_use]
pub fn passes(code: &str) -> bool {
    let class = ["08", "40", "53", "57", "58"].iter().any(|class| code.len() == 5 && code.starts_with(class));
    class || code.parse::<u32>().is_ok_and(|code| code < 10_000 && matches!(code & 0xff, 5 | 6 | 10 | 13 | 14))
}

/// SQLSTATE of two transactions that stood in each other's way.
pub const CONFLICTS: [&str; 2] = ["40001", "40P01"];

/// SQLSTATE of a lock that was waited for as long as a transaction waits.
pub const HELD: &str = "55P03";

/// Whether a unique index refused the change.
#[must_use]
pub fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

/// Whether two transactions stood in each other's way: the same again will do.
#[must_use]
pub fn is_conflict(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    let sqlx::Error::Database(error) = &**cause else { return false };
    error.code().is_some_and(|code| CONFLICTS.contains(&&*code))
}

/// Whether a lock was waited for as long as this transaction waits: somebody else holds what it wants.
#[must_use]
pub fn is_held(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    matches!(&**cause, sqlx::Error::Database(error) if error.code().as_deref() == Some(HELD))
}

/// What a change that cannot be written down comes to; it is logged where that is found out.
const NOT_WRITTEN_DOWN: &str =
    "The change cannot be written into the security log, and is not made. Try again in a moment.";

/// The error of a change that is not made because the security log cannot be written (D62): 503.
#[must_use]
pub fn not_written_down() -> DbErr {
    DbErr::Custom(NOT_WRITTEN_DOWN.to_owned())
}

/// What a caller hears of a database error; the error itself is logged here, once.
#[must_use]
pub fn refusal_of(error: &DbErr) -> Refusal {
    if matches!(error, DbErr::Custom(text) if text == NOT_WRITTEN_DOWN) {
        return Refusal::Unavailable(NOT_WRITTEN_DOWN.to_owned());
    }
    if is_away(error) {
        tracing::warn!(%error, "the database cannot be used");
        return Refusal::Unavailable("The database cannot be used at the moment. Try again in a moment.".to_owned());
    }
    tracing::error!(%error, "the database refused what was asked of it");
    Refusal::of_the_server()
}
