//! A person: roles, groups, mail addresses and identifiers, and for each target why the person is there or not.

use futures::future::{join, join4};
use maud::{Markup, html};
use proto::{
    registry::v1::{CoGroup, CoGroupMember, CoPerson, CoPersonRole, Cou, EmailAddress, Identifier},
    table::Table,
};

use crate::{
    console::{
        explained::{self, Subject},
        page::Page,
        people,
        pieces::{mark, moment, named},
        visit::Visit,
    },
    refusal::Problem,
};

/// So many of each are shown.
const MOST: u32 = 100;

/// The page.
///
/// # Errors
/// What a service refused.
pub async fn page(visit: &Visit<'_>, id: i64) -> Result<Page, Problem> {
    let person: CoPerson = visit.view(Table::of::<CoPerson>(), id).await?;
    let subject = Subject { name: "copersonid", id, co: person.co_id.unwrap_or_default() };
    let explained = explained::at_all(visit, subject);
    let ((name, known), roles, groups, explained) =
        join4(join(people::name_of(visit, id), known(visit, id)), roles(visit, id), groups(visit, id), explained).await;
    let (explained, live) = explained?;
    let body = html! {
        p { (mark(&named::<CoPerson>("status", person.status))) " Person " (id) ", changed " (moment(person.modified.as_ref())) }
        h2 { "At the targets" }
        (explained)
        h2 { "Roles" }
        (roles?)
        h2 { "Groups" }
        (groups?)
        h2 { "Mail addresses and identifiers" }
        (known?)
        h2 { "What was" }
        p { a href=(visit.link(&format!("/people/{id}/history"))) { "History of " (name) } }
        p { a href=(visit.link(&format!("/records/co_people/{id}"))) { "Versions of the person's record" } }
    };
    Ok(Page::live(name, body, live, Some(("Person", id))))
}

async fn known(visit: &Visit<'_>, id: i64) -> Result<Markup, Problem> {
    let filters = [("copersonid", id.to_string())];
    let (mails, identifiers) =
        join(visit.list::<EmailAddress>(&filters, 0, MOST), visit.list::<Identifier>(&filters, 0, MOST)).await;
    let mails = mails?.records.into_iter().map(|mail| (mail.r#type, mail.mail));
    let identifiers = identifiers?.records.into_iter().map(|known| (known.r#type, known.identifier));
    let all: Vec<(Option<String>, Option<String>)> = mails.chain(identifiers).collect();
    Ok(html! {
        @if all.is_empty() { p { "There are none: targets that need one cannot take this person." } } @else {
            dl { @for (kind, value) in all { dt { (kind.unwrap_or_default()) } dd { (value.unwrap_or_default()) } } }
        }
    })
}

async fn roles(visit: &Visit<'_>, id: i64) -> Result<Markup, Problem> {
    let filters = [("copersonid", id.to_string())];
    let roles = visit.list::<CoPersonRole>(&filters, 0, MOST).await?.records;
    if roles.is_empty() {
        return Ok(html! { p { "There are no roles: without an active one a person is in no COU." } });
    }
    let ids: Vec<i64> = roles.iter().filter_map(|role| role.cou_id).collect();
    let cous = visit.each::<Cou>(Table::of::<Cou>(), &ids).await;
    let cou = |role: &CoPersonRole| {
        let found = cous.iter().find(|cou| cou.id.is_some() && cou.id == role.cou_id).and_then(|cou| cou.name.clone());
        found.or_else(|| role.cou_id.map(|id| format!("COU {id}"))).unwrap_or_else(|| "–".to_owned())
    };
    Ok(html! {
        div.scroll tabindex="0" role="region" aria-label="Roles" {
            table {
                thead { tr {
                    th scope="col" { "COU" } th scope="col" { "Affiliation" } th scope="col" { "Status" }
                    th scope="col" { "From" } th scope="col" { "Through" }
                } }
                tbody {
                    @for role in &roles {
                        tr {
                            td.words {
                                a href=(visit.link(&format!("/records/co_person_roles/{}", role.id.unwrap_or_default())))
                                    aria-label=(format!("Versions of the role in {}", cou(role))) { (cou(role)) }
                            }
                            td.words { (role.affiliation.as_deref().unwrap_or_default()) }
                            td { (mark(&named::<CoPersonRole>("status", role.status))) }
                            td { (moment(role.valid_from.as_ref())) }
                            td { (moment(role.valid_through.as_ref())) }
                        }
                    }
                }
            }
        }
    })
}

async fn groups(visit: &Visit<'_>, id: i64) -> Result<Markup, Problem> {
    let filters = [("copersonid", id.to_string())];
    let members = visit.list::<CoGroupMember>(&filters, 0, MOST).await?;
    let ids: Vec<i64> = members.records.iter().filter_map(|member| member.co_group_id).collect();
    let groups = visit.each::<CoGroup>(Table::of::<CoGroup>(), &ids).await;
    Ok(html! {
        @if groups.is_empty() { p { "This person is in no group." } } @else {
            ul { @for group in &groups {
                li.words {
                    a href=(visit.link(&format!("/groups/{}", group.id.unwrap_or_default()))) {
                        (group.name.as_deref().unwrap_or_default())
                    }
                }
            } }
        }
    })
}
