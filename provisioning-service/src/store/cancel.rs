//! Canceling requests (D38, D40): by who asked for them, a request for many with what it stands for, or with their target.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{
    domain::{
        ids::{RequestId, TargetId},
        status::{Status, WAITING},
        subject::Kind,
    },
    store::{awaited, batch, children},
};

/// A request for many that waits has begun: it was tried, or stands for others already.
const BEGUN: &str = "(status = 'Retrying' OR cursor_kind IS NOT NULL OR EXISTS (SELECT 1 \
     FROM provisioning_request_children AS c WHERE c.parent_id = provisioning_requests.id AND NOT c.ended))";

/// Withdraws a wish for each of some requests that wait; gives those that waited, and how each stands then. Of several who
/// asked for the same, and were answered with the same request, each withdraws only their own wish: the last one cancels.
/// If a change is to be carried out by it as well, it goes on waiting for that, as if nobody had asked: the guard judges it
/// again, whatever the wish was to force. Withdrawing once more changes nothing.
///
/// # Errors
/// Those of the database.
pub async fn wishes<C: ConnectionTrait>(
    db: &C,
    ids: &[RequestId],
    now: DateTime<Utc>,
) -> Result<Vec<(RequestId, Option<Status>)>, DbErr> {
    let backend = db.get_database_backend();
    let last = "askers <= 1";
    let wish_only = "(askers = 1 AND changed IS NOT NULL)";
    // Whoever asks once more because an answer was lost must not cancel the change.
    let goes_on = format!("({wish_only} OR (askers = 0 AND withdrawn))");
    let sql = format!(
        "UPDATE provisioning_requests SET \
         status = CASE WHEN {last} AND NOT {goes_on} THEN 'Canceled' ELSE status END, \
         ended = CASE WHEN {last} AND NOT {goes_on} THEN $2 ELSE ended END, modified = $2, \
         withdrawn = withdrawn OR {wish_only}, \
         manual = CASE WHEN {wish_only} THEN false ELSE manual END, \
         actor_identifier = CASE WHEN {wish_only} THEN NULL ELSE actor_identifier END, \
         action = CASE WHEN {wish_only} THEN changed ELSE action END, \
         forced = CASE WHEN {wish_only} THEN false ELSE forced END, \
         askers = CASE WHEN {last} AND NOT {wish_only} THEN askers ELSE askers - 1 END \
         WHERE id {among} AND status IN ({WAITING}) \
         AND NOT (subject_kind IN ({many}) AND {BEGUN}) RETURNING id, status",
        among = batch::among(backend, 1),
        many = many(),
    );
    let rows = db.query_all_raw(batch::statement(backend, sql, batch::ids(ids), vec![now.into()])).await?;
    let stand =
        rows.iter().map(|row| Ok((row.try_get("", "id")?, Status::of_code(&row.try_get::<String>("", "status")?))));
    let stand = stand.collect::<Result<Vec<(RequestId, Option<Status>)>, DbErr>>()?;
    let canceled = stand.iter().filter(|(_, status)| *status == Some(Status::Canceled)).map(|(id, _)| *id);
    awaited::forget_requests(db, &canceled.collect::<Vec<_>>()).await?;
    Ok(stand)
}

/// Withdraws a wish for a request for many that has begun; gives whether there is one whose wish was not withdrawn before.
/// The last one who asked ends its expansion; from then on what it stands for is withdrawn in steps
/// ([`children::withdrawn`]), and it ends when what runs of it has ended.
///
/// # Errors
/// Those of the database.
pub async fn begun<C: ConnectionTrait>(db: &C, id: RequestId, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let last = "askers <= 1";
    let waits = format!("{last} AND status IN ('Queued', 'Retrying')");
    let sql = format!(
        "UPDATE provisioning_requests SET withdrawn = {last}, askers = CASE WHEN {last} THEN askers ELSE askers - 1 END, \
         status = CASE WHEN {waits} THEN 'Expanded' ELSE status END, expanded = expanded OR ({waits}), modified = $2 \
         WHERE id = $1 AND subject_kind IN ({many}) AND NOT withdrawn \
         AND (status IN ('Running', 'Expanded') OR (status IN ('Queued', 'Retrying') AND {BEGUN}))",
        many = many(),
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.into(), now.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected() > 0)
}

/// Whether the wish for a request was withdrawn.
///
/// # Errors
/// Those of the database.
pub async fn is_withdrawn<C: ConnectionTrait>(db: &C, id: RequestId) -> Result<bool, DbErr> {
    let sql = "SELECT withdrawn FROM provisioning_requests WHERE id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.into()]);
    db.query_one_raw(statement).await?.map_or(Ok(false), |row| row.try_get("", "withdrawn"))
}

/// The number under which a request was begun last, and whether the wish for it was withdrawn; nothing if it is gone.
///
/// # Errors
/// Those of the database.
pub async fn standing<C: ConnectionTrait>(db: &C, id: RequestId) -> Result<Option<(i64, bool)>, DbErr> {
    let sql = "SELECT fence, withdrawn FROM provisioning_requests WHERE id = $1";
    let row = db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [id.into()])).await?;
    row.map(|row| Ok((row.try_get("", "fence")?, row.try_get("", "withdrawn")?))).transpose()
}

/// The kinds of what stands for many, to stand in SQL.
pub(super) fn many() -> String {
    let kinds = [Kind::Cou, Kind::Co, Kind::Comparison].map(|kind| format!("'{}'", kind.code()));
    kinds.join(", ")
}

/// Cancels what waits for targets; gives the requests.
///
/// # Errors
/// Those of the database.
pub async fn of_targets<C: ConnectionTrait>(
    db: &C,
    targets: &[TargetId],
    why: &str,
    now: DateTime<Utc>,
) -> Result<Vec<RequestId>, DbErr> {
    let backend = db.get_database_backend();
    let among = batch::among(backend, 1);
    let sql = format!(
        "UPDATE provisioning_requests SET status = 'Canceled', ended = $2, modified = $2, last_error = $3 \
         WHERE status IN ({WAITING}) AND co_provisioning_target_id {among} \
         RETURNING id"
    );
    let rest = vec![now.into(), why.into()];
    // It will not answer any more.
    let wanting = format!(
        "UPDATE provisioning_requests SET wanting = false WHERE status = 'Failed' AND wanting AND co_provisioning_target_id {among}"
    );
    db.execute_raw(batch::statement(backend, wanting, batch::ids(targets), Vec::new())).await?;
    let canceled = db.query_all_raw(batch::statement(backend, sql, batch::ids(targets), rest)).await?;
    let canceled = canceled.iter().map(|row| row.try_get("", "id")).collect::<Result<Vec<RequestId>, _>>()?;
    children::end(db, &canceled).await?;
    Ok(canceled)
}
