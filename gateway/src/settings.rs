//! What can be set; `config.default.toml` says what each setting means.

use serde::Deserialize;
use service_kit::{
    config::ConfigError,
    rpc::trust::TlsSettings,
    telemetry::{LogSettings, OtlpSettings},
    tls,
};

use crate::{proxies::Proxies, traces::TraceUrl, wire::Integers};

/// The defaults, with their explanations.
pub const DEFAULTS: &str = include_str!("config.default.toml");

/// The settings of the gateway itself.
#[derive(Clone, Debug, Deserialize)]
pub struct Settings {
    /// Where the REST API is served.
    pub listen: String,
    /// Threads that serve requests; 0: one for each core.
    pub workers: usize,
    /// `[http]`
    pub http: HttpSettings,
    /// `[ops]`
    pub ops: OpsSettings,
    /// `[auth]`
    pub auth: AuthSettings,
    /// `[console]`
    pub console: ConsoleSettings,
    /// `[wire]`
    pub wire: WireSettings,
    /// `[limits]`
    pub limits: LimitSettings,
    /// `[provision]`
    pub provision: ProvisionSettings,
}

/// `[http]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Who may say from where a request comes.
    pub trusted_proxies: Proxies,
    /// File of the API's certificate with its chain, in PEM; empty: no TLS.
    pub certificate: String,
    /// File of its key.
    pub key: String,
}

impl HttpSettings {
    /// The TLS of the API, if there is to be any.
    ///
    /// # Errors
    /// If one file is set and the other is not, or they cannot be used.
    pub fn tls(&self) -> Result<Option<Tls>, ConfigError> {
        match (self.certificate.is_empty(), self.key.is_empty()) {
            (true, true) => Ok(None),
            (false, false) => tls::public(&self.certificate, &self.key).map(Some),
            _ => Err(ConfigError("http.certificate and http.key belong together: set both, or neither.".to_owned())),
        }
    }

    /// Whether clients come over TLS of this process.
    #[must_use]
    pub fn has_tls(&self) -> bool {
        !self.certificate.is_empty()
    }

    /// What `check-config` says of it.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let note = "The API is served without TLS: let a proxy with TLS stand before it, or set http.certificate and http.key.";
        (!self.has_tls()).then(|| note.to_owned())
    }
}

/// A certificate that is shown, read again when its files change.
pub type Tls = tls::Renewed<tls::ServerConfig>;

/// `[ops]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpsSettings {
    /// Where health and metrics are served; empty: beside the API.
    pub listen: String,
}

/// `[auth]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthSettings {
    /// How long a login whose key was right is not checked again.
    pub cache_seconds: u64,
    /// How many logins are remembered.
    pub cache_entries: u64,
    /// How many keys are hashed at the same time.
    pub concurrent_checks: usize,
    /// How many logins that are not known an address may try in a minute (D62).
    pub attempts_per_address: u32,
    /// How many all addresses together may.
    pub attempts: u32,
}

/// `[console]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSettings {
    /// Whether there is one.
    pub enabled: bool,
    /// Where a trace can be seen, if anywhere.
    pub trace_url: TraceUrl,
}

/// `[wire]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireSettings {
    /// Integers in JSON.
    pub integers: Integers,
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// The largest body, in bytes (D24).
    pub body_bytes: usize,
    /// How long a client may take to send its body.
    pub body_seconds: u64,
    /// How long a client may take to begin: its first byte, and the head of each request.
    pub head_seconds: u64,
    /// How long a client may take nothing of an answer.
    pub stall_seconds: u64,
    /// Requests at the same time on one connection (HTTP/2).
    pub streams: usize,
    /// How long a connection without requests is kept.
    pub keep_alive_seconds: u64,
    /// Connections at the same time for each worker.
    pub connections: usize,
    /// Long lists at the same time for each user.
    pub lists: usize,
    /// Searches at the same time for each user (D62).
    pub searches: usize,
    /// Streams of events at the same time for each user (D59).
    pub event_streams: usize,
    /// How long a stop waits for the requests that run.
    pub shutdown_seconds: u64,
}

/// `[provision]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvisionSettings {
    /// How long a synchronous provisioning waits at most (D37).
    pub wait_seconds: u32,
}

/// The settings of the process `gateway`.
#[derive(Clone, Debug, Deserialize)]
pub struct ProcessSettings {
    /// Of the gateway itself.
    #[serde(flatten)]
    pub gateway: Settings,
    /// `[person_role]`
    pub person_role: ServiceSettings,
    /// `[provisioning]`
    pub provisioning: ServiceSettings,
    /// `[tls]`
    pub tls: TlsSettings,
    /// `[log]`
    pub log: LogSettings,
    /// `[otlp]`
    pub otlp: OtlpSettings,
}

/// Where a service is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSettings {
    /// Its address.
    pub url: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_defaults_are_settings_and_the_environment_changes_them() {
        let env = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let settings: ProcessSettings = service_kit::config::read(DEFAULTS, &env(&[])).unwrap();
        assert_eq!((settings.gateway.limits.body_bytes, settings.gateway.provision.wait_seconds), (1 << 20, 30));
        let settings: ProcessSettings = service_kit::config::read(
            DEFAULTS,
            &env(&[
                ("COHORT_LISTEN", "0.0.0.0:1"),
                ("COHORT_PERSON_ROLE_URL", "http://a:1"),
                ("COHORT_PROVISIONING_URL", "http://b:2"),
                ("COHORT_OPS_LISTEN", "0.0.0.0:9"),
                ("COHORT_LOG_FORMAT", "json"),
                ("COHORT_LOG_FILTER", "debug"),
                ("COHORT_OTLP_ENDPOINT", "http://c:3"),
                ("COHORT_OTLP_SAMPLE_RATIO", "0.5"),
                ("COHORT_WIRE_INTEGERS", "string"),
                ("COHORT_AUTH_CACHE_SECONDS", "0"),
            ]),
        )
        .unwrap();
        assert_eq!(
            (settings.gateway.listen.as_str(), settings.gateway.ops.listen.as_str()),
            ("0.0.0.0:1", "0.0.0.0:9")
        );
        assert_eq!(
            (settings.person_role.url.as_str(), settings.provisioning.url.as_str()),
            ("http://a:1", "http://b:2")
        );
        assert_eq!((settings.gateway.wire.integers, settings.gateway.auth.cache_seconds), (Integers::String, 0));
    }
}
