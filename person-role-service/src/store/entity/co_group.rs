//! Groups.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::{
    changed::{Changed, Pair},
    stored::{Stored, rows_of},
};

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

/// Groups.
#[derive(Debug)]
pub struct CoGroups;

impl Stored for CoGroups {
    rows_of!(CoGroup);

    fn changed<'a>(before: Option<&'a Model>, after: Option<&'a Model>) -> Changed<'a> {
        Changed::Group(Pair { before, after })
    }
}

/// How the names begin that only the server gives (neighbours.md CoGroup).
pub const RESERVED: &str = "CO:";

/// Whether groups of a type are made by users: standard groups and those of clusters.
#[must_use]
pub fn is_of_users(group_type: &str) -> bool {
    matches!(group_type, "S" | "CL")
}
