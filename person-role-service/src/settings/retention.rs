//! How long what was deleted is kept.

use serde::Deserialize;

/// `[retention]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSettings {
    /// Records that were deleted, with what they were and what the history says of them, in days; 0: for ever.
    pub deleted_days: u32,
}
