//! Groups that may have been made at their target without their members.
//!
//! Guarantee: a group whose last request that was begun did not succeed is filled by the next one, whatever that was made for.
//! Mechanism: when that is carried out, no other one is under way; it is written as one that fills, so that it counts as one to
//! whoever asks later whether that was done. Failure: requests that retention has taken away tell nothing.

use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value as Json;

use crate::{
    domain::{
        action::{self, FILLS},
        ids::RequestId,
        subject::Kind,
    },
    store::{
        batch::{self, Column, row},
        leases::{Held, is_held},
    },
};

/// Of so many requests for a group at a target the one that ended last tells.
const LAST: u8 = 20;

/// Has those requests fill their groups that are held still and have to; gives them.
///
/// # Errors
/// Those of the database.
pub async fn fill<C: ConnectionTrait>(db: &C, held: &[Held]) -> Result<Vec<RequestId>, DbErr> {
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let before = format!(
        "SELECT l.status, l.ended, l.id FROM provisioning_requests AS l WHERE l.subject_kind = 'co_group' \
         AND l.subject_id = r.subject_id AND l.co_provisioning_target_id = r.co_provisioning_target_id \
         AND l.id <> r.id AND l.attempts > 0 AND l.ended IS NOT NULL ORDER BY l.id DESC LIMIT {LAST}"
    );
    let sql = format!(
        "UPDATE provisioning_requests AS r SET action = '{FILLS}', \
         changed = CASE WHEN r.changed IS NULL THEN NULL ELSE '{FILLS}' END \
         FROM {relation} WHERE {held} AND r.subject_kind = 'co_group' AND r.action <> '{GONE}' \
         AND (SELECT b.status FROM ({before}) AS b ORDER BY b.ended DESC, b.id DESC LIMIT 1) IN ('Failed', 'Canceled') \
         RETURNING id",
        relation = batch::relation(backend, &[Column::Int("request"), Column::Int("number")]),
        held = is_held(backend, "r", 1),
        GONE = action::of_removal(Kind::Group),
    );
    let rows =
        held.iter().map(|held| row([("request", Json::from(held.id)), ("number", Json::from(held.fence))])).collect();
    let written = db.query_all_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    written.iter().map(|row| row.try_get("", "id")).collect()
}
