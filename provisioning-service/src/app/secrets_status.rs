//! How it stands with the keys for secrets.

use std::fmt;

use sea_orm::DbErr;

use crate::{
    app::{rotate_secrets::in_clear, secrets::Secrets},
    connector::registry::Connectors,
    store::data_keys,
};

/// A data key, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub id: i64,
    /// The id of the key that it is under.
    pub key: String,
    /// Whether that key is there, and opens it.
    pub opens: bool,
    /// How many targets are under it.
    pub targets: i64,
}

/// How it stands with the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The ids of the keys, the newest last.
    pub keys: Vec<String>,
    /// The data keys, the newest last.
    pub data_keys: Vec<Known>,
    /// How many targets have secrets in clear.
    pub in_clear: usize,
}

/// Finds out how it stands.
///
/// # Errors
/// Those of the database.
pub async fn run(secrets: &Secrets, connectors: &Connectors) -> Result<Status, DbErr> {
    let db = secrets.database.reader();
    secrets.learn(db).await?;
    let mut known = Vec::new();
    for wrapped in data_keys::all(db).await? {
        let (opens, targets) = (secrets.keyring.has(wrapped.id), data_keys::uses(db, wrapped.id).await?);
        known.push(Known { id: wrapped.id, key: wrapped.key, opens, targets });
    }
    let in_clear = in_clear(secrets, connectors).await?;
    Ok(Status { keys: secrets.keyring.key_ids(), data_keys: known, in_clear })
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, id) in self.keys.iter().enumerate() {
            writeln!(f, "key       {id}{}", if at + 1 == self.keys.len() { " (the newest)" } else { "" })?;
        }
        for Known { id, key, opens, targets } in &self.data_keys {
            let opens = if *opens { "" } else { ", which is not there or is another one" };
            writeln!(f, "data key  {id}, under the key {key}{opens}: {targets} targets")?;
        }
        writeln!(f, "in clear  {} targets", self.in_clear)
    }
}
