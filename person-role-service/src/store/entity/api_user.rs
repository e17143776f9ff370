//! API users. `login` is the full name (D14), `key_hash` an argon2id hash.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_users")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub co_id: Option<i64>,
    pub username: String,
    pub login: String,
    pub privileged: bool,
    pub status: String,
    pub valid_from: Option<DateTimeUtc>,
    pub valid_through: Option<DateTimeUtc>,
    pub remote_ip: Option<String>,
    pub key_hash: String,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
