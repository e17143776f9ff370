//! What tells this database from one that is made in its place: numbers of requests begin anew there.

use sea_orm::{ConnectionTrait, DbErr, Statement};

/// The identity of the database, made with its tables.
///
/// # Errors
/// Those of the database.
pub async fn of<C: ConnectionTrait>(db: &C) -> Result<String, DbErr> {
    let statement = Statement::from_string(db.get_database_backend(), "SELECT id FROM identity");
    let row = db.query_one_raw(statement).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("the database has no identity".to_owned()))?.try_get("", "id")
}
