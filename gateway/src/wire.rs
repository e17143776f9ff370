//! The documents of the REST API: JSON and XML in, the same record out; and the other way round.
//!
//! Neither format knows a resource: both read into the same tree, and one piece of code turns the tree into a record by
//! its table ([`document`], [`value`]); answers are written straight from records ([`answer`]).

use proto::time;
use serde::Deserialize;

pub mod answer;
pub mod dense;
pub mod document;
pub mod events;
pub mod flat;
pub mod form;
pub mod json_writer;
pub mod ledger;
pub mod members;
pub mod once;
pub mod told;
pub mod value;
pub mod versions;
pub mod xml_reader;
pub mod xml_writer;

/// The format of a request and of its answer: its suffix decides (D3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// `.json`, and errors before the format is known.
    #[default]
    Json,
    /// `.xml`
    Xml,
}

impl Format {
    /// The format of a suffix.
    #[must_use]
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        match suffix {
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }

    /// Its suffix, without the dot.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }

    /// Its `Content-Type` (D21).
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=UTF-8",
            Self::Xml => "application/xml; charset=UTF-8",
        }
    }
}

/// How JSON writes integers (D21).
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Integers {
    /// As numbers.
    #[default]
    Number,
    /// As strings, for clients written against older servers.
    String,
}

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod spellings;
