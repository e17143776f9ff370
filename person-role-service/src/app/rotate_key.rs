//! Making a new key for an API user; the old one ends (D15).

use proto::{MASK, caller::Caller, refusal::Refusal};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel, sea_query::LockType};
use serde_json::Value as Json;
use service_kit::audit::{self, Entry};

use crate::{
    change::{Change, holds},
    context::{App, Fault},
    domain::limits,
    keys,
    resource::{Extras, api_user::own_limits},
    store::{entity::api_user::ApiUsers, stored::Stored},
};

/// Makes a new key; gives what the answer says beside the id.
///
/// # Errors
/// `Unknown`, `Unauthorized`, also when it may what the caller may not, or from where he may not (D61), or the database's fault.
pub async fn rotate_key(app: &App, caller: &Caller, id: i64) -> Result<Extras, Fault> {
    let mut change = Change::begin(app, caller).await?;
    let row = holds::row::<ApiUsers>(&change, id, LockType::NoKeyUpdate).await?;
    let has_more = match own_limits(&change).await?.filter(|_| caller.api_user_id != Some(id)) {
        Some(own) => !limits::wider(&own, &ApiUsers::columns().record(&row)).is_empty(),
        None => false,
    };
    if has_more || !caller.has_all_of(&row.scopes(), row.privileged) {
        return Err(Refusal::not_privileged().into());
    }
    let made = keys::make()?;
    let login = row.login.clone();
    let masked = Json::from(MASK);
    change.audit(Entry {
        action: "RotateKey",
        resource: "ApiUser".to_owned(),
        resource_id: Some(id),
        co_id: row.co_id,
        changes: vec![audit::changes::change("ApiKey", Some(&masked), Some(&masked))],
    });
    let mut active = row.into_active_model();
    active.key_hash = Set(made.hash);
    active.key_digest = Set(Some(made.digest));
    active.modified = Set(change.time().await?);
    active.update(&change.tx).await?;
    change.commit().await?;
    Ok(vec![("Username".to_owned(), login), ("ApiKey".to_owned(), made.key)])
}
