//! Methods that one resource has beside the standard ones.

use proto::registry::v1::{Added, Edited, ListCoGroupsResponse, ReconcileCoRequest, ViewRequest};
use tonic::{Request, Response, Status};

use crate::{
    app::{automatic_groups, rotate_key},
    grpc::{Registry, added, caller, message, serve},
};

impl Registry {
    /// Makes a new key for an API user (D15).
    pub(super) async fn rotate(&self, request: Request<ViewRequest>) -> Result<Response<Added>, Status> {
        let id = request.get_ref().id;
        let extras = serve!(rotate_key::rotate_key(&self.app, &caller(&request), id))?;
        Ok(Response::new(added(id, extras)))
    }

    /// Makes missing default groups and lists the automatic ones (neighbours.md CoGroup).
    pub(super) async fn reconcile_groups(
        &self,
        request: Request<ReconcileCoRequest>,
    ) -> Result<Response<ListCoGroupsResponse>, Status> {
        let caller = caller(&request);
        let groups = serve!(automatic_groups::reconcile_co(&self.app, &caller, request.get_ref().co_id))?;
        let records = groups.iter().map(message).collect::<Result<_, _>>()?;
        Ok(Response::new(ListCoGroupsResponse { records, more: false }))
    }

    /// Computes the members of an automatic group anew (neighbours.md CoGroup).
    pub(super) async fn reconcile_group(&self, request: Request<ViewRequest>) -> Result<Response<Edited>, Status> {
        serve!(automatic_groups::reconcile(&self.app, &caller(&request), request.get_ref().id))?;
        Ok(Response::new(Edited {}))
    }
}
