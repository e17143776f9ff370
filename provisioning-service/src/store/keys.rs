//! The keys that subjects may have at targets, beside those that were applied last.
//!
//! A key is written down before the call that may make it, and forgotten when it was taken away, or has become the one that
//! is applied, and nothing older can land any more.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use serde_json::Value as Json;

use crate::{
    domain::{ids::TargetId, subject::Kind},
    store::{
        batch::{self, Column, Row, row},
        leases::{self, Held},
        states::{Place, place_in, place_of},
    },
};

/// A key that a subject may have at a target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// What the target may call it.
    pub key: String,
    /// It is to be called so; else it is to be taken away.
    pub wanted: bool,
}

const PLACE: [Column; 3] = [Column::Int("target_id"), Column::Text("kind"), Column::Int("subject_id")];
pub(super) const KEYS: [Column; 5] = [
    Column::Int("target_id"),
    Column::Text("kind"),
    Column::Int("subject_id"),
    Column::Text("key"),
    Column::Bool("wanted"),
];

/// The keys of places.
///
/// # Errors
/// Those of the database.
pub async fn find<C: ConnectionTrait>(db: &C, places: &[Place]) -> Result<HashMap<Place, Vec<Key>>, DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "SELECT k.co_provisioning_target_id, k.subject_kind, k.subject_id, k.key, k.wanted FROM {} JOIN target_keys AS k \
         ON k.co_provisioning_target_id = v.target_id AND k.subject_kind = v.kind AND k.subject_id = v.subject_id",
        batch::relation(backend, &PLACE)
    );
    let rows = places.iter().map(|place| row(place_of(*place))).collect();
    let mut found: HashMap<Place, Vec<Key>> = HashMap::new();
    for row in db.query_all_raw(batch::statement(backend, sql, rows, Vec::new())).await? {
        let Some(place) = place_in(&row)? else { continue };
        found.entry(place).or_default().push(Key { key: row.try_get("", "key")?, wanted: row.try_get("", "wanted")? });
    }
    Ok(found)
}

pub(super) fn rows_of<'a>(keys: impl IntoIterator<Item = (Place, &'a Key)>) -> Vec<Row> {
    let write = |(place, key): (Place, &Key)| {
        let [target, kind, subject] = place_of(place);
        row([target, kind, subject, ("key", Json::from(key.key.clone())), ("wanted", Json::from(key.wanted))])
    };
    keys.into_iter().map(write).collect()
}

/// Writes keys down; each once. To be called in the transaction that records the end of the request that they come of.
///
/// # Errors
/// Those of the database.
pub async fn intend<C: ConnectionTrait>(db: &C, keys: &[(Place, Key)]) -> Result<(), DbErr> {
    if keys.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!("{INTEND} FROM {} WHERE true {IN_ORDER} {ONCE}", batch::relation(backend, &KEYS));
    let rows = rows_of(keys.iter().map(|(place, key)| (*place, key)));
    db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    Ok(())
}

/// Writes down the keys of requests that are held still: whoever lost a request to another worker writes nothing, however late
/// that comes to be known.
///
/// # Errors
/// Those of the database.
pub async fn intend_by<C: ConnectionTrait>(db: &C, keys: &[(Held, Place, Key)]) -> Result<(), DbErr> {
    if keys.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    // Who takes a request over leaves out what is locked.
    let lock = if backend == DbBackend::Sqlite { "" } else { "FOR KEY SHARE OF q" };
    let columns: Vec<Column> = KEYS.into_iter().chain([Column::Int("request"), Column::Int("number")]).collect();
    let sql = format!(
        "{INTEND} FROM {} JOIN provisioning_requests AS q ON {} WHERE true {IN_ORDER} {lock} {ONCE}",
        batch::relation(backend, &columns),
        leases::is_held(backend, "q", 1)
    );
    let rows = keys.iter().map(held_row).collect();
    db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    Ok(())
}

const INTEND: &str = "INSERT INTO target_keys (co_provisioning_target_id, subject_kind, subject_id, key, wanted) \
                      SELECT v.target_id, v.kind, v.subject_id, v.key, v.wanted";
const IN_ORDER: &str = "ORDER BY v.target_id, v.kind, v.subject_id, v.key";
const ONCE: &str =
    "ON CONFLICT (co_provisioning_target_id, subject_kind, subject_id, key) DO UPDATE SET wanted = excluded.wanted";

/// Forgets the keys of places.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, places: &[Place]) -> Result<(), DbErr> {
    if places.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "DELETE FROM target_keys WHERE (co_provisioning_target_id, subject_kind, subject_id) IN \
         (SELECT v.target_id, v.kind, v.subject_id FROM {})",
        batch::relation(backend, &PLACE)
    );
    let rows = places.iter().map(|place| row(place_of(*place))).collect();
    db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    Ok(())
}

/// Takes back what was written down by requests that are held still, and not sent: nothing came of it.
///
/// # Errors
/// Those of the database.
pub async fn withdraw<C: ConnectionTrait>(db: &C, keys: &[(Held, Place, Key)]) -> Result<(), DbErr> {
    if keys.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let columns: Vec<Column> = KEYS.into_iter().chain([Column::Int("request"), Column::Int("number")]).collect();
    // As when they were written down: whoever takes a request over meanwhile would believe them.
    let (materialized, lock) =
        if backend == DbBackend::Sqlite { ("", "") } else { ("MATERIALIZED", "FOR KEY SHARE OF q") };
    let sql = format!(
        "WITH unsent AS {materialized} (SELECT v.target_id, v.kind, v.subject_id, v.key FROM {} \
         JOIN provisioning_requests AS q ON {} {lock}) \
         DELETE FROM target_keys WHERE (co_provisioning_target_id, subject_kind, subject_id, key) IN (\
         SELECT u.target_id, u.kind, u.subject_id, u.key FROM unsent AS u)",
        batch::relation(backend, &columns),
        leases::is_held(backend, "q", 1)
    );
    let rows = keys.iter().map(held_row).collect();
    db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    Ok(())
}

/// Notes that keys of places were in calls that were refused: what such a call had begun may be there.
///
/// # Errors
/// Those of the database.
pub async fn note_sent<C: ConnectionTrait>(db: &C, keys: &[(Place, Key)]) -> Result<(), DbErr> {
    if keys.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "UPDATE target_keys SET sent = true WHERE NOT sent AND (co_provisioning_target_id, subject_kind, subject_id, key) IN (\
         SELECT v.target_id, v.kind, v.subject_id, v.key FROM {})",
        batch::relation(backend, &KEYS)
    );
    let rows = rows_of(keys.iter().map(|(place, key)| (*place, key)));
    db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    Ok(())
}

/// Takes back what was written down for places to have, and was not sent: nothing came of it.
///
/// # Errors
/// Those of the database.
pub async fn take_back<C: ConnectionTrait>(db: &C, keys: &[(Place, Key)]) -> Result<(), DbErr> {
    if keys.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "DELETE FROM target_keys WHERE wanted AND (co_provisioning_target_id, subject_kind, subject_id, key) IN (\
         SELECT v.target_id, v.kind, v.subject_id, v.key FROM {})",
        batch::relation(backend, &KEYS)
    );
    let rows = rows_of(keys.iter().map(|(place, key)| (*place, key)));
    db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    Ok(())
}

fn held_row((held, place, key): &(Held, Place, Key)) -> Row {
    let [target, kind, subject] = place_of(*place);
    let (request, number) = (("request", Json::from(held.id)), ("number", Json::from(held.fence)));
    let (key, wanted) = (("key", Json::from(key.key.clone())), ("wanted", Json::from(key.wanted)));
    row([target, kind, subject, key, wanted, request, number])
}

/// Forgets the keys of targets.
///
/// # Errors
/// Those of the database.
pub async fn forget_targets<C: ConnectionTrait>(db: &C, targets: &[TargetId]) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    for table in ["target_keys", "awaited_names"] {
        let sql = format!(
            "DELETE FROM {table} WHERE co_provisioning_target_id IN (SELECT v.id FROM {})",
            batch::relation(backend, &[Column::Int("id")])
        );
        let rows = targets.iter().map(|id| row([("id", Json::from(*id))])).collect();
        db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    }
    Ok(())
}

/// Of keys of places, those that another subject has or is to have at the same target.
///
/// # Errors
/// Those of the database.
pub async fn of_others<C: ConnectionTrait>(db: &C, keys: &[(Place, Key)]) -> Result<HashSet<(Place, String)>, DbErr> {
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let backend = db.get_database_backend();
    let other = "AND NOT (o.subject_kind = v.kind AND o.subject_id = v.subject_id)";
    let sql = format!(
        "SELECT v.target_id AS co_provisioning_target_id, v.kind AS subject_kind, v.subject_id, v.key FROM {} \
         WHERE EXISTS (SELECT 1 FROM subject_states AS o WHERE o.co_provisioning_target_id = v.target_id \
         AND o.applied_key = v.key {other}) \
         OR EXISTS (SELECT 1 FROM target_keys AS o WHERE o.co_provisioning_target_id = v.target_id \
         AND o.key = v.key AND o.wanted {other})",
        batch::relation(backend, &KEYS)
    );
    let rows = rows_of(keys.iter().map(|(place, key)| (*place, key)));
    let mut found = HashSet::new();
    for row in db.query_all_raw(batch::statement(backend, sql, rows, Vec::new())).await? {
        let Some(place) = place_in(&row)? else { continue };
        found.insert((place, row.try_get("", "key")?));
    }
    Ok(found)
}

/// A longer key in bytes has no place in an index.
const LONGEST: usize = 2_048;

/// Whether a key can be written down: others are too long for an index, or have what no database takes in a text.
#[must_use]
pub fn is_plain(key: &str) -> bool {
    key.len() <= LONGEST && !key.contains('\0')
}

/// Of keys, those that subjects of a kind have or are to have at a target, and which subjects.
///
/// # Errors
/// Those of the database.
pub async fn subjects<C: ConnectionTrait>(
    db: &C,
    target_id: TargetId,
    kind: Kind,
    keys: &[String],
) -> Result<BTreeMap<String, i64>, DbErr> {
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let backend = db.get_database_backend();
    let relation = batch::relation(backend, &[Column::Text("key")]);
    let of = "o.co_provisioning_target_id = $2 AND o.subject_kind = $3";
    let sql = format!(
        "SELECT v.key, o.subject_id FROM {relation} JOIN subject_states AS o ON {of} AND o.applied_key = v.key UNION \
         SELECT v.key, o.subject_id FROM {relation} JOIN target_keys AS o ON {of} AND o.key = v.key AND o.wanted"
    );
    let rows = keys.iter().map(|key| row([("key", Json::from(key.as_str()))])).collect();
    let statement = batch::statement(backend, sql, rows, vec![target_id.into(), kind.code().into()]);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "key")?, row.try_get("", "subject_id")?))).collect()
}

/// Who of those that share a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// All that have it or may have it.
    All,
    /// Those that have it and those that are to have it.
    Wanting,
}

/// The other places at the same target that have, or may have, one of the keys of places.
///
/// # Errors
/// Those of the database.
pub async fn sharers<C: ConnectionTrait>(db: &C, keys: &[(Place, Key)], among: Among) -> Result<Vec<Place>, DbErr> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let other = "NOT (o.subject_kind = v.kind AND o.subject_id = v.subject_id)";
    let columns = "SELECT o.co_provisioning_target_id, o.subject_kind, o.subject_id FROM";
    let relation = batch::relation(backend, &KEYS);
    let sql = format!(
        "{columns} {relation} JOIN subject_states AS o ON o.co_provisioning_target_id = v.target_id \
         AND o.applied_key = v.key AND {other} UNION \
         {columns} {relation} JOIN target_keys AS o ON o.co_provisioning_target_id = v.target_id \
         AND o.key = v.key AND {other} {wanted}",
        wanted = if among == Among::Wanting { "AND o.wanted" } else { "" }
    );
    let rows = rows_of(keys.iter().map(|(place, key)| (*place, key)));
    let mut found = Vec::new();
    for row in db.query_all_raw(batch::statement(backend, sql, rows, Vec::new())).await? {
        found.extend(place_in(&row)?);
    }
    Ok(found)
}
