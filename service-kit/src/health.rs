//! Health of a process: `/health/live`, `/health/ready`, and `/metrics` on an address of its own.
//!
//! A process is live while it answers, and ready while every part that it needs to answer can be reached. A part that it
//! can do without for a while (a broker: what is sent waits in the outbox) is told in the report and does not make it
//! unready, since taking the process out of service would help nobody. Parts report themselves; nothing is asked on a
//! request's path.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use axum::{Router, http::StatusCode, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What the parts of a process say of themselves. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health {
    parts: Arc<RwLock<BTreeMap<String, Part>>>,
}

/// What the report says of a part that was asked and is not well.
const AWAY: &str = "it cannot be reached, or is not well; the log says more";

#[derive(Clone, Debug)]
struct Part {
    need: Need,
    trouble: Option<String>,
}

/// Whether a process can answer without a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It cannot.
    Needed,
    /// It can, for a while.
    Spared,
}

impl Health {
    /// A process without parts: ready.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reports a part: without `trouble` it is well.
    pub fn report(&self, part: &str, need: Need, trouble: Option<String>) {
        self.note(part, need, trouble.clone(), trouble);
    }

    /// Anybody may read what is shown; what is wrong exactly, only who reads the log.
    fn note(&self, part: &str, need: Need, shown: Option<String>, trouble: Option<String>) {
        let mut parts = self.parts.write().unwrap_or_else(PoisonError::into_inner);
        let before = parts.insert(part.to_owned(), Part { need, trouble: shown });
        drop(parts);
        match (before.map(|before| before.trouble), trouble) {
            (Some(Some(_)), None) => tracing::info!(part, "part is well again"),
            (Some(None) | None, Some(trouble)) => tracing::warn!(part, trouble, "part is not well"),
            _ => {}
        }
    }

    /// Whether all parts that are needed are well, and the report on all parts as JSON.
    #[must_use]
    pub fn readiness(&self) -> (bool, String) {
        let parts = self.parts.read().unwrap_or_else(PoisonError::into_inner);
        let ready = parts.values().all(|part| part.need == Need::Spared || part.trouble.is_none());
        let words = |part: &Part| part.trouble.clone().unwrap_or_else(|| "ok".to_owned());
        let parts: BTreeMap<&String, String> = parts.iter().map(|(name, part)| (name, words(part))).collect();
        (ready, format!("{}\n", json!({ "ready": ready, "parts": parts })))
    }

    /// Asks a part again and again, each second, until the process stops. What it answers when it is not well goes into the
    /// log, and not into the report, which anybody may read.
    pub async fn watch<F, Fut>(self, part: &'static str, need: Need, stop: CancellationToken, mut ask: F)
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<(), String>> + Send,
    {
        loop {
            let answer = match tokio::time::timeout(Duration::from_secs(2), ask()).await {
                Ok(answer) => answer.err(),
                Err(_) => Some("no answer within two seconds".to_owned()),
            };
            self.note(part, need, answer.as_ref().map(|_| AWAY.to_owned()), answer);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
    }
}

/// The metrics of this process in Prometheus' text format.
#[must_use]
pub fn metrics_text() -> String {
    RECORDER.get().map(PrometheusHandle::render).unwrap_or_default()
}

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Buckets of durations, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Begins to collect metrics; a second call does nothing.
pub fn collect_metrics() {
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = match PrometheusBuilder::new().set_buckets(&BUCKETS) {
            Ok(with_buckets) => with_buckets,
            Err(_) => builder,
        };
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("metrics are collected by somebody else in this process");
        }
        handle
    });
}

/// Serves health and metrics on an address until the process stops.
///
/// # Errors
/// If the address cannot be listened on.
pub async fn serve(listen: SocketAddr, health: Health, stop: CancellationToken) -> std::io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let ready = move || {
        let (ready, report) = health.readiness();
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        async move { (status, [("content-type", "application/json; charset=UTF-8")], report).into_response() }
    };
    let routes = Router::new()
        .route("/health/live", get(async || "ok\n"))
        .route("/health/ready", get(ready))
        .route("/metrics", get(async || metrics_text()));
    axum::serve(listener, routes).with_graceful_shutdown(async move { stop.cancelled().await }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_report_says_nothing_that_only_operators_may_know() {
        let (health, stop) = (Health::new(), CancellationToken::new());
        let watch = health.clone().watch("database", Need::Needed, stop.clone(), || {
            stop.cancel();
            async { Err("user cohort at 10.0.0.7 was refused".to_owned()) }
        });
        watch.await;
        let (ready, report) = health.readiness();
        assert!(!ready && report.contains(AWAY) && !report.contains("10.0.0.7"), "{report}");
    }
}
