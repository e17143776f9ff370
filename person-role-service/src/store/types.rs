//! Extended types: which there are, and whether one is in use (D50).

use proto::table::{Field, Table};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, LockType, Query},
};

use crate::store::entity::co_extended_type::{self, Column};

/// The values that a CO allows for an attribute, `Identifier.type`, by name; none, if the defaults are allowed.
///
/// # Errors
/// Those of the database.
pub async fn active<C: ConnectionTrait>(db: &C, co_id: i64, attribute: &str) -> Result<Vec<String>, DbErr> {
    let of_attribute = co_extended_type::Entity::find()
        .select_only()
        .column(Column::Name)
        .filter(Column::CoId.eq(co_id))
        .filter(Column::Attribute.eq(attribute))
        .filter(Column::Status.eq("A"));
    of_attribute.order_by_asc(Column::Name).into_tuple().all(db).await
}

/// Whether a CO, or any if none is named, has a type of that name, active or not.
///
/// # Errors
/// Those of the database.
pub async fn is_defined<C: ConnectionTrait>(
    db: &C,
    co_id: Option<i64>,
    attribute: &str,
    name: &str,
) -> Result<bool, DbErr> {
    let mut query =
        co_extended_type::Entity::find().filter(Column::Attribute.eq(attribute)).filter(Column::Name.eq(name));
    if let Some(co_id) = co_id {
        query = query.filter(Column::CoId.eq(co_id));
    }
    Ok(query.one(db).await?.is_some())
}

/// Holds a type until the transaction ends, so that it is not deleted while it comes into use; whether it is there.
///
/// # Errors
/// Those of the database.
pub async fn hold<C: ConnectionTrait>(tx: &C, co_id: i64, attribute: &str, name: &str) -> Result<bool, DbErr> {
    let mut query = co_extended_type::Entity::find()
        .filter(Column::CoId.eq(co_id))
        .filter(Column::Attribute.eq(attribute))
        .filter(Column::Name.eq(name));
    if tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock(LockType::KeyShare);
    }
    Ok(query.one(tx).await?.is_some())
}

/// Whether a live record of the CO has a value where an attribute is.
///
/// # Errors
/// Those of the database.
pub async fn in_use<C: ConnectionTrait>(db: &C, co_id: i64, attribute: &str, name: &str) -> Result<bool, DbErr> {
    for (table, field) in fields_of(attribute) {
        let mut query = Query::select();
        query
            .expr(Expr::val(1))
            .from(Alias::new(table.path.as_str()))
            .and_where(Expr::col(Alias::new("co_id")).eq(co_id))
            .and_where(Expr::col(Alias::new(field.column.as_str())).eq(name))
            .and_where(Expr::col(Alias::new("deleted")).not())
            .limit(1);
        if db.query_one(&query).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The fields whose values an attribute's types are.
fn fields_of(attribute: &str) -> impl Iterator<Item = (&'static Table, &'static Field)> {
    let fields = Table::all().iter().flat_map(|table| table.fields.iter().map(move |field| (table, field)));
    fields.filter(move |(_, field)| field.options.extended_by == attribute)
}
