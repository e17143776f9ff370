//! History.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "history_records")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub co_person_id: Option<i64>,
    pub co_person_role_id: Option<i64>,
    pub co_group_id: Option<i64>,
    pub co_email_list_id: Option<i64>,
    pub actor_co_person_id: Option<i64>,
    pub actor_api_user_id: Option<i64>,
    pub action: String,
    pub comment: Option<String>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub org_identity_id: Option<i64>,
    pub co_service_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// History records.
#[derive(Debug)]
pub struct HistoryRecords;

impl Stored for HistoryRecords {
    rows_of!(HistoryRecord);

    const CHANGELOG: bool = false;
}
