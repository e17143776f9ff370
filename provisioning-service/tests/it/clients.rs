//! Clients of both resources, which the service serves by their tables.

use prost::Message;
use proto::{
    caller::Caller,
    provisioning::v1::{
        AcceptedMany, CoProvisioningDifferences, CoProvisioningExplanations, CoProvisioningPlans,
        CoProvisioningRequest, CoProvisioningTarget, CompareRequest, DifferencesRequest, ExplainRequest, LedgerRequest,
        LedgerResponse, OfTargetRequest, PlanRequest, ProvisionRequest, ProvisionResponse,
    },
    registry::v1::{
        AddRecord, Added, DeleteRequest, Deleted, EditRecord, Edited, ListRecords, ListRequest, ViewRequest,
    },
};
use service_kit::rpc::{Channel, call_raw};
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

/// The records of a list, and whether there are more.
#[derive(Debug)]
pub(crate) struct Listed<R> {
    pub(crate) records: Vec<R>,
    pub(crate) more: bool,
}

/// Declares a client by the methods of its service.
macro_rules! client {
    ($client:ident, $service:literal, $record:ty, $($name:ident: $method:literal ($asked:ty) -> $answered:ty),* $(,)?) => {
        pub(crate) struct $client(pub(crate) Channel);

        impl $client {
            $(pub(crate) async fn $name(&self, request: Request<$asked>) -> Answer<$answered> {
                call(&self.0, concat!("/cohort.provisioning.v1.", $service, "/", $method), request).await
            })*

            pub(crate) async fn list(&self, request: Request<ListRequest>) -> Answer<Listed<$record>> {
                let path = concat!("/cohort.provisioning.v1.", $service, "/List");
                let answer: Response<ListRecords> = call(&self.0, path, request).await?;
                Ok(answer.map(|ListRecords { records, more }| {
                    Listed { records: records.into_iter().map(|bytes| Message::decode(bytes).unwrap()).collect(), more }
                }))
            }
        }
    };
}

client!(
    Targets, "CoProvisioningTargets", CoProvisioningTarget,
    add: "Add" (AddRecord) -> Added,
    edit: "Edit" (EditRecord) -> Edited,
    delete: "Delete" (DeleteRequest) -> Deleted,
    view: "View" (ViewRequest) -> CoProvisioningTarget,
    provision: "Provision" (ProvisionRequest) -> ProvisionResponse,
    plan: "Plan" (PlanRequest) -> CoProvisioningPlans,
    explain: "Explain" (ExplainRequest) -> CoProvisioningExplanations,
    release: "Release" (OfTargetRequest) -> AcceptedMany,
    drop: "Drop" (OfTargetRequest) -> AcceptedMany,
    retry: "Retry" (OfTargetRequest) -> AcceptedMany,
    compare: "Compare" (CompareRequest) -> Added,
    ledger: "Ledger" (LedgerRequest) -> LedgerResponse,
);

client!(
    Requests, "CoProvisioningRequests", CoProvisioningRequest,
    delete: "Delete" (DeleteRequest) -> Deleted,
    view: "View" (ViewRequest) -> CoProvisioningRequest,
    retry: "Retry" (ViewRequest) -> Added,
    differences: "Differences" (DifferencesRequest) -> CoProvisioningDifferences,
);

async fn call<Q: Message, A: Message + Default>(
    channel: &Channel,
    path: &'static str,
    request: Request<Q>,
) -> Answer<A> {
    let caller = Caller::of(request.metadata());
    let message = request.into_inner().encode_to_vec().into();
    let (metadata, bytes, extensions) =
        call_raw(channel, http::uri::PathAndQuery::from_static(path), message, &caller).await?.into_parts();
    Ok(Response::from_parts(metadata, A::decode(bytes).unwrap(), extensions))
}
