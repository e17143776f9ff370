//! When API users logged in last: noted in memory, and written down now and then.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use serde_json::{Value as Json, json};

/// Logins since they were last written down. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Uses(Arc<Mutex<BTreeMap<i64, DateTime<Utc>>>>);

impl Uses {
    /// Notes a login.
    pub fn note(&self, api_user_id: i64, at: DateTime<Utc>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(api_user_id, at);
    }

    /// Writes down what was noted, in one statement. What cannot be written is lost: it is told by the next login.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn write<C: ConnectionTrait>(&self, db: &C) -> Result<(), DbErr> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if noted.is_empty() {
            return Ok(());
        }
        let backend = db.get_database_backend();
        let (relation, time, greatest) = match backend {
            DbBackend::Postgres => {
                ("json_to_recordset($1::json) AS v(id bigint, at text)", "v.at::timestamptz", "GREATEST")
            }
            _ => ("(SELECT value->>'id' AS id, value->>'at' AS at FROM json_each($1)) AS v", "v.at", "MAX"),
        };
        let sql = format!(
            "INSERT INTO api_user_uses AS u (api_user_id, last_used) SELECT v.id, {time} FROM {relation} \
             WHERE EXISTS (SELECT 1 FROM api_users AS a WHERE a.id = v.id) ORDER BY v.id \
             ON CONFLICT (api_user_id) DO UPDATE SET last_used = {greatest}(u.last_used, excluded.last_used)"
        );
        let rows =
            noted.iter().map(|(id, at)| json!({"id": id, "at": at.format("%Y-%m-%d %H:%M:%S+00:00").to_string()}));
        let values = [Json::Array(rows.collect()).to_string().into()];
        db.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        Ok(())
    }
}

/// When API users logged in last, in seconds since 1970.
///
/// # Errors
/// Those of the database.
pub async fn of<C: ConnectionTrait>(db: &C, ids: &BTreeSet<i64>) -> Result<HashMap<i64, i64>, DbErr> {
    let backend = db.get_database_backend();
    let ids = Json::from(ids.iter().copied().collect::<Vec<_>>()).to_string();
    let these = match backend {
        DbBackend::Postgres => "SELECT value::text::bigint FROM json_array_elements($1::json)",
        _ => "SELECT value FROM json_each($1)",
    };
    let sql = format!("SELECT api_user_id, last_used FROM api_user_uses WHERE api_user_id IN ({these})");
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, [ids.into()])).await?;
    let read = |row: &sea_orm::QueryResult| {
        let at: DateTime<Utc> = row.try_get("", "last_used")?;
        Ok((row.try_get("", "api_user_id")?, at.timestamp()))
    };
    rows.iter().map(read).collect()
}
