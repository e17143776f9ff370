//! What can be set; `config.default.toml` says what each setting means.

use std::path::PathBuf;

use person_role_service::{mail::MailSettings, settings::Bootstrap};
use provisioning_service::{EgressSettings, KeySource, QuotaSettings, SecretsSettings, WorkerSettings};
use serde::Deserialize;
use service_kit::{
    audit::AuditSettings,
    config::{ConfigError, Secret},
    telemetry::{LogSettings, OtlpSettings},
};

mod retention;

use retention::Retention;

/// The defaults, with their explanations.
pub(crate) const DEFAULTS: &str = include_str!("config.default.toml");

/// Everything that can be set for `cohort`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Settings {
    /// Of the gateway.
    #[serde(flatten)]
    pub(crate) gateway: gateway::Settings,
    /// The folder of everything that is kept.
    pub(crate) data: PathBuf,
    /// The first platform user.
    pub(crate) bootstrap: Bootstrap,
    /// The mails of invitations.
    pub(crate) mail: MailSettings,
    /// How much is provisioned at once.
    pub(crate) worker: WorkerSettings,
    /// How long what is over is kept.
    pub(crate) retention: Retention,
    /// The security log.
    pub(crate) audit: AuditSettings,
    /// How much there may be for a CO.
    pub(crate) quota: QuotaSettings,
    pub(crate) egress: EgressSettings,
    /// The server that commands ask.
    pub(crate) client: ClientSettings,
    /// The keys for secrets.
    pub(crate) secrets: SecretsSettings,
    /// Log lines.
    pub(crate) log: LogSettings,
    /// Traces.
    pub(crate) otlp: OtlpSettings,
}

/// Which server commands ask, and as whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientSettings {
    pub(crate) url: String,
    pub(crate) user: String,
    pub(crate) key: Secret,
}

impl Settings {
    /// The settings of mail: without a server it goes into a folder beside the databases.
    pub(crate) fn mail(&self) -> MailSettings {
        let mut mail = self.mail.clone();
        if mail.smtp_url.is_empty() && mail.folder.is_empty() {
            mail.folder = self.data.join("mail").display().to_string();
        }
        mail
    }

    /// Where the keys for secrets come from: without a setting, from a file beside the databases.
    ///
    /// # Errors
    /// If more than one setting says it.
    pub(crate) fn key_source(&self) -> Result<KeySource, ConfigError> {
        self.secrets.source_or(&self.data.join("secrets.key"))
    }

    /// The address of a database of this process.
    pub(crate) fn database(&self, name: &str) -> String {
        format!("sqlite://{}", self.data.join(format!("{name}.sqlite")).display())
    }
}
