//! Places that are behind the registry although nothing waits there.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::Value as Json;

use crate::{
    domain::{ids::TargetId, mode},
    store::batch::{self, Column, row},
};

/// A subject of the registry, and its revision there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// Its kind, as [`crate::domain::subject::Kind::code`] writes it.
    pub kind: &'static str,
    /// Its id.
    pub id: i64,
    /// Its revision.
    pub revision: i64,
}

/// A place that is behind.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Behind {
    /// The target.
    pub target_id: TargetId,
    /// The kind of the subject.
    pub kind: String,
    /// The subject.
    pub subject_id: i64,
    /// The revision that was applied.
    pub applied: i64,
    /// The revision in the registry.
    pub current: i64,
}

/// Finds the places of subjects that are behind at targets that follow changes, and whose newest request has succeeded.
///
/// # Errors
/// Those of the database.
pub async fn find<C: ConnectionTrait>(db: &C, current: &[Current]) -> Result<Vec<Behind>, DbErr> {
    let backend = db.get_database_backend();
    let following = mode::FOLLOWING_CHANGES.map(|code| format!("'{code}'")).join(", ");
    let sql = format!(
        "SELECT s.co_provisioning_target_id AS target_id, s.subject_kind AS kind, s.subject_id AS subject_id, \
         s.revision AS applied, v.revision AS current FROM {} JOIN subject_states AS s ON s.subject_kind = v.kind \
         AND s.subject_id = v.id AND s.revision < v.revision JOIN co_provisioning_targets AS t \
         ON t.id = s.co_provisioning_target_id AND t.status IN ({following}) WHERE s.status <> 'Unknown' \
         AND NOT EXISTS (SELECT 1 FROM provisioning_requests AS r WHERE r.subject_kind = s.subject_kind \
         AND r.subject_id = s.subject_id AND r.co_provisioning_target_id = s.co_provisioning_target_id \
         AND r.status <> 'Succeeded' AND NOT EXISTS (SELECT 1 FROM provisioning_requests AS n \
         WHERE n.subject_kind = s.subject_kind AND n.subject_id = s.subject_id \
         AND n.co_provisioning_target_id = s.co_provisioning_target_id AND n.id > r.id AND n.status = 'Succeeded'))",
        batch::relation(backend, &[Column::Text("kind"), Column::Int("id"), Column::Int("revision")])
    );
    let rows = current.iter().map(|current| {
        row([
            ("kind", Json::from(current.kind)),
            ("id", Json::from(current.id)),
            ("revision", Json::from(current.revision)),
        ])
    });
    let found = db.query_all_raw(batch::statement(backend, sql, rows.collect(), Vec::new())).await?;
    found.iter().map(|row| Behind::from_query_result(row, "")).collect()
}
