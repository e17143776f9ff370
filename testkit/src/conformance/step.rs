//! The steps of a scenario, read strictly: a key that is not known is an error.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::error::KitError;
use super::json::Json;

/// Holds one step.
#[derive(Debug)]
pub(super) enum Step {
    Sleep { seconds: f64 },
    Set { variables: Vec<(String, Json)> },
    Eventually { request: Box<Request>, within_s: f64 },
    Request(Box<Request>),
}

/// Holds a request, what its answer must be, and what to keep of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) base: Option<String>,
    #[serde(rename = "as", deserialize_with = "required")]
    pub(super) sender: Option<Sender>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "present")]
    pub(super) json: Option<Json>,
    pub(super) xml: Option<String>,
    pub(super) body: Option<String>,
    pub(super) body_base64: Option<String>,
    pub(super) expect: Expect,
    #[serde(default)]
    pub(super) capture: BTreeMap<String, String>,
    pub(super) note: Option<String>,
    /// In the fixture: the user whose name and key the answer holds.
    pub(super) user: Option<String>,
    /// In the fixture: the step may fail.
    #[serde(default)]
    pub(super) optional: bool,
}

/// Says who sends a request.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Sender {
    /// A user of the fixture.
    Known(String),
    Stranger(Credentials),
}

/// Holds a user name and a password; both may hold variables.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    pub(super) username: String,
    pub(super) password: String,
}

/// Holds what an answer must be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    #[serde(deserialize_with = "required")]
    pub(super) status: Option<Status>,
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Json>,
    #[serde(default, deserialize_with = "present")]
    pub(super) json: Option<Json>,
    pub(super) absent: Option<Vec<String>>,
    pub(super) xml: Option<BTreeMap<String, Json>>,
    #[serde(default, deserialize_with = "present")]
    pub(super) text: Option<Json>,
    #[serde(default)]
    pub(super) empty: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Status {
    One(u16),
    OneOf(Vec<u16>),
}

impl Status {
    pub(super) fn choices(&self) -> &[u16] {
        match self {
            Self::One(status) => std::slice::from_ref(status),
            Self::OneOf(choices) => choices,
        }
    }
}

impl Step {
    /// Reads one step from its JSON text.
    pub(super) fn parse(text: &str) -> Result<Self, KitError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Sleep {
            sleep_s: f64,
            #[serde(rename = "note")]
            _note: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Set {
            set: Json,
            #[serde(rename = "note")]
            _note: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Eventually {
            eventually: Box<RawValue>,
            within_s: f64,
            #[serde(rename = "note")]
            _note: Option<String>,
        }
        let keys: BTreeMap<String, IgnoredAny> = read(text)?;
        if keys.contains_key("sleep_s") {
            let step: Sleep = read(text)?;
            return Ok(Self::Sleep { seconds: step.sleep_s });
        }
        if keys.contains_key("set") {
            return match read::<Set>(text)?.set {
                Json::Object(variables) => Ok(Self::Set { variables }),
                _ => Err(KitError::new("set needs an object")),
            };
        }
        if keys.contains_key("eventually") {
            let step: Eventually = read(text)?;
            let request: Request = read(step.eventually.get())?;
            return Ok(Self::Eventually { request: Box::new(request), within_s: step.within_s });
        }
        read(text).map(Self::Request)
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, KitError> {
    serde_json::from_str(text).map_err(|error| KitError::new(error.to_string()))
}

/// Reads a key that must be written, even if only as `null`.
fn required<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// Reads a key for which `null` is a value like any other.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}
