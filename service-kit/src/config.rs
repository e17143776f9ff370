//! Configuration: commented defaults in TOML, a file over them, the environment over both.
//!
//! Guarantee: every setting has a default that is written down, every mistake is one plain sentence ([`ConfigError`]) and
//! exit code 64. Mechanism: the defaults are the list of what exists; a key `wire.integers` is `COHORT_WIRE_INTEGERS` in
//! the environment, and `COHORT_WIRE_INTEGERS_FILE` names a file that holds its value, for secrets. The file itself is
//! named by `COHORT_CONFIG`. A variable that begins like ours and is none is refused: who mistypes a limit shall not
//! believe that he has it.

use std::{
    collections::BTreeMap,
    fmt, fs,
    net::{SocketAddr, ToSocketAddrs},
};

use serde::{Deserialize, de::DeserializeOwned};
use toml::{Table, Value};

pub mod unknown;

/// Exit code of a process whose configuration is wrong (EX_USAGE).
pub const EXIT_CODE: u8 = 64;

/// What is wrong with the configuration, as one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// A text that never shows in logs or messages.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Reads the configuration of this process: `defaults`, the file of `COHORT_CONFIG`, the environment.
///
/// # Errors
/// A sentence that says what to change.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub fn load<T: DeserializeOwned>(defaults: &str) -> Result<T, ConfigError> {
    read(defaults, &std::env::vars().collect())
}

/// Reads a configuration with a given environment.
///
/// # Errors
/// A sentence that says what to change.
pub fn read<T: DeserializeOwned>(defaults: &str, env: &BTreeMap<String, String>) -> Result<T, ConfigError> {
    let mut settings: Table =
        defaults.parse().map_err(|error| ConfigError(format!("The built-in defaults are broken: {error}.")))?;
    if let Some(path) = env.get("COHORT_CONFIG").filter(|path| !path.is_empty()) {
        let text = fs::read_to_string(path)
            .map_err(|error| ConfigError(format!("The configuration file {path} cannot be read: {error}.")))?;
        let file: Table = text.parse().map_err(|error: toml::de::Error| {
            ConfigError(format!("The configuration file {path} is not TOML: {}.", error.message()))
        })?;
        overlay(&mut settings, file, path, "")?;
    }
    unknown::refuse(&settings, env)?;
    from_environment(&mut settings, "", env)?;
    T::deserialize(Value::Table(settings))
        .map_err(|error| ConfigError(format!("The configuration is wrong: {}.", error.message())))
}

fn overlay(settings: &mut Table, file: Table, path: &str, prefix: &str) -> Result<(), ConfigError> {
    for (key, value) in file {
        let name = format!("{prefix}{key}");
        let known = settings.keys().cloned().collect::<Vec<_>>().join(", ");
        let Some(place) = settings.get_mut(&key) else {
            return Err(ConfigError(format!(
                "The configuration file {path} sets {name}, which does not exist; there are: {known}."
            )));
        };
        match (place, value) {
            (Value::Table(inner), Value::Table(value)) => overlay(inner, value, path, &format!("{name}."))?,
            (place, value) if place.type_str() == value.type_str() => *place = value,
            (place, value) => {
                return Err(ConfigError(format!(
                    "The configuration file {path} sets {name} to a value of type {}; it takes one of type {}.",
                    value.type_str(),
                    place.type_str()
                )));
            }
        }
    }
    Ok(())
}

fn from_environment(settings: &mut Table, prefix: &str, env: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    for (key, place) in settings.iter_mut() {
        let path = format!("{prefix}{}", key.to_uppercase());
        if let Value::Table(inner) = place {
            from_environment(inner, &format!("{path}_"), env)?;
            continue;
        }
        let name = format!("COHORT_{path}");
        let from_file = format!("{name}_FILE");
        let text = match (env.get(&name), env.get(&from_file).filter(|file| !file.is_empty())) {
            (Some(_), Some(_)) => {
                return Err(ConfigError(format!("Both {name} and {from_file} are set; set one of them.")));
            }
            (Some(text), None) => text.clone(),
            (None, Some(file)) => fs::read_to_string(file)
                .map_err(|error| ConfigError(format!("{from_file} names {file}, which cannot be read: {error}.")))?
                .trim_end_matches(['\r', '\n'])
                .to_owned(),
            (None, None) => continue,
        };
        let wanted = |what: &str| ConfigError(format!("{name} must be {what}."));
        *place = match place {
            Value::Integer(_) => Value::Integer(text.trim().parse().map_err(|_| wanted("a whole number"))?),
            Value::Float(_) => Value::Float(text.trim().parse().map_err(|_| wanted("a number"))?),
            Value::Boolean(_) => Value::Boolean(text.trim().parse().map_err(|_| wanted("true or false"))?),
            _ => Value::String(text),
        };
    }
    Ok(())
}

/// Reads an address and port.
///
/// # Errors
/// A sentence that names the setting.
pub fn address(setting: &str, text: &str) -> Result<SocketAddr, ConfigError> {
    let wrong =
        || ConfigError(format!("{setting} must be an address and port such as 127.0.0.1:8080, not \"{text}\"."));
    text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next()).ok_or_else(wrong)
}

/// Insists on a setting that has no default.
///
/// # Errors
/// A sentence that names it.
pub fn needed(setting: &str, text: &str) -> Result<(), ConfigError> {
    if text.is_empty() {
        let name = setting.to_uppercase().replace('.', "_");
        return Err(ConfigError(format!("{setting} must be set, in the configuration file or as COHORT_{name}.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        listen: String,
        key: Secret,
        wire: Wire,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wire {
        limit: u32,
        integers: Integers,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Integers {
        Number,
        String,
    }

    const DEFAULTS: &str = "listen = \"127.0.0.1:8080\"\nkey = \"\"\n[wire]\nlimit = 5\nintegers = \"number\"\n";

    fn with(env: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        read(DEFAULTS, &env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let dir = std::env::temp_dir().join(format!("cohort-config-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let (file, key) = (dir.join("c.toml"), dir.join("key"));
        fs::write(&file, "listen = \"0.0.0.0:1\"\n[wire]\nlimit = 6\nintegers = \"string\"").unwrap();
        fs::write(&key, "geheim\n").unwrap();
        let settings = with(&[
            ("COHORT_CONFIG", file.to_str().unwrap()),
            ("COHORT_WIRE_LIMIT", "7"),
            ("COHORT_KEY_FILE", key.to_str().unwrap()),
        ])
        .unwrap();
        assert_eq!((settings.listen.as_str(), settings.wire.limit), ("0.0.0.0:1", 7));
        assert_eq!((settings.wire.integers, settings.key.reveal()), (Integers::String, "geheim"));
        assert_eq!(format!("{:?}", settings.key), "***");
        fs::write(&file, "listne = \"x\"").unwrap();
        let error = with(&[("COHORT_CONFIG", file.to_str().unwrap())]).unwrap_err();
        assert!(error.0.contains("sets listne, which does not exist; there are: key, listen, wire."), "{error}");
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_mistake_is_one_sentence() {
        for (env, part) in [
            (("COHORT_WIRE_LIMIT", "many"), "COHORT_WIRE_LIMIT must be a whole number."),
            (("COHORT_WIRE_INTEGERS", "roman"), "unknown variant `roman`, expected `number` or `string`"),
            (("COHORT_CONFIG", "/nowhere"), "The configuration file /nowhere cannot be read"),
        ] {
            let error = with(&[env]).unwrap_err().0;
            assert!(error.contains(part) && error.ends_with('.') && !error.contains('\n'), "{error}");
        }
    }
}
