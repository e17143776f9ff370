//! API users: their full name carries their CO, their key is shown once (D14, D15); their scopes and limits (D61).

use std::collections::BTreeSet;

use proto::{
    caller::Caller,
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::SuspendableStatus,
    scope::Scope,
};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    EntityTrait,
};

use service_kit::network;

use crate::{
    change::Change,
    context::{App, Fault},
    domain::{limits, username, validity},
    keys,
    resource::{Draft, Extras, Resource, merged},
    store::{
        entity::{api_user, api_user::ApiUsers},
        past::Moment,
        stored::Stored,
        uses,
    },
};

/// Scopes must be ones that there are; and nobody gives rights that he lacks, or changes a user who has such (D61).
fn check_scopes(caller: &Caller, draft: &mut Draft<'_, api_user::Model>, full: &Record) {
    let (scopes, privileged) = rights(full);
    if let Some(unknown) = scopes.iter().find(|text| Scope::read(text).is_none()) {
        draft.wrong.add("scopes", format!("\"{unknown}\" is no scope. {SCOPES}"));
    }
    let before = |row: &api_user::Model| caller.has_all_of(&row.scopes(), row.privileged);
    if !caller.has_all_of(&scopes, privileged) || !draft.before.is_none_or(before) {
        draft.forbidden.get_or_insert_with(Refusal::not_privileged);
    }
}

/// The rights that a record says: its scopes, and whether it is privileged.
fn rights(user: &Record) -> (Vec<String>, bool) {
    let scopes = match user.get("scopes") {
        Some(Value::Texts(scopes)) => scopes.clone(),
        _ => Vec::new(),
    };
    (scopes, user.get("privileged") == Some(&Value::Bool(true)))
}

/// Whether an edit gives a user more than there was: a right, or a key that counts again, earlier, for longer or from more addresses.
fn gives_more(row: &api_user::Model, before: &Record, full: &Record) -> bool {
    let had = Caller { co_id: row.co_id, scopes: row.scopes(), privileged: row.privileged, ..Caller::default() };
    let (scopes, privileged) = rights(full);
    let had_none = had.scopes.is_empty() && !had.privileged;
    let rights_grow = if had_none { privileged || !scopes.is_empty() } else { !had.has_all_of(&scopes, privileged) };
    let counts = |user: &Record| user.get("status") == Some(&Value::Enum(SuspendableStatus::Active.into()));
    let begins = |user: &Record| user.time("valid_from").unwrap_or(i64::MIN);
    let counts_more = begins(full) < begins(before) || !limits::wider(before, full).is_empty();
    rights_grow || counts_more || (counts(full) && !counts(before))
}

/// What a user may give no wider than he has it, as a record; nothing of platform users, who may everything.
///
/// # Errors
/// Those of the database. Who is there no more has no limits of which anything could be said, and gives nothing.
pub async fn own_limits(change: &Change<'_>) -> Result<Option<Record>, Fault> {
    let Some(id) = change.caller.api_user_id.filter(|_| !change.caller.is_platform()) else { return Ok(None) };
    let own = api_user::Entity::find_by_id(id).one(&change.tx).await?;
    let own = own.filter(|own| own.co_id == change.caller.co_id).ok_or_else(Refusal::not_privileged)?;
    Ok(Some(ApiUsers::columns().record(&own)))
}

/// No key lifts its own limits, nor makes one that has none of them, nor gives a right to one that has none of them.
async fn check_limits(change: &Change<'_>, draft: &mut Draft<'_, api_user::Model>, full: &Record) -> Result<(), Fault> {
    let Some(own) = own_limits(change).await? else { return Ok(()) };
    let before = draft.before.map(|row| (row, ApiUsers::columns().record(row)));
    // A limit that was wider stays, where nothing is given that was not there.
    let before = before.filter(|(row, before)| !gives_more(row, before, full)).map(|(_, before)| before);
    for (column, sentence) in limits::wider(&own, full) {
        let stays = before.as_ref().is_some_and(|before| before.get(column) == full.get(column));
        if !stays && !draft.wrong.has(column) {
            draft.wrong.add(column, sentence);
        }
    }
    Ok(())
}

const SCOPES: &str = "Use read, write, provision, provision:<id of a target>, keys, audit, or <resource>:read and \
    <resource>:write with the path of a resource, such as co_people:read";

#[async_trait::async_trait]
impl Resource for ApiUsers {
    /// Its key is its own, and yet a tag that a cache knows shall never stand for it (D43).
    fn is_computed(_row: &api_user::Model) -> bool {
        true
    }

    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, api_user::Model>) -> Result<(), Fault> {
        if draft.co_id.is_none() && !change.caller.is_platform() && !draft.wrong.has("co_id") {
            draft.wrong.add("co_id", "A CO ID must be provided; only platform users make platform users");
        }
        if let Some(name) = draft.sent.text("username").filter(|_| !draft.wrong.has("username")) {
            let name = username::without_prefix(draft.co_id, name).to_owned();
            match username::trouble(draft.co_id, &name) {
                Some(trouble) => draft.wrong.add("username", trouble),
                None => draft.sent.set("username", Slot::Is(Value::Text(name))),
            }
        }
        if let Some(Value::Texts(ranges)) = draft.sent.get("remote_ip").filter(|_| !draft.wrong.has("remote_ip")) {
            for range in ranges {
                if network::range(range).is_none() {
                    draft
                        .wrong
                        .add("remote_ip", format!("\"{range}\" is no address and no CIDR range such as 192.0.2.0/24"));
                }
            }
        }
        let full = merged::<Self>(draft);
        validity::check_order(&full, &mut draft.wrong);
        check_scopes(change.caller, draft, &full);
        check_limits(change, draft, &full).await
    }

    /// Nobody takes away who may more than he.
    async fn before_delete(change: &mut Change<'_>, row: &api_user::Model) -> Result<(), Fault> {
        match change.caller.has_all_of(&row.scopes(), row.privileged) {
            true => Ok(()),
            false => Err(Refusal::not_privileged().into()),
        }
    }

    async fn computed(app: &App, records: &mut [&mut Record], _moment: Moment, _filtered: bool) -> Result<(), Fault> {
        let ids: BTreeSet<i64> = records.iter().filter_map(|record| record.int("id")).collect();
        let used = uses::of(app.database.reader(), &ids).await?;
        for record in records.iter_mut() {
            let last = record.int("id").and_then(|id| used.get(&id));
            record.set("last_used", last.map_or(Slot::Absent, |at| Slot::Is(Value::Time(*at))));
        }
        Ok(())
    }

    async fn complete(
        _change: &mut Change<'_>,
        row: &mut api_user::ActiveModel,
        extras: &mut Extras,
        before: Option<&api_user::Model>,
    ) -> Result<(), Fault> {
        let (Set(name) | Unchanged(name)) = &row.username else { return Ok(()) };
        let co_id = match &row.co_id {
            Set(co_id) | Unchanged(co_id) => *co_id,
            sea_orm::ActiveValue::NotSet => None,
        };
        let login = username::login(co_id, name);
        if before.is_none() {
            let made = keys::make()?;
            row.key_hash = Set(made.hash);
            row.key_digest = Set(Some(made.digest));
            extras.push(("Username".to_owned(), login.clone()));
            extras.push(("ApiKey".to_owned(), made.key));
        }
        row.login = Set(login);
        Ok(())
    }
}
