//! Log lines, traces, and the trace context that travels with calls and messages.
//!
//! Guarantee: one trace reaches from the HTTP request through gRPC and the broker to the connector's call. Mechanism:
//! spans of `tracing` carry an OpenTelemetry context; it leaves the process as a W3C `traceparent` and is adopted by the
//! span on the other side. Without a receiver (`otlp.endpoint` empty) the context travels all the same, so that log
//! lines carry its trace id.

use std::{io::IsTerminal, sync::OnceLock};

use opentelemetry::{
    Context, KeyValue,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider},
};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use serde::Deserialize;
use tracing::{Level, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterFn, LevelFilter, Targets},
    layer::{Filter, SubscriberExt},
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::config::ConfigError;

/// The header and metadata that carries a trace.
pub const TRACEPARENT: &str = "traceparent";

/// Libraries that say in the log, as loudly as others choose, what those say: servers of targets, and what was sent to them.
/// They are heard where the filter names them.
const QUIET: &str = "ldap3=error,lapin=error,sqlx=error";

/// `[log]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Lines for people or for machines.
    pub format: LogFormat,
    /// What is logged, in the notation of `tracing_subscriber::EnvFilter`.
    pub filter: String,
}

impl LogSettings {
    /// What is logged.
    ///
    /// # Errors
    /// If it is no filter.
    pub fn filter(&self) -> Result<EnvFilter, ConfigError> {
        let wrong = |error| ConfigError(format!("log.filter is not a filter of log lines: {error}."));
        EnvFilter::try_new(self.directives()).map_err(wrong)
    }

    /// The same, as cheap as it can be: that of the notation looks at every span whenever it is entered, in case one of its
    /// directives is about spans.
    fn lines<S>(&self) -> Result<Box<dyn Filter<S> + Send + Sync>, ConfigError>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        match self.directives().parse::<Targets>() {
            Ok(targets) => Ok(Box::new(targets)),
            Err(_) => Ok(Box::new(self.filter()?)),
        }
    }

    fn directives(&self) -> String {
        format!("{QUIET},{}", self.filter)
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[otlp]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtlpSettings {
    /// Where traces go (OTLP over gRPC), `http://collector:4317`; empty: nowhere.
    pub endpoint: String,
    /// The share of traces that begin here which are sent, 0 to 1.
    pub sample_ratio: f64,
}

/// Telemetry of this process; flush it last.
#[derive(Debug)]
pub struct Telemetry {
    provider: SdkTracerProvider,
}

impl Telemetry {
    /// Begins to log, trace and measure. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub fn start(service: &'static str, log: &LogSettings, otlp: &OtlpSettings) -> Result<Self, ConfigError> {
        log.filter()?;
        // Without a receiver nothing is gathered: spans then cost little more than their ids.
        let of_own =
            if otlp.endpoint.is_empty() { Sampler::AlwaysOff } else { Sampler::TraceIdRatioBased(otlp.sample_ratio) };
        let _first_start = SHARE.set(if otlp.endpoint.is_empty() { 0.0 } else { otlp.sample_ratio });
        let sampler = Sampler::ParentBased(Box::new(of_own));
        let resource = Resource::builder()
            .with_service_name(service)
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let mut provider = SdkTracerProvider::builder().with_sampler(sampler).with_resource(resource);
        if !otlp.endpoint.is_empty() {
            let exporter = opentelemetry_otlp::SpanExporter::builder()
                .with_tonic()
                .with_endpoint(&otlp.endpoint)
                .build()
                .map_err(|error| ConfigError(format!("otlp.endpoint cannot be used: {error}.")))?;
            provider = provider.with_batch_exporter(exporter);
        }
        let provider = provider.build();
        let traces = tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_tracer(provider.tracer("cohort"))
            .with_filter(
                FilterFn::new(|metadata| metadata.is_span() && *metadata.level() <= Level::INFO)
                    .with_max_level_hint(LevelFilter::INFO),
            );
        let lines = match log.format {
            LogFormat::Text => {
                let colours = std::io::stderr().is_terminal();
                tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(std::io::stderr).boxed()
            }
            LogFormat::Json => tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).boxed(),
        };
        // A second start in one process (tests) keeps the first subscriber.
        let _already_started = Registry::default().with(traces).with(lines.with_filter(log.lines()?)).try_init();
        crate::health::collect_metrics();
        Ok(Self { provider })
    }

    /// Sends what has not been sent yet.
    pub fn flush(self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::debug!(%error, "traces could not all be sent");
        }
    }
}

/// The trace that the current span belongs to, as a W3C `traceparent`.
#[must_use]
pub fn traceparent() -> Option<String> {
    traceparent_of(&Span::current())
}

/// The trace that a span belongs to, as a W3C `traceparent`.
#[must_use]
pub fn traceparent_of(span: &Span) -> Option<String> {
    let context = span.context();
    let span_context = context.span().span_context().clone();
    span_context.is_valid().then(|| {
        format!("00-{}-{}-{:02x}", span_context.trace_id(), span_context.span_id(), span_context.trace_flags().to_u8())
    })
}

/// The share of traces that begin in this process which are sent.
static SHARE: OnceLock<f64> = OnceLock::new();

/// The same as [`adopt`] for a `traceparent` of somebody who may not decide whether traces are sent: its ids are taken,
/// and whether it is sent is decided here. Not by the id, which is the sender's choice too.
pub fn adopt_foreign(span: &Span, traceparent: Option<&str>) {
    let sent = rand::random::<f64>() < SHARE.get().copied().unwrap_or_default();
    let flags = if sent { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let decided =
        |parent: SpanContext| SpanContext::new(parent.trace_id(), parent.span_id(), flags, true, TraceState::default());
    adopt_context(span, traceparent.and_then(parse).map(decided));
}

/// Makes a span the child of a `traceparent`, and writes the trace id into its field `trace_id`, if it has one.
/// What is not a `traceparent` is ignored. To be called before the span is entered.
pub fn adopt(span: &Span, traceparent: Option<&str>) {
    adopt_context(span, traceparent.and_then(parse));
}

fn adopt_context(span: &Span, parent: Option<SpanContext>) {
    if let Some(parent) = parent {
        let _too_late = span.set_parent(Context::new().with_remote_span_context(parent));
    }
    let context = span.context();
    let trace_id = context.span().span_context().trace_id();
    if trace_id != TraceId::INVALID {
        span.record("trace_id", tracing::field::display(trace_id));
    }
}

fn parse(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if version.len() != 2 || version == "ff" || trace.len() != 32 || span.len() != 16 || flags.len() != 2 {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        flags,
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_traceparent_is_one() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(parse(good).map(|context| context.is_sampled()), Some(true));
        for bad in [
            "",
            "00",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-xyz-b7-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(parse(bad).map(|context| context.trace_id()), None, "{bad}");
        }
    }
}
