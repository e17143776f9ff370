//! Names at targets that subjects wait for while another one has them: whoever lets go of one finds by this who is to be asked
//! for again. It says nothing of what a target has.

use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value as Json;

use crate::store::{
    batch::{self, Column, row},
    states::{Place, place_in, place_of},
};

const PLACE: [Column; 3] = [Column::Int("target_id"), Column::Text("kind"), Column::Int("subject_id")];
const NAME: [Column; 4] =
    [Column::Int("target_id"), Column::Text("kind"), Column::Int("subject_id"), Column::Text("key")];

fn rows(names: &[(Place, String)]) -> Vec<batch::Row> {
    let write = |(place, key): &(Place, String)| {
        let [target, kind, subject] = place_of(*place);
        row([target, kind, subject, ("key", Json::from(key.as_str()))])
    };
    names.iter().map(write).collect()
}

/// Notes who waits for which name; each place for one.
///
/// # Errors
/// Those of the database.
pub async fn wait<C: ConnectionTrait>(db: &C, names: &[(Place, String)]) -> Result<(), DbErr> {
    if names.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "INSERT INTO awaited_names (co_provisioning_target_id, subject_kind, subject_id, key) \
         SELECT v.target_id, v.kind, v.subject_id, v.key FROM {} WHERE true ORDER BY v.target_id, v.kind, v.subject_id \
         ON CONFLICT (co_provisioning_target_id, subject_kind, subject_id) DO UPDATE SET key = excluded.key",
        batch::relation(backend, &NAME)
    );
    db.execute_raw(batch::statement(backend, sql, rows(names), Vec::new())).await?;
    Ok(())
}

/// Forgets that places wait.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, places: &[Place]) -> Result<(), DbErr> {
    if places.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "DELETE FROM awaited_names WHERE (co_provisioning_target_id, subject_kind, subject_id) IN \
         (SELECT v.target_id, v.kind, v.subject_id FROM {})",
        batch::relation(backend, &PLACE)
    );
    let rows = places.iter().map(|place| row(place_of(*place))).collect();
    db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    Ok(())
}

/// The places that wait for names that others let go of; they wait no more.
///
/// # Errors
/// Those of the database.
pub async fn freed<C: ConnectionTrait>(db: &C, names: &[(Place, String)]) -> Result<Vec<Place>, DbErr> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "DELETE FROM awaited_names WHERE (co_provisioning_target_id, key) IN (SELECT v.target_id, v.key FROM {}) \
         RETURNING co_provisioning_target_id, subject_kind, subject_id",
        batch::relation(backend, &NAME)
    );
    let mut found = Vec::new();
    for row in db.query_all_raw(batch::statement(backend, sql, rows(names), Vec::new())).await? {
        found.extend(place_in(&row)?);
    }
    Ok(found)
}
