//! How much there may be for a CO.

use serde::Deserialize;

/// How much there may be for a CO.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaSettings {
    /// Targets that users of a CO may make for it; platform users may make more. 0: any number.
    pub targets: u32,
}

impl Default for QuotaSettings {
    fn default() -> Self {
        Self { targets: 100 }
    }
}
