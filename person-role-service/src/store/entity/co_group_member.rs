//! Memberships in groups.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use proto::refusal::Refusal;
use sea_orm::entity::prelude::*;

use crate::store::{
    changed::{Changed, Pair},
    stored::{Stored, rows_of},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "co_group_members")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub co_group_id: i64,
    pub co_person_id: i64,
    pub member: bool,
    pub owner: bool,
    pub valid_from: Option<DateTimeUtc>,
    pub valid_through: Option<DateTimeUtc>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Memberships.
#[derive(Debug)]
pub struct CoGroupMembers;

impl Stored for CoGroupMembers {
    rows_of!(CoGroupMember);

    fn changed<'a>(before: Option<&'a Model>, after: Option<&'a Model>) -> Changed<'a> {
        Changed::Membership(Pair { before, after })
    }

    fn taken() -> Refusal {
        Refusal::forbidden(
            "CoPerson Already Member",
            "The person has a membership in this group already. Edit that one.",
        )
    }
}
