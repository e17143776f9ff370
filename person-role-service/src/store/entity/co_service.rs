//! Services.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "co_services")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub cou_id: Option<i64>,
    pub name: String,
    pub description: Option<String>,
    pub short_label: Option<String>,
    pub co_group_id: Option<i64>,
    pub cluster_id: Option<i64>,
    pub authenticator_id: Option<i64>,
    pub service_url: Option<String>,
    pub service_label: Option<String>,
    pub contact_email: Option<String>,
    pub logo_url: Option<String>,
    pub entitlement_uri: Option<String>,
    pub visibility: String,
    pub identifier_type: Option<String>,
    pub status: String,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Services.
#[derive(Debug)]
pub struct CoServices;

impl Stored for CoServices {
    rows_of!(CoService);
}
