//! Names at targets that subjects wait for while another one has them: whoever lets go of one finds by this who is to be asked
//! for again. It says nothing of what a target has.

use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::Value as Json;

use crate::{
    domain::ids::RequestId,
    store::{
        batch::{self, Column, row},
        holders,
        leases::{self, Held},
        states::{Place, known_kinds, place_in, place_of},
    },
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

/// Notes who waits for which name, each place for one: of requests that are held still.
///
/// # Errors
/// Those of the database.
pub async fn wait<C: ConnectionTrait>(db: &C, names: &[(Held, Place, String)]) -> Result<(), DbErr> {
    if names.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let columns: Vec<Column> = NAME.into_iter().chain([Column::Int("request"), Column::Int("number")]).collect();
    let sql = format!(
        "INSERT INTO awaited_names (co_provisioning_target_id, subject_kind, subject_id, key) \
         SELECT v.target_id, v.kind, v.subject_id, v.key FROM {} JOIN provisioning_requests AS q ON {} WHERE true ORDER BY v.target_id, v.kind, v.subject_id \
         ON CONFLICT (co_provisioning_target_id, subject_kind, subject_id) DO UPDATE SET key = excluded.key",
        batch::relation(backend, &columns),
        leases::is_held(backend, "q", 1)
    );
    let write = |(held, place, key): &(Held, Place, String)| {
        let [target, kind, subject] = place_of(*place);
        let (request, number) = (("request", Json::from(held.id)), ("number", Json::from(held.fence)));
        row([target, kind, subject, ("key", Json::from(key.as_str())), request, number])
    };
    db.execute_raw(batch::statement(backend, sql, names.iter().map(write).collect(), Vec::new())).await?;
    Ok(())
}

/// Forgets that the subjects of some requests that were begun wait: nobody wishes it any more, unless another one failed for want
/// of the same.
///
/// # Errors
/// Those of the database.
pub async fn forget_requests<C: ConnectionTrait>(db: &C, requests: &[RequestId]) -> Result<(), DbErr> {
    if requests.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "DELETE FROM awaited_names WHERE (co_provisioning_target_id, subject_kind, subject_id) IN \
         (SELECT r.co_provisioning_target_id, r.subject_kind, r.subject_id FROM provisioning_requests AS r WHERE r.id {} AND r.fence > 0 \
         AND NOT EXISTS (SELECT 1 FROM provisioning_requests AS n WHERE n.co_provisioning_target_id = r.co_provisioning_target_id \
         AND n.subject_kind = r.subject_kind AND n.subject_id = r.subject_id AND n.status = 'Failed'))",
        batch::among(backend, 1)
    );
    db.execute_raw(batch::statement(backend, sql, batch::ids(requests), Vec::new())).await?;
    Ok(())
}

/// At a target that is disabled nothing is carried out; those that wait there are asked for when it is not.
const ENABLED: &str = "NOT EXISTS (SELECT 1 FROM co_provisioning_targets AS t \
                       WHERE t.id = w.co_provisioning_target_id AND t.status = 'X')";

/// Takes the first of those that wait for each name, of some waiting places `w`: they wait no more. The others wait on: together
/// they would hold up each other. Kinds that only a newer program knows are left to it, and whoever waits for another name by now
/// waits for that.
fn take_first(which: &str) -> String {
    let (place, known) = ("co_provisioning_target_id, subject_kind, subject_id", known_kinds());
    format!(
        "DELETE FROM awaited_names WHERE ({place}, key) IN (SELECT {place}, key FROM (SELECT w.*, ROW_NUMBER() OVER (\
         PARTITION BY w.co_provisioning_target_id, w.key ORDER BY w.subject_kind, w.subject_id) AS nth \
         FROM awaited_names AS w WHERE w.subject_kind IN ({known}) AND {which} AND {ENABLED}) AS turns WHERE nth = 1) \
         RETURNING {place}, (SELECT t.co_id FROM co_provisioning_targets AS t \
         WHERE t.id = awaited_names.co_provisioning_target_id) AS co_id"
    )
}

/// The first of the places that wait for a name that nobody has, at targets that are not disabled, and their COs; they wait no more.
/// Whoever let go of it may not have seen that they wait.
///
/// # Errors
/// Those of the database.
pub async fn forgotten<C: ConnectionTrait>(db: &C) -> Result<Vec<(i64, Place)>, DbErr> {
    let backend = db.get_database_backend();
    let other = "o.co_provisioning_target_id = w.co_provisioning_target_id \
                 AND NOT (o.subject_kind = w.subject_kind AND o.subject_id = w.subject_id)";
    let sql = take_first(&format!(
        "NOT EXISTS (SELECT 1 FROM subject_states AS o WHERE {other} AND o.applied_key = w.key) \
         AND NOT EXISTS (SELECT 1 FROM target_keys AS o WHERE {other} AND o.key = w.key AND (o.wanted OR NOT {excused}))",
        excused = holders::is_excused(["w.co_provisioning_target_id", "w.subject_kind", "w.subject_id"], "w.key")
    ));
    let mut found = Vec::new();
    for row in db.query_all_raw(Statement::from_string(backend, sql)).await? {
        // That of a target that is gone was all that was left of it.
        let Some(co) = row.try_get::<Option<i64>>("", "co_id")? else { continue };
        found.extend(place_in(&row)?.map(|place| (co, place)));
    }
    Ok(found)
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

/// The first of the places that wait for each of some names that others let go of, at targets that are not disabled; they wait no
/// more.
///
/// # Errors
/// Those of the database.
pub async fn freed<C: ConnectionTrait>(db: &C, names: &[(Place, String)]) -> Result<Vec<Place>, DbErr> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let relation = batch::relation(backend, &NAME);
    let sql =
        take_first(&format!("(w.co_provisioning_target_id, w.key) IN (SELECT v.target_id, v.key FROM {relation})"));
    let mut found = Vec::new();
    for row in db.query_all_raw(batch::statement(backend, sql, rows(names), Vec::new())).await? {
        found.extend(place_in(&row)?);
    }
    Ok(found)
}
