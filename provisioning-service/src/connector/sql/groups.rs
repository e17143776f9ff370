//! The rows of a group, and the memberships in it.
//!
//! A membership is a row of its person: the person's event writes it, and reads no other member. The members are compared,
//! page by page, when the group is new, called otherwise, or asked for explicitly: rows of people who are no members go
//! away, also of those who are not at the target any more; those of members that are missing are written.

use std::collections::{BTreeMap, BTreeSet};

use proto::{
    record::Record,
    registry::v1::{CoGroup, CoGroupMember, CoPerson, GroupState, Identifier, SubjectState, subject_state::Data},
};
use sea_orm::{
    DbErr,
    sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query},
};

use crate::connector::{
    Job,
    sql::{
        answer::Fault,
        event::{self, Event, Scope},
        person, revision,
        table::{KEY, Mirror, Row},
    },
};

/// So many memberships are read at once.
const PAGE: u64 = 1000;

/// Makes the rows of a group what the state says; its memberships are not looked at.
pub(super) async fn make(event: &mut Event<'_>, id: i64, group: &GroupState) -> Result<(), Fault> {
    let own = group.co_group.as_ref().map(|own| CoGroup { id: Some(id), ..own.clone() });
    let own = own.and_then(|own| Mirror::of::<CoGroup>().row(&Record::of(&own)));
    let ids = std::slice::from_ref(&id);
    event
        .make(Mirror::of::<CoGroup>(), own.into_iter().collect(), Scope { column: "id", ids, has_parts: false })
        .await?;
    let mirror = Mirror::of::<Identifier>();
    let identifiers = group.identifiers.iter().filter_map(|record| mirror.row(&Record::of(record)));
    let identifiers = identifiers.map(|row| mirror.with(row, "co_group_id", id.to_string()));
    event.make(mirror, identifiers.collect(), Scope { column: "co_group_id", ids, has_parts: false }).await?;
    Ok(())
}

/// Takes all memberships of a group away, however many there are.
pub(super) async fn empty(event: &mut Event<'_>, id: i64) -> Result<(), DbErr> {
    let mut first = members(event, id);
    first.limit(1);
    let table = Mirror::of::<CoGroupMember>().name(event.prefix);
    if has_members(event) && !event.all(&first).await?.is_empty() {
        let mut delete = Query::delete();
        delete.from_table(Alias::new(table)).cond_where(event.ours().add(Expr::col("co_group_id").eq(id)));
        event.run(&delete).await?;
    }
    Ok(())
}

/// Whether there is a table that can have any.
fn has_members(event: &Event<'_>) -> bool {
    let table = Mirror::of::<CoGroupMember>().name(event.prefix);
    ["co_id", "id", "co_group_id", "co_person_id", "member"].iter().all(|column| event.has(&table, column))
}

fn members(event: &Event<'_>, group: i64) -> sea_orm::sea_query::SelectStatement {
    let mut select = Query::select();
    // Under other names than the columns: by those names, they would be put in order as texts.
    select.expr_as(event.text("id"), "of_id").expr_as(event.text("co_person_id"), "of_person");
    select.from(Alias::new(Mirror::of::<CoGroupMember>().name(event.prefix)));
    select.cond_where(event.ours().add(Expr::col("co_group_id").eq(group)));
    select
}

/// Compares a page of the memberships of a group with its members, after somebody. Gives after whom it goes on.
///
/// Rows are read before members are: a row that comes meanwhile is not among those that may go, and a member who comes
/// meanwhile has an event of its own. Who is to come or to go by that is held, and only then it is asked what is true: an event
/// of theirs that ended meanwhile is seen, and one that comes later sees this one.
pub(super) async fn compare(event: &mut Event<'_>, job: &Job<'_>, after: i64) -> Result<Option<i64>, Fault> {
    let (group, mirror) = (job.subject.id, Mirror::of::<CoGroupMember>());
    let (held, last) = page(event, group, after).await?;
    let members = job.beside.members(group, after).await.map_err(Fault::Told)?;
    let until = last.into_iter().chain(members.next).min();
    let within = |person: &i64| until.is_none_or(|until| *person <= until);
    let members: BTreeSet<i64> =
        members.people.iter().map(|member| member.co_person_id).filter(|person| within(person)).collect();
    let surplus = held.iter().filter(|(person, _)| within(person) && !members.contains(person));
    let surplus: BTreeMap<i64, i64> = surplus.map(|(person, id)| (*person, *id)).collect();
    let missing = members.into_iter().filter(|person| !held.contains_key(person));
    let doubtful: BTreeSet<i64> = missing.chain(surplus.keys().copied()).collect();
    if !doubtful.is_empty() {
        revision::hold(event, &doubtful).await?;
        let gone = gone(event, surplus.keys().copied()).await?;
        let asked = doubtful.iter().copied().filter(|person| !gone.contains(person)).collect();
        let states = job.beside.people(asked).await.map_err(Fault::Told)?;
        let rows: Vec<Row> = states.iter().filter_map(|state| row(state, group)).collect();
        let stays: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
        let people: Vec<i64> = surplus.keys().copied().collect();
        let goes: Vec<i64> = surplus.into_values().filter(|id| !stays.contains(id)).collect();
        let scope = Scope { column: "co_person_id", ids: &people, has_parts: false };
        event.take(mirror, &goes, &scope).await?;
        let found = Condition::all().add(Expr::col("id").is_in(stays));
        let held = event.rows(mirror, found).await?;
        event.put(mirror, rows, &held, "co_person_id").await?;
    }
    // A database that goes back has told all.
    Ok(until.filter(|until| *until > after))
}

/// Of some people those who have no row of their own any more, or not yet: their memberships come with that.
async fn gone(event: &Event<'_>, people: impl Iterator<Item = i64>) -> Result<BTreeSet<i64>, DbErr> {
    let mut gone: BTreeSet<i64> = people.collect();
    let table = Mirror::of::<CoPerson>().name(event.prefix);
    if gone.is_empty() || !KEY.iter().all(|column| event.has(&table, column)) {
        return Ok(gone);
    }
    let mut select = event.select(&table, Condition::all().add(Expr::col("id").is_in(gone.iter().copied())));
    select.expr_as(event.text("id"), "of_person");
    for row in &event.all(&select).await? {
        gone.remove(&event::number(row, "of_person")?);
    }
    Ok(gone)
}

/// Some memberships by person, and the last of these people if there are more. Who only owns the group is no member.
async fn page(event: &Event<'_>, group: i64, after: i64) -> Result<(BTreeMap<i64, i64>, Option<i64>), DbErr> {
    if !has_members(event) {
        return Ok((BTreeMap::new(), None));
    }
    let mut select = members(event, group);
    select.and_where(Expr::col("co_person_id").gt(after)).and_where(Expr::col("member").eq(true));
    select.order_by("co_person_id", Order::Asc).limit(PAGE);
    let found = event.all(&select).await?;
    if u64::try_from(found.len()).unwrap_or(u64::MAX) > PAGE {
        return Err(DbErr::Type("more rows than were asked for".to_owned()));
    }
    let mut held = BTreeMap::new();
    for row in &found {
        let person = event::number(row, "of_person")?;
        if person <= after {
            return Err(DbErr::Type("rows that were not asked for".to_owned()));
        }
        held.insert(person, event::number(row, "of_id")?);
    }
    let is_full = u64::try_from(found.len()).unwrap_or(PAGE) >= PAGE;
    let last = held.keys().last().copied().filter(|_| is_full);
    Ok((held, last))
}

/// The row of a person's membership in a group.
fn row(state: &SubjectState, group: i64) -> Option<Row> {
    let Some(Data::Person(person)) = &state.data else { return None };
    let id = person.co_person.as_ref()?.id?;
    let mut rows = person.memberships.iter().filter_map(|membership| person::membership_of(membership, id));
    rows.find(|(of, _)| *of == Some(group)).map(|(_, row)| row)
}
