//! Logins that wait to be recognized go together: while a call is under way, those that come wait for the next one.

use std::sync::Arc;

use http::uri::PathAndQuery;
use prost::Message as _;
use proto::{
    LONGEST_LOGIN,
    caller::Caller,
    registry::v1::{Principal, RecognizeRequest, RecognizeResponse, VerifyRequest},
};
use service_kit::{
    batch::Batch,
    rpc::{self, Channel},
};
use tonic::{Code, Status};

/// At most so many logins are looked at by one call.
const MOST: usize = 256;

/// So many calls may be under way: one that is slow does not hold up the others.
const FLIGHTS: usize = 2;

type Answer = Result<Option<Principal>, Status>;

/// The logins that the registry may recognize.
#[derive(Clone, Debug)]
pub struct Logins(Arc<Batch<VerifyRequest, Answer>>);

impl Logins {
    /// Logins over a channel to the registry.
    #[must_use]
    pub fn over(channel: Channel) -> Self {
        let work = move |logins| {
            let channel = channel.clone();
            async move { recognize(&channel, logins).await }
        };
        Self(Arc::new(Batch::new("recognize", MOST, FLIGHTS, work)))
    }

    /// Tells who a login is, if that is known by the digest of its key.
    ///
    /// # Errors
    /// If the registry cannot be asked.
    pub async fn recognize(&self, login: VerifyRequest) -> Answer {
        // It is nobody's, and would make the question too long for all that go with it.
        if login.username.len().max(login.key.len()) > LONGEST_LOGIN {
            return Ok(None);
        }
        self.0.ask(login).await.unwrap_or_else(|lost| Err(Status::internal(lost.to_string())))
    }
}

async fn recognize(channel: &Channel, logins: Vec<VerifyRequest>) -> Vec<Answer> {
    let count = logins.len();
    let message = RecognizeRequest { logins }.encode_to_vec().into();
    let path = PathAndQuery::from_static("/cohort.registry.v1.Authentication/Recognize");
    let answer = rpc::call_raw(channel, path, message, &Caller::default()).await.and_then(|answer| {
        let answer = RecognizeResponse::decode(answer.into_inner());
        let found = answer.map_err(|error| Status::internal(error.to_string()))?.recognized;
        if found.len() == count { Ok(found) } else { Err(Status::internal("the answer is not the question's")) }
    });
    match answer {
        Ok(found) => found.into_iter().map(|one| Ok(one.principal)).collect(),
        // A registry of an older version, while versions change, recognizes nobody.
        Err(status) if status.code() == Code::Unimplemented => vec![Ok(None); count],
        Err(status) => vec![Err(status); count],
    }
}
