//! The data keys under which secrets are sealed; each is itself sealed ([`crate::secrets`]).

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::secrets::{Wrapped, envelope};

fn statement<C: ConnectionTrait>(db: &C, sql: &str, values: Vec<sea_orm::Value>) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// Locks rows until the transaction ends, where several may write at once.
fn locking<C: ConnectionTrait>(db: &C, how: &'static str) -> &'static str {
    if db.get_database_backend() == DbBackend::Postgres { how } else { "" }
}

/// All of them, the newest last.
///
/// # Errors
/// Those of the database.
pub async fn all<C: ConnectionTrait>(db: &C) -> Result<Vec<Wrapped>, DbErr> {
    let rows =
        db.query_all_raw(statement(db, "SELECT id, wrapping_key, sealed FROM data_keys ORDER BY id", vec![])).await?;
    let wrapped = |row: &sea_orm::QueryResult| {
        Ok(Wrapped {
            id: row.try_get("", "id")?,
            key: row.try_get("", "wrapping_key")?,
            sealed: row.try_get("", "sealed")?,
        })
    };
    rows.iter().map(wrapped).collect()
}

/// The newest, which is not dropped before the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn newest<C: ConnectionTrait>(tx: &C) -> Result<Option<i64>, DbErr> {
    let sql = format!("SELECT id FROM data_keys ORDER BY id DESC LIMIT 1 {}", locking(tx, "FOR SHARE"));
    tx.query_one_raw(statement(tx, &sql, vec![])).await?.map(|row| row.try_get("", "id")).transpose()
}

/// Keeps a data key, unless there is one of its number.
///
/// # Errors
/// Those of the database.
pub async fn insert<C: ConnectionTrait>(db: &C, new: &Wrapped, now: DateTime<Utc>) -> Result<(), DbErr> {
    let sql = "INSERT INTO data_keys (id, wrapping_key, sealed, created) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (id) DO NOTHING";
    let values = vec![new.id.into(), new.key.as_str().into(), new.sealed.as_str().into(), now.into()];
    db.execute_raw(statement(db, sql, values)).await.map(|_| ())
}

/// How many targets have something that is sealed under a data key.
///
/// # Errors
/// Those of the database.
pub async fn uses<C: ConnectionTrait>(db: &C, data_key: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) AS n FROM co_provisioning_targets WHERE configuration LIKE $1";
    let like = format!("%{}%", envelope::beginning(data_key));
    let row = db.query_one_raw(statement(db, sql, vec![like.into()])).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}

/// Drops data keys older than one, of which nothing is sealed under any more. Who is sealing under one of them is waited
/// for.
///
/// # Errors
/// Those of the database.
pub async fn drop_unused<C: ConnectionTrait>(tx: &C, older_than: i64) -> Result<Vec<i64>, DbErr> {
    let sql = format!("SELECT id FROM data_keys WHERE id < $1 ORDER BY id {}", locking(tx, "FOR UPDATE"));
    let mut dropped = Vec::new();
    for row in tx.query_all_raw(statement(tx, &sql, vec![older_than.into()])).await? {
        let id: i64 = row.try_get("", "id")?;
        // A later statement than the one that waited sees what was committed meanwhile.
        if uses(tx, id).await? == 0 {
            tx.execute_raw(statement(tx, "DELETE FROM data_keys WHERE id = $1", vec![id.into()])).await?;
            dropped.push(id);
        }
    }
    Ok(dropped)
}

/// Takes what was overwritten out of the files of the database, as far as that can be done from here.
///
/// # Errors
/// Those of the database.
pub async fn scour<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    let statements: &[&str] = match db.get_database_backend() {
        DbBackend::Sqlite => &["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"],
        _ => &["VACUUM FULL co_provisioning_targets"],
    };
    for sql in statements {
        db.execute_unprepared(sql).await?;
    }
    Ok(())
}
