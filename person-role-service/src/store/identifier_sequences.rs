//! Sequences of numbers for identifiers, and which identifiers are taken.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Statement};
use service_kit::rows::is_not;

use crate::store::entity::{co_identifier_assignment::Model, identifier};

/// The next number of a rule for a text around it; nobody gets the same, for its row is held until the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn next<C: ConnectionTrait>(db: &C, rule: &Model, affix: &str) -> Result<i64, DbErr> {
    let sql = "INSERT INTO identifier_sequences (co_identifier_assignment_id, affix, co_id, last) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (co_identifier_assignment_id, affix) DO UPDATE SET last = identifier_sequences.last + 1 \
               RETURNING last";
    let values = [rule.id.into(), affix.into(), rule.co_id.into(), rule.minimum.unwrap_or(1).into()];
    let row = db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("the number of a sequence".to_owned()))?.try_get("", "last")
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
