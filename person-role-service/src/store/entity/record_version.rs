//! What records were before they changed: `content` is the protobuf message, valid from `valid_from` until `valid_until`.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "record_versions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub resource: String,
    pub record_id: i64,
    pub revision: i64,
    pub co_id: Option<i64>,
    pub content: Vec<u8>,
    pub valid_from: DateTimeUtc,
    pub valid_until: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
