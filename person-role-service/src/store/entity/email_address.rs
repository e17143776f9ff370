//! Mail addresses of people and org identities.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_addresses")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub co_person_id: Option<i64>,
    pub mail: String,
    pub description: Option<String>,
    #[sea_orm(column_name = "type")]
    pub r#type: String,
    pub verified: bool,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
    pub org_identity_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Mail addresses.
#[derive(Debug)]
pub struct EmailAddresses;

impl Stored for EmailAddresses {
    rows_of!(EmailAddress);
}
