//! Rows that are held until the change ends, so that changes of the same follow one another.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType, Query, Value},
};

use crate::{
    change::Change,
    context::Fault,
    domain::ids::{CoId, CouId, GroupId, OrgIdentityId, Owner, PersonId},
    rights::{permitted, privileged},
    store::{
        entity::{co, co_group, co_person, org_identity},
        owners::{self, Found},
        stored::{Stored, live},
    },
};

/// The row with an id, held until the change ends. What is to be deleted is held against everything that would hang
/// something on it; what is to be edited, against other edits.
///
/// # Errors
/// `Unknown`, also when it is of a CO on which the caller has no rights (D9); `Unauthorized`.
pub async fn row<S: Stored>(change: &Change<'_>, id: i64, hold: LockType) -> Result<S::Row, Fault> {
    privileged(change.caller)?;
    if hold == LockType::Update && is_shared(&S::table().singular) {
        // Who may not delete it holds nobody up.
        let query = live::<S>(S::Entity::find().filter(S::columns().named("id")?.eq(id)))?;
        permitted::<S, _>(change.caller, query.one(&change.tx).await?)?;
        let of = BTreeMap::from([(S::table().singular.clone(), BTreeSet::from([id]))]);
        take(change, &of, "pg_advisory_xact_lock").await?;
    }
    let mut query = live::<S>(S::Entity::find().filter(S::columns().named("id")?.eq(id)))?;
    if let Some(own) = change.caller.co_id {
        // What is of another CO is not held, and not waited for.
        query = query.filter(S::columns().named(if S::OF_CO { "co_id" } else { "id" })?.eq(own));
    }
    if locks(change) {
        query = query.lock(hold);
    }
    permitted::<S, _>(change.caller, change.held(query).await?)
}

/// Reads a person and holds it: changes of one person follow one another. Once in a change.
///
/// # Errors
/// Those of the database; that there is no such person.
pub async fn person(change: &mut Change<'_>, id: PersonId) -> Result<co_person::Model, Fault> {
    let person = person_and(change, id, &BTreeMap::new()).await?;
    Ok(person.ok_or_else(|| DbErr::RecordNotFound(format!("CO Person {}", id.0)))?)
}

/// Looks up the records that something refers to, and holds them until the change ends: nothing is hung on a record that
/// is deleted at the same time. The person whose status and memberships will follow, if there is one, is held against other
/// changes of it.
///
/// What is of another CO than the caller's is looked up, and neither held nor waited for: it may not be referred to.
///
/// Many changes at once refer to one CO or COU, whose row would become the bottleneck of all: for these it is a lock that
/// changes share, and which [`row`] takes alone before it deletes one. It is taken by an earlier statement than the one
/// that looks, so that what is seen cannot be older than the lock.
///
/// # Errors
/// Those of the database.
pub async fn references(
    change: &mut Change<'_>,
    mut wanted: BTreeMap<String, BTreeSet<i64>>,
    owner: Option<PersonId>,
) -> Result<Found, DbErr> {
    let mut shared = wanted.clone();
    shared.retain(|resource, _| is_shared(resource));
    let person = match owner {
        Some(id) => person_and(change, id, &shared).await?.filter(|person| !person.deleted),
        None => {
            take(change, &shared, "pg_advisory_xact_lock_shared").await?;
            None
        }
    };
    if let (Some(PersonId(id)), Some(ids)) = (owner, wanted.get_mut("CoPerson")) {
        ids.remove(&id);
    }
    wanted.retain(|_, ids| !ids.is_empty());
    let hold = |resource: &str| locks(change) && !is_shared(resource);
    let mut found = owners::look_up(&change.tx, &wanted, hold, change.caller.co_id).await?;
    if let Some(person) = person {
        found.put("CoPerson", person.id, person.co_id);
    }
    Ok(found)
}

/// Reads a person and holds it, with locks on other records in the same statement. Once in a change. Who is of another CO than
/// the caller's is read and not held.
async fn person_and(
    change: &mut Change<'_>,
    id: PersonId,
    shared: &BTreeMap<String, BTreeSet<i64>>,
) -> Result<Option<co_person::Model>, DbErr> {
    let is_locked = locks_on(change, shared).is_subset(&change.locked);
    if let Some(person) = change.person(id).filter(|_| is_locked) {
        return Ok(Some(person.clone()));
    }
    let mut query = co_person::Entity::find_by_id(id.0);
    if let Some(own) = change.caller.co_id {
        query = query.filter(co_person::Column::CoId.eq(own));
    }
    if locks(change) {
        // Not against what refers to the person: two changes that do would wait for one another.
        query = query.lock(LockType::NoKeyUpdate);
    }
    if let Some((sql, values)) = locks_of(change, shared, "pg_advisory_xact_lock_shared") {
        query = query.expr_as(Expr::cust_with_values(sql, values), "locks");
    }
    if let Some(person) = change.held(query).await? {
        change.know(person.clone());
        return Ok(Some(person));
    }
    match change.caller.co_id {
        // Who is the caller's by now was not there when it could be held.
        Some(own) => {
            let others = co_person::Entity::find_by_id(id.0).filter(co_person::Column::CoId.ne(own));
            others.one(&change.tx).await
        }
        None => Ok(None),
    }
}

/// Whether records of a resource are held by a lock that changes share.
pub(super) fn is_shared(resource: &str) -> bool {
    matches!(resource, "Co" | "Cou")
}

async fn take(change: &Change<'_>, of: &BTreeMap<String, BTreeSet<i64>>, function: &str) -> Result<(), DbErr> {
    if let Some((sql, values)) = locks_of(change, of, function) {
        let mut query = Query::select();
        query.expr(Expr::cust_with_values(sql, values));
        change.asked(query).await?;
    }
    Ok(())
}

/// The locks that changes share on some records: nothing that is locked so is deleted.
pub(super) fn locks_on(change: &Change<'_>, shared: &BTreeMap<String, BTreeSet<i64>>) -> BTreeSet<i64> {
    if !locks(change) {
        return BTreeSet::new();
    }
    let lock = |resource: &str, id: i64| (if resource == "Co" { 1_i64 << KIND } else { 2 << KIND }) | (id & ID);
    shared.iter().flat_map(|(resource, ids)| ids.iter().map(move |id| lock(resource, *id))).collect()
}

/// Above these bits a lock says of which resource it is, and below them of which record.
const KIND: u32 = 60;
const ID: i64 = (1 << KIND) - 1;

/// An expression that takes a lock on each of some records, and its parameters; none where there is nothing to lock. Of COs and
/// COUs that are not the caller's it takes none.
fn locks_of(
    change: &Change<'_>,
    shared: &BTreeMap<String, BTreeSet<i64>>,
    function: &str,
) -> Option<(String, Vec<Value>)> {
    let wanted = locks_on(change, shared);
    (!wanted.is_empty()).then(|| {
        // In their order, so that two changes never wait for one another.
        let sql = format!("SELECT count({function}(k)) FROM unnest($1::text::bigint[]) AS k");
        match change.caller.co_id {
            None => (format!("({sql})"), vec![array(&wanted).into()]),
            Some(own) => {
                let is_own = format!(
                    "k = (1::bigint << {KIND}) + $2 OR k >> {KIND} = 2 AND NOT EXISTS (SELECT 1 FROM cous AS c \
                     WHERE c.id = k & {ID} AND c.co_id <> $2)"
                );
                (format!("({sql} WHERE {is_own})"), vec![array(&wanted).into(), own.into()])
            }
        }
    })
}

/// Numbers as the text of an array.
pub(super) fn array(numbers: &BTreeSet<i64>) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("{{{}}}", numbers.join(","))
}

/// Holds what a record hangs on, so that its records change one at a time. Roles and groups are not held.
///
/// # Errors
/// As [`person`].
pub async fn owner(change: &mut Change<'_>, owner: Owner) -> Result<(), Fault> {
    match owner {
        Owner::Person(id) => person(change, id).await.map(drop),
        Owner::OrgIdentity(id) => org_identity(change, id).await,
        Owner::Role(_) | Owner::Group(_) => Ok(()),
    }
}

/// Holds an org identity: what changes of it, and whom it is linked to, is decided one at a time.
///
/// # Errors
/// Those of the database.
pub async fn org_identity(change: &Change<'_>, OrgIdentityId(id): OrgIdentityId) -> Result<(), Fault> {
    Ok(hold::<org_identity::Entity>(change, org_identity::Column::Id, [id], LockType::NoKeyUpdate).await?)
}

/// The same if nobody else holds it; whether it is held now.
///
/// # Errors
/// Those of the database.
pub async fn org_identity_if_free(change: &Change<'_>, OrgIdentityId(id): OrgIdentityId) -> Result<bool, DbErr> {
    if !locks(change) {
        return Ok(true);
    }
    let query = org_identity::Entity::find_by_id(id);
    let free = query.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    Ok(free.one(&change.tx).await?.is_some())
}

/// Holds org identities against whatever is hung on them or linked to them.
///
/// # Errors
/// Those of the database.
pub async fn org_identities_alone(change: &Change<'_>, ids: &[i64]) -> Result<(), DbErr> {
    hold::<org_identity::Entity>(change, org_identity::Column::Id, ids.iter().copied(), LockType::Update).await
}

/// Holds a person, deleted or not, against whatever is written of it.
///
/// # Errors
/// Those of the database.
pub async fn person_alone(change: &Change<'_>, PersonId(id): PersonId) -> Result<(), DbErr> {
    hold::<co_person::Entity>(change, co_person::Column::Id, [id], LockType::Update).await
}

/// Holds a group against whoever joins or leaves it: those who did are seen, and those who will see what is changed of it.
///
/// # Errors
/// Those of the database.
pub async fn group_alone(change: &Change<'_>, GroupId(id): GroupId) -> Result<(), Fault> {
    Ok(hold::<co_group::Entity>(change, co_group::Column::Id, [id], LockType::Update).await?)
}

/// Holds a COU against whoever gets a role in it, in the same sense.
///
/// # Errors
/// Those of the database.
pub async fn cou_alone(change: &Change<'_>, CouId(id): CouId) -> Result<(), Fault> {
    let of = BTreeMap::from([("Cou".to_owned(), BTreeSet::from([id]))]);
    Ok(take(change, &of, "pg_advisory_xact_lock").await?)
}

/// Holds a CO: what concerns the whole of it happens one at a time.
///
/// # Errors
/// Those of the database.
pub async fn whole_co(change: &Change<'_>, CoId(id): CoId) -> Result<(), Fault> {
    Ok(hold::<co::Entity>(change, co::Column::Id, [id], LockType::NoKeyUpdate).await?)
}

/// Holds rows by their ids, in their order, so that two changes never wait for one another.
async fn hold<E: EntityTrait>(
    change: &Change<'_>,
    id: E::Column,
    ids: impl IntoIterator<Item = i64>,
    lock: LockType,
) -> Result<(), DbErr> {
    let ids: Vec<i64> = ids.into_iter().collect();
    if locks(change) && !ids.is_empty() {
        E::find().filter(id.is_in(ids)).order_by_asc(id).lock(lock).all(&change.tx).await?;
    }
    Ok(())
}

/// With SQLite a transaction that writes is alone.
fn locks(change: &Change<'_>) -> bool {
    change.tx.get_database_backend() == DbBackend::Postgres
}
