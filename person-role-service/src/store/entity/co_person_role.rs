//! Roles of people.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::{
    changed::{Changed, Pair},
    stored::{Stored, rows_of},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "co_person_roles")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub co_person_id: i64,
    pub cou_id: Option<i64>,
    pub affiliation: String,
    pub title: Option<String>,
    pub o: Option<String>,
    pub ou: Option<String>,
    pub status: String,
    pub valid_from: Option<DateTimeUtc>,
    pub valid_through: Option<DateTimeUtc>,
    pub sponsor_co_person_id: Option<i64>,
    pub manager_co_person_id: Option<i64>,
    pub ordr: Option<i64>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
    pub source_org_identity_id: Option<i64>,
    pub extended_attributes: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Roles.
#[derive(Debug)]
pub struct CoPersonRoles;

impl Stored for CoPersonRoles {
    rows_of!(CoPersonRole);

    fn changed<'a>(before: Option<&'a Model>, after: Option<&'a Model>) -> Changed<'a> {
        Changed::Role(Pair { before, after })
    }
}
