//! Writing down that logins failed (D60): the gateway counts them and tells.

use proto::{audit::v1::FailedLogin, caller::Caller};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value as Json;
use service_kit::audit::{Entry, changes::change};

use crate::{
    change::Change,
    context::{App, Fault},
    store::entity::api_user,
};

/// So many characters of a name are kept.
const LONGEST: usize = 128;

/// Writes logins that failed into the security log: the name that was given as the actor, and the API user if it has one.
///
/// # Errors
/// Those of the database.
pub async fn login_failed(app: &App, failed: &FailedLogin) -> Result<(), Fault> {
    let shown = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    let username: String = failed.username.chars().map(shown).take(LONGEST).collect();
    let address: String = failed.address.chars().map(shown).take(LONGEST).collect();
    let of_login = api_user::Entity::find().filter(api_user::Column::Login.eq(&username));
    let row = of_login.one(app.database.reader()).await?;
    let caller = Caller { username, address, ..Caller::default() };
    let mut change = Change::begin(app, &caller).await?;
    change.audit(Entry {
        action: "LoginFailed",
        resource: "ApiUser".to_owned(),
        resource_id: row.as_ref().map(|row| row.id),
        co_id: row.as_ref().and_then(|row| row.co_id),
        changes: vec![change_of_attempts(failed.attempts)],
    });
    Ok(change.commit().await?)
}

fn change_of_attempts(attempts: i64) -> Json {
    change("Attempts", None, Some(&Json::from(attempts)))
}
