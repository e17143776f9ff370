//! Mails that wait to be sent for invitations: taken by lease and number, so that of several processes one sends each.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};

/// A mail that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Taken {
    /// The invitation.
    pub co_invite_id: i64,
    /// The number under which it was taken: how often it has been tried, with this time.
    pub tries: i64,
}

/// The statement that has a mail sent for an invitation, from a moment of the database on.
#[must_use]
pub fn enqueuing(backend: DbBackend, co_id: i64, co_invite_id: i64, due: DateTime<Utc>) -> Statement {
    let sql = "INSERT INTO invite_mails (co_invite_id, co_id, due, tries) VALUES ($1, $2, $3, 0)";
    Statement::from_sql_and_values(backend, sql, [co_invite_id.into(), co_id.into(), due.into()])
}

/// Takes mails that are due, the oldest first, of each CO in turn; nobody else takes them until the lease ends. `now` is the
/// database's time.
///
/// # Errors
/// Those of the database.
pub async fn take<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    lease: Duration,
    limit: i64,
) -> Result<Vec<Taken>, DbErr> {
    let backend = db.get_database_backend();
    let waiting = "SELECT co_invite_id, due, ROW_NUMBER() OVER (PARTITION BY co_id ORDER BY due, co_invite_id) AS turn \
                   FROM invite_mails WHERE due <= $1";
    let these = format!("SELECT co_invite_id FROM ({waiting}) AS w ORDER BY turn, due, co_invite_id LIMIT $3");
    // One that somebody holds keeps the others waiting no more than it has to.
    let these = match backend {
        DbBackend::Postgres => {
            format!(
                "SELECT co_invite_id FROM invite_mails WHERE co_invite_id IN ({these}) FOR NO KEY UPDATE SKIP LOCKED"
            )
        }
        _ => these,
    };
    // What another process takes at the same moment is not due any more when this one comes to it.
    let sql = format!(
        "UPDATE invite_mails SET due = $2, tries = tries + 1 WHERE due <= $1 AND co_invite_id IN ({these}) \
         RETURNING co_invite_id, tries"
    );
    let values = [now.into(), (now + lease).into(), limit.into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| Taken::from_query_result(row, "")).collect()
}

/// Whether a mail is still held under its number; holds its row until the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn is_held<C: ConnectionTrait>(db: &C, taken: Taken) -> Result<bool, DbErr> {
    run(db, "UPDATE invite_mails SET tries = tries WHERE co_invite_id = $1 AND tries = $2", taken, vec![]).await
}

/// Takes a mail out: it was sent, or need not be any more.
///
/// # Errors
/// Those of the database.
pub async fn remove<C: ConnectionTrait>(db: &C, taken: Taken) -> Result<bool, DbErr> {
    run(db, "DELETE FROM invite_mails WHERE co_invite_id = $1 AND tries = $2", taken, vec![]).await
}

/// Puts a mail off that could not be sent, and keeps why.
///
/// # Errors
/// Those of the database.
pub async fn put_off<C: ConnectionTrait>(db: &C, taken: Taken, due: DateTime<Utc>, why: &str) -> Result<bool, DbErr> {
    let sql = "UPDATE invite_mails SET due = $3, last_error = $4 WHERE co_invite_id = $1 AND tries = $2";
    run(db, sql, taken, vec![due.into(), why.into()]).await
}

/// Takes out what waits for an invitation that is over.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, co_invite_id: i64) -> Result<(), DbErr> {
    let (backend, sql) = (db.get_database_backend(), "DELETE FROM invite_mails WHERE co_invite_id = $1");
    db.execute_raw(Statement::from_sql_and_values(backend, sql, [co_invite_id.into()])).await?;
    Ok(())
}

/// Runs a statement on a mail that was taken; whether it is still held under its number.
async fn run<C: ConnectionTrait>(db: &C, sql: &str, taken: Taken, others: Vec<sea_orm::Value>) -> Result<bool, DbErr> {
    let values = [taken.co_invite_id.into(), taken.tries.into()].into_iter().chain(others);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected() > 0)
}
