//! Secrets of targets: opened for connectors, sealed for the database, with the data keys that are there.
//!
//! Guarantee: what a description calls secret is written sealed, or not at all. Mechanism: the data key is the newest that
//! the transaction sees, and stays until its end. Failure: what cannot be opened stays sealed, with an error in the log
//! when that changes; without a key that opens the newest data key, no secret is written (503).

use proto::{
    record::{Record, Slot, Value},
    refusal::Refusal,
};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::{Map, Value as Json};
use service_kit::{
    clock::Clock,
    database::{Database, Transaction, refusal_of},
};

use crate::{
    connector::{description::Description, registry::Connectors},
    domain::{ids::TargetId, target::Target},
    secrets::{Keyring, envelope},
    store::{data_keys, entity::target::Model, targets},
};

/// Opens and seals. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Secrets {
    pub(super) database: Database,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
}

impl Secrets {
    /// With these keys, for this database.
    #[must_use]
    pub fn new(database: &Database, keyring: Keyring, clock: &Clock) -> Self {
        Self { database: database.clone(), keyring, clock: clock.clone() }
    }

    /// Opens the secrets of a target for its connector; what cannot be opened stays sealed.
    pub async fn open(&self, target: &mut Target) {
        self.open_all(target.id, &mut target.configuration).await;
    }

    /// Opens what is sealed; whether nothing stayed so.
    pub(super) async fn open_all(&self, id: TargetId, configuration: &mut Map<String, Json>) -> bool {
        if self.keyring.open(id, configuration).is_empty() {
            return true;
        }
        // It may be sealed under a data key that was made meanwhile.
        if let Err(error) = self.learn(self.database.reader()).await {
            tracing::warn!(%error, "data keys cannot be read");
        }
        let shut = self.keyring.open(id, configuration);
        if !shut.is_empty() {
            tracing::warn!(target.id = id.0, keys = shut.join(", "), "secrets of a target cannot be read");
        }
        shut.is_empty()
    }

    /// The record of a row, with its secrets; those that cannot be opened are missing.
    pub async fn record(&self, row: &Model) -> Record {
        let mut record = targets::record(row);
        if let Some(Value::Object(mut configuration)) = record.get("configuration").cloned() {
            self.open_all(row.id, &mut configuration).await;
            envelope::strip(&mut configuration);
            record.set("configuration", Slot::Is(Value::Object(configuration)));
        }
        record
    }

    /// Sees to it that there is a data key, before a transaction that seals.
    ///
    /// # Errors
    /// 503, if there is no key to make one with.
    pub async fn ready(&self) -> Result<(), Refusal> {
        let away = |error: DbErr| refusal_of(&error);
        if data_keys::all(self.database.reader()).await.map_err(away)?.is_empty() {
            self.keyring.make().await.map_err(|error| Refusal::Unavailable(error.0))?;
            let new = self.keyring.new_data_key(1).ok_or_else(|| self.no_key())?;
            data_keys::insert(self.database.writer(), &new, self.clock.now()).await.map_err(away)?;
        }
        Ok(())
    }

    /// Seals the secrets of a target, in the transaction that writes them.
    ///
    /// # Errors
    /// 503, if there is no key for it; those of the database.
    pub async fn seal(
        &self,
        tx: &Transaction,
        description: &Description,
        target: TargetId,
        configuration: &mut Map<String, Json>,
    ) -> Result<(), Refusal> {
        let away = |error: DbErr| refusal_of(&error);
        let newest = data_keys::newest(tx).await.map_err(away)?.ok_or_else(|| self.no_key())?;
        if !self.keyring.has(newest) {
            self.learn(tx).await.map_err(away)?;
        }
        let mut sealed = self.keyring.has(newest);
        description.secrets(configuration, &mut |path, value| {
            sealed = sealed && self.keyring.seal(newest, target, path, value);
        });
        if sealed { Ok(()) } else { Err(self.no_key()) }
    }

    /// Takes in the data keys of the database; keys that are missing are looked for anew, and told when they change.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn learn<C: ConnectionTrait>(&self, db: &C) -> Result<(), DbErr> {
        let wrapped = data_keys::all(db).await?;
        let mut missing = self.keyring.learn(&wrapped);
        if !missing.is_empty() {
            if let Err(error) = self.keyring.reload().await {
                tracing::error!(%error, "the keys for secrets cannot be read anew");
            }
            missing = self.keyring.learn(&wrapped);
        }
        if self.keyring.miss(&missing) && !missing.is_empty() {
            let ids: Vec<&str> = missing.iter().map(String::as_str).collect();
            tracing::error!(
                missing = ids.join(", "),
                "secrets of targets were encrypted with a key that is not there or is another one; requests of those \
                 targets fail. {} should have it, see \"Keys for secrets\" in docs/operations.md",
                self.keyring.source().described()
            );
        }
        Ok(())
    }

    fn no_key(&self) -> Refusal {
        let sentence = match self.keyring.newest_key() {
            None => {
                "Secrets cannot be kept: this server has no key to encrypt them with. Its operator sets one \
                     (secrets.key_file)."
            }
            Some(_) => {
                "Secrets cannot be kept: this server lacks the key that they are encrypted with. Its operator puts \
                        it back, or rotates."
            }
        };
        Refusal::Unavailable(sentence.to_owned())
    }
}

/// A description of what nothing is known of: all is secret.
static UNKNOWN: Description = Description { plugin: "", keys: &[] };

/// The description of a plugin's configuration.
pub(super) fn description(connectors: &Connectors, plugin: &str) -> &'static Description {
    connectors.get(plugin).map_or(&UNKNOWN, |connector| connector.configuration())
}

/// The configuration that a record says, if it has secrets.
pub(super) fn configuration_with_secrets(description: &Description, record: &Record) -> Option<Map<String, Json>> {
    let Some(Value::Object(configuration)) = record.get("configuration") else { return None };
    let (mut configuration, mut any) = (configuration.clone(), false);
    description.secrets(&mut configuration, &mut |_, _| any = true);
    any.then_some(configuration)
}
