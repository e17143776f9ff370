//! COs.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

use crate::store::{
    changed::{Changed, Pair},
    stored::{Stored, rows_of},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cos")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    pub status: String,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// COs.
#[derive(Debug)]
pub struct Cos;

impl Stored for Cos {
    rows_of!(Co);

    const CHANGELOG: bool = false;
    const OF_CO: bool = false;
    const PLATFORM_ONLY: bool = true;
    const AUDITED: bool = true;

    fn changed<'a>(before: Option<&'a Model>, after: Option<&'a Model>) -> Changed<'a> {
        Changed::Co(Pair { before, after })
    }
}
