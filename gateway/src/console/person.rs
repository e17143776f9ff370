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
        words::{say, show},
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
        @let (status, at) = (mark(&named::<CoPerson>("status", person.status)), moment(person.modified.as_ref()));
        p { (show!("person-head", status = status, person = id.to_string(), at = at)) }
        h2 { (say!("at-the-targets")) }
        (explained)
        h2 { (say!("roles")) }
        (roles?)
        h2 { (say!("groups")) }
        (groups?)
        h2 { (say!("person-known")) }
        (known?)
        h2 { (say!("person-past")) }
        p { a href=(visit.link(&format!("/people/{id}/history"))) { (say!("history-of", name = &name)) } }
        p { a href=(visit.link(&format!("/records/co_people/{id}"))) { (say!("person-versions")) } }
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
        @if all.is_empty() { p { (say!("person-none-known")) } } @else {
            dl { @for (kind, value) in all { dt { (kind.unwrap_or_default()) } dd { (value.unwrap_or_default()) } } }
        }
    })
}

async fn roles(visit: &Visit<'_>, id: i64) -> Result<Markup, Problem> {
    let filters = [("copersonid", id.to_string())];
    let roles = visit.list::<CoPersonRole>(&filters, 0, MOST).await?.records;
    if roles.is_empty() {
        return Ok(html! { p { (say!("roles-none")) } });
    }
    let ids: Vec<i64> = roles.iter().filter_map(|role| role.cou_id).collect();
    let cous = visit.each::<Cou>(Table::of::<Cou>(), &ids).await;
    let cou = |role: &CoPersonRole| {
        let found = cous.iter().find(|cou| cou.id.is_some() && cou.id == role.cou_id).and_then(|cou| cou.name.clone());
        found
            .or_else(|| role.cou_id.map(|id| say!("cou-number", cou = id.to_string())))
            .unwrap_or_else(|| "–".to_owned())
    };
    Ok(html! {
        div.scroll tabindex="0" role="region" aria-label=(say!("roles")) {
            table {
                thead { tr {
                    th scope="col" { (say!("cou")) } th scope="col" { (say!("role-affiliation")) } th scope="col" { (say!("status")) }
                    th scope="col" { (say!("valid-from")) } th scope="col" { (say!("valid-through")) }
                } }
                tbody {
                    @for role in &roles {
                        tr {
                            td.words {
                                a href=(visit.link(&format!("/records/co_person_roles/{}", role.id.unwrap_or_default())))
                                    aria-label=(say!("role-versions", cou = cou(role))) { (cou(role)) }
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
        @if groups.is_empty() { p { (say!("person-no-groups")) } } @else {
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
