//! Org identities.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::{
    changed::{Changed, Pair},
    stored::{Stored, rows_of},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "org_identities")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub affiliation: Option<String>,
    pub title: Option<String>,
    pub o: Option<String>,
    pub ou: Option<String>,
    pub valid_from: Option<DateTimeUtc>,
    pub valid_through: Option<DateTimeUtc>,
    pub date_of_birth: Option<String>,
    pub manager_identifier: Option<String>,
    pub sponsor_identifier: Option<String>,
    pub status: Option<String>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Org identities.
#[derive(Debug)]
pub struct OrgIdentities;

impl Stored for OrgIdentities {
    rows_of!(OrgIdentity);

    fn changed<'a>(before: Option<&'a Model>, after: Option<&'a Model>) -> Changed<'a> {
        Changed::OrgIdentity(Pair { before, after })
    }
}
