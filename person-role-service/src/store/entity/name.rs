//! Names of people and org identities.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "names")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub co_person_id: Option<i64>,
    pub honorific: Option<String>,
    pub given: String,
    pub middle: Option<String>,
    pub family: Option<String>,
    pub suffix: Option<String>,
    #[sea_orm(column_name = "type")]
    pub r#type: String,
    pub language: Option<String>,
    pub primary_name: bool,
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

/// Names.
#[derive(Debug)]
pub struct Names;

impl Stored for Names {
    rows_of!(Name);
}
