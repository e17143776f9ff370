//! What is known of subjects at targets: what was last applied there, and what went wrong.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, QueryResult, Statement};
use serde_json::Value as Json;

use crate::{
    domain::{
        ids::TargetId,
        subject::{Kind, Subject},
        unsettled::Unsettled,
    },
    store::{
        batch::{self, Column, row},
        entity::request::Model,
        health, keys,
    },
};

/// A subject at a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The target.
    pub target_id: TargetId,
    /// The subject.
    pub subject: Subject,
}

impl Place {
    /// The place of a request.
    ///
    /// # Errors
    /// If the row was written by a newer program.
    pub fn of(request: &Model) -> Result<Self, DbErr> {
        Ok(Self { target_id: request.co_provisioning_target_id, subject: request.subject()? })
    }
}

/// What was last applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The revision of the subject that was applied.
    pub revision: i64,
    /// What the target calls it.
    pub key: Option<String>,
    /// What may still land there.
    pub unsettled: Option<Unsettled>,
    /// It was applied, and not removed since.
    pub present: bool,
    /// The last call for it did not succeed, and may have done some of its work.
    pub broke: bool,
}

/// What became of a subject at a target.
#[derive(Clone, Debug)]
pub struct New {
    /// Where.
    pub place: Place,
    /// `Provisioned` or `Removed`; `None` leaves what was known.
    pub status: Option<&'static str>,
    /// The revision that was applied.
    pub revision: i64,
    /// Digest of what was sent.
    pub digest: Option<String>,
    /// What the target calls it.
    pub key: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    co_provisioning_target_id: TargetId,
    subject_kind: String,
    subject_id: i64,
    status: String,
    revision: i64,
    applied_key: Option<String>,
    unsettled_until: Option<DateTime<Utc>>,
    unsettled_content: Option<String>,
    settle_due: Option<DateTime<Utc>>,
    settle_rounds: i64,
    broke: bool,
}

pub(super) fn place_of(place: Place) -> [(&'static str, Json); 3] {
    [
        ("target_id", Json::from(place.target_id)),
        ("kind", Json::from(place.subject.kind.code())),
        ("subject_id", Json::from(place.subject.id)),
    ]
}

/// The kinds of subjects that are known, to stand in SQL: a newer program's are left to that.
pub(super) fn known_kinds() -> String {
    let kinds: Vec<String> =
        Kind::ALL.into_iter().chain([Kind::Comparison]).map(|kind| format!("'{}'", kind.code())).collect();
    kinds.join(", ")
}

/// The place that a row is about; `None` if a newer program wrote it.
pub(super) fn place_in(row: &QueryResult) -> Result<Option<Place>, DbErr> {
    let kind: String = row.try_get("", "subject_kind")?;
    let Some(kind) = Kind::of_code(&kind) else { return Ok(None) };
    let subject = Subject::new(kind, row.try_get("", "subject_id")?);
    Ok(Some(Place { target_id: row.try_get("", "co_provisioning_target_id")?, subject }))
}

/// What is known of subjects at targets.
///
/// # Errors
/// Those of the database.
pub async fn find<C: ConnectionTrait>(db: &C, places: &[Place]) -> Result<HashMap<Place, Known>, DbErr> {
    if places.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = db.get_database_backend();
    let columns = [Column::Int("target_id"), Column::Text("kind"), Column::Int("subject_id")];
    let relation = batch::relation(backend, &columns);
    let (what, place) = (
        "s.co_provisioning_target_id, s.subject_kind, s.subject_id, s.status, s.revision, s.applied_key, \
         s.unsettled_until, s.unsettled_content, s.settle_due, s.settle_rounds, s.last_error IS NOT NULL AS broke",
        "s.co_provisioning_target_id = v.target_id AND s.subject_kind = v.kind AND s.subject_id = v.subject_id",
    );
    let sql = match backend {
        DbBackend::Sqlite => format!("SELECT {what} FROM {relation} JOIN subject_states AS s ON {place}"),
        // Each by the primary key, whatever the planner believes of the table: a join would read all of it at times.
        _ => format!(
            "SELECT s.* FROM {relation} CROSS JOIN LATERAL (SELECT {what} FROM subject_states AS s WHERE {place} \
             LIMIT 1) AS s"
        ),
    };
    let rows = places.iter().map(|place| row(place_of(*place))).collect();
    let found = db.query_all_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    let mut known = HashMap::with_capacity(found.len());
    for row in &found {
        let row = Row::from_query_result(row, "")?;
        let Some(kind) = Kind::of_code(&row.subject_kind) else { continue };
        let subject = Subject::new(kind, row.subject_id);
        let place = Place { target_id: row.co_provisioning_target_id, subject };
        let unsettled = row.unsettled_until.map(|until| Unsettled {
            until,
            content: row.unsettled_content,
            due: row.settle_due,
            rounds: row.settle_rounds,
        });
        let present = row.status == "Provisioned";
        known.insert(
            place,
            Known { revision: row.revision, key: row.applied_key, unsettled, present, broke: row.broke },
        );
    }
    Ok(known)
}

const COLUMNS: [Column; 8] = [
    Column::Int("target_id"),
    Column::Text("kind"),
    Column::Int("subject_id"),
    Column::Text("status"),
    Column::Int("revision"),
    Column::Text("digest"),
    Column::Text("applied_key"),
    Column::Text("error"),
];

/// Writes what became of subjects; each place once. A failure leaves standing what was applied before.
///
/// # Errors
/// Those of the database.
pub async fn write<C: ConnectionTrait>(db: &C, new: &[New], now: DateTime<Utc>) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let kept = |column: &str| {
        format!("{column} = CASE WHEN excluded.status = 'Unknown' THEN s.{column} ELSE excluded.{column} END")
    };
    let kept = ["revision", "digest", "applied_key", "applied"].map(kept).join(", ");
    let sql = format!(
        "INSERT INTO subject_states AS s (co_provisioning_target_id, subject_kind, subject_id, status, revision, digest, \
         applied_key, applied, last_error, modified) SELECT v.target_id, v.kind, v.subject_id, v.status, v.revision, \
         v.digest, v.applied_key, CASE WHEN v.status = 'Unknown' THEN NULL ELSE $2 END, v.error, $2 \
         FROM {} WHERE true ORDER BY v.target_id, v.kind, v.subject_id \
         ON CONFLICT (co_provisioning_target_id, subject_kind, subject_id) DO UPDATE SET {kept}, \
         status = CASE WHEN excluded.status = 'Unknown' THEN s.status ELSE excluded.status END, \
         last_error = excluded.last_error, modified = excluded.modified",
        batch::relation(backend, &COLUMNS)
    );
    let rows = new.iter().map(|new| {
        let [target, kind, subject] = place_of(new.place);
        row([
            target,
            kind,
            subject,
            ("status", Json::from(new.status.unwrap_or("Unknown"))),
            ("revision", Json::from(new.revision)),
            ("digest", Json::from(new.digest.clone())),
            ("applied_key", Json::from(new.key.clone())),
            ("error", Json::from(new.error.clone())),
        ])
    });
    db.execute_raw(batch::statement(backend, sql, rows.collect(), vec![now.into()])).await?;
    Ok(())
}

/// The subjects of a kind that a target has, or may have, by id after one: all but those that were removed and of which no
/// key is left.
///
/// # Errors
/// Those of the database.
pub async fn there<C: ConnectionTrait>(
    db: &C,
    target: TargetId,
    kind: Kind,
    after: i64,
    limit: u32,
) -> Result<Vec<i64>, DbErr> {
    let of = "co_provisioning_target_id = $1 AND subject_kind = $2 AND subject_id";
    let page = "ORDER BY subject_id LIMIT $4";
    let keys = "SELECT DISTINCT subject_id FROM target_keys WHERE";
    let sql = format!(
        "SELECT subject_id FROM (SELECT * FROM (SELECT s.subject_id FROM subject_states AS s WHERE {of} > $3 \
         AND (s.status <> 'Removed' OR s.unsettled_until IS NOT NULL) {page}) AS known \
         UNION SELECT * FROM ({keys} {of} > $3 {page}) AS noted) AS either {page}"
    );
    let values = [target.into(), kind.code().into(), after.into(), i64::from(limit).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "subject_id")).collect()
}

/// Forgets what is known of targets.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, targets: &[TargetId]) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "DELETE FROM subject_states WHERE co_provisioning_target_id IN (SELECT v.id FROM {})",
        batch::relation(backend, &[Column::Int("id")])
    );
    let rows = targets.iter().map(|id| row([("id", Json::from(*id))])).collect();
    db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    health::forget(db, targets).await?;
    keys::forget_targets(db, targets).await
}
