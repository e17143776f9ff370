//! Telephone numbers.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "telephone_numbers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub country_code: Option<String>,
    pub area_code: Option<String>,
    pub number: String,
    pub extension: Option<String>,
    pub description: Option<String>,
    #[sea_orm(column_name = "type")]
    pub r#type: Option<String>,
    pub co_person_role_id: Option<i64>,
    pub org_identity_id: Option<i64>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Telephone numbers.
#[derive(Debug)]
pub struct TelephoneNumbers;

impl Stored for TelephoneNumbers {
    rows_of!(TelephoneNumber);
}
