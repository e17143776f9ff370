//! One gRPC service for the methods of all resources: by the tables, without code for each of them.
//!
//! The paths and messages are those that the `.proto` files state for each resource, so that a client generated from them
//! sees no difference; messages go through as bytes.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{Router, body::Body, extract::Request as HttpRequest, response::Response as HttpResponse, routing::any};
use bytes::Bytes;
use prost::Message;
use proto::{caller::Caller, table::Table};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, server::Grpc};
use tracing::Instrument as _;

use super::{LARGEST_ANSWER, RawCodec};
use crate::turns;

/// A method of a resource that was called.
#[derive(Clone, Debug)]
pub struct Call {
    /// The resource.
    pub table: &'static Table,
    /// The method, such as `Add`; one that the resource's service has.
    pub method: String,
    /// Who calls.
    pub caller: Caller,
    /// The method's message.
    pub message: Bytes,
}

/// Answers the methods of resources.
#[async_trait]
pub trait Answer: Send + Sync + 'static {
    /// Answers a call with the bytes of the method's answer, and what goes beside it.
    ///
    /// # Errors
    /// The status that the caller is given.
    async fn answer(&self, call: Call) -> Result<Response<Bytes>, Status>;
}

/// Reads the message of a method.
///
/// # Errors
/// If it is none.
pub fn read<M: Message + Default>(message: Bytes) -> Result<M, Status> {
    M::decode(message).map_err(|error| Status::invalid_argument(error.to_string()))
}

/// An answer with nothing beside it.
pub fn answered(message: &impl Message) -> Response<Bytes> {
    Response::new(message.encode_to_vec().into())
}

/// Adds the paths of resources to a router.
pub fn add_to<A: Answer>(router: Router, tables: impl IntoIterator<Item = &'static Table>, answer: A) -> Router {
    let answer: Arc<dyn Answer> = Arc::new(answer);
    tables.into_iter().fold(router, |router, table| {
        let answer = Arc::clone(&answer);
        let path = format!("/{}/{{method}}", table.service);
        router.route(&path, any(move |request: HttpRequest| serve(Arc::clone(&answer), table, request)))
    })
}

/// The methods that take no turn.
const LOOKS: [&str; 6] = ["View", "Versions", "Explain", "Ledger", "Differences", "Provision"];

async fn serve(answer: Arc<dyn Answer>, table: &'static Table, request: HttpRequest) -> HttpResponse {
    let method = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
    let service = tower::service_fn(move |request: Request<Bytes>| {
        let (answer, method) = (Arc::clone(&answer), method.clone());
        async move {
            if !table.has(&method) {
                return Err(Status::unimplemented("the resource has no such method"));
            }
            let caller = Caller::of(request.metadata());
            // What was begun goes on when its caller hangs up: the database does, and until then it has the turn and the
            // connection that it took. What has no turn yet ends, and what takes none.
            let looks = LOOKS.contains(&method.as_str());
            let call = Call { table, method, caller, message: request.into_inner() };
            if looks {
                return answer.answer(call).await;
            }
            let work = async move { answer.answer(call).await };
            let gone = CancellationToken::new();
            let _hangs_up = gone.clone().drop_guard();
            let ended = tokio::spawn(turns::for_caller(gone, work).in_current_span()).await;
            ended.unwrap_or_else(|error| Err(Status::internal(format!("the service ended while it worked: {error}"))))
        }
    });
    let mut grpc = Grpc::new(RawCodec).apply_max_message_size_config(None, Some(LARGEST_ANSWER));
    grpc.unary(service, request).await.map(Body::new)
}

#[cfg(test)]
mod tests;
