//! Deleting resources, and what is done where a server deletes none.
//!
//! Guarantee: whoever is removed is gone, or cannot use anything: no server has to have DELETE. Mechanism: it is tried each time; a user
//! that is refused is made inactive, which the next application ends, and a group that is refused loses its members. Failure: of
//! a group that stays, and of a user that stays active, people are told. Plans show DELETE.

use reqwest::{Method, StatusCode};
use serde_json::Value as Json;

use crate::{
    connector::scim::{
        resource::{self, Sort, USERS},
        server::{Call, LONGEST, Server},
        store::{CANNOT, Found, path},
    },
    domain::outcome::ConnectorError,
};

impl Server<'_> {
    /// Deletes a resource, or does what comes next to it; one that is not there is deleted.
    pub(super) async fn delete(&self, sort: Sort, found: &Found) -> Result<(), ConnectorError> {
        let call = Call::new(Method::DELETE, self.url(&path(sort, &found.id)), None);
        let refused = [CANNOT.as_slice(), &[StatusCode::FORBIDDEN]].concat();
        let expected = [refused.as_slice(), &[StatusCode::NOT_FOUND, StatusCode::GONE]].concat();
        let status = self.write(call, &expected).await?.status;
        let refused = refused.contains(&status);
        if refused { self.disable(sort, found).await } else { Ok(()) }
    }

    async fn disable(&self, sort: Sort, found: &Found) -> Result<(), ConnectorError> {
        if sort == USERS {
            let is_active = |user: &_| resource::value_of(user, "active") != Some(&Json::Bool(false));
            let inactive =
                |user: &_| is_active(user).then(|| resource::to_be("active", false.into())).into_iter().collect();
            return match self.alter(sort, found, inactive).await? {
                true => self.inactive(found).await,
                false => Err(ConnectorError::retryable("The server has another resource in the way of this one.")),
            };
        }
        let held = self.members(found).await?;
        self.leave_all(found, &held).await?;
        Err(ConnectorError::permanent("The server deletes no groups: it is there still, without members."))
    }

    /// Sees to it that a user is inactive: not every server keeps what it is told.
    async fn inactive(&self, user: &Found) -> Result<(), ConnectorError> {
        let read = self.get(&path(USERS, &user.id), &[StatusCode::NOT_FOUND], LONGEST).await?;
        if read.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        match resource::value_of(&read.object()?, "active") {
            Some(Json::Bool(false)) => Ok(()),
            _ => Err(ConnectorError::permanent(
                "The server neither deletes users nor makes them inactive: this one can be used still.",
            )),
        }
    }
}
