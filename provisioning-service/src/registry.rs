//! What this service asks of the registry: whose a record is, and what is true of a subject now.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use proto::{
    SUBJECTS_CONTRACT,
    caller::Caller,
    registry::v1::{
        LastChangeResponse, ListMembersRequest, ListMembersResponse, ListSubjectsRequest, ReadSubjectsRequest,
        Reference, ResolveRequest, ResolveResponse, SubjectState, subjects_client::SubjectsClient,
    },
    time,
};
use service_kit::rpc::{Channel, LARGEST_ANSWER};
use tonic::{Request, Status};

use crate::domain::subject::Subject;

/// The registry.
#[derive(Clone, Debug)]
pub struct Registry {
    client: SubjectsClient<Channel>,
}

/// The COs of records, by resource and id; what does not exist is missing.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    of: HashMap<(String, i64), i64>,
    /// When that was so, by the registry's database, if it was asked for; an older registry does not say.
    pub told_at: Option<DateTime<Utc>>,
}

impl Owners {
    /// The CO of a record.
    #[must_use]
    pub fn co_of(&self, resource: &str, id: i64) -> Option<i64> {
        self.of.get(&(resource.to_owned(), id)).copied()
    }
}

impl Registry {
    /// The registry behind a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        let client = SubjectsClient::new(channel);
        Self { client: client.max_decoding_message_size(LARGEST_ANSWER).max_encoding_message_size(LARGEST_ANSWER) }
    }

    /// Finds the COs of records, all in one call.
    ///
    /// # Errors
    /// If the registry cannot be reached.
    pub async fn resolve(&self, references: &[(&str, i64)]) -> Result<Owners, Status> {
        if references.is_empty() {
            return Ok(Owners::default());
        }
        self.ask(references, false).await
    }

    /// The same, and when that was so.
    ///
    /// # Errors
    /// If the registry cannot be reached.
    pub async fn resolve_now(&self, references: &[(&str, i64)]) -> Result<Owners, Status> {
        self.ask(references, true).await
    }

    async fn ask(&self, references: &[(&str, i64)], with_time: bool) -> Result<Owners, Status> {
        let references =
            references.iter().map(|(resource, id)| Reference { resource: (*resource).to_owned(), id: *id });
        let request = ResolveRequest { references: references.collect(), with_time };
        let ResolveResponse { found, told_at } = self.client.clone().resolve(as_house(request)).await?.into_inner();
        let of = found.into_iter().map(|found| ((found.resource, found.id), found.co_id)).collect();
        Ok(Owners { of, told_at: told_at.as_ref().and_then(time::told) })
    }

    /// The CO of a subject, if there is one.
    ///
    /// # Errors
    /// If the registry cannot be reached.
    pub async fn co_of(&self, subject: Subject) -> Result<Option<i64>, Status> {
        let resource = subject.kind.resource();
        Ok(self.resolve(&[(resource, subject.id)]).await?.co_of(resource, subject.id))
    }

    /// Reads what is true of subjects now, all in one call.
    ///
    /// # Errors
    /// If the registry cannot be reached.
    pub async fn read(&self, subjects: &[Subject]) -> Result<HashMap<Subject, SubjectState>, Status> {
        if subjects.is_empty() {
            return Ok(HashMap::new());
        }
        let subjects = subjects.iter().map(|subject| subject.wire()).collect();
        let request = ReadSubjectsRequest { subjects, contract: SUBJECTS_CONTRACT };
        let states = self.client.clone().read(as_house(request)).await?.into_inner().states;
        let subject_of = |state: &SubjectState| state.subject.as_ref().and_then(Subject::of_wire);
        Ok(states.into_iter().filter_map(|state| Some((subject_of(&state)?, state))).collect())
    }

    /// Lists subjects of a CO, or people of a COU, that come after one.
    ///
    /// # Errors
    /// If the registry cannot be reached.
    pub async fn list(
        &self,
        co_id: i64,
        cou_id: Option<i64>,
        after: Option<Subject>,
        limit: u32,
    ) -> Result<Vec<Subject>, Status> {
        let request = ListSubjectsRequest { co_id, cou_id, after: after.map(Subject::wire), limit };
        let subjects = self.client.clone().list(as_house(request)).await?.into_inner().subjects;
        Ok(subjects.iter().filter_map(Subject::of_wire).collect())
    }

    /// The last history record of a subject that is not about provisioning, and whose doing it was.
    ///
    /// # Errors
    /// If the registry cannot be reached.
    pub async fn last_change(&self, subject: Subject) -> Result<LastChangeResponse, Status> {
        Ok(self.client.clone().last_change(as_house(subject.wire())).await?.into_inner())
    }

    /// Lists members of a group that come after a person.
    ///
    /// # Errors
    /// If the registry cannot be reached.
    pub async fn list_members(&self, co_group_id: i64, after: i64, limit: u32) -> Result<ListMembersResponse, Status> {
        let request = ListMembersRequest { co_group_id, after, limit };
        Ok(self.client.clone().list_members(as_house(request)).await?.into_inner())
    }

    /// Lists owners of a group that come after a person.
    ///
    /// # Errors
    /// If the registry cannot be reached, or is of a version that does not list them.
    pub async fn list_owners(&self, co_group_id: i64, after: i64, limit: u32) -> Result<ListMembersResponse, Status> {
        let request = ListMembersRequest { co_group_id, after, limit };
        Ok(self.client.clone().list_owners(as_house(request)).await?.into_inner())
    }
}

fn as_house<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    Caller::house().put(request.metadata_mut());
    request
}
