//! The security log: reading it, and taking in from the gateway which logins failed (D60).

use async_trait::async_trait;
use bytes::Bytes;
use prost::Message as _;
use proto::{
    audit::v1::FailedLogin,
    refusal::Refusal,
    registry::v1::{Edited, ListRequest},
};
use service_kit::{
    audit::read::{self, Reader},
    rpc::tables::{self, Answer, Call},
};
use tonic::{Response, Status};

use crate::{app::login_failed::login_failed, context::App, grpc::serve, rights::known, store::past::Moment};

/// Answers the methods of audit records.
pub(super) struct Audit(pub(super) App);

#[async_trait]
impl Answer for Audit {
    async fn answer(&self, call: Call) -> Result<Response<Bytes>, Status> {
        if call.method == "LoginFailed" {
            let failed: FailedLogin = tables::read(call.message)?;
            serve!(login_failed(&self.0, &failed))?;
            return Ok(tables::answered(&Edited::default()));
        }
        if call.method == "List" {
            self.check_co(&call).await?;
        }
        Reader(self.0.database.clone()).answer(call).await
    }
}

impl Audit {
    /// A filter that names a CO that is not there, and never was as far as the log knows, is refused (D10).
    async fn check_co(&self, call: &Call) -> Result<(), Status> {
        let request = ListRequest::decode(call.message.clone()).unwrap_or_default();
        let Some(filter) = request.filters.iter().find(|filter| filter.name == "coid") else { return Ok(()) };
        let there = known(&self.0, &call.caller, Moment::Present, ("Co", &filter.value)).await;
        let Err(fault) = there else { return Ok(()) };
        let of_co = ListRequest { filters: vec![filter.clone()], limit: 1, ..ListRequest::default() };
        match read::list(self.0.database.reader(), &call.caller, &of_co).await {
            Ok((records, _)) if records.is_empty() => Err(fault.into_refusal().into()),
            Ok(_) => Ok(()),
            Err(refusal @ Refusal::Unauthorized(_)) => Err(refusal.into()),
            Err(_) => Err(fault.into_refusal().into()),
        }
    }
}
