//! What a connector wants to be told, as data: the keys of its configuration (D35, D41).
//!
//! Guarantee: from the one description follow the checks of what is written, the masks of secrets on the way out, which
//! secrets a mask that is written back keeps, and the typed configuration that a connector works with. Mechanism: a
//! [`Description`] is a tree of [`Key`]s that can be walked, by forms and documents too. Failure: each wrong key is
//! named by its path (`Attributes[2].Type`, counted from 0), all at once, with one sentence each ([`Wrong`]).

use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::{domain::outcome::ConnectorError, secrets::envelope};

pub mod bounds;
mod defaults;
mod key;
#[cfg(test)]
mod ldap;
mod mask;
mod object;
mod scope;
mod secrets;
#[cfg(test)]
mod sound;
#[cfg(test)]
mod tests;
mod value;
mod words;

pub use proto::MASK;
pub use words::kinds;

/// What is said of a target whose secrets could not be opened; nothing is sent to it.
const UNREADABLE: &str = "The secrets of this target cannot be read: the key that they are encrypted with is missing. \
                          Nothing was sent.";

/// The configuration of a connector.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// The name of the connector that users know.
    pub plugin: &'static str,
    /// Its keys, in the order in which people should meet them.
    pub keys: &'static [Key],
}

/// A key of a configuration, or of an object within.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name, in CamelCase.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// What it is for, for people: a phrase that can follow a colon, without a full stop.
    pub help: &'static str,
    /// Whether it must be there.
    pub required: Required,
    /// What holds where it is absent. It is filled in for the connector, and neither stored nor shown.
    pub default: Option<Default>,
    /// With what it means something; always, if that is not said. A secret that means nothing is not kept.
    pub used: Option<When>,
    /// Whether its value never comes out.
    pub secret: bool,
    /// Of a secret: the keys that say where it is sent, and how. When one of them changes, a mask does not keep it: it
    /// would go somewhere else. Of an address scheme, host, port and path count. They stand in the same object or around it.
    pub bound_to: &'static [&'static str],
    /// What a text must fulfil besides.
    pub rule: Option<Rule>,
    /// What is said of a wrong value, where what its kind says is not enough; the sentence goes on after the key's name.
    pub must: Option<&'static str>,
}

/// What the value of a key is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text. Blanks at its ends go, except of secrets.
    Text,
    /// A whole number, limits included.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// True or false.
    Boolean,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// An address (URL) with a host and without a password.
    Address {
        /// Its schemes, without colon.
        schemes: &'static [&'static str],
        /// Whether it may name a user.
        user: bool,
    },
    /// PEM.
    Pem(Pem),
    /// A list of texts.
    Texts,
    /// A list of objects with keys of their own.
    Objects {
        /// Their keys.
        keys: &'static [Key],
        /// The required text that tells one object of the list from another. A list that holds secrets needs one: by it
        /// an object that is written back finds what was stored of it, wherever it stands in the list.
        named_by: Option<&'static str>,
    },
}

/// What a text in PEM holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pem {
    /// One or more certificates.
    Certificates,
    /// One private key.
    PrivateKey,
}

/// Whether a key must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// It may be left out.
    No,
    /// It must be there.
    Always,
    /// It must be there if this is so.
    When(When),
}

/// That another key, in the same object or around it, has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The other key.
    pub key: &'static str,
    /// One of these; any value, if there are none. Those of numbers and booleans are written as in JSON.
    pub is: &'static [&'static str],
}

/// What a text must fulfil.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Whether it does.
    pub holds: fn(&str) -> bool,
    /// What is said where it does not; the sentence goes on after the key's name.
    pub sentence: &'static str,
}

/// A value that holds where a key is absent.
#[derive(Clone, Copy, Debug)]
pub enum Default {
    /// Of a text, a choice or an address.
    Text(&'static str),
    /// Of a number.
    Integer(i64),
    /// Of a boolean.
    Boolean(bool),
    /// Of a list of texts.
    Texts(&'static [&'static str]),
    /// Of a list of objects: the keys of each and their values.
    Objects(&'static [&'static [(&'static str, Default)]]),
}

/// A wrong key of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Its path.
    pub key: String,
    /// What is wrong with it: a sentence that names it.
    pub sentence: String,
}

impl Description {
    /// Works out what is to be stored when a configuration is sent in place of a stored one, and finds what is wrong.
    ///
    /// Values get the type of their key: XML has only texts. Secrets that come masked keep their stored value, unless
    /// they would go to another place than before; a secret that means nothing is not kept.
    #[must_use]
    pub fn accept(
        &self,
        sent: &Map<String, Json>,
        stored: Option<&Map<String, Json>>,
    ) -> (Map<String, Json>, Vec<Wrong>) {
        object::accept(self.plugin, self.keys, sent, &scope::Around::nothing(stored))
    }

    /// Hides secrets, at any depth; also what the description does not know, because nothing says that it is harmless.
    pub fn mask(&self, configuration: &mut Map<String, Json>) {
        mask::mask(self.keys, configuration);
    }

    /// Visits the secrets of a configuration, at any depth, with their paths: `Attributes[2].Password`; also what the
    /// description does not know.
    pub fn secrets(&self, configuration: &mut Map<String, Json>, visit: &mut dyn FnMut(&str, &mut Json)) {
        secrets::each(self.keys, configuration, "", visit);
    }

    /// Reads what is stored into the type that the connector works with, defaults filled in. The names of its fields
    /// are those of the keys. It was checked when it was written; a newer program may want more.
    ///
    /// # Errors
    /// A permanent one with the first thing that is wrong; a retryable one if a secret could not be opened.
    pub fn read<T: DeserializeOwned>(&self, stored: &Map<String, Json>) -> Result<T, ConnectorError> {
        let broken =
            |what: &str| ConnectorError::permanent(format!("The configuration of the target is wrong: {what}"));
        if envelope::any(stored) {
            return Err(ConnectorError::retryable(UNREADABLE));
        }
        let (mut configuration, wrong) = self.accept(stored, None);
        if let Some(wrong) = wrong.first() {
            return Err(broken(&wrong.sentence));
        }
        defaults::fill(self.keys, &mut configuration);
        // What serde says may quote a value, and the value may be a secret.
        serde_json::from_value(Json::Object(configuration))
            .map_err(|_| broken(&format!("{} cannot read it.", self.plugin)))
    }

    /// Visits all keys, those of objects after the list that holds them, with their paths: `Attributes[].Type`.
    pub fn walk(&self, visit: &mut dyn FnMut(&str, &'static Key)) {
        fn of(keys: &'static [Key], around: &str, visit: &mut dyn FnMut(&str, &'static Key)) {
            for key in keys {
                let path = format!("{around}{}", key.name);
                visit(&path, key);
                if let Kind::Objects { keys, .. } = key.kind {
                    of(keys, &format!("{path}[]."), visit);
                }
            }
        }
        of(self.keys, "", visit);
    }
}

impl Wrong {
    /// A wrong key; the sentence goes on after its path.
    #[must_use]
    pub fn new(path: impl Into<String>, sentence: &str) -> Self {
        let key = path.into();
        Self { sentence: format!("\"{key}\" {sentence}"), key }
    }
}
