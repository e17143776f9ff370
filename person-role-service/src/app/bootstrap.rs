//! The first platform API user: somebody must be able to make the others.

use proto::{caller::Caller, record::Record};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use service_kit::{
    audit::{Entry, changes::between},
    config::ConfigError,
    database::is_taken,
    rows::is,
};

use crate::{
    change::Change,
    context::{App, Fault},
    domain::username,
    keys,
    store::{
        entity::{api_user, api_user::ApiUsers},
        stored::Stored,
    },
};

/// A platform user that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub username: String,
    /// Its key, when it was made up here; one that was given is not told again.
    pub key: Option<String>,
}

/// Makes a privileged platform user, unless there is one. `given` is its key; without it one is made up.
///
/// # Errors
/// Those of the database.
pub async fn bootstrap(app: &App, name: &str, given: Option<&str>) -> Result<Option<Made>, Fault> {
    let there = api_user::Entity::find()
        .filter(api_user::Column::CoId.is_null())
        .filter(is(api_user::Column::Privileged))
        .one(app.database.writer())
        .await?;
    if there.is_some() {
        return Ok(None);
    }
    let (text, hash) = match given {
        Some(given) => (None, keys::hash(&app.hashing, given.to_owned()).await?),
        None => {
            let (text, hash) = keys::make(&app.hashing).await?;
            (Some(text), hash)
        }
    };
    let house = Caller::house();
    let mut change = Change::begin(app, &house).await?;
    let now = change.time().await?;
    let row = api_user::ActiveModel {
        co_id: Set(None),
        username: Set(name.to_owned()),
        login: Set(name.to_owned()),
        privileged: Set(true),
        status: Set("A".to_owned()),
        valid_from: Set(None),
        valid_through: Set(None),
        remote_ip: Set(None),
        key_hash: Set(hash),
        created: Set(now),
        modified: Set(now),
        ..Default::default()
    };
    let row = match row.insert(&change.tx).await {
        // Another instance of the service was faster.
        Err(error) if is_taken(&error) => return Ok(None),
        row => row?,
    };
    change.audit(Entry {
        action: "Add",
        resource: "ApiUser".to_owned(),
        resource_id: Some(row.id),
        co_id: None,
        changes: between(None, Some(&ApiUsers::columns().record(&row)), Record::clone),
    });
    change.commit().await?;
    Ok(Some(Made { username: name.to_owned(), key: text }))
}

/// Checks the name and key that the configuration gives for the first user.
///
/// # Errors
/// A sentence on what to change.
pub fn check(name: &str, key: &str) -> Result<(), ConfigError> {
    if name.is_empty() || username::trouble(None, name).is_some() {
        return Err(ConfigError(format!(
            "COHORT_BOOTSTRAP_USER must be a name without blanks and colons that does not begin like that of a CO (co_<id>.), not \"{name}\"."
        )));
    }
    if !key.is_empty() && key.chars().count() < 8 {
        return Err(ConfigError("COHORT_BOOTSTRAP_KEY must have at least eight characters.".to_owned()));
    }
    Ok(())
}
