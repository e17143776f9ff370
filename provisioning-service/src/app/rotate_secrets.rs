//! Taking all secrets to the newest key, while the services run.
//!
//! Guarantee: whenever it is interrupted, each target is whole, under the data key from before or the new one; run again, it
//! goes on. Mechanism: a data key is made if the newest is not sealed under the newest key; each target is a transaction of
//! its own, which holds its row; a data key goes when nothing is sealed under it and nobody is sealing. Failure: what cannot
//! be opened is left as it is and told, and keeps its data key.

use std::fmt;

use sea_orm::DbErr;
use service_kit::config::ConfigError;

use crate::{
    app::secrets::{Secrets, description},
    connector::registry::Connectors,
    domain::ids::TargetId,
    secrets::{Wrapped, envelope},
    store::{data_keys, entity::target::Model, targets},
};

/// How many targets are looked at before it is told how far it is.
const PAGE: u64 = 50;
/// How often it begins anew when others write under the old data key meanwhile.
const PASSES: usize = 10;

/// Why it ended early; run again, it goes on.
#[derive(Debug, thiserror::Error)]
pub enum Unrotated {
    /// The keys cannot be read.
    #[error(transparent)]
    Keys(#[from] ConfigError),
    /// There is none, or it does not open what it should.
    #[error("{0}")]
    NoKey(String),
    /// The database.
    #[error("the database cannot be used")]
    Database(#[from] DbErr),
}

/// How many targets were what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Were under another data key, and are under the newest.
    pub moved: u64,
    /// Were in clear, and are under the newest.
    pub sealed: u64,
    /// Were under the newest already.
    pub current: u64,
    /// Have no secrets.
    pub without: u64,
    /// Cannot be opened: their ids.
    pub unreadable: Vec<TargetId>,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Of the last pass, what it moved and sealed of all.
    pub counts: Counts,
    /// The ids of data keys that are gone.
    pub dropped: Vec<i64>,
    /// The ids of keys that nothing needs any more.
    pub needless: Vec<String>,
}

/// What a target has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Current,
    Old,
    Clear,
    Unreadable,
}

/// Takes everything to the newest key; `told` hears from time to time how far it is.
///
/// # Errors
/// Without a key; those of the database.
pub async fn run(
    secrets: &Secrets,
    connectors: &Connectors,
    told: &(dyn Fn(&Counts) + Sync),
) -> Result<Rotated, Unrotated> {
    secrets.keyring.reload().await?;
    let newest = newest_data_key(secrets).await?;
    let mut rotated = Rotated::default();
    for _ in 0..PASSES {
        let counts = pass(secrets, connectors, newest, told).await?;
        let (moved, sealed) = (rotated.counts.moved + counts.moved, rotated.counts.sealed + counts.sealed);
        rotated.counts = Counts { moved, sealed, ..counts };
        let tx = secrets.database.begin().await?;
        rotated.dropped.extend(data_keys::drop_unused(&tx, newest).await?);
        tx.commit().await?;
        let left = data_keys::all(secrets.database.reader()).await?;
        let needed = |id: &String| left.iter().any(|wrapped| wrapped.key == *id);
        rotated.needless = secrets.keyring.key_ids().into_iter().filter(|id| !needed(id)).collect();
        if left.len() == 1 || !rotated.counts.unreadable.is_empty() {
            break;
        }
    }
    scour(secrets, &rotated.counts).await;
    Ok(rotated)
}

/// Seals what is in clear, from before there were keys: for a process that is alone with its database.
///
/// # Errors
/// Without a key; those of the database.
pub async fn seal_clear(secrets: &Secrets, connectors: &Connectors) -> Result<Counts, Unrotated> {
    if in_clear(secrets, connectors).await? == 0 {
        return Ok(Counts::default());
    }
    secrets.ready().await.map_err(|refusal| Unrotated::NoKey(refusal.to_string()))?;
    let newest = data_keys::newest(secrets.database.reader()).await?.unwrap_or_default();
    let counts = pass(secrets, connectors, newest, &|_| ()).await?;
    scour(secrets, &counts).await;
    Ok(counts)
}

/// How many targets have secrets in clear.
///
/// # Errors
/// Those of the database.
pub async fn in_clear(secrets: &Secrets, connectors: &Connectors) -> Result<usize, DbErr> {
    let rows = targets::list(secrets.database.reader(), None, 0, 0).await?;
    Ok(rows.iter().filter(|row| found(connectors, row, 0) == Found::Clear).count())
}

/// What was in clear is not to be found in the files either.
async fn scour(secrets: &Secrets, counts: &Counts) {
    if counts.sealed > 0
        && let Err(error) = data_keys::scour(secrets.database.writer()).await
    {
        tracing::warn!(%error, "what secrets were in clear may be in the files of the database until it is vacuumed");
    }
}

/// The data key that everything is to be under; it is made, if the newest is not sealed under the newest key.
async fn newest_data_key(secrets: &Secrets) -> Result<i64, Unrotated> {
    let no_key = |refusal: proto::refusal::Refusal| Unrotated::NoKey(refusal.to_string());
    secrets.ready().await.map_err(no_key)?;
    let db = secrets.database.reader();
    let keyring = &secrets.keyring;
    let is_newest = |wrapped: &Wrapped| Some(&wrapped.key) == keyring.newest_key().as_ref();
    let known = data_keys::all(db).await?;
    let last = known.last().map_or(0, |wrapped| wrapped.id);
    if !known.last().is_some_and(is_newest) {
        let without = || Unrotated::NoKey(format!("{}; nothing was rotated.", keyring.source().described()));
        let new = keyring.new_data_key(last + 1).ok_or_else(without)?;
        data_keys::insert(secrets.database.writer(), &new, secrets.clock.now()).await?;
    }
    secrets.learn(db).await?;
    let newest = data_keys::newest(db).await?.unwrap_or_default();
    let shut =
        || Unrotated::NoKey("The newest data key is under a key that is not there; nothing was rotated.".to_owned());
    if keyring.has(newest) { Ok(newest) } else { Err(shut()) }
}

/// Looks at every target once.
async fn pass(
    secrets: &Secrets,
    connectors: &Connectors,
    newest: i64,
    told: &(dyn Fn(&Counts) + Sync),
) -> Result<Counts, Unrotated> {
    let (mut counts, mut after) = (Counts::default(), 0);
    loop {
        let page = targets::list(secrets.database.reader(), None, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(counts) };
        after = last.id.0;
        for row in &page {
            let was = match found(connectors, row, newest) {
                Found::Old | Found::Clear => move_one(secrets, connectors, row.id, newest).await?,
                other => other,
            };
            match was {
                Found::Nothing => counts.without += 1,
                Found::Current => counts.current += 1,
                Found::Old => counts.moved += 1,
                Found::Clear => counts.sealed += 1,
                Found::Unreadable => counts.unreadable.push(row.id),
            }
        }
        told(&counts);
    }
}

/// Takes one target to the newest data key; gives what it had.
async fn move_one(secrets: &Secrets, connectors: &Connectors, id: TargetId, newest: i64) -> Result<Found, Unrotated> {
    let tx = secrets.database.begin().await?;
    let Some(row) = targets::find_for_update(&tx, id).await? else { return Ok(Found::Nothing) };
    let was = found(connectors, &row, newest);
    if !matches!(was, Found::Old | Found::Clear) {
        return Ok(was);
    }
    let mut configuration = targets::configuration(&row);
    if !secrets.keyring.open(id, &mut configuration).is_empty() {
        return Ok(Found::Unreadable);
    }
    let sealed = secrets.seal(&tx, description(connectors, &row.plugin), id, &mut configuration).await;
    sealed.map_err(|refusal| Unrotated::NoKey(refusal.to_string()))?;
    targets::configure(&tx, id, configuration).await?;
    tx.commit().await?;
    Ok(was)
}

fn found(connectors: &Connectors, row: &Model, newest: i64) -> Found {
    let mut configuration = targets::configuration(row);
    let mut found = Found::Nothing;
    envelope::each(&mut configuration, &mut |_, value| {
        let old = envelope::data_key(value) != Some(newest);
        found = if old || found == Found::Old { Found::Old } else { Found::Current };
    });
    description(connectors, &row.plugin).secrets(&mut configuration, &mut |_, value| {
        if !envelope::is_sealed(value) {
            found = Found::Clear;
        }
    });
    found
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { moved, sealed, current, without, unreadable } = self;
        write!(
            f,
            "{moved} targets re-encrypted, {sealed} encrypted that were in clear, {current} under the newest key already, \
             {without} without secrets, {} that no key opens",
            unreadable.len()
        )
    }
}

impl fmt::Display for Rotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}.", self.counts)?;
        if !self.counts.unreadable.is_empty() {
            let ids: Vec<String> = self.counts.unreadable.iter().map(ToString::to_string).collect();
            writeln!(f, "No key opens the secrets of these targets; write them anew: {}.", ids.join(", "))?;
        }
        for id in &self.needless {
            writeln!(f, "The key {id} is needed no more, but for backups from before.")?;
        }
        Ok(())
    }
}
