//! Writing down how requests ended.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value as Json;
use service_kit::{
    clock::Clock,
    planted::{self, Bug},
};

use crate::{
    domain::status::{Status, WAITING},
    store::{
        batch::{self, Column, row, time},
        cancel,
        leases::{self, Held},
    },
};

/// What becomes of a request.
#[derive(Clone, Debug)]
pub struct Change {
    /// Under which number it was begun.
    pub held: Held,
    /// Where it stands now.
    pub status: Status,
    /// What went wrong.
    pub error: Option<String>,
    /// When it is tried again.
    pub due: Option<DateTime<Utc>>,
    /// Whether the attempt counts.
    pub counts: bool,
    /// Whether it uses up a try.
    pub uses_try: bool,
    /// It failed for want of the target.
    pub wanting: bool,
}

/// What was written of a request.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// The request, and under which number it was begun.
    pub held: Held,
    /// Where it stands now.
    pub status: Status,
}

/// None is called like a column of the table: RETURNING, which SQLite lets name only the table's own, would be ambiguous.
const COLUMNS: [Column; 8] = [
    Column::Int("request"),
    Column::Int("number"),
    Column::Text("verdict"),
    Column::Text("error"),
    Column::Time("next"),
    Column::Bool("counts"),
    Column::Bool("uses_try"),
    Column::Bool("failed_wanting"),
];

/// Writes what became of requests, each only under the number it was begun with. One that would wait on while a newer one for the same target and subject waits already is canceled: the newer one does its work.
/// One for many whose wish was withdrawn meanwhile does not wait on. They end by the time of the database, by which they are compared.
///
/// # Errors
/// Those of the database; the unique index says no if a newer one came just now. The same again will do.
pub async fn write<C: ConnectionTrait>(db: &C, changes: &[Change], clock: &Clock) -> Result<Vec<Written>, DbErr> {
    let backend = db.get_database_backend();
    let ended = batch::now(backend, 3);
    let replaced = format!(
        "(v.verdict IN ({WAITING}) AND EXISTS (SELECT 1 FROM provisioning_requests AS w \
         WHERE w.status IN ({WAITING}) AND w.co_provisioning_target_id = r.co_provisioning_target_id \
         AND w.subject_kind = r.subject_kind AND w.subject_id = r.subject_id))"
    );
    // Nobody wishes it any more: it is expanded no further, and what it stands for is withdrawn.
    let stops = format!(
        "(r.withdrawn AND r.subject_kind IN ({}) AND v.verdict IN ('Queued', 'Retrying', 'Failed'))",
        cancel::many()
    );
    let held = match () {
        () if planted::is(Bug::NoFence) => "r.id = v.request".to_owned(),
        () if planted::is(Bug::LateResultRecorded) => {
            "r.id = v.request AND r.fence >= v.number AND r.status = 'Running'".to_owned()
        }
        () => leases::is_held(backend, "r", 1),
    };
    let sql = format!(
        "UPDATE provisioning_requests AS r SET status = CASE WHEN {stops} THEN 'Expanded' WHEN {replaced} THEN 'Canceled' ELSE v.verdict END, \
         expanded = r.expanded OR {stops}, ended = CASE WHEN {stops} THEN NULL \
         WHEN v.verdict IN ({WAITING}) AND NOT {replaced} THEN NULL ELSE {ended} END, \
         last_error = CASE WHEN {replaced} THEN v.error || ' A newer request for the same takes its place.' \
         ELSE v.error END, due = COALESCE(v.next, r.due), lease_until = NULL, takeovers = 0, modified = $2, \
         attempts = CASE WHEN v.counts THEN r.attempts ELSE r.attempts - 1 END, \
         tries = CASE WHEN v.uses_try OR r.tries = 0 THEN r.tries ELSE r.tries - 1 END, \
         turn = CASE WHEN v.verdict = 'Queued' AND NOT v.counts THEN r.turn ELSE NULL END, wanting = v.failed_wanting, held = r.held OR v.verdict = 'Held' \
         FROM {} WHERE {held} RETURNING id, fence, status",
        batch::relation(backend, &COLUMNS)
    );
    // In the order of their ids, in which leases are renewed.
    let mut changes: Vec<&Change> = changes.iter().collect();
    changes.sort_unstable_by_key(|change| change.held.id);
    let rows = changes.into_iter().map(|change| {
        row([
            ("request", Json::from(change.held.id)),
            ("number", Json::from(change.held.fence)),
            ("verdict", Json::from(change.status.code())),
            ("error", Json::from(change.error.clone())),
            ("next", change.due.map_or(Json::Null, time)),
            ("counts", Json::from(change.counts)),
            ("uses_try", Json::from(change.uses_try)),
            ("failed_wanting", Json::from(change.wanting)),
        ])
    });
    let rest = vec![clock.now().into(), clock.of_database(backend).into()];
    let written = db.query_all_raw(batch::statement(backend, sql, rows.collect(), rest)).await?;
    written
        .iter()
        .map(|row| {
            let status: String = row.try_get("", "status")?;
            let status =
                Status::of_code(&status).ok_or_else(|| DbErr::Type(format!("the status {status} is not known")))?;
            let held = Held { id: row.try_get("", "id")?, fence: row.try_get("", "fence")? };
            Ok(Written { held, status })
        })
        .collect()
}
