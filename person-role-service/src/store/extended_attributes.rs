//! The extended attributes that a CO has defined (D30).

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

use crate::{
    domain::extended_attributes::Definition,
    store::entity::co_extended_attribute::{self, Column},
};

/// The definitions with some ids, by name; those that were dropped are not there.
///
/// # Errors
/// Those of the database.
pub async fn with_ids<C: ConnectionTrait>(db: &C, ids: &BTreeSet<i64>) -> Result<Vec<Definition>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    definitions(db, Column::Id.is_in(ids.iter().copied())).await
}

/// The definitions of a CO, by name.
///
/// # Errors
/// Those of the database.
pub async fn of_co<C: ConnectionTrait>(db: &C, co_id: i64) -> Result<Vec<Definition>, DbErr> {
    definitions(db, Column::CoId.eq(co_id)).await
}

async fn definitions<C: ConnectionTrait>(db: &C, which: Expr) -> Result<Vec<Definition>, DbErr> {
    let query = co_extended_attribute::Entity::find().filter(which).order_by_asc(Column::Name);
    let rows = query.all(db).await?;
    Ok(rows.into_iter().map(|row| Definition { id: row.id, name: row.name, kind: row.r#type }).collect())
}
