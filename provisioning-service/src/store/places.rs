//! All that is known of one subject at one target, for people.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement,
};

use crate::{
    domain::{ids::RequestId, subject::Subject},
    store::{
        entity::request::{Column, Entity, Model},
        states::Place,
    },
};

/// So many requests, and so many of their calls, are looked at.
const NEWEST: u64 = 20;

/// What was applied, and what went wrong.
#[derive(Clone, Debug, FromQueryResult)]
pub struct State {
    /// `Provisioned`, `Removed`, or `Unknown` before the first success.
    pub status: String,
    /// The revision that was applied.
    pub revision: i64,
    /// What the target calls it.
    pub applied_key: Option<String>,
    /// When.
    pub applied: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// A call of a connector.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Call {
    /// Which one.
    pub id: i64,
    /// Of which request.
    pub provisioning_request_id: RequestId,
    /// What became of the request by it.
    pub status: String,
    /// How it ended; none in rows of older programs.
    pub outcome: Option<String>,
    /// The target's words.
    pub message: Option<String>,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub ended: DateTime<Utc>,
}

/// The CO of a subject that the registry has no more, by its newest request, or by what a target has of it.
///
/// # Errors
/// Those of the database.
pub async fn co_of<C: ConnectionTrait>(db: &C, subject: Subject) -> Result<Option<i64>, DbErr> {
    let values = || [subject.kind.code().into(), subject.id.into()];
    for sql in [
        "SELECT co_id FROM provisioning_requests WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id DESC LIMIT 1",
        "SELECT t.co_id FROM co_provisioning_targets AS t JOIN subject_states AS s \
         ON s.co_provisioning_target_id = t.id AND s.subject_kind = $1 AND s.subject_id = $2 LIMIT 1",
    ] {
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values());
        if let Some(row) = db.query_one_raw(statement).await? {
            return row.try_get("", "co_id").map(Some);
        }
    }
    Ok(None)
}

/// What was applied of a subject, if anything is known.
///
/// # Errors
/// Those of the database.
pub async fn state<C: ConnectionTrait>(db: &C, place: Place) -> Result<Option<State>, DbErr> {
    let sql = "SELECT status, revision, applied_key, applied, last_error FROM subject_states \
               WHERE co_provisioning_target_id = $1 AND subject_kind = $2 AND subject_id = $3";
    let row = db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values(place))).await?;
    row.map(|row| State::from_query_result(&row, "")).transpose()
}

/// The newest requests about a subject, the last first.
///
/// # Errors
/// Those of the database.
pub async fn requests<C: ConnectionTrait>(db: &C, place: Place) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SubjectKind.eq(place.subject.kind.code()))
        .filter(Column::SubjectId.eq(place.subject.id))
        .filter(Column::CoProvisioningTargetId.eq(place.target_id))
        .order_by_desc(Column::Id)
        .limit(NEWEST)
        .all(db)
        .await
}

/// The newest calls of requests, the last first.
///
/// # Errors
/// Those of the database.
pub async fn calls<C: ConnectionTrait>(db: &C, requests: &[RequestId]) -> Result<Vec<Call>, DbErr> {
    let backend = db.get_database_backend();
    // Found first, and then ordered: in the order of all calls those of others would be read.
    let sql = format!(
        "WITH found AS MATERIALIZED (SELECT id, provisioning_request_id, status, outcome, message, started, ended \
         FROM provisioning_attempts WHERE provisioning_request_id {}) SELECT * FROM found ORDER BY id DESC LIMIT {NEWEST}",
        crate::store::batch::among(backend, 1)
    );
    let statement = crate::store::batch::statement(backend, sql, crate::store::batch::ids(requests), Vec::new());
    db.query_all_raw(statement).await?.iter().map(|row| Call::from_query_result(row, "")).collect()
}

fn values(place: Place) -> [sea_orm::Value; 3] {
    [place.target_id.into(), place.subject.kind.code().into(), place.subject.id.into()]
}
