//! What a record was, and who changed it: the versions of any resource that keeps them, before and after side by side (D46).

use maud::{Markup, html};
use proto::{
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::{ListVersionsResponse, RecordVersion, VersionsRequest},
    table::{Field, Table},
};

use crate::{
    console::{page::Page, pieces::moment, visit::Visit},
    messages::Unreadable,
    refusal::Problem,
};

/// So many versions are on a page.
const MOST: u32 = 25;

/// The versions of a record of a resource, by its path in the API.
///
/// # Errors
/// If the resource keeps none, and what the service refused.
pub async fn page(visit: &Visit<'_>, path: &str, id: i64) -> Result<Page, Problem> {
    let table = Table::at(path).filter(|table| table.has("Versions"));
    let table = table.ok_or_else(|| Problem::unknown("Unknown", "No versions are kept of these."))?;
    let message = VersionsRequest { id, after: visit.number("after"), limit: MOST };
    let answer: ListVersionsResponse = visit.ask(table, "Versions", &message).await?;
    if answer.versions.is_empty() && message.after.is_none() {
        return Err(Refusal::unknown(&table.singular).into());
    }
    let shown = answer.versions.iter().map(|version| article(table, version)).collect::<Result<Vec<_>, _>>()?;
    let body = html! {
        p { "What it was, the newest first, and who made it so." }
        @if shown.is_empty() { p { "There are no older versions." } }
        @for version in shown { (version) }
        @if let Some(last) = answer.versions.last().filter(|_| answer.more) {
            p { a href=(visit.link(&format!("{}?after={}", visit.path, last.revision))) { "Older versions" } }
        }
    };
    Ok(Page::still(format!("Versions of {} {id}", table.title), body))
}

fn article(table: &'static Table, version: &RecordVersion) -> Result<Markup, Problem> {
    let record = |bytes: &[u8]| Record::decode(table, &mut &*bytes).map_err(Unreadable::from);
    let (before, after) = (record(&version.before)?, record(&version.after)?);
    let changed: Vec<(&Field, String, String)> = table
        .fields
        .iter()
        .map(|field| (field, written(field, before.slot(&field.column)), written(field, after.slot(&field.column))))
        .filter(|(_, before, after)| before != after)
        .collect();
    let name = format!("Revision {}", version.revision);
    Ok(html! {
        article aria-label=(name) {
            h2 { (name) @if version.deleted { ": it was deleted" } }
            p {
                "From " (moment(version.from.as_ref())) ", "
                @if version.through.is_some() { "through " (moment(version.through.as_ref())) } @else { "and still so" }
                ", by " (version.actor_identifier.as_deref().unwrap_or("–"))
            }
            @if changed.is_empty() { p.faint { "No field that is shown was changed." } } @else { (fields(&name, &changed)) }
        }
    })
}

fn fields(name: &str, changed: &[(&Field, String, String)]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(format!("Fields of {name}")) {
            table {
                thead { tr { th scope="col" { "Field" } th scope="col" { "Before" } th scope="col" { "After" } } }
                tbody {
                    @for (field, before, after) in changed {
                        tr { th scope="row" { (field.wire) } td.words { (before) } td.words { (after) } }
                    }
                }
            }
        }
    }
}

fn written(field: &Field, slot: &Slot) -> String {
    let Slot::Is(value) = slot else { return "–".to_owned() };
    match value {
        Value::Int(number) => number.to_string(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Text(text) => text.clone(),
        Value::Time(seconds) => {
            let mut out = Vec::new();
            proto::time::write(*seconds, &mut out);
            format!("{} UTC", String::from_utf8_lossy(&out))
        }
        Value::Enum(number) => field.name_of(*number).map_or_else(|| number.to_string(), |name| name.wire.clone()),
        Value::Texts(texts) => texts.join(", "),
        Value::Object(object) => serde_json::to_string_pretty(object).unwrap_or_default(),
        Value::Objects(objects) => serde_json::to_string_pretty(objects).unwrap_or_default(),
    }
}
