//! The methods of `/co_provisioning_targets`.

use bytes::Bytes;
use prost::Message;
use proto::{
    caller::Caller,
    provisioning::v1::{CoProvisioningTarget, CompareRequest, OfTargetRequest, PlanRequest},
    registry::v1::{AddRecord, Added, DeleteRequest, Deleted, EditRecord, Edited, ListRecords, ViewRequest},
};
use service_kit::rpc::tables::{Call, answered, read};
use tonic::{Response, Status};

use crate::{
    app::{
        App, add_target, compare, delete_target, edit_target, explain,
        guard_removals::{self, End},
        ledger, plan, provision, retry_target, scoped, view_targets,
    },
    domain::ids::TargetId,
    grpc::{no_such_method, tagged},
};

type Answered = Result<Response<Bytes>, Status>;

/// Answers a method.
pub(super) async fn answer(app: &App, call: Call) -> Answered {
    let Call { method, caller, message, .. } = call;
    match method.as_str() {
        "Add" => add(app, &caller, read(message)?).await,
        "Edit" => edit(app, &caller, read(message)?).await,
        "Delete" => {
            let DeleteRequest { id, if_match } = read(message)?;
            delete_target::run(app, &caller, TargetId(id), if_match.as_deref()).await?;
            Ok(answered(&Deleted {}))
        }
        "View" => {
            let ViewRequest { id, .. } = read(message)?;
            let (record, tag) = view_targets::one(app, &caller, TargetId(id)).await?;
            Ok(tagged(Response::new(record.encode().into()), &tag))
        }
        "List" => {
            let (records, more) = view_targets::list(app, &caller, &read(message)?).await?;
            let records = records.iter().map(|record| record.encode().into()).collect();
            Ok(answered(&ListRecords { records, more }))
        }
        "Provision" => Ok(answered(&provision::run(app, &caller, &read(message)?).await?)),
        "Explain" => Ok(answered(&explain::run(app, &caller, &read(message)?).await?)),
        "Ledger" => Ok(answered(&ledger::view(app, &caller, &read(message)?).await?)),
        _ => of_scope(app, &method, &caller, message).await,
    }
}

async fn add(app: &App, caller: &Caller, AddRecord { record, unread }: AddRecord) -> Answered {
    let (id, replayed) = add_target::run(app, caller, &target(record)?, &unread).await?;
    Ok(answered(&Added { id: id.0, extras: Vec::new(), replayed }))
}

async fn edit(app: &App, caller: &Caller, EditRecord { record, unread, sent, if_match }: EditRecord) -> Answered {
    let (record, sent) = (target(record)?, sent.unwrap_or_default().paths);
    scoped(caller, "co_provisioning_targets", "Edit", TargetId(record.id()))?;
    edit_target::run(app, caller, &record, &unread, &sent, if_match.as_deref()).await?;
    Ok(answered(&Edited::default()))
}

fn target(record: Bytes) -> Result<CoProvisioningTarget, Status> {
    CoProvisioningTarget::decode(record).map_err(|error| Status::invalid_argument(error.to_string()))
}

/// The methods that a scope may allow at one target only (D61).
async fn of_scope(app: &App, method: &str, caller: &Caller, message: Bytes) -> Answered {
    let allowed = |target: TargetId| scoped(caller, "co_provisioning_targets", method, target);
    let end = async |end| {
        let OfTargetRequest { co_provisioning_target_id: target, .. } = read(message.clone())?;
        allowed(TargetId(target))?;
        Ok(answered(&guard_removals::end(app, caller, TargetId(target), end).await?))
    };
    match method {
        "Plan" => {
            let asked: PlanRequest = read(message)?;
            allowed(TargetId(asked.co_provisioning_target_id))?;
            Ok(answered(&plan::run(app, caller, &asked).await?))
        }
        "Release" => end(End::Release).await,
        "Drop" => end(End::Drop).await,
        "Retry" => {
            let OfTargetRequest { co_provisioning_target_id: target, error } = read(message)?;
            allowed(TargetId(target))?;
            Ok(answered(&retry_target::run(app, caller, TargetId(target), error.as_deref()).await?))
        }
        "Compare" => {
            let asked: CompareRequest = read(message)?;
            allowed(TargetId(asked.co_provisioning_target_id))?;
            let (id, replayed) = compare::run(app, caller, &asked).await?;
            Ok(answered(&Added { id: id.0, extras: Vec::new(), replayed }))
        }
        _ => Err(no_such_method()),
    }
}
