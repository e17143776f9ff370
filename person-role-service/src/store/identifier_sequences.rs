//! Sequences of numbers for identifiers, and which identifiers are taken.
//!
//! The text around a number is kept as a digest: it may be the name of somebody who was erased since, and is only held against
//! others.

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Statement};
use service_kit::rows::is_not;
use sha2::{Digest as _, Sha256};

use crate::store::entity::{co_identifier_assignment::Model, identifier};

/// The next number of a rule for a text around it; nobody gets the same, for its row is held until the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn next<C: ConnectionTrait>(db: &C, rule: &Model, affix: &str) -> Result<i64, DbErr> {
    let least = rule.minimum.unwrap_or(1);
    set(db, rule, affix, least, "last + 1").await
}

/// Goes on after a number: that one and those before it are not given any more.
///
/// # Errors
/// Those of the database.
pub async fn go_on_after<C: ConnectionTrait>(db: &C, rule: &Model, affix: &str, number: i64) -> Result<(), DbErr> {
    set(db, rule, affix, number, "last").await.map(drop)
}

/// Sets the last number of a sequence to `least`, or to what it says of the last one, if that is more.
async fn set<C: ConnectionTrait>(db: &C, rule: &Model, affix: &str, least: i64, otherwise: &str) -> Result<i64, DbErr> {
    let (backend, greatest) = match db.get_database_backend() {
        DbBackend::Sqlite => (DbBackend::Sqlite, "MAX"),
        other => (other, "GREATEST"),
    };
    let sql = format!(
        "INSERT INTO identifier_sequences (co_identifier_assignment_id, affix, co_id, last) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (co_identifier_assignment_id, affix) \
         DO UPDATE SET last = {greatest}(identifier_sequences.{otherwise}, excluded.last) RETURNING last"
    );
    let values = [rule.id.into(), digest(rule.id, affix).into(), rule.co_id.into(), least.into()];
    let row = db.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("the number of a sequence".to_owned()))?.try_get("", "last")
}

/// What is kept of a text around a number of a rule.
#[must_use]
pub fn digest(rule: i64, affix: &str) -> String {
    let digest = Sha256::digest(format!("{rule}\n{affix}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a person or a group of the CO has an identifier.
///
/// # Errors
/// Those of the database.
pub async fn is_taken<C: ConnectionTrait>(db: &C, co_id: i64, kind: &str, text: &str) -> Result<bool, DbErr> {
    let query = identifier::Entity::find()
        .filter(identifier::Column::CoId.eq(co_id))
        .filter(identifier::Column::Type.eq(kind))
        .filter(identifier::Column::Identifier.eq(text))
        .filter(identifier::Column::OrgIdentityId.is_null())
        .filter(is_not(identifier::Column::Deleted));
    Ok(query.count(db).await? > 0)
}
