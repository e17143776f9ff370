//! Views that wait go together: while a call is under way, what else is to be viewed waits for the next one.

use bytes::Bytes;
use http::uri::PathAndQuery;
use prost::Message as _;
use proto::{
    caller::Caller,
    registry::v1::{ViewManyRequest, ViewManyResponse, ViewOf, Viewed, viewed::Of},
    table::Table,
};
use service_kit::{
    batch::Batch,
    rpc::{self, Channel},
};
use std::sync::Arc;
use tonic::{Code, Status};

/// At most so many records are viewed by one call.
const MOST: usize = 64;

/// So many calls may be under way: one that is slow does not hold up the others.
const FLIGHTS: usize = 2;

/// A record as a service shows it.
#[derive(Clone, Debug)]
pub struct Sight {
    /// The bytes of its message.
    pub record: Bytes,
    /// Its entity tag (D43); a service of an older version says none.
    pub tag: Option<String>,
    /// What is shown follows from more than the tag says.
    pub computed: bool,
}

/// The views of records of the registry.
#[derive(Clone, Debug)]
pub struct Views(Arc<Batch<ViewOf, Result<Sight, Status>>>);

impl Views {
    /// Views over a channel to the registry.
    #[must_use]
    pub fn over(channel: Channel) -> Self {
        let work = move |views| {
            let channel = channel.clone();
            async move { view_many(&channel, views).await }
        };
        Self(Arc::new(Batch::new("view", MOST, FLIGHTS, work)))
    }

    /// Views a record.
    ///
    /// # Errors
    /// The status that its resource's View answers.
    pub async fn view(&self, table: &Table, id: i64, caller: &Caller) -> Result<Sight, Status> {
        let view = ViewOf { caller: Some(caller.clone()), resource: table.singular.clone(), id };
        self.0.ask(view).await.unwrap_or_else(|lost| Err(Status::internal(lost.to_string())))
    }
}

async fn view_many(channel: &Channel, views: Vec<ViewOf>) -> Vec<Result<Sight, Status>> {
    let count = views.len();
    let message = ViewManyRequest { views }.encode_to_vec().into();
    let path = PathAndQuery::from_static("/cohort.registry.v1.Views/ViewMany");
    let answer = rpc::call_raw(channel, path, message, &Caller::default()).await.and_then(|answer| {
        let viewed =
            ViewManyResponse::decode(answer.into_inner()).map_err(|error| Status::internal(error.to_string()))?.viewed;
        if viewed.len() == count { Ok(viewed) } else { Err(Status::internal("the answer is not the question's")) }
    });
    match answer {
        Ok(viewed) => viewed.into_iter().map(of).collect(),
        Err(status) => vec![Err(status); count],
    }
}

fn of(viewed: Viewed) -> Result<Sight, Status> {
    match viewed.of {
        Some(Of::Record(record)) => {
            let tag = Some(viewed.tag).filter(|tag| !tag.is_empty());
            Ok(Sight { record, tag, computed: viewed.computed })
        }
        Some(Of::Refused(no)) => Err(Status::with_details(Code::from(no.code), no.message, no.details.into())),
        None => Err(Status::internal("the answer says nothing of a record")),
    }
}
