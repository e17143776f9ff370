//! Mailing lists.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "co_email_lists")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub name: String,
    pub description: Option<String>,
    pub status: String,
    pub admins_co_group_id: Option<i64>,
    pub members_co_group_id: Option<i64>,
    pub moderators_co_group_id: Option<i64>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Mailing lists.
#[derive(Debug)]
pub struct CoEmailLists;

impl Stored for CoEmailLists {
    rows_of!(CoEmailList);
}
