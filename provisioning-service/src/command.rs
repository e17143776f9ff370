//! What the command lines of both shapes do with the keys for secrets, also while the service runs.

use std::path::Path;

use service_kit::{clock::Clock, command::SecretsTask, config::ConfigError, database::Database};

use crate::{
    app::{
        rotate_secrets::{self, Counts},
        secrets::Secrets,
        secrets_status,
    },
    connector::{dialer::Dialer, registry::Connectors},
    secrets::{Keyring, Source, new_key},
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Carries out a task on a database, by its URL and the CA that it is trusted by, with the keys of a source.
///
/// # Errors
/// If the keys cannot be read or do not fit, or the database is away; after a rotation also if something could not be
/// opened.
pub async fn secrets(task: SecretsTask, (url, ca): (&str, &str), source: Source, data: &Path) -> Result<(), Failure> {
    if task == SecretsTask::NewKey {
        println!("{}", new_key().ok_or("This machine gives no randomness.")?);
        return Ok(());
    }
    // Opening one that is not there would make it.
    if let Some(file) = url.strip_prefix("sqlite://").filter(|file| !Path::new(file).exists()) {
        return Err(ConfigError(format!("There is no database {file}.")).into());
    }
    let (database, connectors) =
        (Database::open_trusting(url, 2, ca).await?, Connectors::new(data, &Dialer::new(&[]))?);
    let secrets = Secrets::new(&database, Keyring::read(source).await?, &Clock::system());
    let result = carry_out(task, &secrets, &connectors).await;
    database.close().await;
    result
}

async fn carry_out(task: SecretsTask, secrets: &Secrets, connectors: &Connectors) -> Result<(), Failure> {
    if task == SecretsTask::Status {
        print!("{}", secrets_status::run(secrets, connectors).await?);
        return Ok(());
    }
    let rotated = rotate_secrets::run(secrets, connectors, &|counts: &Counts| println!("{counts} …")).await?;
    print!("{rotated}");
    if rotated.counts.unreadable.is_empty() { Ok(()) } else { Err("Some secrets could not be re-encrypted.".into()) }
}
