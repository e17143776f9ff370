//! Rows of `co_provisioning_targets`: the columns are the fields of the resource.

#![expect(missing_docs, reason = "the columns are those of the resource, told in its .proto file")]

use sea_orm::entity::prelude::*;

use crate::domain::ids::TargetId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "co_provisioning_targets")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: TargetId,
    pub co_id: i64,
    pub description: Option<String>,
    pub plugin: String,
    pub provision_co_group_id: Option<i64>,
    pub skip_org_identity_source_id: Option<i64>,
    pub status: String,
    pub retry_interval: Option<i64>,
    pub max_retry: Option<i64>,
    pub ordr: Option<i64>,
    pub configuration: Option<String>,
    pub guard_share: i64,
    pub guard_count: i64,
    pub guard_window: i64,
    /// How often it was edited.
    pub edition: i64,
    /// From when on it is told of changes, by the registry's time; of older ones it is not known.
    pub since: Option<DateTimeUtc>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
