//! Groups.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "co_groups")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub name: String,
    pub description: Option<String>,
    pub introduction: Option<String>,
    pub open: bool,
    pub status: String,
    pub group_type: String,
    pub auto: bool,
    pub nesting_mode_all: bool,
    pub cou_id: Option<i64>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
