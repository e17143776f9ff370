//! Requests that stand for many (D36): how far they are, and whether they have ended.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{domain::subject::Subject, store::claim::Held};

/// Notes how far a request has been expanded, and holds it longer; `None` when it has been expanded to its end, from
/// when on nobody holds it. Gives whether it was still held.
///
/// # Errors
/// Those of the database.
pub async fn advance<C: ConnectionTrait>(
    db: &C,
    held: Held,
    cursor: Option<Subject>,
    lease_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "UPDATE provisioning_requests SET cursor_kind = $3, cursor_id = $4, expanded = $5, lease_until = $6, \
               modified = $7 WHERE id = $1 AND fence = $2 AND status = 'Running'";
    let values = [
        held.id.into(),
        held.fence.into(),
        cursor.map(|subject| subject.kind.code().to_owned()).into(),
        cursor.map(|subject| subject.id).into(),
        cursor.is_none().into(),
        cursor.map(|_| lease_until).into(),
        now.into(),
    ];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected() > 0)
}

/// Ends the requests whose children have all ended: `Failed` when some of those failed, with their number; `Canceled`
/// when some were canceled, with their number as well; `Succeeded` otherwise. One that was canceled because another took
/// its place counts through that one, which is a child too: a subject is canceled if all its children are. Gives their ids.
///
/// # Errors
/// Those of the database.
pub async fn settle<C: ConnectionTrait>(db: &C, now: DateTime<Utc>) -> Result<Vec<i64>, DbErr> {
    let failed = "(SELECT COUNT(*) FROM provisioning_request_children AS l JOIN provisioning_requests AS c \
                  ON c.id = l.child_id WHERE l.parent_id = provisioning_requests.id AND c.status = 'Failed')";
    let subject = "c.subject_kind || ':' || c.subject_id";
    let canceled = format!(
        "(SELECT COUNT(DISTINCT {subject}) - COUNT(DISTINCT CASE WHEN c.status <> 'Canceled' THEN {subject} END) \
         FROM provisioning_request_children AS l JOIN provisioning_requests AS c ON c.id = l.child_id \
         WHERE l.parent_id = provisioning_requests.id)"
    );
    let sql = format!(
        "UPDATE provisioning_requests SET status = CASE WHEN {failed} > 0 THEN 'Failed' \
         WHEN {canceled} > 0 THEN 'Canceled' ELSE 'Succeeded' END, \
         last_error = CASE WHEN {failed} > 0 THEN {failed} || ' of the requests it stands for failed.' \
         WHEN {canceled} = 1 THEN '1 of the requests it stands for was canceled.' \
         WHEN {canceled} > 1 THEN {canceled} || ' of the requests it stands for were canceled.' ELSE NULL END, \
         ended = $1, modified = $1 WHERE status = 'Running' AND expanded AND NOT EXISTS (\
         SELECT 1 FROM provisioning_request_children AS l JOIN provisioning_requests AS c ON c.id = l.child_id \
         WHERE l.parent_id = provisioning_requests.id AND c.status IN ('Queued', 'Running', 'Retrying')) RETURNING id"
    );
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [now.into()])).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}
