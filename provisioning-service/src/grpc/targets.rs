//! `CoProvisioningTargets`.

use proto::{
    caller::Caller,
    provisioning::v1::{
        Accepted, AddCoProvisioningTargetRequest, CoProvisioningExplanations, CoProvisioningPlans,
        CoProvisioningTarget, CompareRequest, EditCoProvisioningTargetRequest, ExplainRequest, LedgerRequest,
        LedgerResponse, ListCoProvisioningTargetsResponse, OfTargetRequest, PlanRequest, ProvisionRequest,
        ProvisionResponse, co_provisioning_targets_server::CoProvisioningTargets,
    },
    record::Record,
    registry::v1::{Added, DeleteRequest, Deleted, Edited, ListRequest, ViewRequest},
};
use tonic::{Request, Response, Status};

use crate::{
    app::{
        App, add_target, compare, delete_target, edit_target, explain,
        guard_removals::{self, End},
        ledger, plan, provision, retry_target, scoped, view_targets,
    },
    grpc::{caller, tagged},
};

pub(super) struct Targets(pub(super) App);

fn message(record: &Record) -> Result<CoProvisioningTarget, Status> {
    record.to_message().map_err(|error| Status::internal(error.to_string()))
}

/// Who calls, if the scopes allow a method at a target (D61).
fn scoped_caller<T>(request: &Request<T>, method: &str, target: i64) -> Result<Caller, Status> {
    let caller = caller(request);
    scoped(&caller, "co_provisioning_targets", method, target)?;
    Ok(caller)
}

#[tonic::async_trait]
impl CoProvisioningTargets for Targets {
    async fn add(&self, request: Request<AddCoProvisioningTargetRequest>) -> Result<Response<Added>, Status> {
        let caller = caller(&request);
        let AddCoProvisioningTargetRequest { record, unread } = request.into_inner();
        let (id, replayed) = add_target::run(&self.0, &caller, &record.unwrap_or_default(), &unread).await?;
        Ok(Response::new(Added { id, extras: Vec::new(), replayed }))
    }

    async fn edit(&self, request: Request<EditCoProvisioningTargetRequest>) -> Result<Response<Edited>, Status> {
        let caller = caller(&request);
        let EditCoProvisioningTargetRequest { record, unread, sent, if_match } = request.into_inner();
        let sent = sent.unwrap_or_default().paths;
        let record = record.unwrap_or_default();
        edit_target::run(&self.0, &caller, &record, &unread, &sent, if_match.as_deref()).await?;
        Ok(Response::new(Edited::default()))
    }

    async fn delete(&self, request: Request<DeleteRequest>) -> Result<Response<Deleted>, Status> {
        let DeleteRequest { id, if_match } = request.get_ref();
        delete_target::run(&self.0, &caller(&request), *id, if_match.as_deref()).await?;
        Ok(Response::new(Deleted {}))
    }

    async fn view(&self, request: Request<ViewRequest>) -> Result<Response<CoProvisioningTarget>, Status> {
        let (record, tag) = view_targets::one(&self.0, &caller(&request), request.get_ref().id).await?;
        Ok(tagged(message(&record)?, &tag))
    }

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<ListCoProvisioningTargetsResponse>, Status> {
        let (records, more) = view_targets::list(&self.0, &caller(&request), request.get_ref()).await?;
        let records = records.iter().map(message).collect::<Result<_, _>>()?;
        Ok(Response::new(ListCoProvisioningTargetsResponse { records, more }))
    }

    async fn provision(&self, request: Request<ProvisionRequest>) -> Result<Response<ProvisionResponse>, Status> {
        Ok(Response::new(provision::run(&self.0, &caller(&request), request.get_ref()).await?))
    }

    async fn plan(&self, request: Request<PlanRequest>) -> Result<Response<CoProvisioningPlans>, Status> {
        Ok(Response::new(
            plan::run(
                &self.0,
                &scoped_caller(&request, "Plan", request.get_ref().co_provisioning_target_id)?,
                request.get_ref(),
            )
            .await?,
        ))
    }

    async fn explain(&self, request: Request<ExplainRequest>) -> Result<Response<CoProvisioningExplanations>, Status> {
        Ok(Response::new(explain::run(&self.0, &caller(&request), request.get_ref()).await?))
    }

    async fn release(&self, request: Request<OfTargetRequest>) -> Result<Response<Accepted>, Status> {
        let target = request.get_ref().co_provisioning_target_id;
        Ok(Response::new(
            guard_removals::end(&self.0, &scoped_caller(&request, "Release", target)?, target, End::Release).await?,
        ))
    }

    async fn drop(&self, request: Request<OfTargetRequest>) -> Result<Response<Accepted>, Status> {
        let target = request.get_ref().co_provisioning_target_id;
        Ok(Response::new(
            guard_removals::end(&self.0, &scoped_caller(&request, "Drop", target)?, target, End::Drop).await?,
        ))
    }

    async fn retry(&self, request: Request<OfTargetRequest>) -> Result<Response<Accepted>, Status> {
        let OfTargetRequest { co_provisioning_target_id, error } = request.get_ref();
        let caller = scoped_caller(&request, "Retry", *co_provisioning_target_id)?;
        let asked = retry_target::run(&self.0, &caller, *co_provisioning_target_id, error.as_deref());
        Ok(Response::new(asked.await?))
    }

    async fn compare(&self, request: Request<CompareRequest>) -> Result<Response<Added>, Status> {
        let (id, replayed) = compare::run(
            &self.0,
            &scoped_caller(&request, "Compare", request.get_ref().co_provisioning_target_id)?,
            request.get_ref(),
        )
        .await?;
        Ok(Response::new(Added { id, extras: Vec::new(), replayed }))
    }

    async fn ledger(&self, request: Request<LedgerRequest>) -> Result<Response<LedgerResponse>, Status> {
        Ok(Response::new(ledger::view(&self.0, &caller(&request), request.get_ref()).await?))
    }
}
