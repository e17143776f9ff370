//! Views of many records at once, each for who asks for it.

use std::collections::BTreeMap;

use proto::{
    caller::Caller,
    refusal::Refusal,
    registry::v1::{RefusedView, ViewManyRequest, ViewManyResponse, Viewed, viewed::Of, views_server::Views},
    table::Table,
};
use tonic::{Request, Response, Status};

use crate::{
    context::App,
    grpc::{Face, standard::view_by_table},
};

#[async_trait::async_trait]
impl Views for Face {
    async fn view_many(&self, request: Request<ViewManyRequest>) -> Result<Response<ViewManyResponse>, Status> {
        let wanted = request.into_inner().views;
        let mut answers = vec![Viewed::default(); wanted.len()];
        let mut by_resource: BTreeMap<String, (Vec<usize>, Vec<(Caller, i64)>)> = BTreeMap::new();
        for (at, one) in wanted.into_iter().enumerate() {
            let allowed =
                |caller: &Caller| Table::named(&one.resource).is_none_or(|table| caller.allows(table, "View"));
            if !one.caller.as_ref().is_some_and(allowed) {
                if let Some(answer) = answers.get_mut(at) {
                    *answer = refused(&Refusal::not_privileged().into());
                }
                continue;
            }
            let (places, of) = by_resource.entry(one.resource).or_default();
            places.push(at);
            of.push((one.caller.unwrap_or_default(), one.id));
        }
        for (resource, (places, of)) in by_resource {
            let found = view_of(&self.app, &resource, &of).await;
            for (place, one) in places.into_iter().zip(found) {
                if let Some(answer) = answers.get_mut(place) {
                    *answer = one.unwrap_or_else(|status| refused(&status));
                }
            }
        }
        Ok(Response::new(ViewManyResponse { viewed: answers }))
    }
}

/// Views records of one resource. What cannot be viewed together is viewed one by one: each has only its own fault.
async fn view_of(app: &App, resource: &str, of: &[(Caller, i64)]) -> Vec<Result<Viewed, Status>> {
    let Some(table) = Table::named(resource) else {
        return vec![Err(Status::unimplemented("the registry does not serve this resource")); of.len()];
    };
    let (mut viewed, mut step) = (Vec::with_capacity(of.len()), of.len().max(1));
    while let Some(rest) = of.get(viewed.len()..).filter(|rest| !rest.is_empty()) {
        let some = rest.get(..step).unwrap_or(rest);
        match view_by_table(app, table, some).await {
            Ok(found) => viewed.extend(found.into_iter().map(|one| match one {
                Ok(seen) => {
                    let of = Some(Of::Record(seen.record.encode().into()));
                    Ok(Viewed { of, tag: seen.tag, computed: seen.computed })
                }
                Err(fault) => Err(fault.into_refusal().into()),
            })),
            Err(_) if some.len() > 1 => step = 1,
            Err(status) => viewed.push(Err(status)),
        }
    }
    viewed
}

fn refused(status: &Status) -> Viewed {
    let (message, details) = (status.message().to_owned(), status.details().to_vec());
    let refused = RefusedView { code: status.code().into(), message, details };
    Viewed { of: Some(Of::Refused(refused)), ..Viewed::default() }
}
