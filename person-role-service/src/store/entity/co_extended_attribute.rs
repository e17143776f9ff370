//! Extended attributes of roles.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "co_extended_attributes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub name: String,
    pub display_name: String,
    #[sea_orm(column_name = "type")]
    pub r#type: String,
    pub indx: bool,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Extended attributes of roles.
#[derive(Debug)]
pub struct CoExtendedAttributes;

impl Stored for CoExtendedAttributes {
    rows_of!(CoExtendedAttribute);

    const CHANGELOG: bool = false;
    const AUDITED: bool = true;
}
