//! Links of org identities to people.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use proto::refusal::Refusal;
use sea_orm::entity::prelude::*;

use crate::store::{
    changed::{Changed, Pair},
    stored::{Stored, rows_of},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "co_org_identity_links")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub co_person_id: i64,
    pub org_identity_id: i64,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Links of org identities to people.
#[derive(Debug)]
pub struct CoOrgIdentityLinks;

impl Stored for CoOrgIdentityLinks {
    rows_of!(CoOrgIdentityLink);

    fn changed<'a>(before: Option<&'a Model>, after: Option<&'a Model>) -> Changed<'a> {
        Changed::Link(Pair { before, after })
    }

    fn taken() -> Refusal {
        Refusal::forbidden(
            "OrgIdentity Already Linked",
            "The org identity is of a person of the CO already. Delete that link first.",
        )
    }
}
