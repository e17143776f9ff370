//! Deleting resources, and what is done where a server deletes none.
//!
//! Guarantee: whoever is removed is gone, or cannot use anything: no server has to have DELETE. Mechanism: it is tried each time; a user
//! that is refused is made inactive, which the next application ends, and a group that is refused loses its members. Failure: of
//! a group that stays people are told.

use reqwest::{Method, StatusCode};
use serde_json::Value as Json;

use crate::{
    connector::scim::{
        resource::{self, Sort, USERS},
        server::{Call, Server},
        store::{CANNOT, Found, path},
    },
    domain::outcome::ConnectorError,
};

/// As what it is kept whether a server deletes resources of a sort, so that plans know it. Whether all are refused, or one, nobody
/// says.
fn deleting(sort: Sort) -> &'static str {
    if sort == USERS { "DELETE Users" } else { "DELETE Groups" }
}

impl Server<'_> {
    /// Deletes a resource, or does what comes next to it; one that is not there is deleted.
    pub(super) async fn delete(&self, sort: Sort, found: &Found) -> Result<(), ConnectorError> {
        if self.is_planned() && self.known(deleting(sort)) == Some(false) {
            return self.disable(sort, found).await;
        }
        let call = Call::new(Method::DELETE, self.url(&path(sort, &found.id)), None);
        let refused = [CANNOT.as_slice(), &[StatusCode::FORBIDDEN]].concat();
        let expected = [refused.as_slice(), &[StatusCode::NOT_FOUND, StatusCode::GONE]].concat();
        let status = self.write(call, &expected).await?.status;
        let refused = refused.contains(&status);
        if !self.is_planned() {
            self.remember(deleting(sort), !refused);
        }
        if refused { self.disable(sort, found).await } else { Ok(()) }
    }

    async fn disable(&self, sort: Sort, found: &Found) -> Result<(), ConnectorError> {
        if sort == USERS {
            let is_active = |user: &_| resource::value_of(user, "active") != Some(&Json::Bool(false));
            let inactive =
                |user: &_| is_active(user).then(|| resource::to_be("active", false.into())).into_iter().collect();
            return match self.alter(sort, found, inactive).await? {
                true => Ok(()),
                false => Err(ConnectorError::retryable("The server has another resource in the way of this one.")),
            };
        }
        let held = self.members(found).await?;
        self.leave_all(found, &held).await?;
        Err(ConnectorError::permanent("The server deletes no groups: it is there still, without members."))
    }
}
