//! Taking work, and taking over what others let go.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement, Value};
use service_kit::{
    clock::Clock,
    planted::{self, Bug},
};

use crate::{
    domain::ids::TargetId,
    store::{
        batch::{self, Column, row},
        entity::request::{Entity, Model},
        leases::{times, times_given},
        states::known_kinds,
    },
};

/// At which targets work is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// At all but these.
    AllBut(Vec<TargetId>),
    /// At this one.
    Only(TargetId),
}

/// What one CO has of the room of a process, and may take more of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfCo {
    /// The CO.
    pub co_id: i64,
    /// How many of its requests are under way.
    pub has: usize,
    /// How many more may be.
    pub more: usize,
}

/// The room of a process, by COs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Those of which something is under way.
    pub of: Vec<OfCo>,
    /// How many each of the others may take.
    pub others: usize,
}

impl Room {
    /// Room for whatever there is.
    #[must_use]
    pub fn endless() -> Self {
        Self { of: Vec::new(), others: usize::MAX }
    }
}

/// Takes requests that are due, in the order of each CO, and of all COs in turn, of each as many as there is room for; none
/// whose subject is being worked on at the same target. Due is what is due by the time of the database, and so is the lease:
/// clocks of hosts differ.
///
/// # Errors
/// Those of the database; the unique index says no if two processes took the same at once.
pub async fn due<C: ConnectionTrait>(
    db: &C,
    (scope, room): (&Scope, &Room),
    clock: &Clock,
    lease: Duration,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let backend = db.get_database_backend();
    let (now, until) = times(backend);
    let candidates = match backend {
        DbBackend::Sqlite => of_all(scope),
        _ => of_each_target(scope),
    };
    let sql = format!(
        "{candidates} UPDATE provisioning_requests SET status = 'Running', fence = fence + 1, attempts = attempts + 1, \
         tries = tries + 1, lease_until = {until}, started = {now}, modified = {now} \
         WHERE {} RETURNING {}",
        taken(backend),
        batch::columns::<Entity>()
    );
    let targets = match scope {
        Scope::AllBut(targets) => targets.clone(),
        Scope::Only(target) => vec![*target],
    };
    let of = room.of.iter().map(|of| row([("id", of.co_id.into()), ("has", of.has.into()), ("more", of.more.into())]));
    let others = i64::try_from(room.others).unwrap_or(i64::MAX);
    let places = [batch::parameter(batch::ids(&targets)), batch::parameter(of.collect()), others.into()];
    take(db, &sql, &places, clock, lease, limit).await
}

/// Says that a request is among those that were taken: each is looked up by its id, whatever the planner believes of how
/// many there are.
const fn taken(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "id IN (SELECT taken.id FROM taken)",
        _ => "id = ANY (ARRAY(SELECT taken.id FROM taken))",
    }
}

/// Looked up by all its columns for each candidate: of `NOT EXISTS` PostgreSQL makes a join at times, which reads all that
/// runs at the target for each. The index helps against this one too, unless a test takes it away.
fn not_running() -> &'static str {
    if planted::is(Bug::NoUniqueRunning) {
        return "true";
    }
    "(SELECT b.id FROM provisioning_requests AS b WHERE b.status = 'Running' \
     AND b.co_provisioning_target_id = q.co_provisioning_target_id AND b.subject_kind = q.subject_kind \
     AND b.subject_id = q.subject_id LIMIT 1) IS NULL"
}

const WAITING: &str = "status IN ('Queued', 'Retrying')";

/// The targets that something waits for, found by jumping along the index: `WITH RECURSIVE`.
fn waited_for() -> String {
    let least = "SELECT MIN(m.co_provisioning_target_id) FROM provisioning_requests AS m";
    format!(
        "WITH RECURSIVE waiting (id) AS (SELECT ({least} WHERE m.{WAITING}) UNION ALL \
         SELECT ({least} WHERE m.{WAITING} AND m.co_provisioning_target_id > w.id) FROM waiting AS w \
         WHERE w.id IS NOT NULL)"
    )
}

/// The COs take turns, so that one for which much waits keeps no other one waiting: the first of each, then the second.
const TURN: &str = "ROW_NUMBER() OVER (PARTITION BY f.co_id ORDER BY f.due, f.id)";

/// The first ones of each CO among some candidates (`id`, `co_id`, `due`): as many as it may take, after as many as it has.
/// `$5` is what each has, `$6` what the others may take.
fn in_turn(backend: DbBackend, candidates: &str) -> String {
    let room = batch::relation_at(backend, 5, &[Column::Int("id"), Column::Int("has"), Column::Int("more")]);
    format!(
        "first AS MATERIALIZED (SELECT c.id, c.due, c.nth + COALESCE(v.has, 0) AS nth \
         FROM (SELECT f.id, f.co_id, f.due, {TURN} AS nth FROM {candidates}) AS c LEFT JOIN {room} ON v.id = c.co_id \
         WHERE c.nth <= COALESCE(v.more, $6) ORDER BY 3, c.due, c.id LIMIT $3 * 2)"
    )
}

/// How many the CO of a target may take.
fn share(backend: DbBackend, target: &str) -> String {
    let room = batch::relation_at(backend, 5, &[Column::Int("id"), Column::Int("more")]);
    format!(
        "COALESCE((SELECT v.more FROM co_provisioning_targets AS p JOIN {room} ON v.id = p.co_id WHERE p.id = {target}), $6)"
    )
}

/// The first ones of each target, as in [`of_each_target`]. One process writes a SQLite file, through one connection.
fn of_all(scope: &Scope) -> String {
    let targets = match scope {
        Scope::AllBut(_) => format!(
            "SELECT w.id FROM waiting AS w WHERE w.id IS NOT NULL AND w.id NOT IN (SELECT value->>'id' FROM json_each($4)) \
             AND {} > 0",
            share(DbBackend::Sqlite, "w.id")
        ),
        Scope::Only(_) => "SELECT value->>'id' AS id FROM json_each($4)".to_owned(),
    };
    let candidates = format!(
        "({targets}) AS t \
         JOIN provisioning_requests AS f ON f.id IN (SELECT q.id FROM provisioning_requests AS q \
         WHERE q.co_provisioning_target_id = t.id AND q.{WAITING} AND q.due <= $1 AND q.subject_kind IN ({kinds}) AND {free} \
         ORDER BY q.due, q.id LIMIT $3)",
        kinds = known_kinds(),
        free = not_running()
    );
    format!(
        "{waited_for}, {first}, \
         taken AS MATERIALIZED (SELECT f.id FROM first AS f ORDER BY f.nth, f.due, f.id LIMIT $3)",
        waited_for = waited_for(),
        first = in_turn(DbBackend::Sqlite, &candidates)
    )
}

/// The first ones of each target by its own part of the index, and of these the first of each CO: what waits at a target that
/// is left out is not looked at. More are looked at than are taken, so that processes that take at the same time do not all
/// find the same ones locked. Those are found by their ids: the status is written so that no index of all that waits is
/// thought to be as good.
fn of_each_target(scope: &Scope) -> String {
    let (now, _) = times(DbBackend::Postgres);
    let listed = batch::among(DbBackend::Postgres, 4);
    let targets = match scope {
        Scope::Only(_) => "SELECT (value->>'id')::bigint AS id FROM json_array_elements($4::json)".to_owned(),
        Scope::AllBut(_) => format!("SELECT w.id FROM waiting AS w WHERE w.id IS NOT NULL AND NOT w.id {listed}"),
    };
    // Of a CO that may take little, little is looked at.
    let targets = format!("SELECT w.id, {} AS more FROM ({targets}) AS w", share(DbBackend::Postgres, "w.id"));
    let candidates = format!(
        "({targets}) AS t CROSS JOIN LATERAL (\
         SELECT q.id, q.due, q.co_id FROM provisioning_requests AS q WHERE q.co_provisioning_target_id = t.id \
         AND q.{WAITING} AND q.due <= {now} AND q.subject_kind IN ({kinds}) AND {free} ORDER BY q.due, q.id LIMIT LEAST($3, t.more) * 2) AS f",
        kinds = known_kinds(),
        free = not_running()
    );
    format!(
        "{waited_for}, {first}, \
         listed AS MATERIALIZED (SELECT ARRAY(SELECT f.id FROM first AS f ORDER BY f.nth, f.due, f.id) AS ids), \
         taken AS MATERIALIZED (SELECT q.id FROM provisioning_requests AS q \
         WHERE q.id = ANY ((SELECT l.ids FROM listed AS l)::bigint[]) AND q.status || '' IN ('Queued', 'Retrying') \
         ORDER BY array_position((SELECT l.ids FROM listed AS l), q.id) LIMIT $3 FOR UPDATE SKIP LOCKED)",
        waited_for = waited_for(),
        first = in_turn(DbBackend::Postgres, &candidates)
    )
}

/// Takes requests whose holder has not been heard of: it ended, or lost its connection. Its result will not be recorded.
///
/// # Errors
/// Those of the database.
pub async fn abandoned<C: ConnectionTrait>(
    db: &C,
    clock: &Clock,
    lease: Duration,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let backend = db.get_database_backend();
    let (now, until) = times(backend);
    let lock = if backend == DbBackend::Sqlite { "" } else { "FOR UPDATE SKIP LOCKED" };
    let sql = format!(
        "WITH taken AS MATERIALIZED (SELECT q.id FROM provisioning_requests AS q WHERE q.status = 'Running' \
         AND q.lease_until < {now} AND q.subject_kind IN ({kinds}) ORDER BY q.lease_until, q.id LIMIT $3 {lock}) \
         UPDATE provisioning_requests SET fence = fence + 1, attempts = attempts + 1, takeovers = takeovers + 1, \
         lease_until = {until}, started = {now}, modified = {now} WHERE {} RETURNING {}",
        taken(backend),
        batch::columns::<Entity>(),
        kinds = known_kinds()
    );
    take(db, &sql, &[], clock, lease, limit).await
}

async fn take<C: ConnectionTrait>(
    db: &C,
    sql: &str,
    places: &[Value],
    clock: &Clock,
    lease: Duration,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let backend = db.get_database_backend();
    let mut values = times_given(backend, clock, lease).to_vec();
    values.push(i64::try_from(limit).unwrap_or(i64::MAX / 2).into());
    values.extend_from_slice(places);
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let mut taken = rows.iter().map(|row| Model::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
    taken.sort_unstable_by_key(|row| (row.due, row.id));
    Ok(taken)
}
