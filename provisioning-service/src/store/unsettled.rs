//! Places where an older content may still land: writing them down, and making requests for those that are due.

use chrono::{DateTime, Utc};
use proto::events::v1::Action;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use serde_json::Value as Json;

use crate::{
    domain::{
        action,
        ids::RequestId,
        status::WAITING,
        subject::{Kind, Subject},
        unsettled::Unsettled,
    },
    store::{
        batch::{self, Column, row, time},
        states::{Place, place_of},
    },
};

/// How many places are taken at a time.
const PAGE: i64 = 500;

/// A place to be settled, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The CO.
    pub co_id: i64,
    /// The place.
    pub place: Place,
}

const COLUMNS: [Column; 7] = [
    Column::Int("target_id"),
    Column::Text("kind"),
    Column::Int("subject_id"),
    Column::Time("until"),
    Column::Text("content"),
    Column::Time("due"),
    Column::Int("rounds"),
];

/// Writes what may land at places, or that nothing can any more; each place once.
///
/// # Errors
/// Those of the database.
pub async fn write<C: ConnectionTrait>(
    db: &C,
    places: &[(Place, Option<Unsettled>)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if places.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "INSERT INTO subject_states (co_provisioning_target_id, subject_kind, subject_id, status, revision, modified, \
         unsettled_until, unsettled_content, settle_due, settle_rounds) SELECT v.target_id, v.kind, v.subject_id, \
         'Unknown', 0, $2, v.until, v.content, v.due, v.rounds FROM {} WHERE true \
         ORDER BY v.target_id, v.kind, v.subject_id \
         ON CONFLICT (co_provisioning_target_id, subject_kind, subject_id) DO UPDATE SET \
         unsettled_until = excluded.unsettled_until, unsettled_content = excluded.unsettled_content, \
         settle_due = excluded.settle_due, settle_rounds = excluded.settle_rounds",
        batch::relation(backend, &COLUMNS)
    );
    let rows = places.iter().map(|(place, may_land)| {
        let [target, kind, subject] = place_of(*place);
        let of = may_land.as_ref();
        row([
            target,
            kind,
            subject,
            ("until", of.map_or(Json::Null, |of| time(of.until))),
            ("content", Json::from(of.and_then(|of| of.content.clone()))),
            ("due", of.and_then(|of| of.due).map_or(Json::Null, time)),
            ("rounds", Json::from(of.map_or(0, |of| of.rounds))),
        ])
    });
    db.execute_raw(batch::statement(backend, sql, rows.collect(), vec![now.into()])).await?;
    Ok(())
}

/// Takes places that are due, and looks at them again at `later` if nothing comes of it. Those of disabled targets wait, and
/// those that are being worked on: what becomes of that says when they are due.
///
/// # Errors
/// Those of the database.
pub async fn take<C: ConnectionTrait>(
    db: &C,
    now: Option<DateTime<Utc>>,
    later: DateTime<Utc>,
) -> Result<Vec<Due>, DbErr> {
    let backend = db.get_database_backend();
    let (time, locked) = match backend {
        DbBackend::Postgres => ("COALESCE($1, clock_timestamp())", "FOR UPDATE OF s SKIP LOCKED"),
        _ => ("$1", ""),
    };
    let sql = format!(
        "UPDATE subject_states SET settle_due = $2 WHERE (co_provisioning_target_id, subject_kind, subject_id) IN (\
         SELECT s.co_provisioning_target_id, s.subject_kind, s.subject_id FROM subject_states AS s \
         JOIN co_provisioning_targets AS t ON t.id = s.co_provisioning_target_id AND t.status <> 'X' \
         WHERE s.settle_due IS NOT NULL AND s.settle_due <= {time} \
         AND NOT EXISTS (SELECT 1 FROM provisioning_requests AS b WHERE b.status = 'Running' \
         AND b.co_provisioning_target_id = s.co_provisioning_target_id AND b.subject_kind = s.subject_kind \
         AND b.subject_id = s.subject_id) ORDER BY s.settle_due LIMIT $3 {locked}) \
         RETURNING co_provisioning_target_id, subject_kind, subject_id, \
         (SELECT t.co_id FROM co_provisioning_targets AS t WHERE t.id = co_provisioning_target_id) AS co_id"
    );
    let values: [Value; 3] = [now.into(), later.into(), PAGE.into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let mut due = Vec::with_capacity(rows.len());
    for row in &rows {
        let kind: String = row.try_get("", "subject_kind")?;
        // The target was deleted just now, or a newer program wrote the row.
        let (Some(kind), Some(co_id)) = (Kind::of_code(&kind), row.try_get("", "co_id")?) else { continue };
        let subject = Subject::new(kind, row.try_get("", "subject_id")?);
        due.push(Due { co_id, place: Place { target_id: row.try_get("", "co_provisioning_target_id")?, subject } });
    }
    Ok(due)
}

/// Makes requests, due now, that settle places; one that finds another waiting makes that run out of its turn, and leaves
/// it the time of its own, does not go with the wish for it, and is bound by no plan that was looked at for that. A group is asked for as a whole: it may be its members who landed late. Gives their ids.
///
/// # Errors
/// Those of the database.
pub async fn enqueue<C: ConnectionTrait>(db: &C, due: &[Due], now: DateTime<Utc>) -> Result<Vec<RequestId>, DbErr> {
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let columns = [
        Column::Int("co_id"),
        Column::Int("target_id"),
        Column::Text("kind"),
        Column::Int("subject_id"),
        Column::Text("action"),
    ];
    let sql = format!(
        "INSERT INTO provisioning_requests AS r (co_id, co_provisioning_target_id, subject_kind, subject_id, status, \
         action, changed, manual, attempts, tries, fence, due, expanded, created, modified, askers, turn) \
         SELECT v.co_id, v.target_id, v.kind, v.subject_id, 'Queued', v.action, v.action, false, 0, 0, 0, $2, false, $2, $2, 0, $2 \
         FROM {} WHERE true ORDER BY v.target_id, v.kind, v.subject_id \
         ON CONFLICT (co_provisioning_target_id, subject_kind, subject_id) WHERE status IN ({WAITING}) \
         DO UPDATE SET due = CASE WHEN r.due > excluded.due THEN excluded.due ELSE r.due END, \
         changed = CASE WHEN r.subject_kind = 'co_group' THEN excluded.changed ELSE COALESCE(r.changed, excluded.changed) END, \
         digest = NULL, \
         action = CASE WHEN r.subject_kind = 'co_group' THEN excluded.action ELSE r.action END, \
         turn = CASE WHEN r.due > excluded.due THEN r.due ELSE r.turn END, modified = excluded.modified RETURNING id",
        batch::relation(backend, &columns)
    );
    let rows = due.iter().map(|due| {
        let [target, kind, subject] = place_of(due.place);
        let action = match due.place.subject.kind {
            Kind::Group => action::of_request(Kind::Group),
            kind => action::of_change(kind, Action::Updated),
        };
        row([("co_id", Json::from(due.co_id)), target, kind, subject, ("action", Json::from(action))])
    });
    let made = db.query_all_raw(batch::statement(backend, sql, rows.collect(), vec![now.into()])).await?;
    made.iter().map(|row| row.try_get("", "id")).collect()
}
