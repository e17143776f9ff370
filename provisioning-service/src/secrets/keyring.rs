//! The keys that are known to this process.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Map, Value as Json};
use service_kit::config::ConfigError;

use crate::{
    domain::ids::TargetId,
    secrets::{
        Key, Keys, Source, envelope,
        key::{LENGTH, random},
    },
};

/// How long a command is left alone.
const PAUSE: Duration = Duration::from_secs(10);

/// A data key as the database keeps it: sealed under a key that is not in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    /// Its number; the greatest is the newest.
    pub id: i64,
    /// The id of the key that it is sealed under.
    pub key: String,
    /// The sealed key, in base64.
    pub sealed: String,
}

fn place(data_key: i64) -> String {
    format!("cohort/data_keys/{data_key}")
}

/// The keys: those of the source, and the data keys that they open. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Keyring {
    source: Source,
    held: Arc<RwLock<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    keys: Keys,
    data: BTreeMap<i64, Key>,
    /// When the keys were read anew.
    reloaded: Option<Instant>,
    /// The keys that were missed when somebody looked last.
    missed: BTreeSet<String>,
}

impl Keyring {
    /// Reads the keys of a source.
    ///
    /// # Errors
    /// A sentence, if they cannot be read.
    pub async fn read(source: Source) -> Result<Self, ConfigError> {
        let keys = source.read().await?;
        Ok(Self { source, held: Arc::new(RwLock::new(Held { keys, ..Held::default() })) })
    }

    /// Reads the keys anew: there may be more of them now. A command is not run again at once.
    ///
    /// # Errors
    /// A sentence, if they cannot be read; those that were known stay.
    pub async fn reload(&self) -> Result<(), ConfigError> {
        let last = self.look().reloaded;
        if matches!(self.source, Source::Command(_)) && last.is_some_and(|last| last.elapsed() < PAUSE) {
            return Ok(());
        }
        self.change().reloaded = Some(Instant::now());
        let keys = self.source.read().await?;
        self.change().keys = keys;
        Ok(())
    }

    /// Makes the key of its own that a source may have, if there is none.
    ///
    /// # Errors
    /// A sentence, if it cannot be written.
    pub async fn make(&self) -> Result<(), ConfigError> {
        if self.newest_key().is_some() || !self.source.make()? {
            return Ok(());
        }
        self.reload().await
    }

    /// Where the keys come from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The id of the newest key.
    #[must_use]
    pub fn newest_key(&self) -> Option<String> {
        self.look().keys.newest().map(|key| key.id.clone())
    }

    /// The ids of all keys, the newest last.
    #[must_use]
    pub fn key_ids(&self) -> Vec<String> {
        self.look().keys.ids().map(str::to_owned).collect()
    }

    /// Takes in data keys; gives the ids of the keys that are missing to open the others, or do not open them.
    pub fn learn(&self, wrapped: &[Wrapped]) -> BTreeSet<String> {
        let mut held = self.change();
        let held = &mut *held;
        let mut missing = BTreeSet::new();
        for wrapped in wrapped {
            if held.data.contains_key(&wrapped.id) {
                continue;
            }
            let bytes = BASE64.decode(&wrapped.sealed).unwrap_or_default();
            let opened = held.keys.get(&wrapped.key).and_then(|key| key.open(&place(wrapped.id), &bytes));
            match opened.as_deref().and_then(Key::of) {
                Some(key) => _ = held.data.insert(wrapped.id, key),
                None => _ = missing.insert(wrapped.key.clone()),
            }
        }
        held.data.retain(|id, _| wrapped.iter().any(|wrapped| wrapped.id == *id));
        missing
    }

    /// Notes which keys are missing; whether that is news.
    pub fn miss(&self, missing: &BTreeSet<String>) -> bool {
        let mut held = self.change();
        let news = held.missed != *missing;
        held.missed.clone_from(missing);
        news
    }

    /// Makes a data key of a number, sealed under the newest key; none without a key.
    #[must_use]
    pub fn new_data_key(&self, id: i64) -> Option<Wrapped> {
        let held = self.look();
        let key = held.keys.newest()?;
        let sealed = key.seal(&place(id), &random::<LENGTH>()?)?;
        Some(Wrapped { id, key: key.id.clone(), sealed: BASE64.encode(sealed) })
    }

    /// Whether a data key is known.
    #[must_use]
    pub fn has(&self, data_key: i64) -> bool {
        self.look().data.contains_key(&data_key)
    }

    /// Opens what is sealed in the configuration of a target; gives the paths of what stays sealed.
    pub fn open(&self, target: TargetId, configuration: &mut Map<String, Json>) -> Vec<String> {
        let (held, mut shut) = (self.look(), Vec::new());
        envelope::each(configuration, &mut |path, value| {
            let key = envelope::data_key(value).and_then(|id| held.data.get(&id));
            match key.and_then(|key| envelope::open(key, target, path, value)) {
                Some(clear) => *value = clear,
                None => shut.push(path.to_owned()),
            }
        });
        shut
    }

    /// Seals a value of the configuration of a target under a data key; whether it could be.
    #[must_use]
    pub fn seal(&self, data_key: i64, target: TargetId, path: &str, value: &mut Json) -> bool {
        let held = self.look();
        let sealed = held.data.get(&data_key).and_then(|key| envelope::seal(key, data_key, target, path, value));
        let done = sealed.is_some();
        *value = sealed.unwrap_or_default();
        done
    }

    fn look(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }
}
