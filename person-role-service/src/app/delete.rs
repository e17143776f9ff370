//! Deleting a record of any resource: a changelog resource keeps the row, with `deleted` set; others lose it.

use proto::caller::Caller;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, LockType},
};

use crate::{
    app::{
        App, Fault,
        add::id_of,
        change::Change,
        edit::archive,
        view::{find_for_change, live},
    },
    resource::Resource,
};

/// At most so many rows in one statement: databases limit its parameters.
pub const STATEMENT: usize = 500;

/// Deletes a record.
///
/// # Errors
/// `Unknown`, 403 with its phrase when something hangs on it, `Unauthorized`, or the database's fault.
pub async fn delete<R: Resource>(app: &App, caller: &Caller, id: i64) -> Result<(), Fault> {
    let mut change = Change::begin(app, caller).await?;
    let row = find_for_change::<R>(&change, id, LockType::Update).await?;
    delete_in::<R>(&mut change, row).await?;
    change.commit().await?;
    Ok(())
}

/// Deletes a row as a part of a change.
///
/// # Errors
/// As [`delete`].
pub async fn delete_in<R: Resource>(change: &mut Change<'_>, row: R::Row) -> Result<(), Fault> {
    R::before_delete(change, &row).await?;
    delete_rows::<R>(change, vec![row]).await
}

/// Deletes all live rows whose column has a value: what hangs on a record goes with it, whatever its own rules say.
///
/// # Errors
/// Those of the database.
pub async fn delete_where<R: Resource>(change: &mut Change<'_>, column: &str, id: i64) -> Result<(), Fault> {
    let query = R::Entity::find().filter(R::columns().named(column)?.eq(id));
    let rows = live::<R>(query)?.all(&change.tx).await?;
    delete_rows::<R>(change, rows).await
}

async fn delete_rows<R: Resource>(change: &mut Change<'_>, rows: Vec<R::Row>) -> Result<(), Fault> {
    let columns = R::columns();
    for some in rows.chunks(STATEMENT) {
        let ids = some.iter().map(id_of::<R>).collect::<Result<Vec<i64>, _>>()?;
        let these = columns.named("id")?.is_in(ids);
        if R::CHANGELOG {
            archive::<R>(change, some).await?;
            R::Entity::update_many()
                .col_expr(columns.named("deleted")?, Expr::value(true))
                .col_expr(columns.named("modified")?, Expr::value(change.now))
                .col_expr(columns.named("actor_identifier")?, Expr::value(change.caller.username.clone()))
                .filter(these)
                .exec(&change.tx)
                .await?;
        } else {
            R::Entity::delete_many().filter(these).exec(&change.tx).await?;
        }
    }
    for row in &rows {
        R::after(change, Some(row), None).await?;
    }
    Ok(())
}
