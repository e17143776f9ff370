//! The rows of a person: in which tables they are, and what they hang on.

use proto::{
    record::Record,
    registry::v1::{
        AdHocAttribute, Address, CoGroup, CoGroupMember, CoPerson, CoPersonRole, Cou, EmailAddress, Identifier,
        Membership, Name, PersonState, TelephoneNumber, Url,
    },
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};

use crate::connector::{
    Job,
    sql::{
        answer::Fault,
        event::{Event, REVISION, Scope},
        table::{Mirror, Row},
    },
};

/// Makes the rows of a person what the state says; none, if there is no state.
pub(super) async fn make(event: &mut Event<'_>, job: &Job<'_>, person: &PersonState) -> Result<(), Fault> {
    let id = job.subject.id;
    let mut own = person.co_person.iter().map(|own| CoPerson { id: Some(id), ..own.clone() });
    let own = own.next().and_then(|own| Mirror::of::<CoPerson>().row(&Record::of(&own)));
    let scope = || Scope { column: "co_person_id", ids: std::slice::from_ref(&id), has_parts: false };
    event.make(Mirror::of::<CoPerson>(), own.into_iter().collect(), Scope { column: "id", ..scope() }).await?;
    event.make(Mirror::of::<Name>(), of_person(&person.names, id), scope()).await?;
    event.make(Mirror::of::<Identifier>(), of_person(&person.identifiers, id), scope()).await?;
    event.make(Mirror::of::<EmailAddress>(), of_person(&person.email_addresses, id), scope()).await?;
    event.make(Mirror::of::<Url>(), of_person(&person.urls, id), scope()).await?;
    cous(event, person).await?;
    let with_parts = Scope { has_parts: true, ..scope() };
    let roles = event.make(Mirror::of::<CoPersonRole>(), of_person(&person.roles, id), with_parts).await?;
    let roles: Vec<i64> = roles.into_iter().collect();
    let scope_of_roles = || Scope { column: "co_person_role_id", ids: &roles, has_parts: false };
    event.make(Mirror::of::<Address>(), of_roles(&person.addresses, &roles), scope_of_roles()).await?;
    event.make(Mirror::of::<TelephoneNumber>(), of_roles(&person.telephone_numbers, &roles), scope_of_roles()).await?;
    event.make(Mirror::of::<AdHocAttribute>(), of_roles(&person.ad_hoc_attributes, &roles), scope_of_roles()).await?;
    let only = job.target.provision_co_group_id;
    let memberships = person.memberships.iter().filter_map(|membership| membership_of(membership, id));
    let memberships = memberships.filter(|(group, _)| only.is_none() || *group == only).map(|(_, row)| row);
    event.make(Mirror::of::<CoGroupMember>(), memberships.collect(), scope()).await?;
    Ok(())
}

/// The row of a membership of a person, and its group.
pub(super) fn membership_of(membership: &Membership, person: i64) -> Option<(Option<i64>, Row)> {
    let group = membership.group.as_ref().and_then(|CoGroup { id, .. }| *id);
    let member = membership.member.as_ref()?;
    let group = member.co_group_id.or(group);
    let member = CoGroupMember { co_person_id: Some(person), co_group_id: group, ..member.clone() };
    Some((group, Mirror::of::<CoGroupMember>().row(&Record::of(&member))?))
}

/// The rows of records that are the person's own.
fn of_person<M: prost::Message + prost::Name>(records: &[M], person: i64) -> Vec<Row> {
    let mirror = Mirror::of::<M>();
    let rows = records.iter().filter_map(|record| mirror.row(&Record::of(record)));
    rows.map(|row| mirror.with(row, "co_person_id", person.to_string())).collect()
}

/// The rows of records that hang on the roles that are the person's.
fn of_roles<M: prost::Message + prost::Name>(records: &[M], roles: &[i64]) -> Vec<Row> {
    let mirror = Mirror::of::<M>();
    let rows = records.iter().filter_map(|record| mirror.row(&Record::of(record)));
    rows.filter(|row| mirror.number(row, "co_person_role_id").is_some_and(|role| roles.contains(&role))).collect()
}

/// The COUs of the person's roles, for reference: they stay when nobody is in them any more, and a newer one that somebody
/// else's event wrote stays as it is.
async fn cous(event: &mut Event<'_>, person: &PersonState) -> Result<(), Fault> {
    let mirror = Mirror::of::<Cou>();
    let mut wanted: Vec<Row> = person.cous.iter().filter_map(|cou| mirror.row(&Record::of(cou))).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    wanted.sort_by_key(|row| row.id);
    let found = Condition::all().add(Expr::col("id").is_in(wanted.iter().map(|row| row.id)));
    let held = event.rows(mirror, found).await?;
    let revision = |row: &Row| mirror.number(row, REVISION);
    wanted.retain(|row| held.get(&row.id).is_none_or(|held| revision(held) <= revision(row)));
    event.put(mirror, wanted, &held, "id").await
}
