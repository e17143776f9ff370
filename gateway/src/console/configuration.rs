//! The configuration of a target, as a form that follows from what its connector wants to be told. Secrets read back masked, and
//! a mask that is sent back keeps them; what is wrong is said at its field.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use maud::{Markup, html};
use prost::Message as _;
use proto::{
    provisioning::v1::CoProvisioningTarget,
    record,
    refusal::Refusal,
    registry::v1::{EditRecord, Edited},
    table::Table,
};
use serde_json::{Map, Value as Json};

use crate::{
    console::{
        connectors::{self, Key, Kind},
        page::{self, Next, Page},
        visit::{Visit, target_name},
        words::{say, show},
    },
    messages::{self, Unreadable},
    refusal::Problem,
};

/// What the fields hold, by their names, and what is wrong with them.
#[derive(Default)]
struct Filled {
    texts: BTreeMap<String, String>,
    wrong: Vec<String>,
}

/// The form with what is stored.
///
/// # Errors
/// What the service refused.
pub async fn page(visit: &Visit<'_>, id: i64) -> Result<Page, Problem> {
    let (target, tag) = view(visit, id).await?;
    let stored = target.configuration.clone().map(record::json_of_struct).unwrap_or_default();
    let keys = connectors::of(target.plugin.as_deref().unwrap_or_default());
    let texts = keys.iter().filter_map(|key| Some((key.name.clone(), key.shown(stored.get(&key.name)?)))).collect();
    Ok(form(visit, &target, &tag, &Filled { texts, wrong: Vec::new() }))
}

/// Stores what was filled in, after reaching for the target if that was asked for.
///
/// # Errors
/// What the service refused, but for what is wrong with a field.
pub async fn save(visit: &Visit<'_>, id: i64) -> Result<Next, Problem> {
    if !visit.caller.allows(Table::of::<CoProvisioningTarget>(), "Edit") {
        return Err(Refusal::not_privileged().into());
    }
    let (target, _) = view(visit, id).await?;
    let tag = visit.given.get("tag").cloned().unwrap_or_default();
    let mut filled = Filled::default();
    let mut configuration = Map::new();
    for key in connectors::of(target.plugin.as_deref().unwrap_or_default()) {
        let text = visit.given.get(&key.name).cloned().unwrap_or_default();
        match key.read(&text) {
            Ok(value) => configuration.extend(value.map(|value| (key.name.clone(), value))),
            Err(sentence) => filled.wrong.push(sentence),
        }
        filled.texts.insert(key.name.clone(), text);
    }
    let check = visit.text("do") == "check";
    if filled.wrong.is_empty() {
        match edit(visit, id, configuration, check, &tag).await {
            Ok(Edited { .. }) => {
                let says = if check { say!("configuration-checked") } else { say!("configuration-stored") };
                return Ok(page::done(visit, format!("/targets/{id}"), says));
            }
            Err(Problem::Refused(Refusal::InvalidFields(wrong))) => {
                filled.wrong = wrong.0.into_values().flatten().collect()
            }
            Err(problem @ Problem::Refused(Refusal::Unfit { .. } | Refusal::BadRequest(_))) => {
                filled.wrong.push(page::sentence(&problem));
            }
            Err(problem) => return Err(problem),
        }
    }
    Ok(Next::Show(StatusCode::BAD_REQUEST, form(visit, &target, &tag, &filled)))
}

async fn view(visit: &Visit<'_>, id: i64) -> Result<(CoProvisioningTarget, String), Problem> {
    let table = Table::of::<CoProvisioningTarget>();
    let sight = visit.services.view(table, messages::id(id), id, &visit.caller).await?;
    let target = CoProvisioningTarget::decode(sight.record).map_err(Unreadable::from)?;
    Ok((CoProvisioningTarget { id: Some(id), ..target }, sight.tag.unwrap_or_default()))
}

/// Only if nobody else has changed the target since the form was loaded (D43).
async fn edit(
    visit: &Visit<'_>,
    id: i64,
    configuration: Map<String, Json>,
    check: bool,
    tag: &str,
) -> Result<Edited, Problem> {
    let record = CoProvisioningTarget {
        id: Some(id),
        configuration: Some(record::struct_of_json(&configuration)),
        check: check.then_some(true),
        ..CoProvisioningTarget::default()
    };
    let mut paths = vec!["configuration".to_owned()];
    paths.extend(check.then(|| "check".to_owned()));
    let message = EditRecord {
        record: record.encode_to_vec().into(),
        unread: Vec::new(),
        sent: Some(prost_types::FieldMask { paths }),
        if_match: (!tag.is_empty()).then(|| tag.to_owned()),
    };
    visit.ask(Table::of::<CoProvisioningTarget>(), "Edit", &message).await
}

fn form(visit: &Visit<'_>, target: &CoProvisioningTarget, tag: &str, filled: &Filled) -> Page {
    let plugin = target.plugin.as_deref().unwrap_or_default();
    let keys = connectors::of(plugin);
    let may = visit.caller.allows(Table::of::<CoProvisioningTarget>(), "Edit");
    // A sentence names its key first: `"Attributes[2].Type" must …`.
    let of = |key: &Key| -> Vec<&String> {
        let begin = format!("\"{}", key.name);
        let names = |said: &&String| said.strip_prefix(&begin).is_some_and(|rest| rest.starts_with(['"', '[', '.']));
        filled.wrong.iter().filter(names).collect()
    };
    let others: Vec<&String> =
        filled.wrong.iter().filter(|said| !keys.iter().any(|key| of(key).contains(said))).collect();
    let action = visit.link(&format!("/targets/{}/configuration", target.id.unwrap_or_default()));
    let body = html! {
        p { (say!("configuration-about", plugin = plugin)) }
        @if keys.is_empty() { p { (say!("configuration-unknown")) } }
        @if !filled.wrong.is_empty() { p.wrong role="alert" { (say!("configuration-not-stored")) " " @for said in others { (said) " " } } }
        form method="post" action=(action) {
            (page::token(visit))
            input type="hidden" name="tag" value=(tag);
            fieldset disabled[!may] {
                legend { (say!("configuration")) }
                @for key in keys { (field(key, filled.texts.get(&key.name).map_or("", String::as_str), &of(key))) }
                @if may {
                    div.row {
                        button name="do" value="check" { (say!("configuration-check")) }
                        button name="do" value="store" { (say!("configuration-store")) }
                    }
                }
            }
        }
        p { a href=(visit.link(&format!("/targets/{}", target.id.unwrap_or_default()))) { (say!("back-to-target")) } }
    };
    Page::still(say!("configuration-of", target = target_name(target)), body)
}

fn field(key: &Key, text: &str, wrong: &[&String]) -> Markup {
    let (id, help) = (format!("key-{}", key.name), format!("help-{}", key.name));
    let invalid = (!wrong.is_empty()).then_some("true");
    html! {
        div.field {
            label for=(id) { (key.name) @if key.required { span.faint { " " (say!("configuration-required")) } } }
            @match &key.kind {
                Kind::Choice(values) => {
                    select id=(id) name=(key.name) aria-describedby=(help) aria-invalid=[invalid] {
                        option value="" selected[text.is_empty()] { "–" }
                        @for value in values { option selected[value == text] { (value) } }
                    }
                }
                Kind::Lines | Kind::Texts | Kind::Objects => {
                    textarea id=(id) name=(key.name) rows="4" spellcheck="false" aria-describedby=(help) aria-invalid=[invalid] { "\n" (text) }
                }
                kind => {
                    @let number = (*kind == Kind::Number).then_some("numeric");
                    input id=(id) name=(key.name) value=(text) type=(if *kind == Kind::Secret { "password" } else { "text" })
                        inputmode=[number] autocomplete="off" spellcheck="false" aria-describedby=(help) aria-invalid=[invalid];
                }
            }
            p.faint id=(help) {
                @match &key.default {
                    Some(default) => {
                        (show!("configuration-default", help = key.help.as_str(), default = html! { code { (default) } }))
                    }
                    None => { (key.help) }
                }
                @for said in wrong { " " strong.wrong { (said) } }
            }
        }
    }
}
