//! Requests of a target that failed for good.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use service_kit::clock::Clock;

use crate::{
    domain::{
        action::FILLS,
        ids::{RequestId, TargetId},
        status::WAITING,
    },
    store::{batch, children::ASKERS_ANEW},
};

/// Who asks for them again.
#[derive(Clone, Debug)]
pub struct Asker<'a> {
    /// By name.
    pub actor: &'a str,
    /// In which trace.
    pub traceparent: Option<String>,
}

/// Another request for the same subject that has succeeded since, or is under way, does the work of one that failed (one that
/// fills no group not that of one that does), and of several that failed the last one is asked again; what was canceled has
/// done nobody's work. One for many that failed because of those it stands for is not asked again beside them.
fn last() -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM provisioning_requests AS n \
         WHERE n.co_provisioning_target_id = f.co_provisioning_target_id AND n.subject_kind = f.subject_kind \
         AND n.subject_id = f.subject_id AND n.id <> f.id AND (n.status IN ({WAITING}, 'Running') \
         OR (n.id > f.id AND (n.status = 'Failed' OR (n.status = 'Succeeded' AND n.ended >= f.ended \
         AND (n.repair OR NOT f.repair) AND (n.remove_extra OR NOT f.remove_extra) \
         AND (n.action = '{FILLS}' OR COALESCE(f.action, '') <> '{FILLS}')))))) \
         AND NOT EXISTS (SELECT 1 FROM provisioning_request_children AS c WHERE c.parent_id = f.id)"
    )
}

/// Queues them again, with all their retries: all, or those whose last error contains a text. Gives their ids.
///
/// # Errors
/// Those of the database; the unique index says no if another one waits since just now. The same again will do.
pub async fn requeue<C: ConnectionTrait>(
    db: &C,
    target: TargetId,
    error: Option<&str>,
    asker: &Asker<'_>,
    clock: &Clock,
) -> Result<Vec<RequestId>, DbErr> {
    let backend = db.get_database_backend();
    let contains = match backend {
        DbBackend::Sqlite => "($2 IS NULL OR instr(f.last_error, $2) > 0)",
        _ => "($2::text IS NULL OR position($2::text IN f.last_error) > 0)",
    };
    // Said twice: whoever waited for another transaction finds the row as that has left it, and what runs by now is not
    // taken from who is at it.
    let sql = format!(
        "UPDATE provisioning_requests SET status = 'Queued', tries = 0, manual = true, actor_identifier = $4, \
         traceparent = $5, due = {due}, ended = NULL, lease_until = NULL, cursor_kind = NULL, cursor_id = NULL, \
         expanded = false, takeovers = 0, turn = NULL, wanting = false, withdrawn = false, digest = NULL, modified = $3, \
         askers = {ASKERS_ANEW}, \
         action = CASE WHEN subject_kind = 'co_group' THEN '{FILLS}' ELSE action END \
         WHERE status = 'Failed' AND id IN (SELECT f.id FROM provisioning_requests AS f WHERE f.co_provisioning_target_id = $1 \
         AND f.status = 'Failed' AND {contains} AND {last}) RETURNING id",
        last = last(),
        due = batch::now(backend, 6)
    );
    let values: [Value; 6] = [
        target.into(),
        error.map(str::to_owned).into(),
        clock.now().into(),
        asker.actor.into(),
        asker.traceparent.clone().into(),
        clock.of_database(backend).into(),
    ];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}
