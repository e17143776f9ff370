//! The security log (D60): who may do what, who changed that, and which logins failed.

use maud::{Markup, html};
use prost_types::Timestamp;
use proto::record::{Record, Value};
use service_kit::audit;

use crate::{
    console::{
        page::Page,
        pieces::moment,
        visit::Visit,
        words::{Word, say},
    },
    messages,
    query::Query,
    refusal::Problem,
};

/// So many records are on a page.
const MOST: u32 = 100;
/// What is looked at first: the last day.
const DAY: i64 = 24 * 60 * 60;
/// Filters, and what people call them.
const FILTERS: [(&str, Word); 5] = [
    ("actor", say!("log-who")),
    ("action", say!("action")),
    ("resource", say!("log-resource")),
    ("resourceid", say!("log-id")),
    ("coid", say!("co")),
];

/// The page.
///
/// # Errors
/// What a service refused.
pub async fn page(visit: &Visit<'_>) -> Result<Page, Problem> {
    let mut filters: Vec<(&str, String)> = FILTERS.map(|(name, _)| (name, visit.text(name).to_owned())).to_vec();
    if let Some(co) = visit.caller.co_id {
        filters.retain(|(name, _)| *name != "coid");
        filters.push(("coid", co.to_string()));
    }
    filters.retain(|(_, value)| !value.is_empty());
    let days = visit.number("days").unwrap_or(1).clamp(1, 36_500);
    let after = visit.number("after").unwrap_or_else(|| id_at(visit.app.clock.now().timestamp() - days * DAY));
    let (records, more) = list(visit, &filters, after).await?;
    let next = records.last().and_then(|last| last.int("id")).filter(|_| more).map(|last| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&filters).append_pair("after", &last.to_string());
        visit.link(&format!("/log?{}", query.finish()))
    });
    let body = html! {
        form.row role="search" aria-label=(say!("log")) action=(visit.link("/log")) {
            label { (say!("log-days")) br; input name="days" inputmode="numeric" size="5" value=(days); }
            @for (name, label) in FILTERS {
                label { (label) br; input name=(name) size="12" value=(visit.text(name)); }
            }
            button { (say!("show")) }
        }
        @if records.is_empty() {
            p { (say!("log-none")) }
        } @else { (table(&records)) }
        @if let Some(next) = next { p { a href=(next) { (say!("log-later")) } } }
    };
    Ok(Page::still(say!("log"), body))
}

async fn list(visit: &Visit<'_>, filters: &[(&str, String)], after: i64) -> Result<(Vec<Record>, bool), Problem> {
    let (table, mut records) = (audit::table(), Vec::new());
    let filters = filters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let message = messages::list(&Query { filters, limit: MOST, after: Some(after), ..Query::default() });
    let bytes = visit.services.call(&table.service, "List", message, &visit.caller).await?;
    let more = messages::read_list(table, bytes, |record| records.push(record.clone()))?;
    Ok((records, more))
}

/// Ids say when a record was written: twice the microseconds since 1970.
fn id_at(seconds: i64) -> i64 {
    seconds.saturating_mul(2_000_000).max(0)
}

fn table(records: &[Record]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(say!("log-records")) {
            table {
                thead { tr {
                    th scope="col" { (say!("when")) } th scope="col" { (say!("log-who")) } th scope="col" { (say!("log-from")) } th scope="col" { (say!("action")) }
                    th scope="col" { (say!("log-what")) } th.number scope="col" { (say!("co")) } th scope="col" { (say!("log-changes")) }
                } }
                tbody { @for record in records { (row(record)) } }
            }
        }
    }
}

fn row(record: &Record) -> Markup {
    let changes = match record.get("changes") {
        Some(Value::Objects(changes)) => changes.clone(),
        _ => Vec::new(),
    };
    let at = record.time("at").map(|seconds| Timestamp { seconds, nanos: 0 });
    let member = |change: &serde_json::Value, name: &str| match change.get(name) {
        None => "–".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    html! {
        tr {
            td { (moment(at.as_ref())) }
            td.words { (record.text("actor").unwrap_or_default()) }
            td.words { (record.text("address").unwrap_or_default()) }
            td { (record.text("action").unwrap_or_default()) }
            td.words {
                (record.text("resource").unwrap_or_default()) " "
                @if let Some(id) = record.int("resource_id") { (id) }
            }
            td.number { @if let Some(co) = record.int("co_id") { (co) } }
            td.words {
                @for change in &changes {
                    div { (member(change, "Field")) ": " (member(change, "Old")) " → " (member(change, "New")) }
                }
            }
        }
    }
}
