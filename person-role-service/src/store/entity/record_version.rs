//! What records were before they changed: `content` is the protobuf message, valid from `valid_from` until `valid_until`.
//!
//! What lists of the past look for stands in a column of its own, by the name that it has in the record's own table; those
//! that the record has not are empty.

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
    /// The columns below are what the record said; a version written by a program that knew none of them waits for it.
    pub filled: bool,
    pub co_person_id: Option<i64>,
    pub cou_id: Option<i64>,
    pub co_group_id: Option<i64>,
    pub org_identity_id: Option<i64>,
    pub co_person_role_id: Option<i64>,
    pub manager_co_person_id: Option<i64>,
    pub sponsor_co_person_id: Option<i64>,
    pub owner: Option<bool>,
    pub status: Option<String>,
    pub affiliation: Option<String>,
    pub identifier: Option<String>,
    pub mail: Option<String>,
    pub given: Option<String>,
    pub family: Option<String>,
}

impl Column {
    /// Whether the column is one of the record's.
    #[must_use]
    pub fn is_of_record(&self) -> bool {
        !matches!(
            self,
            Self::Id
                | Self::Resource
                | Self::RecordId
                | Self::Revision
                | Self::CoId
                | Self::Content
                | Self::ValidFrom
                | Self::ValidUntil
                | Self::Filled
        )
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
