//! Extended types.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "co_extended_types")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub attribute: String,
    pub name: String,
    pub display_name: String,
    pub edupersonaffiliation: Option<String>,
    pub status: String,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Extended types.
#[derive(Debug)]
pub struct CoExtendedTypes;

impl Stored for CoExtendedTypes {
    rows_of!(CoExtendedType);

    const CHANGELOG: bool = false;
    const AUDITED: bool = true;
}
