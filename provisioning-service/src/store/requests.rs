//! Requests: making, merging, finding.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    Statement, Value, sea_query::Expr,
};
use serde_json::Value as Json;
use service_kit::clock::Clock;

use crate::{
    domain::{
        action::{self, FILLS},
        ids::{RequestId, TargetId},
        status::{Status, WAITING},
        subject::{Kind, Subject},
    },
    store::{
        batch::{self, Column as B, Row, row},
        children::{self, ASKERS_ANEW},
        entity::request::{Column, Entity, Model},
        states::{self, Place},
    },
};

/// A request to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// Whose it is.
    pub co_id: i64,
    /// At which target.
    pub target_id: TargetId,
    /// About what.
    pub subject: Subject,
    /// Why.
    pub action: Option<String>,
    /// How many have asked for it by name; none for a change.
    pub askers: i64,
    /// Who asked last.
    pub actor: Option<String>,
    /// The trace of who asked last.
    pub traceparent: Option<String>,
    /// What else whoever asked wishes.
    pub wish: Wish,
}

/// What whoever asks may wish beside the errand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The guard does not hold it (D53).
    pub force: bool,
    /// The digest of the plan that was looked at (D51).
    pub digest: Option<String>,
    /// Of a comparison: make requests for what is missing or different (D57).
    pub repair: bool,
    /// Of a comparison: remove what is not to be there.
    pub remove_extra: bool,
}

impl New {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { target_id: self.target_id, subject: self.subject }
    }
}

const COLUMNS: [B; 13] = [
    B::Int("n"),
    B::Int("co_id"),
    B::Int("target_id"),
    B::Text("kind"),
    B::Int("subject_id"),
    B::Text("action"),
    B::Int("askers"),
    B::Text("actor"),
    B::Text("traceparent"),
    B::Bool("forced"),
    B::Text("digest"),
    B::Bool("repair"),
    B::Bool("remove_extra"),
];

/// Makes requests, due now, in this order; one that finds another waiting for its target and subject merges with that.
/// Somebody who asks wins over a change: the request is due at once and its retries begin anew. A change leaves the
/// waiting request its time, so that a target that is down is not called for every change. A group that is to be filled
/// ([`crate::domain::action::FILLS`]) is filled, whatever else changes of it. No two may be about the same target and subject. A plan that one of them looked at binds only those who looked at it: what another one wishes, or what
/// has changed, is carried out whatever it was (D51). Gives their ids, in this order.
///
/// # Errors
/// Those of the database.
pub async fn enqueue<C: ConnectionTrait>(db: &C, new: &[New], clock: &Clock) -> Result<Vec<RequestId>, DbErr> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let (with, insert) = insertion(backend);
    let sql = if with.is_empty() { insert } else { format!("WITH {with} {insert}") };
    made(new, &db.query_all_raw(batch::statement(backend, sql, rows(new), times(backend, clock))).await?)
}

/// The parameters `$2` and `$3` of an [`insertion`].
pub(super) fn times(backend: DbBackend, clock: &Clock) -> Vec<Value> {
    vec![clock.now().into(), clock.of_database(backend).into()]
}

/// The requests that were made, in the order of what was to be made, by the rows that an [`insertion`] gives.
pub(super) fn made(new: &[New], rows: &[QueryResult]) -> Result<Vec<RequestId>, DbErr> {
    let mut made = HashMap::with_capacity(new.len());
    for row in rows {
        if let Some(place) = states::place_in(row)? {
            made.insert(place, row.try_get("", "id")?);
        }
    }
    new.iter().map(|new| made.get(&new.place()).copied().ok_or(DbErr::RecordNotInserted)).collect()
}

/// The text that makes requests of the rows of `$1`, and what stands before it after `WITH`.
pub(super) fn insertion(backend: DbBackend) -> (String, String) {
    let relation = batch::relation(backend, &COLUMNS);
    // Places are locked in an order of their own, so that two that make many do not wait for one another in a circle; the
    // order of the work is that of the ids, which are given before.
    let (with, id, number, from, order) = match backend {
        DbBackend::Sqlite => (String::new(), "", "", relation, "v.n"),
        _ => {
            let numbered = format!(
                "SELECT nextval('provisioning_requests_id_seq') AS id, o.* FROM (SELECT * FROM {relation} ORDER BY v.n) AS o"
            );
            (format!("numbered AS MATERIALIZED ({numbered})"), "id, ", "v.id, ", "numbered AS v".to_owned(), PLACE)
        }
    };
    let insert = format!(
        "INSERT INTO provisioning_requests AS r ({id}co_id, co_provisioning_target_id, subject_kind, subject_id, status, \
         action, manual, actor_identifier, traceparent, attempts, tries, fence, due, expanded, created, modified, askers, \
         changed, forced, digest, repair, remove_extra, entered) \
         SELECT {number}v.co_id, v.target_id, v.kind, v.subject_id, 'Queued', v.action, v.askers > 0, v.actor, v.traceparent, \
         0, 0, 0, {}, false, $2, $2, v.askers, \
         CASE WHEN v.askers > 0 THEN NULL ELSE v.action END, v.forced, v.digest, v.repair, v.remove_extra, true FROM {from} WHERE true ORDER BY {order} \
         ON CONFLICT (co_provisioning_target_id, subject_kind, subject_id) WHERE status IN ({WAITING}) \
         DO UPDATE SET manual = r.manual OR excluded.manual, \
         askers = CASE WHEN r.withdrawn THEN 0 ELSE r.askers END + excluded.askers, \
         changed = CASE WHEN {kept_change} THEN r.changed ELSE COALESCE(excluded.changed, r.changed) END, \
         status = CASE WHEN excluded.manual OR r.status = 'Held' THEN 'Queued' ELSE r.status END, \
         due = CASE WHEN excluded.manual OR r.status = 'Held' THEN excluded.due ELSE r.due END, \
         forced = excluded.forced OR (r.forced AND excluded.askers > 0), digest = CASE WHEN r.digest IS NULL THEN NULL ELSE excluded.digest END, \
         repair = r.repair OR excluded.repair, remove_extra = r.remove_extra OR excluded.remove_extra, entered = true, \
         withdrawn = r.withdrawn AND NOT excluded.manual, \
         tries = CASE WHEN excluded.manual THEN 0 ELSE r.tries END, \
         cursor_kind = CASE WHEN excluded.manual THEN NULL ELSE r.cursor_kind END, \
         cursor_id = CASE WHEN excluded.manual THEN NULL ELSE r.cursor_id END, \
         actor_identifier = CASE WHEN excluded.manual THEN excluded.actor_identifier ELSE r.actor_identifier END, \
         traceparent = CASE WHEN excluded.manual THEN excluded.traceparent ELSE r.traceparent END, \
         action = CASE WHEN (r.manual AND NOT excluded.manual) OR {kept_action} THEN r.action ELSE excluded.action END, \
         modified = excluded.modified RETURNING id, co_provisioning_target_id, subject_kind, subject_id",
        batch::now(backend, 3),
        kept_change = outlasts("r.changed", "excluded.changed"),
        kept_action = outlasts("r.action", "excluded.action"),
    );
    (with, insert)
}

/// Says of two actions that the first is to be done though the second came later: who is to be compared with all its members
/// is, unless it is gone.
fn outlasts(first: &str, second: &str) -> String {
    format!("({first} = '{FILLS}' AND {second} <> '{GONE}')", GONE = action::of_removal(Kind::Group))
}

/// The order in which places are locked.
const PLACE: &str = "v.target_id, v.kind, v.subject_id";

/// The rows of `$1` of an [`insertion`].
pub(super) fn rows(new: &[New]) -> Vec<Row> {
    let write = |(n, new): (usize, &New)| {
        row([
            ("n", Json::from(n)),
            ("co_id", Json::from(new.co_id)),
            ("target_id", Json::from(new.target_id)),
            ("kind", Json::from(new.subject.kind.code())),
            ("subject_id", Json::from(new.subject.id)),
            ("action", Json::from(new.action.clone())),
            ("askers", Json::from(new.askers)),
            ("actor", Json::from(new.actor.clone())),
            ("traceparent", Json::from(new.traceparent.clone())),
            ("forced", Json::from(new.wish.force)),
            ("digest", Json::from(new.wish.digest.clone())),
            ("repair", Json::from(new.wish.repair)),
            ("remove_extra", Json::from(new.wish.remove_extra)),
        ])
    };
    new.iter().enumerate().map(write).collect()
}

/// Finds a request.
///
/// # Errors
/// Those of the database.
pub async fn find<C: ConnectionTrait>(db: &C, id: RequestId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Finds a request that is about to be changed; no other process changes it meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn find_for_update<C: ConnectionTrait>(db: &C, id: RequestId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(db).await
}

/// What a list of requests is narrowed by; all must hold (D10).
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this CO.
    pub co_id: Option<i64>,
    /// At this target.
    pub target_id: Option<TargetId>,
    /// About these subjects: more than one can only match nothing.
    pub subjects: Vec<Subject>,
    /// That stand so.
    pub status: Vec<Status>,
}

/// Lists requests by id; no more than `limit`, where that is not 0.
///
/// # Errors
/// Those of the database.
pub async fn list<C: ConnectionTrait>(db: &C, by: &Filter, after: i64, limit: u64) -> Result<Vec<Model>, DbErr> {
    if by.status.is_empty() {
        return read(db, by, None, after, limit).await;
    }
    let mut found = Vec::new();
    let meant = |status: &Status| by.status.iter().all(|wanted| wanted.wire() == status.wire());
    // Each for itself: those that stand there have an index of their own. In the order in which a request comes to stand there,
    // so that one that goes on meanwhile is found twice rather than never.
    for status in Status::ALL.into_iter().filter(meant) {
        found.extend(read(db, by, Some(status), after, limit).await?);
    }
    found.sort_by_key(|request: &Model| request.id);
    found.dedup_by_key(|request| request.id);
    found.truncate(if limit > 0 { usize::try_from(limit).unwrap_or(usize::MAX) } else { usize::MAX });
    Ok(found)
}

async fn read<C: ConnectionTrait>(
    db: &C,
    by: &Filter,
    status: Option<Status>,
    after: i64,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = Entity::find().filter(Column::Id.gt(after)).order_by_asc(Column::Id);
    if let Some(co) = by.co_id {
        query = query.filter(Column::CoId.eq(co));
    }
    if let Some(target) = by.target_id {
        query = query.filter(Column::CoProvisioningTargetId.eq(target));
    }
    for subject in &by.subjects {
        query = query.filter(Column::SubjectKind.eq(subject.kind.code())).filter(Column::SubjectId.eq(subject.id));
    }
    if let Some(status) = status {
        // Written out, so that a plan that is kept knows which index is meant.
        query = query.filter(Expr::cust(format!("status = '{}'", status.code())));
    }
    query.limit((limit > 0).then_some(limit)).all(db).await
}

/// The CO of the requests that a target has, or had.
///
/// # Errors
/// Those of the database.
pub async fn co_of_target<C: ConnectionTrait>(db: &C, target_id: TargetId) -> Result<Option<i64>, DbErr> {
    let row =
        Entity::find().filter(Column::CoProvisioningTargetId.eq(target_id)).order_by_asc(Column::Id).one(db).await?;
    Ok(row.map(|row| row.co_id))
}

/// Lets the requests that took the place of canceled ones inherit who asked for those, and for what, and what changed; who
/// waits for a canceled one finds the other by it. That the guard does not hold it goes on to a wish only: a change may be
/// a removal that nobody has foreseen. Gives whether all of them have one in their place: it may have been canceled just
/// now, and nothing is to be written then.
///
/// # Errors
/// Those of the database.
pub async fn inherit<C: ConnectionTrait>(db: &C, replaced: &[RequestId]) -> Result<bool, DbErr> {
    let backend = db.get_database_backend();
    // None but the id is called like a column of the one that is updated: RETURNING is not used, so that is no matter.
    let sql = format!(
        "UPDATE provisioning_requests AS w SET askers = w.askers + r.askers, manual = w.manual OR r.manual, \
         actor_identifier = CASE WHEN w.manual THEN w.actor_identifier ELSE r.actor_identifier END, \
         traceparent = CASE WHEN r.manual AND NOT w.manual THEN r.traceparent ELSE w.traceparent END, \
         action = CASE WHEN (r.manual AND NOT w.manual) OR {kept_action} THEN r.action ELSE w.action END, \
         changed = CASE WHEN {kept_change} THEN r.changed ELSE COALESCE(w.changed, r.changed) END, withdrawn = w.withdrawn AND NOT r.manual, \
         digest = CASE WHEN r.digest IS NULL THEN NULL ELSE w.digest END, \
         repair = w.repair OR r.repair, remove_extra = w.remove_extra OR r.remove_extra, \
         forced = w.forced OR (r.forced AND w.askers > 0) \
         FROM provisioning_requests AS r WHERE r.id {among} \
         AND w.co_provisioning_target_id = r.co_provisioning_target_id AND w.subject_kind = r.subject_kind \
         AND w.subject_id = r.subject_id AND w.status IN ({WAITING}) AND w.id <> r.id",
        among = batch::among(backend, 1),
        kept_change = outlasts("r.changed", "w.changed"),
        kept_action = outlasts("r.action", "w.action"),
    );
    db.execute_raw(batch::statement(backend, sql, batch::ids(replaced), Vec::new())).await?;
    let sql = format!(
        "UPDATE provisioning_requests AS r SET replaced_by = (SELECT MAX(w.id) FROM provisioning_requests AS w \
         WHERE w.status IN ({WAITING}, 'Running') AND w.id <> r.id AND w.subject_id = r.subject_id \
         AND w.subject_kind = r.subject_kind AND w.co_provisioning_target_id = r.co_provisioning_target_id) \
         WHERE r.id {} RETURNING replaced_by",
        batch::among(backend, 1)
    );
    let rows = db.query_all_raw(batch::statement(backend, sql, batch::ids(replaced), Vec::new())).await?;
    let by: Vec<Option<i64>> = rows.iter().map(|row| row.try_get("", "replaced_by")).collect::<Result<_, _>>()?;
    Ok(by.iter().all(Option::is_some))
}

/// Queues a failed request again, with all its retries, whatever plan was looked at before; gives whether it had failed.
///
/// # Errors
/// Those of the database; the unique index says no if another one waits for the same.
pub async fn requeue<C: ConnectionTrait>(
    db: &C,
    id: RequestId,
    actor: &str,
    traceparent: Option<String>,
    clock: &Clock,
) -> Result<bool, DbErr> {
    let backend = db.get_database_backend();
    let due = batch::now(backend, 5);
    let sql = format!(
        "UPDATE provisioning_requests SET status = 'Queued', tries = 0, manual = true, actor_identifier = $3, \
               traceparent = $4, due = {due}, ended = NULL, lease_until = NULL, cursor_kind = NULL, cursor_id = NULL, \
               expanded = false, takeovers = 0, withdrawn = false, digest = NULL, \
               askers = {ASKERS_ANEW}, wanting = false, modified = $2 \
         WHERE id = $1 AND status = 'Failed'"
    );
    let values = [id.into(), clock.now().into(), actor.into(), traceparent.into(), clock.of_database(backend).into()];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let queued = db.execute_raw(statement).await?.rows_affected() > 0;
    if queued {
        children::begin_anew(db, &[id]).await?;
    }
    Ok(queued)
}
