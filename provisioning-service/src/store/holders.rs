//! Who has names at targets, and whether they may let go of them (ADR 0065).

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{
    domain::{
        ids::TargetId,
        status::WAITING,
        subject::{Kind, Subject},
    },
    store::{
        batch,
        keys::{KEYS, Key, rows_of},
        states::{Place, place_in},
    },
};

/// Who has a key at a target, or is to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The subject.
    pub subject: Subject,
    /// A request for it waits or runs there, or it is to be settled, which may make it let go.
    pub is_moving: bool,
}

/// The columns that say which place something is about, to stand in SQL: target, kind, id.
type At<'a> = [&'a str; 3];

const O: At<'_> = ["o.co_provisioning_target_id", "o.subject_kind", "o.subject_id"];

/// A place that is compared, by the columns of a row of a batch.
const V: At<'_> = ["v.target_id", "v.kind", "v.subject_id"];

/// That a row of a table is about a place.
fn at(row: &str, [target, kind, id]: At<'_>) -> String {
    format!("{row}.co_provisioning_target_id = {target} AND {row}.subject_kind = {kind} AND {row}.subject_id = {id}")
}

/// A request of one of some statuses that wait runs or waits for a place, or waits for its target to answer again. Each of the three is
/// looked up in an index of its own: all requests that a subject ever had are many.
fn is_asked_for(place: At<'_>, waiting: &str) -> String {
    let any =
        |which: &str| format!("EXISTS (SELECT 1 FROM provisioning_requests AS r WHERE {} AND {which})", at("r", place));
    let (waits, runs) = (any(&format!("r.status IN ({waiting})")), any("r.status = 'Running'"));
    format!("({waits} OR {runs} OR {})", any("r.status = 'Failed' AND r.wanting"))
}

/// Something may land at a place still, or may have: nobody knows what it is called there.
fn is_unsettled(place: At<'_>) -> String {
    format!("EXISTS (SELECT 1 FROM subject_states AS s WHERE {} AND s.unsettled_until IS NOT NULL)", at("s", place))
}

/// What is called by a key may be there, made for a place: it is unsettled, or a call with that key was refused, which may have begun
/// something before.
fn may_be_there(place: At<'_>, key: &str) -> String {
    let sent = format!("EXISTS (SELECT 1 FROM target_keys AS n WHERE {} AND n.key = {key} AND n.sent)", at("n", place));
    format!("({} OR {sent})", is_unsettled(place))
}

/// A key `o` that is to be taken away holds up nobody who is to be called so and has `key`: it was written down for that one already,
/// which was not refused then; or its place waits for just that key, too, and of two who wait one goes first. Not if the target
/// may have something of that name, made for the place of `o`.
pub(super) fn is_excused(place: At<'_>, key: &str) -> String {
    let has =
        format!("EXISTS (SELECT 1 FROM target_keys AS m WHERE {} AND m.key = {key} AND m.wanted)", at("m", place));
    let waits = format!("EXISTS (SELECT 1 FROM awaited_names AS w WHERE {} AND w.key = o.key)", at("w", O));
    let (theirs, own) = (may_be_there(O, "o.key"), may_be_there(place, key));
    let [_, kind, id] = place;
    let first = format!("({kind} < o.subject_kind OR ({kind} = o.subject_kind AND {id} < o.subject_id))");
    format!("(({has} AND (NOT {theirs} OR {own})) OR ({waits} AND (NOT {theirs} OR ({own} AND {first}))))")
}

/// What the guard holds may stay held for ever.
const GOING: &str = "'Queued', 'Retrying'";

/// Whether the subject that has a key at a target is about to be changed there.
///
/// # Errors
/// Those of the database.
pub async fn is_moving<C: ConnectionTrait>(db: &C, target_id: TargetId, key: &str) -> Result<bool, DbErr> {
    let sql = format!(
        "SELECT o.subject_id FROM subject_states AS o WHERE o.co_provisioning_target_id = $1 AND o.applied_key = $2 AND {} LIMIT 1",
        is_asked_for(O, GOING)
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [target_id.into(), key.into()]);
    Ok(db.query_one_raw(statement).await?.is_some())
}

/// Of keys of places, who else has them, may have them still, or is to have them at the same target; of several, one that may
/// let go of it.
///
/// # Errors
/// Those of the database.
pub async fn of<C: ConnectionTrait>(db: &C, keys: &[(Place, Key)]) -> Result<HashMap<(Place, String), Holder>, DbErr> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = db.get_database_backend();
    let relation = batch::relation(backend, &KEYS);
    let columns = "v.target_id AS co_provisioning_target_id, v.kind AS subject_kind, v.subject_id, v.key, \
                   o.subject_kind AS holding_kind, o.subject_id AS holding_id";
    let same = "ON o.co_provisioning_target_id = v.target_id AND NOT (o.subject_kind = v.kind AND o.subject_id = v.subject_id)";
    let holding = ["h.co_provisioning_target_id", "h.holding_kind", "h.holding_id"];
    let sql = format!(
        "SELECT h.*, {asked} OR EXISTS (SELECT 1 FROM subject_states AS s WHERE {held} AND s.settle_due IS NOT NULL) \
         AS is_moving FROM (\
         SELECT {columns} FROM {relation} JOIN subject_states AS o {same} AND o.applied_key = v.key UNION \
         SELECT {columns} FROM {relation} JOIN target_keys AS o {same} AND o.key = v.key AND (o.wanted OR NOT {excused})) AS h",
        asked = is_asked_for(holding, WAITING),
        held = at("s", holding),
        excused = is_excused(V, "v.key")
    );
    let rows = rows_of(keys.iter().map(|(place, key)| (*place, key)));
    let mut found = HashMap::new();
    for row in db.query_all_raw(batch::statement(backend, sql, rows, Vec::new())).await? {
        let Some(place) = place_in(&row)? else { continue };
        let Some(kind) = Kind::of_code(&row.try_get::<String>("", "holding_kind")?) else { continue };
        let subject = Subject::new(kind, row.try_get("", "holding_id")?);
        let holder = Holder { subject, is_moving: row.try_get("", "is_moving")? };
        let known = found.entry((place, row.try_get("", "key")?)).or_insert_with(|| holder.clone());
        if holder.is_moving {
            *known = holder;
        }
    }
    Ok(found)
}
