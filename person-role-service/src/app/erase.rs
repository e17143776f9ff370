//! Erasing a person: what is known of it, and what was.
//!
//! Guarantee: afterwards no row of the registry says more of the person than that there was one, and targets are told to
//! remove it, also if it was deleted before. Numbers that others count by stay: the id, and the revision, so that nothing
//! goes backwards. Mechanism: one transaction: the person is deleted as usual, with its roles and the org identities that are
//! nobody else's; then the rows, their versions and their history go. The plan counts them, and holds nothing.

use proto::{
    caller::Caller,
    registry::v1::{CoPersonErasure, ErasedCoPerson},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::LockType};
use service_kit::{audit::Entry as AuditEntry, idempotency, rows::is_not};

use crate::{
    change::{Change, holds},
    context::{App, Fault},
    domain::{
        history::Entry,
        ids::{CoId, PersonId},
    },
    follow,
    rights::{permitted, privileged},
    store::{
        answers,
        entity::{
            co_person, co_person::CoPeople, co_person_role::CoPersonRoles, org_identity, org_identity::OrgIdentities,
        },
        erasure::{Gone, Person},
    },
};

/// Erases a person, once for each idempotency key (D44).
///
/// # Errors
/// `Unknown`, `Unauthorized`, or the database's fault; 409 and 422 for a key that is in use or another request's.
pub async fn erase(app: &App, caller: &Caller, id: i64) -> Result<ErasedCoPerson, Fault> {
    privileged(caller)?;
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    let mut change = Change::begin(app, caller).await?;
    if idempotency::standing(&change.tx, &app.clock, caller).await?.answer()?.is_some() {
        let kept: Option<ErasedCoPerson> = answers::kept(&change.tx, caller).await?;
        return Ok(ErasedCoPerson { id, replayed: true, ..kept.unwrap_or_default() });
    }
    let (row, gone) = take_away(&mut change, id).await?;
    // What deleting it has to tell would say whose it was.
    change.erased(CoId(row.co_id), PersonId(id), Entry::new("DCPM", "CO Person Erased".to_owned()));
    change.audit(AuditEntry {
        action: "Erase",
        resource: "CoPerson".to_owned(),
        resource_id: Some(id),
        co_id: Some(row.co_id),
        changes: Vec::new(),
    });
    let CoPersonErasure { id, records, versions, history_records } = told(id, gone);
    let erased = ErasedCoPerson { id, records, versions, history_records, replayed: false };
    idempotency::keep(&change.tx, &app.clock, caller, id).await?;
    answers::keep(&change.tx, caller, &erased).await?;
    change.commit().await?;
    // It is erased all the same, if what was written before it stays for a while.
    if let Err(error) = app.database.scrub().await {
        tracing::warn!(%error, "the write-ahead log cannot be emptied");
    }
    Ok(erased)
}

/// Tells what erasing a person would take away; does not. Whoever may only look keeps nobody waiting.
///
/// # Errors
/// As [`erase`]; 503 if no turn came in time.
pub async fn plan_erasure(app: &App, caller: &Caller, id: i64) -> Result<CoPersonErasure, Fault> {
    privileged(caller)?;
    let _turn = app.searches.begin(caller.co_id).await?;
    let at_once = app.database.snapshot().await?;
    permitted::<CoPeople, _>(caller, co_person::Entity::find_by_id(id).one(&at_once).await?)?;
    let gone = Person::of(&at_once, id).await?.counted(&at_once).await?;
    Ok(told(id, gone))
}

async fn take_away(change: &mut Change<'_>, id: i64) -> Result<(co_person::Model, Gone), Fault> {
    privileged(change.caller)?;
    let found = co_person::Entity::find_by_id(id).one(&change.tx).await?;
    let found = permitted::<CoPeople, _>(change.caller, found)?;
    let row = match found.deleted {
        true => {
            // Also against what became of calls, which is written down of who was deleted as well.
            holds::person_alone(change, PersonId(id)).await?;
            holds::person(change, PersonId(id)).await?
        }
        false => holds::row::<CoPeople>(change, id, LockType::Update).await?,
    };
    let person = Person::of(&change.tx, id).await?;
    holds::org_identities_alone(change, person.org_identities()).await?;
    // One may have become somebody else's as well, before it was held.
    let person = Person::of(&change.tx, id).await?;
    let gone = person.counted(&change.tx).await?;
    if !row.deleted {
        follow::delete_where::<CoPersonRoles>(change, "co_person_id", id).await?;
        // Its status followed from the roles.
        let now = co_person::Entity::find_by_id(id).one(&change.tx).await?;
        follow::delete::<CoPeople>(change, now.into_iter().collect()).await?;
    }
    let identities = org_identity::Entity::find()
        .filter(org_identity::Column::Id.is_in(person.org_identities().iter().copied()))
        .filter(is_not(org_identity::Column::Deleted))
        .all(&change.tx)
        .await?;
    follow::delete::<OrgIdentities>(change, identities).await?;
    change.catch_up().await?;
    let now = change.time().await?;
    person.erase(&change.tx, now).await?;
    Ok((row, gone))
}

fn told(id: i64, gone: Gone) -> CoPersonErasure {
    let number = |rows: u64| Some(i64::try_from(rows).unwrap_or(i64::MAX));
    CoPersonErasure {
        id,
        records: number(gone.records),
        versions: number(gone.versions),
        history_records: number(gone.history),
    }
}
