//! Serving: the address, health and reflection, and on which threads calls are answered.
//!
//! Most calls are answered wherever the runtime has room. Those that are asked often and end soon may be near: each thread
//! takes connections of its own, and answers them without handing anything to another thread.

use std::{convert::Infallible, fmt, net::SocketAddr, num::NonZero, sync::Arc, thread, time::Duration};

use axum::{body::Body, extract::Request, response::Response};
use futures::future::{BoxFuture, try_join_all};
use tokio::{
    net::TcpListener,
    runtime::{self, Handle},
    sync::oneshot,
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tonic::{Status, service::Routes};
use tower::ServiceExt as _;
use tracing::Instrument as _;

use super::{
    TraceLayer,
    trust::Trust,
    visits::{self, Arrivals, Place},
};
use crate::{config::ConfigError, health::Health};

/// No more threads answer near calls, however many processors there are: each has connections to the database.
const MOST_LANES: usize = 4;

type Failure = Box<dyn std::error::Error + Send + Sync>;

type Make = dyn Fn() -> BoxFuture<'static, Result<Routes, ConfigError>> + Send + Sync;

/// Methods that are answered on the thread that serves their connection, from routes which each thread makes for itself: what
/// they use belongs to that thread, too. They have to be short, and begin nothing that goes on after their answer.
#[derive(Clone)]
pub struct Near(Arc<Make>);

impl Near {
    /// Routes that a thread makes for itself; it is called inside its runtime.
    pub fn new<F>(make: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Routes, ConfigError>> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(make())))
    }
}

impl fmt::Debug for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Near").finish_non_exhaustive()
    }
}

/// Serves routes, with gRPC health and reflection, on an address until the process stops; what runs is finished. Where
/// there are certificates, who calls has to have one. What is near is answered on threads of its own.
///
/// # Errors
/// If the address cannot be listened on, or the server breaks.
pub async fn serve(
    listen: SocketAddr,
    trust: Trust,
    routes: Routes,
    near: Option<Near>,
    health: Health,
    stop: CancellationToken,
) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    tracing::info!(%address, tls = trust.is_given(), "gRPC is served");
    if !trust.is_given() && !address.ip().is_loopback() {
        tracing::warn!(%address, "calls are taken in plain text from whoever reaches this address; see [tls]");
    }
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
        .build_v1()?;
    let report = stop.clone();
    tokio::spawn(async move {
        while !report.is_cancelled() {
            let status = match health.readiness().0 {
                true => tonic_health::ServingStatus::Serving,
                false => tonic_health::ServingStatus::NotServing,
            };
            reporter.set_service_status("", status).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        reporter.set_service_status("", tonic_health::ServingStatus::NotServing).await;
    });
    let routes = routes.add_service(health_service).add_service(reflection).prepare();
    let (mut places, mut served) = (Vec::new(), Vec::<BoxFuture<'static, Result<(), Failure>>>::new());
    for number in 0..near.as_ref().map_or(1, |_| lanes()) {
        let (place, arrivals) = Place::new();
        places.push(place);
        let (routes, trust, stop) = (routes.clone(), trust.clone(), stop.clone());
        served.push(match &near {
            Some(near) => Box::pin(lane(number, near.clone(), routes, arrivals, trust, stop)?),
            None => Box::pin(answer(arrivals, trust, routes, stop)),
        });
    }
    let taking = tokio::spawn(visits::take(listener, places, stop));
    let ended = try_join_all(served).await;
    taking.abort();
    ended.map(drop)
}

fn lanes() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(MOST_LANES)
}

/// Answers what arrives, inside this runtime.
async fn answer(arrivals: Arrivals, trust: Trust, routes: Routes, stop: CancellationToken) -> Result<(), Failure> {
    let mut visits = arrivals.let_in(trust);
    let incoming =
        futures::stream::poll_fn(move |context| visits.poll_recv(context).map(|visit| visit.map(Ok::<_, Infallible>)));
    let served = tonic::transport::Server::builder()
        .layer(TraceLayer)
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(1 << 22)
        .http2_keepalive_interval(Some(Duration::from_secs(10)))
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, async move { stop.cancelled().await })
        .await;
    Ok(served?)
}

/// Begins a thread that answers what arrives: what is near by itself, everything else in the runtime that this is called in.
fn lane(
    number: usize,
    near: Near,
    routes: Routes,
    arrivals: Arrivals,
    trust: Trust,
    stop: CancellationToken,
) -> Result<impl Future<Output = Result<(), Failure>>, Failure> {
    let far = far(Handle::current(), routes);
    let (end, ended) = oneshot::channel();
    let work = move || -> Result<(), Failure> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async move {
            let routes = near.0().await?.into_axum_router().fallback_service(far);
            answer(arrivals, trust, Routes::from(routes).prepare(), stop).await
        })
    };
    thread::Builder::new().name(format!("near-{number}")).spawn(move || {
        // Who waits for it is gone when the process stops.
        let _stopping = end.send(work());
    })?;
    Ok(async move { ended.await.unwrap_or_else(|_| Err("a thread that answers calls broke".into())) })
}

/// The routes, as they are called in a runtime from another one.
fn far(
    runtime: Handle,
    routes: Routes,
) -> impl tower::Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static
{
    let router = routes.into_axum_router();
    tower::service_fn(move |request: Request| {
        let answer = router.clone().oneshot(request).in_current_span();
        let answer = AbortOnDropHandle::new(runtime.spawn(answer));
        async move {
            Ok(match answer.await {
                Ok(Ok(response)) => response,
                Ok(Err(never)) => match never {},
                Err(error) => {
                    Status::internal(format!("the service ended while it worked: {error}")).into_http::<Body>()
                }
            })
        }
    })
}
