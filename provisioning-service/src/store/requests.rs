//! Requests: making, merging, finding, canceling.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use serde_json::Value as Json;

use crate::{
    domain::{status::Status, subject::Subject},
    store::{
        batch::{self, Column as B, row},
        entity::request::{Column, Entity, Model},
    },
};

/// A request to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// Whose it is.
    pub co_id: i64,
    /// At which target.
    pub target_id: i64,
    /// About what.
    pub subject: Subject,
    /// Why.
    pub action: Option<String>,
    /// Asked for by name, not made by a change.
    pub manual: bool,
    /// Who asked.
    pub actor: Option<String>,
    /// The trace of who asked.
    pub traceparent: Option<String>,
}

const COLUMNS: [B; 9] = [
    B::Int("n"),
    B::Int("co_id"),
    B::Int("target_id"),
    B::Text("kind"),
    B::Int("subject_id"),
    B::Text("action"),
    B::Bool("manual"),
    B::Text("actor"),
    B::Text("traceparent"),
];

/// Makes requests, due now, in this order; one that finds another waiting for its target and subject merges with that.
/// Somebody who asks wins over a change: the request is due at once and its retries begin anew. A change leaves the
/// waiting request its time, so that a target that is down is not called for every change. No two may be about the same
/// target and subject. Gives their ids.
///
/// # Errors
/// Those of the database.
pub async fn enqueue<C: ConnectionTrait>(db: &C, new: &[New], now: DateTime<Utc>) -> Result<Vec<i64>, DbErr> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "INSERT INTO provisioning_requests AS r (co_id, co_provisioning_target_id, subject_kind, subject_id, status, \
         action, manual, actor_identifier, traceparent, attempts, tries, fence, due, expanded, created, modified, askers) \
         SELECT v.co_id, v.target_id, v.kind, v.subject_id, 'Queued', v.action, v.manual, v.actor, v.traceparent, \
         0, 0, 0, $2, false, $2, $2, CASE WHEN v.manual THEN 1 ELSE 0 END FROM {} WHERE true ORDER BY v.n \
         ON CONFLICT (co_provisioning_target_id, subject_kind, subject_id) WHERE status IN ('Queued', 'Retrying') \
         DO UPDATE SET manual = r.manual OR excluded.manual, askers = r.askers + excluded.askers, \
         status = CASE WHEN excluded.manual THEN 'Queued' ELSE r.status END, \
         due = CASE WHEN excluded.manual THEN excluded.due ELSE r.due END, \
         tries = CASE WHEN excluded.manual THEN 0 ELSE r.tries END, \
         actor_identifier = CASE WHEN excluded.manual THEN excluded.actor_identifier ELSE r.actor_identifier END, \
         traceparent = CASE WHEN excluded.manual THEN excluded.traceparent ELSE r.traceparent END, \
         action = CASE WHEN r.manual AND NOT excluded.manual THEN r.action ELSE excluded.action END, \
         modified = excluded.modified RETURNING id",
        batch::relation(backend, &COLUMNS)
    );
    let made = db.query_all_raw(batch::statement(backend, sql, rows(new), vec![now.into()])).await?;
    made.iter().map(|row| row.try_get("", "id")).collect()
}

fn rows(new: &[New]) -> Vec<Json> {
    let write = |(n, new): (usize, &New)| {
        row([
            ("n", Json::from(n)),
            ("co_id", Json::from(new.co_id)),
            ("target_id", Json::from(new.target_id)),
            ("kind", Json::from(new.subject.kind.code())),
            ("subject_id", Json::from(new.subject.id)),
            ("action", Json::from(new.action.clone())),
            ("manual", Json::from(new.manual)),
            ("actor", Json::from(new.actor.clone())),
            ("traceparent", Json::from(new.traceparent.clone())),
        ])
    };
    new.iter().enumerate().map(write).collect()
}

/// Finds a request.
///
/// # Errors
/// Those of the database.
pub async fn find<C: ConnectionTrait>(db: &C, id: i64) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// What a list of requests is narrowed by; all must hold (D10).
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this CO.
    pub co_id: Option<i64>,
    /// At this target.
    pub target_id: Option<i64>,
    /// About these subjects: more than one can only match nothing.
    pub subjects: Vec<Subject>,
    /// That stand so.
    pub status: Vec<Status>,
}

/// Lists requests by id; no more than `limit`, where that is not 0.
///
/// # Errors
/// Those of the database.
pub async fn list<C: ConnectionTrait>(db: &C, by: &Filter, after: i64, limit: u64) -> Result<Vec<Model>, DbErr> {
    let mut query = Entity::find().filter(Column::Id.gt(after)).order_by_asc(Column::Id);
    if let Some(co) = by.co_id {
        query = query.filter(Column::CoId.eq(co));
    }
    if let Some(target) = by.target_id {
        query = query.filter(Column::CoProvisioningTargetId.eq(target));
    }
    for subject in &by.subjects {
        query = query.filter(Column::SubjectKind.eq(subject.kind.code())).filter(Column::SubjectId.eq(subject.id));
    }
    for status in &by.status {
        query = query.filter(Column::Status.eq(status.code()));
    }
    if limit > 0 {
        query = query.limit(limit);
    }
    query.all(db).await
}

/// The CO of the requests that a target has, or had.
///
/// # Errors
/// Those of the database.
pub async fn co_of_target<C: ConnectionTrait>(db: &C, target_id: i64) -> Result<Option<i64>, DbErr> {
    let row =
        Entity::find().filter(Column::CoProvisioningTargetId.eq(target_id)).order_by_asc(Column::Id).one(db).await?;
    Ok(row.map(|row| row.co_id))
}

/// Cancels a request that waits; gives whether it waited. Of several who asked for the same, and were answered with the
/// same request, each withdraws only their own wish: the last one cancels.
///
/// # Errors
/// Those of the database.
pub async fn cancel<C: ConnectionTrait>(db: &C, id: i64, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let sql = "UPDATE provisioning_requests SET status = CASE WHEN askers > 1 THEN status ELSE 'Canceled' END, \
               ended = CASE WHEN askers > 1 THEN ended ELSE $2 END, modified = $2, \
               askers = CASE WHEN askers > 1 THEN askers - 1 ELSE askers END \
               WHERE id = $1 AND status IN ('Queued', 'Retrying')";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.into(), now.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected() > 0)
}

/// Cancels what waits for targets; gives the requests.
///
/// # Errors
/// Those of the database.
pub async fn cancel_of_targets<C: ConnectionTrait>(
    db: &C,
    targets: &[i64],
    why: &str,
    now: DateTime<Utc>,
) -> Result<Vec<i64>, DbErr> {
    let backend = db.get_database_backend();
    let relation = batch::relation(backend, &[B::Int("id")]);
    let sql = format!(
        "UPDATE provisioning_requests SET status = 'Canceled', ended = $2, modified = $2, last_error = $3 \
         WHERE status IN ('Queued', 'Retrying') AND co_provisioning_target_id IN (SELECT v.id FROM {relation}) \
         RETURNING id"
    );
    let rows = targets.iter().map(|id| row([("id", Json::from(*id))])).collect();
    let canceled = db.query_all_raw(batch::statement(backend, sql, rows, vec![now.into(), why.into()])).await?;
    canceled.iter().map(|row| row.try_get("", "id")).collect()
}

/// Queues a failed request again, with all its retries; gives whether it had failed.
///
/// # Errors
/// Those of the database; the unique index says no if another one waits for the same.
pub async fn requeue<C: ConnectionTrait>(
    db: &C,
    id: i64,
    actor: &str,
    traceparent: Option<String>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "UPDATE provisioning_requests SET status = 'Queued', tries = 0, manual = true, actor_identifier = $3, \
               traceparent = $4, due = $2, ended = NULL, lease_until = NULL, cursor_kind = NULL, cursor_id = NULL, \
               expanded = false, modified = $2 WHERE id = $1 AND status = 'Failed'";
    let values = [id.into(), now.into(), actor.into(), traceparent.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected() > 0)
}
