//! Changes of several people that are made in step, in one transaction.
//!
//! Guarantee: nobody waits for somebody else's lock. Mechanism: the people, and the locks that changes share, are taken all at
//! once and without waiting; whose is not free is left out, and is changed alone. Failure: see [`Convoy`].

use std::collections::{BTreeMap, BTreeSet};

use proto::caller::Caller;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, LockBehavior, LockType, Query},
};
use service_kit::{
    database::{Convoy, Transaction, Wrote},
    rows::among,
};

use crate::{
    change::{
        Change,
        holds::{array, is_shared, locks_on},
        time::{TIME, with_time},
    },
    context::App,
    domain::ids::PersonId,
    store::entity::co_person,
};

/// How long a change in step waits for a lock that cannot be foreseen, in milliseconds.
const PATIENCE: u32 = 500;

/// Who is to be changed, by whom, and what the change refers to, by resource.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// Who makes the change.
    pub caller: &'a Caller,
    /// Whose status and memberships follow from it.
    pub person: PersonId,
    /// The records that it refers to.
    pub refers_to: BTreeMap<String, BTreeSet<i64>>,
}

impl Wanted<'_> {
    /// Whether all that it needs can be held without waiting: what it refers to is held by shared locks.
    #[must_use]
    pub fn goes_in_step(&self) -> bool {
        let own =
            |resource: &str, ids: &BTreeSet<i64>| resource == "CoPerson" && *ids == BTreeSet::from([self.person.0]);
        self.refers_to.iter().all(|(resource, ids)| is_shared(resource) || own(resource, ids))
    }
}

/// Begins the changes that can go in step, each of another person; none for those that cannot.
///
/// # Errors
/// Those of the database.
pub async fn begin<'a>(
    app: &'a App,
    convoy: &Convoy,
    wanted: &[Wanted<'a>],
) -> Result<Vec<Option<(Change<'a>, Wrote)>>, DbErr> {
    let mut changes: Vec<(Change<'a>, Wrote, BTreeSet<i64>)> = Vec::new();
    for one in wanted {
        let (seat, wrote) = convoy.seat();
        let change = Change::of(app, seat, one.caller);
        let mut shared = one.refers_to.clone();
        shared.retain(|resource, _| is_shared(resource));
        let locks = locks_on(&change, &shared);
        changes.push((change, wrote, locks));
    }
    let locks: BTreeSet<i64> = changes.iter().flat_map(|(_, _, locks)| locks.iter().copied()).collect();
    let people: BTreeSet<i64> = wanted.iter().map(|one| one.person.0).collect();
    let held = hold(&convoy.transaction(), &people, &locks).await?;
    let begun = |((mut change, wrote, locks), one): ((Change<'a>, Wrote, _), &Wanted<'a>)| {
        let person = held.people.get(&one.person.0)?.clone();
        locks_are_free(&held, &locks).then_some(())?;
        if let Some(time) = held.time {
            change.tell_time(time);
        }
        change.know(person);
        change.locked = locks;
        Some((change, wrote))
    };
    Ok(changes.into_iter().zip(wanted).map(begun).collect())
}

fn locks_are_free(held: &Held, locks: &BTreeSet<i64>) -> bool {
    locks.is_disjoint(&held.not_free)
}

/// What is held.
#[derive(Debug, Default)]
struct Held {
    people: BTreeMap<i64, co_person::Model>,
    not_free: BTreeSet<i64>,
    time: Option<chrono::DateTime<chrono::Utc>>,
}

/// Holds what is free of some people, and shares what is free of some locks.
async fn hold(tx: &Transaction, people: &BTreeSet<i64>, locks: &BTreeSet<i64>) -> Result<Held, DbErr> {
    let backend = tx.get_database_backend();
    let people = co_person::Entity::find()
        .filter(among(backend, (co_person::Entity, co_person::Column::Id), people))
        .order_by_asc(co_person::Column::Id);
    if backend == DbBackend::Sqlite {
        // Who writes is alone, and the changes know the time.
        let people = people.all(tx).await?.into_iter().map(|person| (person.id, person)).collect();
        return Ok(Held { people, ..Held::default() });
    }
    let free = people.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    let not_free = "(SELECT string_agg(k::text, ',') FROM unnest($1::text::bigint[]) AS k WHERE NOT pg_try_advisory_xact_lock_shared(k))";
    let mut query = Query::select();
    query
        .expr(Expr::cust("*"))
        .expr_as(Expr::cust_with_values(not_free, [array(locks)]), Alias::new("not_free"))
        .expr_as(Expr::cust(format!("(SELECT set_config('lock_timeout', '{PATIENCE}', true))")), Alias::new("patience"))
        // What is asked in step looks rows up by their ids: there is nothing to plan anew.
        .expr_as(Expr::cust("(SELECT set_config('plan_cache_mode', 'force_generic_plan', true))"), Alias::new("plans"))
        .from_subquery(free.into_query(), Alias::new("held"));
    let mut held = Held::default();
    for row in tx.query_all(with_time(&mut query)).await? {
        let person = co_person::Model::from_query_result(&row, "")?;
        let not_free: Option<String> = row.try_get("", "not_free")?;
        held.not_free.extend(not_free.iter().flat_map(|ids| ids.split(',')).filter_map(|id| id.parse::<i64>().ok()));
        held.time = Some(row.try_get("", TIME)?);
        held.people.insert(person.id, person);
    }
    Ok(held)
}
