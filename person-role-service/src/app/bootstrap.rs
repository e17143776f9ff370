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
    let (text, hash, digest) = match given {
        Some(given) => (None, keys::hash(&app.hashing, given.to_owned()).await?, None),
        None => {
            let made = keys::make()?;
            (Some(made.key), made.hash, Some(made.digest))
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
        key_digest: Set(digest),
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
    if !key.is_empty() && is_guessed(name, key) {
        return Err(ConfigError(
            "COHORT_BOOTSTRAP_KEY is among the first that anybody tries; take one that nobody guesses, such as what `openssl rand -base64 24` prints.".to_owned(),
        ));
    }
    Ok(())
}

/// Words that keys of people are made of most often.
const WORDS: [&str; 20] = [
    "password",
    "passwort",
    "passw0rd",
    "12345678",
    "87654321",
    "qwertyui",
    "qwertzui",
    "changeme",
    "change-me",
    "letmein",
    "welcome",
    "secret",
    "geheim",
    "admin",
    "administrator",
    "root",
    "cohort",
    "comanage",
    "test",
    "default",
];

/// Whether a key is the name, one of the usual words or a few characters again and again, with no more than some digits
/// and signs around it.
fn is_guessed(name: &str, key: &str) -> bool {
    let small = key.to_lowercase();
    let core = small.trim_matches(|letter: char| !letter.is_alphabetic());
    let mut letters: Vec<char> = small.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let is_word =
        |word: &str| small == word || core == word || small.strip_prefix(word).is_some_and(|rest| rest == word);
    letters.len() < 5 || WORDS.iter().any(|word| is_word(word)) || is_word(&name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_everybody_tries_is_refused_with_a_sentence() {
        for key in [
            "password",
            "Password1!",
            "12345678",
            "aaaaaaaa",
            "abababab",
            "changeme",
            "admin123",
            "Adminadmin",
            "secret12",
        ] {
            let refused = check("admin", key).unwrap_err().0;
            assert!(refused.ends_with('.') && !refused.contains(key), "{refused}");
        }
        for key in ["", "a-secret-of-the-site", "correct horse", "5f0c2f1a9b8e7d6c", "X7!kp2Qz"] {
            assert_eq!(check("admin", key), Ok(()), "{key}");
        }
    }
}
