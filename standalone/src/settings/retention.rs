//! `[retention]` of both services.

use provisioning_service::RetentionSettings;
use serde::Deserialize;

/// How long what is over is kept: of both services.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retention {
    requests_days: u32,
    inbox_days: u32,
    events_hours: u32,
    /// Of the registry.
    pub(crate) deleted_days: u32,
}

impl Retention {
    /// What is of the provisioning service.
    pub(crate) fn of_provisioning(&self) -> RetentionSettings {
        let Self { requests_days, inbox_days, events_hours, .. } = *self;
        RetentionSettings { requests_days, inbox_days, events_hours }
    }
}
