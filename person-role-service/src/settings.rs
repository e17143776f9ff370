//! Settings of the service.

use serde::Deserialize;
use service_kit::{
    audit::AuditSettings,
    config::Secret,
    rpc::trust::TlsSettings,
    telemetry::{LogSettings, OtlpSettings},
};

use crate::mail::MailSettings;

mod retention;

pub use retention::RetentionSettings;

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("config.default.toml");

/// Everything that can be set for the process.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where gRPC is served.
    pub grpc: Listen,
    /// The certificates of the parts.
    pub tls: TlsSettings,
    /// Where health and metrics are served.
    pub ops: Listen,
    /// The registry's database.
    pub database: DatabaseSettings,
    /// The broker.
    pub broker: BrokerSettings,
    /// The first platform user.
    pub bootstrap: Bootstrap,
    /// The mails of invitations.
    pub mail: MailSettings,
    /// The security log.
    pub audit: AuditSettings,
    /// How long what was deleted is kept.
    pub retention: RetentionSettings,
    /// Log lines.
    pub log: LogSettings,
    /// Traces.
    pub otlp: OtlpSettings,
}

/// An address and port.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// `127.0.0.1:50051`; empty: nowhere.
    pub listen: String,
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `postgres://user:password@host/name`, or `sqlite://file`.
    pub url: Secret,
    /// Connections at most.
    pub connections: u32,
    /// File of the authorities that sign its certificate; empty: TLS as the address says.
    pub ca: String,
}

/// `[broker]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokerSettings {
    /// `amqp[s]://user:password@host/vhost`.
    pub url: Secret,
    /// File of authorities that sign its certificate, besides the public ones.
    pub ca: String,
    /// Whether exchanges and queues are made here.
    pub declare: bool,
}

/// `[bootstrap]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// Name of the platform API user that the first start makes.
    pub user: String,
    /// Its key; empty: none is made.
    pub key: Secret,
}
