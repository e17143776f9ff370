//! Targets.

use std::{collections::HashMap, sync::LazyLock};

use chrono::{DateTime, Utc};
use proto::{provisioning::v1::CoProvisioningTarget, record::Record, table::Table};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel,
    Iterable, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Statement, sea_query::Expr,
};
use serde_json::{Map, Value as Json};
use service_kit::rows::{Columns, tag::tag_of};

use crate::{
    domain::{
        ids::TargetId,
        mode,
        target::{Guard, Target},
    },
    store::{
        batch,
        entity::target::{ActiveModel, Column, Entity, Model},
    },
};

static COLUMNS: LazyLock<Columns<Entity>> = LazyLock::new(|| Columns::of(Table::of::<CoProvisioningTarget>()));

/// The record of a row, secrets sealed.
#[must_use]
pub fn record(row: &Model) -> Record {
    COLUMNS.record(row)
}

/// The tag of a target (D43). Its configuration holds secrets and is not looked at: `edition` changes with it.
#[must_use]
pub fn tag(row: &Model) -> String {
    tag_of(row, Column::iter().filter(|column| !matches!(column, Column::Configuration)))
}

/// What a row says to its connector, secrets sealed.
#[must_use]
pub fn configuration(row: &Model) -> Map<String, Json> {
    row.configuration.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// A row as rules see it, and connectors when its secrets were opened.
#[must_use]
pub fn target(row: Model) -> Target {
    let configuration = configuration(&row);
    Target {
        id: row.id,
        co_id: row.co_id,
        mode: mode::of_code(&row.status),
        description: row.description,
        plugin: row.plugin,
        provision_co_group_id: row.provision_co_group_id,
        retry_interval: row.retry_interval,
        max_retry: row.max_retry,
        configuration,
        guard: Guard { share: row.guard_share, count: row.guard_count, window: row.guard_window },
        edition: row.edition,
    }
}

/// Writes a new target, which is told of changes from a time on.
///
/// # Errors
/// Those of the database.
pub async fn insert<C: ConnectionTrait>(
    db: &C,
    record: &Record,
    now: DateTime<Utc>,
    since: Option<DateTime<Utc>>,
) -> Result<TargetId, DbErr> {
    let mut row =
        ActiveModel { created: Set(now), modified: Set(now), edition: Set(0), since: Set(since), ..Default::default() };
    let guard = Guard::default();
    (row.guard_share, row.guard_count, row.guard_window) = (Set(guard.share), Set(guard.count), Set(guard.window));
    COLUMNS.write(record, &mut row)?;
    Ok(row.insert(db).await?.id)
}

/// Writes what a record says over a target.
///
/// # Errors
/// Those of the database.
pub async fn update<C: ConnectionTrait>(db: &C, row: Model, record: &Record, now: DateTime<Utc>) -> Result<(), DbErr> {
    let edition = row.edition + 1;
    let mut row = row.into_active_model();
    COLUMNS.write(record, &mut row)?;
    row.edition = Set(edition);
    row.modified = Set(now);
    row.update(db).await?;
    Ok(())
}

/// Writes the configuration of a target, and nothing that tells of an edit.
///
/// # Errors
/// Those of the database.
pub async fn configure<C: ConnectionTrait>(
    db: &C,
    id: TargetId,
    configuration: Map<String, Json>,
) -> Result<(), DbErr> {
    let text = Json::Object(configuration).to_string();
    let update = Entity::update_many().col_expr(Column::Configuration, Expr::value(text)).filter(Column::Id.eq(id));
    update.exec(db).await.map(|_| ())
}

/// Finds a target.
///
/// # Errors
/// Those of the database.
pub async fn find<C: ConnectionTrait>(db: &C, id: TargetId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Finds a target that is about to be changed; no other process changes it meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn find_for_update<C: ConnectionTrait>(db: &C, id: TargetId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(db).await
}

/// Finds many targets, as connectors see them.
///
/// # Errors
/// Those of the database.
pub async fn find_many<C: ConnectionTrait>(db: &C, ids: Vec<TargetId>) -> Result<HashMap<TargetId, Target>, DbErr> {
    Ok(list_of(db, ids).await?.into_iter().map(|row| (row.id, target(row))).collect())
}

/// Finds many targets; those that are not there are missing.
///
/// # Errors
/// Those of the database.
pub async fn list_of<C: ConnectionTrait>(db: &C, mut ids: Vec<TargetId>) -> Result<Vec<Model>, DbErr> {
    ids.sort_unstable();
    ids.dedup();
    of(db, "id", &ids, "").await
}

/// Lists targets by id, of one CO or of all; no more than `limit`, where that is not 0.
///
/// # Errors
/// Those of the database.
pub async fn list<C: ConnectionTrait>(db: &C, co: Option<i64>, after: i64, limit: u64) -> Result<Vec<Model>, DbErr> {
    let mut query = Entity::find().filter(Column::Id.gt(after)).order_by_asc(Column::Id);
    if let Some(co) = co {
        query = query.filter(Column::CoId.eq(co));
    }
    if limit > 0 {
        query = query.limit(limit);
    }
    query.all(db).await
}

/// The targets of COs that follow changes, enrollments or erasures, by order.
///
/// # Errors
/// Those of the database.
pub async fn following<C: ConnectionTrait>(db: &C, cos: Vec<i64>) -> Result<Vec<Model>, DbErr> {
    let following = mode::FOLLOWING.map(|code| format!("'{code}'")).join(", ");
    of(db, "co_id", &cos, &format!("AND status IN ({following}) ORDER BY ordr, id")).await
}

/// The targets of which a column is among some ids, which are one parameter: a statement for each number of them would be
/// prepared anew.
async fn of<C: ConnectionTrait, I: Copy + Into<i64>>(
    db: &C,
    column: &str,
    ids: &[I],
    and: &str,
) -> Result<Vec<Model>, DbErr> {
    let backend = db.get_database_backend();
    let among = batch::among(backend, 1);
    let columns = batch::columns::<Entity>();
    let sql = format!("SELECT {columns} FROM co_provisioning_targets WHERE {column} {among} {and}");
    Entity::find().from_raw_sql(batch::statement(backend, sql, batch::ids(ids), Vec::new())).all(db).await
}

/// How many targets a CO has; whoever counts to add one waits until the transactions of those who did have ended.
///
/// # Errors
/// Those of the database.
pub async fn count_to_add<C: ConnectionTrait>(db: &C, co: i64) -> Result<u64, DbErr> {
    // With SQLite a transaction that writes is alone.
    if db.get_database_backend() == DbBackend::Postgres {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        let name = format!("targets of CO {co}");
        db.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()])).await?;
    }
    Entity::find().filter(Column::CoId.eq(co)).count(db).await
}

/// The order of a target that says none: the last of its CO.
///
/// # Errors
/// Those of the database.
pub async fn next_order<C: ConnectionTrait>(db: &C, co: i64) -> Result<i64, DbErr> {
    let sql = "SELECT MAX(ordr) AS last FROM co_provisioning_targets WHERE co_id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [co.into()]);
    let last = match db.query_one_raw(statement).await? {
        Some(row) => row.try_get::<Option<i64>>("", "last")?,
        None => None,
    };
    Ok(last.map_or(1, |last| last.saturating_add(1).clamp(1, i64::from(i32::MAX))))
}

/// Deletes a target; gives whether it was there.
///
/// # Errors
/// Those of the database.
pub async fn delete<C: ConnectionTrait>(db: &C, id: TargetId) -> Result<bool, DbErr> {
    Ok(Entity::delete_by_id(id).exec(db).await?.rows_affected > 0)
}

/// Deletes the targets of COs; gives what they were.
///
/// # Errors
/// Those of the database.
pub async fn delete_of_cos<C: ConnectionTrait>(db: &C, cos: Vec<i64>) -> Result<Vec<Model>, DbErr> {
    let backend = db.get_database_backend();
    let (among, columns) = (batch::among(backend, 1), batch::columns::<Entity>());
    let sql = format!("DELETE FROM co_provisioning_targets WHERE co_id {among} RETURNING {columns}");
    Entity::find().from_raw_sql(batch::statement(backend, sql, batch::ids(&cos), Vec::new())).all(db).await
}

#[cfg(test)]
mod tests;
