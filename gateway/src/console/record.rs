//! What a record was, and who changed it: the versions of any resource that keeps them, before and after side by side (D46).

use maud::{Markup, html};
use proto::{
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::{ListVersionsResponse, RecordVersion, VersionsRequest},
    table::{Field, Table},
};

use crate::{
    console::{
        page::Page,
        pieces::moment,
        visit::Visit,
        words::{say, show},
    },
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
    let table = table.ok_or_else(|| Problem::unknown("Unknown", &say!("versions-not-kept").to_string()))?;
    let message = VersionsRequest { id, after: visit.number("after"), limit: MOST };
    let answer: ListVersionsResponse = visit.ask(table, "Versions", &message).await?;
    if answer.versions.is_empty() && message.after.is_none() {
        return Err(Refusal::unknown(&table.singular).into());
    }
    let shown = answer.versions.iter().map(|version| article(table, version)).collect::<Result<Vec<_>, _>>()?;
    let body = html! {
        p { (say!("versions-about")) }
        @if shown.is_empty() { p { (say!("versions-none")) } }
        @for version in shown { (version) }
        @if let Some(last) = answer.versions.last().filter(|_| answer.more) {
            p { a href=(visit.link(&format!("{}?after={}", visit.path, last.revision))) { (say!("versions-older")) } }
        }
    };
    Ok(Page::still(say!("versions-of", record = &table.title, number = id.to_string()), body))
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
    let number = version.revision.to_string();
    Ok(html! {
        article aria-label=(say!("revision", revision = &number)) {
            h2 {
                @if version.deleted { (say!("revision-deleted", revision = &number)) }
                @else { (say!("revision", revision = &number)) }
            }
            p { (held(version)) }
            @if changed.is_empty() { p.faint { (say!("revision-same")) } } @else { (fields(&number, &changed)) }
        }
    })
}

/// When it was so, and who made it so.
fn held(version: &RecordVersion) -> Markup {
    let (from, actor) = (moment(version.from.as_ref()), version.actor_identifier.as_deref().unwrap_or("–"));
    match &version.through {
        Some(through) => show!("revision-until", from = from, through = moment(Some(through)), actor = actor),
        None => show!("revision-still", from = from, actor = actor),
    }
}

fn fields(revision: &str, changed: &[(&Field, String, String)]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(say!("revision-fields", revision = revision)) {
            table {
                thead { tr { th scope="col" { (say!("revision-field")) } th scope="col" { (say!("revision-before")) } th scope="col" { (say!("revision-after")) } } }
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
        Value::Bool(yes) => if *yes { say!("yes") } else { say!("no") }.into(),
        Value::Text(text) => text.clone(),
        Value::Time(seconds) => {
            let mut out = Vec::new();
            proto::time::write(*seconds, &mut out);
            say!("time-utc", time = String::from_utf8_lossy(&out))
        }
        Value::Enum(number) => field.name_of(*number).map_or_else(|| number.to_string(), |name| name.wire.clone()),
        Value::Texts(texts) => texts.join(", "),
        Value::Object(object) => serde_json::to_string_pretty(object).unwrap_or_default(),
        Value::Objects(objects) => serde_json::to_string_pretty(objects).unwrap_or_default(),
    }
}
