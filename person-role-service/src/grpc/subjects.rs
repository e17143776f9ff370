//! What provisioning asks of the registry.

use std::collections::{BTreeMap, BTreeSet};

use proto::{
    caller::Caller,
    refusal::Refusal,
    registry::v1::{
        LastChangeResponse, ListMembersRequest, ListMembersResponse, ListSubjectsRequest, ListSubjectsResponse,
        ReadSubjectsRequest, ReadSubjectsResponse, ResolveRequest, ResolveResponse, Resolved, Subject,
        subjects_server::Subjects,
    },
    time,
};
use service_kit::database::refusal_of;
use tonic::{Request, Response, Status};

use crate::{
    app::{last_change, list_members, list_subjects, read_subjects},
    grpc::{Face, serve},
    store::{owners, time::settled_until},
};

/// All COs are read here: no user's call may be passed on to it.
fn asked_by_the_house<T>(request: &Request<T>) -> Result<(), Status> {
    match Caller::of(request.metadata()).is_platform() {
        true => Ok(()),
        false => Err(Refusal::not_privileged().into()),
    }
}

#[async_trait::async_trait]
impl Subjects for Face {
    async fn resolve(&self, request: Request<ResolveRequest>) -> Result<Response<ResolveResponse>, Status> {
        asked_by_the_house(&request)?;
        let ResolveRequest { references, with_time } = request.into_inner();
        let mut wanted: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        for reference in &references {
            wanted.entry(reference.resource.clone()).or_default().insert(reference.id);
        }
        let db = self.app.database.reader();
        let told_at = match with_time {
            true => Some(
                settled_until(&self.app.database, &self.app.clock)
                    .await
                    .map_err(|error| Status::from(refusal_of(&error)))?,
            ),
            false => None,
        };
        let found = owners::find(db, &wanted).await.map_err(|error| Status::from(refusal_of(&error)))?;
        let resolved = references.into_iter().filter_map(|reference| {
            let co_id = found.co_of(&reference.resource, reference.id)?;
            Some(Resolved { resource: reference.resource, id: reference.id, co_id })
        });
        Ok(Response::new(ResolveResponse { found: resolved.collect(), told_at: told_at.map(time::moment) }))
    }

    async fn read(&self, request: Request<ReadSubjectsRequest>) -> Result<Response<ReadSubjectsResponse>, Status> {
        asked_by_the_house(&request)?;
        let states = serve!(read_subjects::read_subjects(&self.app, request.get_ref()))?;
        Ok(Response::new(ReadSubjectsResponse { states }))
    }

    async fn list(&self, request: Request<ListSubjectsRequest>) -> Result<Response<ListSubjectsResponse>, Status> {
        asked_by_the_house(&request)?;
        let subjects = serve!(list_subjects::list_subjects(&self.app, request.get_ref()))?;
        Ok(Response::new(ListSubjectsResponse { subjects }))
    }

    async fn list_members(
        &self,
        request: Request<ListMembersRequest>,
    ) -> Result<Response<ListMembersResponse>, Status> {
        asked_by_the_house(&request)?;
        Ok(Response::new(serve!(list_members::list_members(&self.app, request.get_ref()))?))
    }

    async fn list_owners(&self, request: Request<ListMembersRequest>) -> Result<Response<ListMembersResponse>, Status> {
        asked_by_the_house(&request)?;
        Ok(Response::new(serve!(list_members::list_owners(&self.app, request.get_ref()))?))
    }

    async fn last_change(&self, request: Request<Subject>) -> Result<Response<LastChangeResponse>, Status> {
        asked_by_the_house(&request)?;
        Ok(Response::new(serve!(last_change::last_change(&self.app, request.get_ref()))?))
    }
}
