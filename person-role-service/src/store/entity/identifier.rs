//! Identifiers of people, groups and org identities.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use proto::refusal::Refusal;
use sea_orm::entity::prelude::*;

use crate::store::{
    changed::{Changed, Pair},
    stored::{Stored, rows_of},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identifiers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: i64,
    pub co_person_id: Option<i64>,
    pub co_group_id: Option<i64>,
    pub identifier: String,
    #[sea_orm(column_name = "type")]
    pub r#type: String,
    pub login: bool,
    pub status: String,
    pub language: Option<String>,
    pub co_provisioning_target_id: Option<i64>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
    pub revision: i64,
    pub deleted: bool,
    pub actor_identifier: Option<String>,
    pub org_identity_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Identifiers.
#[derive(Debug)]
pub struct Identifiers;

impl Stored for Identifiers {
    rows_of!(Identifier);

    fn changed<'a>(before: Option<&'a Model>, after: Option<&'a Model>) -> Changed<'a> {
        Changed::Identifier(Pair { before, after })
    }

    fn taken() -> Refusal {
        Refusal::forbidden(
            "Identifier In Use",
            "There is one of this type with this value in the CO already. Choose another value.",
        )
    }
}
