//! The targets and requests of the fake service.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use prost::Message;
use proto::{
    provisioning::v1::{
        AcceptedMany, CoProvisioningExplanations, LedgerCount, LedgerEntry, LedgerRequest, LedgerResponse,
        OfTargetRequest, ProvisionRequest, ProvisionResponse,
    },
    refusal::Refusal,
    registry::v1::{Added, ListRecords, ViewRequest},
};
use service_kit::rpc::tables::{answered, read};
use tonic::{Response, Status};

use super::{Asked, Fake, bytes};

type Answered = Result<Response<Bytes>, Status>;

impl Fake {
    pub(super) fn answer_engine(&self, resource: &str, method: &str, message: Bytes) -> Answered {
        match (resource, method) {
            ("CoProvisioningTarget", "Add") => Ok(added(5)),
            ("CoProvisioningTarget", "View") => Ok(answered(&*self.0.target.lock().unwrap())),
            ("CoProvisioningTarget", "List") => {
                let target = self.0.target.lock().unwrap().clone();
                let count = if target.id.is_some() { self.0.targets.load(Ordering::SeqCst) } else { 0 };
                Ok(listed(&vec![target; count]))
            }
            ("CoProvisioningTarget", "Provision") => self.provision(read(message)?),
            ("CoProvisioningTarget", "Plan") => {
                self.note(Asked::Plan(read(message)?))?;
                Ok(Response::new(Bytes::new()))
            }
            ("CoProvisioningTarget", "Explain") => {
                self.note(Asked::Explain(read(message)?))?;
                let explanation = self.0.explanation.lock().unwrap().clone();
                let records = (!explanation.verdict.is_empty()).then_some(explanation).into_iter().collect();
                Ok(answered(&CoProvisioningExplanations { records }))
            }
            ("CoProvisioningTarget", "Release") => self.of_target("release", read(message)?),
            ("CoProvisioningTarget", "Drop") => self.of_target("drop", read(message)?),
            ("CoProvisioningTarget", "Retry") => self.of_target("retry", read(message)?),
            ("CoProvisioningTarget", "Compare") => {
                self.note(Asked::Compare(read(message)?))?;
                Ok(added(78))
            }
            ("CoProvisioningTarget", "Ledger") => self.ledger(read(message)?),
            ("CoProvisioningRequest", "View") => {
                let ViewRequest { id, .. } = read(message)?;
                let found = self.0.requests.lock().unwrap().iter().find(|found| found.id == Some(id)).cloned();
                found.map(|found| answered(&found)).ok_or_else(|| Refusal::unknown("CoProvisioningRequest").into())
            }
            ("CoProvisioningRequest", "List") => Ok(listed(&self.0.requests.lock().unwrap())),
            ("CoProvisioningRequest", "Delete") => self.of_request("cancel", read(message)?),
            ("CoProvisioningRequest", "Retry") => self.of_request("retry", read(message)?),
            // Of the others nothing is looked at.
            _ => Ok(Response::new(Bytes::new())),
        }
    }

    fn provision(&self, wish: ProvisionRequest) -> Answered {
        let processed = wish.wait_ms > 0;
        self.note(Asked::Provision(wish))?;
        Ok(answered(&ProvisionResponse { co_provisioning_request_id: 77, processed, replayed: false }))
    }

    fn of_target(&self, what: &'static str, asked: OfTargetRequest) -> Answered {
        self.note(Asked::OfTarget(what, asked))?;
        Ok(answered(&AcceptedMany { count: 3, replayed: false }))
    }

    /// The id is at the same place in both messages that name a request.
    fn of_request(&self, what: &'static str, asked: ViewRequest) -> Answered {
        self.note(Asked::OfRequest(what, asked.id))?;
        Ok(added(asked.id))
    }

    /// Three entries, two of them in the first piece.
    fn ledger(&self, asked: LedgerRequest) -> Answered {
        let entry = |number| LedgerEntry {
            number,
            co_person_id: Some(10),
            request_id: 77,
            outcome: "Applied".to_owned(),
            ..LedgerEntry::default()
        };
        let numbers: &[i64] = match (asked.entries, asked.after) {
            (_, Some(_)) => &[9],
            (true, None) => &[4, 6],
            (false, None) => &[],
        };
        let answer = LedgerResponse {
            from: asked.from.unwrap_or(4),
            to: asked.to.unwrap_or(9),
            accepted: 3,
            counts: vec![LedgerCount { outcome: "Applied".to_owned(), count: 3 }],
            entries: numbers.iter().map(|number| entry(*number)).collect(),
            more: asked.entries && asked.after.is_none(),
        };
        self.note(Asked::Ledger(asked))?;
        Ok(answered(&answer))
    }
}

fn added(id: i64) -> Response<Bytes> {
    answered(&Added { id, extras: Vec::new(), replayed: false })
}

fn listed<M: Message>(records: &[M]) -> Response<Bytes> {
    answered(&ListRecords { records: records.iter().map(bytes).collect(), more: false })
}
