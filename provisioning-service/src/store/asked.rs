//! Whether anything was ever asked of a target.

use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::domain::ids::TargetId;

/// Whether a target has requests.
///
/// # Errors
/// Those of the database.
pub async fn anything<C: ConnectionTrait>(db: &C, target: TargetId) -> Result<bool, DbErr> {
    let sql = "SELECT id FROM provisioning_requests WHERE co_provisioning_target_id = $1 LIMIT 1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [Value::from(target)]);
    Ok(db.query_one_raw(statement).await?.is_some())
}
