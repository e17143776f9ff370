//! Ways to find what was deleted long ago; what is not deleted is in none of these indexes.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0060_retention"
    }
}

/// The tables whose deleted rows stay.
const TABLES: [&str; 18] = [
    "ad_hoc_attributes",
    "addresses",
    "co_email_lists",
    "co_group_members",
    "co_groups",
    "co_identifier_assignments",
    "co_invites",
    "co_org_identity_links",
    "co_people",
    "co_person_roles",
    "co_services",
    "cous",
    "email_addresses",
    "identifiers",
    "names",
    "org_identities",
    "telephone_numbers",
    "urls",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            run(manager, &[&format!("CREATE INDEX {table}_deleted ON {table} (modified) WHERE deleted")]).await?;
        }
        Ok(())
    }
}
