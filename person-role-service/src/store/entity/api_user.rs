//! API users. `login` is the full name (D14), `key_hash` an argon2id hash; `key_digest` the quick digest
//! of a key that the service made.

#![expect(missing_docs, reason = "the columns are those of the table; their meaning is told in the .proto file")]

use proto::refusal::Refusal;
use sea_orm::entity::prelude::*;

use crate::store::stored::{Stored, rows_of};

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
    pub key_digest: Option<String>,
    pub scopes: Option<String>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Its scopes; none where they are not set, and one that nothing has where they cannot be read: it may nothing then.
    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        let read = |json: &String| serde_json::from_str(json).unwrap_or_else(|_| vec!["unreadable".to_owned()]);
        self.scopes.as_ref().map(read).unwrap_or_default()
    }
}

/// API users.
#[derive(Debug)]
pub struct ApiUsers;

impl Stored for ApiUsers {
    rows_of!(ApiUser);

    const CHANGELOG: bool = false;
    const AUDITED: bool = true;

    fn taken() -> Refusal {
        Refusal::forbidden("Name In Use", "There is an API user with this Username already. Choose another one.")
    }
}
