//! Views of many records at once, each for who asks for it.

use std::collections::BTreeMap;

use proto::{
    caller::Caller,
    registry::v1::{RefusedView, ViewManyRequest, ViewManyResponse, Viewed, viewed::Of, views_server::Views},
    table::Table,
};
use tonic::{Request, Response, Status};

use crate::grpc::{Face, standard::view_by_table};

#[async_trait::async_trait]
impl Views for Face {
    async fn view_many(&self, request: Request<ViewManyRequest>) -> Result<Response<ViewManyResponse>, Status> {
        let wanted = request.into_inner().views;
        let mut answers: Vec<Option<Of>> = wanted.iter().map(|_| None).collect();
        let mut by_resource: BTreeMap<String, (Vec<usize>, Vec<(Caller, i64)>)> = BTreeMap::new();
        for (at, one) in wanted.into_iter().enumerate() {
            let (places, of) = by_resource.entry(one.resource).or_default();
            places.push(at);
            of.push((one.caller.unwrap_or_default(), one.id));
        }
        for (resource, (places, of)) in by_resource {
            let unknown = || Status::unimplemented("the registry does not serve this resource");
            let table = Table::named(&resource).ok_or_else(unknown)?;
            let found = view_by_table(&self.app, table, &of).await?;
            for (place, one) in places.into_iter().zip(found) {
                if let Some(answer) = answers.get_mut(place) {
                    *answer = Some(match one {
                        Ok(record) => Of::Record(record.encode().into()),
                        Err(fault) => Of::Refused(refused(&fault.into_refusal().into())),
                    });
                }
            }
        }
        Ok(Response::new(ViewManyResponse { viewed: answers.into_iter().map(|of| Viewed { of }).collect() }))
    }
}

fn refused(status: &Status) -> RefusedView {
    RefusedView { code: status.code().into(), message: status.message().to_owned(), details: status.details().to_vec() }
}
