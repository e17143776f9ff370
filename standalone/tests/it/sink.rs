//! Receivers that tests put where other systems would be.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    trace::v1::Span,
};
use tokio::{net::TcpListener, sync::watch};
use tonic::{Request, Response, Status, transport::server::TcpIncoming};

/// A request that an HTTP receiver got.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// An HTTP server that answers 200 to everything and remembers it.
#[derive(Clone, Debug)]
pub(crate) struct HttpSink {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    count: watch::Receiver<usize>,
}

impl HttpSink {
    pub(crate) async fn start() -> Self {
        Self::on(0).await
    }

    /// On a port that was chosen before; 0: any.
    pub(crate) async fn on(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let (told, count) = watch::channel(0);
        let app = Router::new().fallback(remember).with_state((received.clone(), Arc::new(told)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, received, count }
    }

    /// Waits until so many requests came, and gives them.
    pub(crate) async fn wait_for(&self, wanted: usize) -> Vec<Received> {
        self.count.clone().wait_for(|count| *count >= wanted).await.unwrap();
        self.received.lock().unwrap().clone()
    }
}

type Memory = (Arc<Mutex<Vec<Received>>>, Arc<watch::Sender<usize>>);

async fn remember(
    State((received, told)): State<Memory>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let mut received = received.lock().unwrap();
    received.push(Received { method, path: uri.path().to_owned(), headers, body: body.to_vec() });
    told.send_replace(received.len());
    StatusCode::OK
}

/// A receiver of traces (OTLP over gRPC).
#[derive(Clone, Debug)]
pub(crate) struct TraceSink {
    pub(crate) url: String,
    spans: watch::Receiver<Vec<Span>>,
}

impl TraceSink {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (told, spans) = watch::channel(Vec::new());
        let service = TraceServiceServer::new(Collector { told });
        tokio::spawn(
            tonic::transport::Server::builder().add_service(service).serve_with_incoming(TcpIncoming::from(listener)),
        );
        Self { url, spans }
    }

    /// How many spans came.
    pub(crate) fn count(&self) -> usize {
        self.spans.borrow().len()
    }

    /// All spans that came, as text.
    pub(crate) fn text(&self) -> Vec<u8> {
        format!("{:?}", self.spans.borrow()).into_bytes()
    }

    /// Waits until the spans of a trace are as wanted, and gives them.
    pub(crate) async fn wait_for(&self, trace_id: &str, wanted: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        let of_trace = |spans: &[Span]| -> Vec<Span> {
            spans.iter().filter(|span| hex(&span.trace_id) == trace_id).cloned().collect()
        };
        let mut spans = self.spans.clone();
        let whole = tokio::time::timeout(crate::PATIENCE, spans.wait_for(|spans| wanted(&of_trace(spans)))).await;
        let seen = of_trace(&self.spans.borrow());
        assert!(
            whole.is_ok(),
            "of trace {trace_id} there are only {:?}",
            seen.iter().map(describe).collect::<Vec<_>>()
        );
        seen
    }
}

/// A span in words, for messages and comparisons: its name, and the method of a call.
pub(crate) fn describe(span: &Span) -> String {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    let method =
        span.attributes.iter().find(|pair| pair.key == "rpc.method").and_then(|pair| pair.value.clone()?.value);
    match method {
        Some(Value::StringValue(method)) => format!("{} {method}", span.name),
        _ => span.name.clone(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Debug)]
struct Collector {
    told: watch::Sender<Vec<Span>>,
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let spans =
            request.into_inner().resource_spans.into_iter().flat_map(|of| of.scope_spans).flat_map(|of| of.spans);
        let spans: Vec<Span> = spans.collect();
        self.told.send_modify(|known| known.extend(spans));
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}
