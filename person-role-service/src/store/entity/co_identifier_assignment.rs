//! Rules by which identifiers are assigned.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "co_identifier_assignments")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub context: String,
    pub identifier_type: String,
    pub format: String,
    pub minimum_length: Option<i64>,
    pub minimum: Option<i64>,
    pub login: bool,
    pub status: String,
    pub description: Option<String>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Rules by which identifiers are assigned.
#[derive(Debug)]
pub struct CoIdentifierAssignments;

impl Stored for CoIdentifierAssignments {
    rows_of!(CoIdentifierAssignment);

    const AUDITED: bool = true;
}
