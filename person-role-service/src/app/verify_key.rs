//! Checking a login and its key (D13).

use proto::{
    record::Value,
    refusal::Refusal,
    registry::v1::{Principal, VerifyRequest},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    context::{App, Fault},
    keys,
    store::{
        entity::{api_user, api_user::ApiUsers},
        stored::Stored,
    },
};

/// Longest login and key that are looked at; ours are far shorter.
const LONGEST: usize = 256;

/// Tells who a login is, if the key is right and the login is active.
///
/// # Errors
/// `Unauthorized` in one form for every reason; it takes as long for an unknown login as for a wrong key.
pub async fn verify_key(app: &App, request: VerifyRequest) -> Result<Principal, Fault> {
    let nobody = || {
        Refusal::Unauthorized(
            "Send the name and the key of an active API user with HTTP Basic authentication.".to_owned(),
        )
    };
    if request.username.len() > LONGEST || request.key.len() > LONGEST || request.username.contains('\0') {
        return Err(nobody().into());
    }
    let row = api_user::Entity::find()
        .filter(api_user::Column::Login.eq(&request.username))
        .one(app.database.reader())
        .await?;
    let hash = row.as_ref().map_or_else(|| keys::NO_KEY.to_owned(), |row| row.key_hash.clone());
    let fits = keys::fits(&app.hashing, request.key, hash).await?;
    let row = row.filter(|row| fits && row.status == "A").ok_or_else(nobody)?;
    let record = ApiUsers::columns().record(&row);
    let time = |column: &str| record.time(column).map(|seconds| prost_types::Timestamp { seconds, nanos: 0 });
    Ok(Principal {
        api_user_id: row.id,
        username: row.login.clone(),
        co_id: row.co_id,
        privileged: row.privileged,
        valid_from: time("valid_from"),
        valid_through: time("valid_through"),
        remote_ip: match record.get("remote_ip") {
            Some(Value::Texts(ranges)) => ranges.clone(),
            _ => Vec::new(),
        },
    })
}
