//! gRPC between the parts: one channel type for both shapes, serving with health, reflection and traces.
//!
//! Guarantee: a call looks the same whether the service is in this process or elsewhere; its trace goes with it; in this
//! process a call that has begun is finished even when nobody waits for it any more. Failure: a service that cannot be
//! reached is `Unavailable` and is tried anew by the next call.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::{HeaderValue, Request, Response};
use tonic::{Code, Status, body::Body, service::Routes, transport::Endpoint};
use tower::{Layer, Service, ServiceExt};
use tracing::{Instrument, Span};

use self::trust::{Part, Trust};
pub use self::{
    raw::{RawCodec, call_raw},
    serving::{Near, serve},
};
use crate::{config::ConfigError, telemetry};

mod raw;
pub mod scopes;
mod serving;
pub mod tables;
pub mod trust;
mod visits;

/// The largest answer that is taken: lists without `limit` return everything (rest-conventions §7).
pub const LARGEST_ANSWER: usize = 512 * 1024 * 1024;

type CallFuture = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

/// A way to a service: over the network, or inside this process.
#[derive(Clone, Debug)]
pub enum Channel {
    /// Over the network; connects when first used, and again when it broke.
    Remote(Connection),
    /// Inside this process.
    InProcess {
        /// All that can be called.
        routes: Traced<Routes>,
        /// What can be called on the thread that asks.
        near: Option<Traced<Routes>>,
    },
    /// Inside this process, on the thread that calls. What is called ends when nobody waits for it.
    Near(Traced<Routes>),
}

/// A connection to a service elsewhere.
#[derive(Clone, Debug)]
pub struct Connection {
    endpoint: Arc<Endpoint>,
    /// With whose certificate, if there is to be TLS.
    trust: Option<(Trust, Part)>,
    channel: tonic::transport::Channel,
}

impl Connection {
    fn to(endpoint: Arc<Endpoint>, trust: Option<(Trust, Part)>) -> Self {
        let way = trust.as_ref().and_then(|(trust, part)| trust.way_to(*part));
        let channel = match way {
            Some((config, name)) => endpoint.connect_with_connector_lazy(tower::service_fn(move |to| {
                visits::begin(to, config.clone(), name.clone())
            })),
            None => endpoint.connect_lazy(),
        };
        Self { endpoint, trust, channel }
    }
}

impl Channel {
    /// A channel to a service elsewhere, in plain text. `setting` names the setting in messages.
    ///
    /// # Errors
    /// If the address is none.
    pub fn remote(url: &str, setting: &str) -> Result<Self, ConfigError> {
        Self::trusting(url, setting, &Trust::default(), Part::PersonRole)
    }

    /// A channel to a part elsewhere: with TLS, if there are certificates.
    ///
    /// # Errors
    /// If the address is none, or names another way of speaking than there are certificates for.
    pub fn trusting(url: &str, setting: &str, trust: &Trust, part: Part) -> Result<Self, ConfigError> {
        let endpoint = Endpoint::from_shared(url.to_owned())
            .ok()
            .filter(|endpoint| endpoint.uri().authority().is_some())
            .ok_or_else(|| {
                ConfigError(format!("{setting} must be an address such as http://127.0.0.1:50051, not \"{url}\"."))
            })?;
        let (given, https) = (trust.is_given(), endpoint.uri().scheme_str() == Some("https"));
        if given != https {
            let (with, begin) = if given { ("", "https") } else { ("out", "http") };
            let sentence =
                format!("{setting} must begin with {begin}:// with{with} certificates in [tls], not \"{url}\".");
            return Err(ConfigError(sentence));
        }
        if !given && !trust::is_near(endpoint.uri()) {
            tracing::warn!(setting, "a part is called in plain text, over a network");
        }
        let trust = given.then(|| (trust.clone(), part));
        let connection = Connection::to(
            Arc::new(
                endpoint
                    .connect_timeout(Duration::from_secs(if given { 5 } else { 2 }))
                    .tcp_nodelay(true)
                    .http2_keep_alive_interval(Duration::from_secs(10))
                    .keep_alive_timeout(Duration::from_secs(5))
                    .keep_alive_while_idle(true)
                    .initial_stream_window_size(1 << 20)
                    .initial_connection_window_size(1 << 22)
                    .timeout(Duration::from_secs(120)),
            ),
            trust,
        );
        Ok(Self::Remote(connection))
    }

    /// A channel to the same service over a connection of its own, which the runtime that calls this drives. In this
    /// process there is none to be had.
    #[must_use]
    pub fn own(&self) -> Self {
        match self {
            Self::Remote(connection) => {
                Self::Remote(Connection::to(Arc::clone(&connection.endpoint), connection.trust.clone()))
            }
            Self::InProcess { .. } | Self::Near(_) => self.clone(),
        }
    }

    /// The way to what is short, and begins nothing that lasts, if the thread that calls can answer it.
    #[must_use]
    pub fn near(&self) -> Option<Self> {
        match self {
            Self::InProcess { near, .. } => near.clone().map(Self::Near),
            Self::Remote(_) | Self::Near(_) => None,
        }
    }

    /// Whether the service is elsewhere.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        matches!(self, Self::Remote(_))
    }

    /// A channel to services in this process.
    #[must_use]
    pub fn in_process(routes: Routes) -> Self {
        Self::InProcess { routes: TraceLayer.layer(routes.prepare()), near: None }
    }

    /// The same, of which some can be called on the thread that asks.
    #[must_use]
    pub fn in_process_with_near(routes: Routes, near: Routes) -> Self {
        let traced = |routes: Routes| TraceLayer.layer(routes.prepare());
        Self::InProcess { routes: traced(routes), near: Some(traced(near)) }
    }
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Status;
    type Future = CallFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        match self {
            Self::Remote(to) => to.channel.poll_ready(cx).map_err(|error| away(&error)),
            Self::InProcess { .. } | Self::Near(_) => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, mut request: Request<Body>) -> CallFuture {
        if let Some(value) = telemetry::traceparent().and_then(|text| HeaderValue::try_from(text).ok()) {
            request.headers_mut().insert(telemetry::TRACEPARENT, value);
        }
        match self {
            Self::Remote(to) => {
                let answer = to.channel.call(request);
                Box::pin(async move { answer.await.map_err(|error| away(&error)) })
            }
            Self::Near(routes) => {
                let answer = routes.clone().oneshot(request);
                Box::pin(async move {
                    match answer.await {
                        Ok(response) => Ok(response),
                        Err(never) => match never {},
                    }
                })
            }
            Self::InProcess { routes, .. } => {
                let answer = routes.clone().oneshot(request);
                Box::pin(async move {
                    match tokio::spawn(answer).await {
                        Ok(Ok(response)) => Ok(response),
                        Ok(Err(never)) => match never {},
                        Err(error) => Err(Status::internal(format!("the service ended while it worked: {error}"))),
                    }
                })
            }
        }
    }
}

fn away(error: &tonic::transport::Error) -> Status {
    let mut reason = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        reason = format!("{reason}: {cause}");
        source = cause.source();
    }
    tracing::warn!(reason, "a service cannot be reached");
    Status::unavailable("the service cannot be reached")
}

/// Opens a span for each call that arrives, as the child of the caller's, and measures it.
#[derive(Clone, Copy, Debug)]
pub struct TraceLayer;

impl<S> Layer<S> for TraceLayer {
    type Service = Traced<S>;

    fn layer(&self, inner: S) -> Traced<S> {
        Traced { inner }
    }
}

/// A service whose calls are traced and measured.
#[derive(Clone, Debug)]
pub struct Traced<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for Traced<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let method = request.uri().path().trim_start_matches('/').to_owned();
        let span = tracing::info_span!("grpc", rpc.method = %method, trace_id = tracing::field::Empty);
        telemetry::adopt(&span, request.headers().get(telemetry::TRACEPARENT).and_then(|value| value.to_str().ok()));
        let began = Instant::now();
        let answer = self.inner.call(request);
        Box::pin(
            async move {
                let response = answer.await?;
                let code = Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code());
                // What nobody serves is one label, or callers could make as many as they like.
                let method = if code == Code::Unimplemented { "unknown".to_owned() } else { method };
                let labels = [("method", method), ("code", format!("{code:?}"))];
                metrics::counter!("cohort_grpc_requests_total", &labels).increment(1);
                metrics::histogram!("cohort_grpc_request_duration_seconds", &labels).record(began.elapsed());
                Ok(response)
            }
            .instrument(span),
        )
    }
}

/// Asks a service for its health (`grpc.health.v1`).
///
/// # Errors
/// A sentence on what is wrong.
pub async fn check_health(channel: Channel) -> Result<(), String> {
    use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};
    let answer = HealthClient::new(channel).check(HealthCheckRequest::default()).await;
    match answer.map(|response| response.into_inner().status()) {
        Ok(ServingStatus::Serving) => Ok(()),
        Ok(_) => Err("it is not ready".to_owned()),
        Err(status) => Err(status.message().to_owned()),
    }
}

/// Runs a future in a span of its own that continues a trace.
pub async fn in_trace<T>(span: Span, traceparent: Option<&str>, work: impl Future<Output = T>) -> T {
    telemetry::adopt(&span, traceparent);
    work.instrument(span).await
}

#[cfg(test)]
mod tests;
