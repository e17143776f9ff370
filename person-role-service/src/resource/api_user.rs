//! API users: their full name carries their CO, their key is shown once (D14, D15).

use proto::record::{Slot, Value};
use sea_orm::ActiveValue::{Set, Unchanged};

use crate::{
    change::Change,
    context::Fault,
    domain::{username, validity},
    keys,
    resource::{Draft, Extras, Resource, merged},
    store::entity::{api_user, api_user::ApiUsers},
};

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
                if range.parse::<ipnet::IpNet>().is_err() && range.parse::<std::net::IpAddr>().is_err() {
                    draft
                        .wrong
                        .add("remote_ip", format!("\"{range}\" is no address and no CIDR range such as 192.0.2.0/24"));
                }
            }
        }
        let full = merged::<Self>(draft);
        validity::check_order(&full, &mut draft.wrong);
        Ok(())
    }

    async fn complete(
        change: &mut Change<'_>,
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
            let made = keys::make(&change.app().hashing).await?;
            row.key_hash = Set(made.hash);
            row.key_digest = Set(Some(made.digest));
            extras.push(("Username".to_owned(), login.clone()));
            extras.push(("ApiKey".to_owned(), made.key));
        }
        row.login = Set(login);
        Ok(())
    }
}
