//! Where the keys come from that seal data keys: a file, a setting, or a command; for the single process a file of its own.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use service_kit::config::{ConfigError, Secret};
use tokio::{process::Command, time::timeout};

use crate::secrets::{Keys, WrongKey, new_key};

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// `[secrets]`: at most one of them is set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretsSettings {
    /// A file with keys.
    pub key_file: String,
    /// The keys themselves.
    pub key: Secret,
    /// A program and its arguments, which prints keys.
    pub key_command: String,
}

/// Where keys come from.
#[derive(Clone, Debug, Default)]
pub enum Source {
    /// Nowhere: what needs a key is refused.
    #[default]
    Nowhere,
    /// A file.
    File(PathBuf),
    /// A file that is made when a key is needed and there never was one.
    Own(PathBuf),
    /// A setting.
    Text(Secret),
    /// The output of a program.
    Command(String),
}

impl SecretsSettings {
    /// Where keys come from, if the settings are good.
    ///
    /// # Errors
    /// If more than one is set.
    pub fn source(&self) -> Result<Source, ConfigError> {
        let (file, command) = (self.key_file.trim(), self.key_command.trim());
        // COHORT_SECRETS_KEY_FILE says both, by the rule that any setting can be given as the name of a file.
        let told = fs::read_to_string(file).unwrap_or_default();
        let key_is_of_file = !file.is_empty() && told.trim_end_matches(['\r', '\n']) == self.key.reveal();
        match (file.is_empty(), self.key.is_empty() || key_is_of_file, command.is_empty()) {
            (true, true, true) => Ok(Source::Nowhere),
            (false, true, true) => Ok(Source::File(file.into())),
            (true, false, true) => Ok(Source::Text(self.key.clone())),
            (true, true, false) => Ok(Source::Command(command.to_owned())),
            _ => Err(ConfigError("Set only one of secrets.key_file, secrets.key and secrets.key_command.".to_owned())),
        }
    }

    /// Where keys come from; a file of the process's own, if nothing is set.
    ///
    /// # Errors
    /// If more than one is set.
    pub fn source_or(&self, own: &Path) -> Result<Source, ConfigError> {
        Ok(match self.source()? {
            Source::Nowhere => Source::Own(own.to_owned()),
            other => other,
        })
    }
}

impl Source {
    /// Reads the keys; none where there is nowhere to read, or no file of the process's own yet.
    ///
    /// # Errors
    /// A sentence that says what is wrong, and nothing of keys.
    pub async fn read(&self) -> Result<Keys, ConfigError> {
        let wrong = |what: &dyn std::fmt::Display| ConfigError(format!("{}: {what}.", self.described()));
        let text = match self {
            Self::Nowhere => return Ok(Keys::default()),
            Self::Own(path) => match fs::read_to_string(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Keys::default()),
                read => read.map_err(|error| wrong(&error))?,
            },
            Self::File(path) => fs::read_to_string(path).map_err(|error| wrong(&error))?,
            Self::Text(text) => text.reveal().to_owned(),
            Self::Command(command) => run(command).await.map_err(|what| wrong(&what))?,
        };
        Keys::read(&text).map_err(|error: WrongKey| wrong(&error))
    }

    /// Makes the file of the process's own, for its user only; whether there is one now. Who comes second finds it made.
    pub(super) fn make(&self) -> Result<bool, ConfigError> {
        let Self::Own(path) = self else { return Ok(false) };
        let failed = |error: io::Error| ConfigError(format!("{} cannot be made: {error}.", self.described()));
        let key = new_key().ok_or_else(|| failed(io::Error::other("this machine gives no randomness")))?;
        let new = path.with_extension(format!("new{}", std::process::id()));
        let written = (|| {
            let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            writeln!(file, "{key}")?;
            file.sync_all()?;
            // A link, unlike a rename, takes the place of no other.
            match fs::hard_link(&new, path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            fs::File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
        })();
        // Left behind, it is a key that nothing uses.
        let _gone = fs::remove_file(&new);
        written.map(|()| true).map_err(failed)
    }

    /// What people call it.
    #[must_use]
    pub fn described(&self) -> String {
        match self {
            Self::Nowhere => "No key for secrets is set (secrets.key_file)".to_owned(),
            Self::File(path) | Self::Own(path) => format!("The key file {} for secrets", path.display()),
            Self::Text(_) => "The setting secrets.key".to_owned(),
            Self::Command(command) => {
                format!("The command {} of secrets.key_command", command.split_whitespace().next().unwrap_or_default())
            }
        }
    }
}

/// Runs a program, and gives what it prints.
async fn run(command: &str) -> Result<String, String> {
    let mut words = command.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await;
    let output = output.map_err(|_| format!("it has not ended after {} seconds", PATIENCE.as_secs()))?;
    let output = output.map_err(|error| format!("it cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("it failed ({})", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| "it does not print text".to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn settings(file: &str, key: &str, command: &str) -> SecretsSettings {
        SecretsSettings { key_file: file.to_owned(), key: Secret::new(key), key_command: command.to_owned() }
    }

    async fn wrong(settings: SecretsSettings) -> String {
        let read = async { settings.source()?.read().await };
        read.await.unwrap_err().0
    }

    #[tokio::test]
    async fn keys_come_from_a_file_a_setting_or_a_command() {
        let folder = tempfile::tempdir().unwrap();
        let (file, key) = (folder.path().join("keys"), new_key().unwrap());
        fs::write(&file, format!("{key}\n")).unwrap();
        let file = file.to_str().unwrap();
        let mut ids = Vec::new();
        for settings in [
            settings(file, "", ""),
            settings(file, &key, ""),
            settings("", &key, ""),
            settings("", "", &format!("cat {file}")),
        ] {
            let keys = settings.source().unwrap().read().await.unwrap();
            ids.push(keys.newest().unwrap().id.clone());
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert!(settings("", "", "").source().unwrap().read().await.unwrap().newest().is_none());
    }

    #[tokio::test]
    async fn what_is_wrong_is_one_sentence_without_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let broken = folder.path().join("broken");
        fs::write(&broken, "c2VjcmV0").unwrap();
        let broken = broken.to_str().unwrap();
        for (settings, part) in [
            (settings("/nowhere/key", "", ""), "The key file /nowhere/key for secrets: No such file"),
            (settings(broken, "", ""), "its key 1 is not 32 bytes in base64"),
            (settings("", "c2VjcmV0", ""), "The setting secrets.key: its key 1 is not"),
            (
                settings("", "", "/nowhere/kms --key=c2VjcmV0"),
                "The command /nowhere/kms of secrets.key_command: it cannot be run",
            ),
            (settings("", "", "false"), "it failed (exit status: 1)"),
            (settings("", "", "true"), "there is no key in it"),
            (settings(broken, "c2VjcmV1", ""), "Set only one of"),
        ] {
            let sentence = wrong(settings).await;
            assert!(sentence.contains(part) && sentence.ends_with('.') && !sentence.contains("c2VjcmV0"), "{sentence}");
        }
    }

    #[tokio::test]
    async fn a_file_of_its_own_is_made_once_for_its_user_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.key");
        let source = settings("", "", "").source_or(&path).unwrap();
        assert!(source.read().await.unwrap().newest().is_none(), "reading makes nothing");
        assert!(source.make().unwrap());
        let made = fs::read_to_string(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(source.make().unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), made, "what is there stays");
        assert_eq!(source.read().await.unwrap().ids().count(), 1);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }
}
