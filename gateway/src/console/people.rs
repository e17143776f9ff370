//! People are found by a name, a mail address, an identifier or their number, with the filters of the API.

use futures::future::join_all;
use maud::{Markup, html};
use proto::{
    registry::v1::{CoPerson, Name},
    table::Table,
};

use crate::{
    console::{
        page::Page,
        pieces::{mark, named},
        visit::Visit,
        words::say,
    },
    refusal::Problem,
};

/// So many people are shown.
const MOST: u32 = 25;

/// The page.
///
/// # Errors
/// What a service refused.
pub async fn page(visit: &Visit<'_>) -> Result<Page, Problem> {
    let text = visit.text("q");
    let found = if text.is_empty() { Vec::new() } else { find(visit, text).await? };
    let names = join_all(found.iter().map(|person| name_of(visit, person.id.unwrap_or_default()))).await;
    let body = html! {
        form.row role="search" aria-label=(say!("people")) action=(visit.link("/people")) {
            label { (say!("people-query")) br; input name="q" type="search" size="40" value=(text); }
            button { (say!("find")) }
        }
        @if text.is_empty() {
            p { (say!("people-ask")) }
        } @else if found.is_empty() {
            p { (say!("people-nobody")) }
        } @else {
            (table(visit, &found, &names))
            @if found.len() >= MOST as usize { p.faint { (say!("people-most", count = MOST)) } }
        }
    };
    Ok(Page::still(say!("people"), body))
}

fn table(visit: &Visit<'_>, found: &[CoPerson], names: &[String]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(say!("people-found")) {
            table {
                thead { tr { th scope="col" { (say!("person")) } th scope="col" { (say!("status")) } th.number scope="col" { (say!("co")) } } }
                tbody {
                    @for (person, name) in found.iter().zip(names) {
                        tr {
                            td.words { a href=(visit.link(&format!("/people/{}", person.id.unwrap_or_default()))) { (name) } }
                            td { (mark(&named::<CoPerson>("status", person.status))) }
                            td.number { (person.co_id.unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}

async fn find(visit: &Visit<'_>, text: &str) -> Result<Vec<CoPerson>, Problem> {
    let _searching = visit.app.searches.begin(&visit.caller)?;
    let table = Table::of::<CoPerson>();
    let mut asked = Vec::new();
    for co in visit.cos().await? {
        let co = ("coid", co.id.unwrap_or_default().to_string());
        asked.extend(ways(text).into_iter().map(|way| [vec![co.clone()], way].concat()));
    }
    let answers = asked.iter().map(|filters| visit.list::<CoPerson>(filters, 0, MOST));
    let mut found = match crate::routes::id_of(text) {
        Some(id) => visit.each::<CoPerson>(table, &[id]).await,
        None => Vec::new(),
    };
    for answer in join_all(answers).await {
        found.extend(answer?.records);
    }
    found.sort_by_key(|person| person.id);
    found.dedup_by_key(|person| person.id);
    found.truncate(MOST as usize);
    Ok(found)
}

/// The filters by which a text may find people.
fn ways(text: &str) -> Vec<Vec<(&'static str, String)>> {
    let long = |word: &&str| word.chars().count() >= 3;
    let words: Vec<&str> = text.split_whitespace().filter(long).collect();
    let mut ways = vec![vec![("search.identifier", text.to_owned())]];
    match words.as_slice() {
        _ if text.contains('@') => ways.push(vec![("search.mail", text.to_owned())]),
        [] => {}
        [name] => ways.extend(["given", "family"].map(|part| vec![(part, (*name).to_owned())])),
        [given, .., family] => ways.push(vec![("given", (*given).to_owned()), ("family", (*family).to_owned())]),
    }
    ways
}

/// What a person is called.
pub async fn name_of(visit: &Visit<'_>, person: i64) -> String {
    let filters = [("copersonid", person.to_string())];
    let names = visit.list::<Name>(&filters, 0, 50).await;
    let names = names.map(|names| names.records).unwrap_or_default();
    let name = names.iter().find(|name| name.primary_name == Some(true)).or(names.first());
    name.map(written)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| say!("person-number", person = person.to_string()))
}

fn written(name: &Name) -> String {
    let parts = [&name.honorific, &name.given, &name.middle, &name.family, &name.suffix];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_for_in_all_that_it_may_be() {
        let names = |text| -> Vec<Vec<&str>> {
            ways(text).iter().map(|way| way.iter().map(|(name, _)| *name).collect()).collect()
        };
        assert_eq!(names("ada@example.org"), [vec!["search.identifier"], vec!["search.mail"]]);
        assert_eq!(names("Lovelace"), [vec!["search.identifier"], vec!["given"], vec!["family"]]);
        assert_eq!(names("Ada King Lovelace"), [vec!["search.identifier"], vec!["given", "family"]]);
        assert_eq!(names("42"), [vec!["search.identifier"]], "too short for a name");
    }
}
