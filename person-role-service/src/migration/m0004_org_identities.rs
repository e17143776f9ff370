//! Org identities, their links to people, and what hangs on them: names, mail addresses, identifiers, history.

use sea_orm_migration::prelude::*;

use super::statements::{may_be_null, run};

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_org_identities"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        may_be_null(manager, "co_person_id", &["names", "email_addresses"]).await?;
        run(manager, &STATEMENTS).await
    }
}

const STATEMENTS: [&str; 20] = [
    "CREATE TABLE org_identities (
        id {id},
        co_id bigint NOT NULL,
        affiliation text,
        title text,
        o text,
        ou text,
        valid_from {time},
        valid_through {time},
        date_of_birth text,
        manager_identifier text,
        sponsor_identifier text,
        status text,
        {kept}
    )",
    "CREATE INDEX org_identities_co ON org_identities (co_id, id)",
    "CREATE INDEX org_identities_begin ON org_identities (valid_from) WHERE NOT deleted",
    "CREATE INDEX org_identities_end ON org_identities (valid_through) WHERE NOT deleted",
    "CREATE TABLE co_org_identity_links (
        id {id},
        co_id bigint NOT NULL,
        co_person_id bigint NOT NULL,
        org_identity_id bigint NOT NULL,
        {kept}
    )",
    "CREATE UNIQUE INDEX co_org_identity_links_org ON co_org_identity_links (org_identity_id) WHERE NOT deleted",
    "CREATE INDEX co_org_identity_links_person ON co_org_identity_links (co_person_id) WHERE NOT deleted",
    "ALTER TABLE names ADD COLUMN org_identity_id bigint",
    "CREATE INDEX names_org ON names (org_identity_id) WHERE org_identity_id IS NOT NULL",
    "CREATE UNIQUE INDEX names_primary_org ON names (org_identity_id) WHERE primary_name AND NOT deleted",
    "ALTER TABLE email_addresses ADD COLUMN org_identity_id bigint",
    "CREATE INDEX email_addresses_org ON email_addresses (org_identity_id) WHERE org_identity_id IS NOT NULL",
    "ALTER TABLE identifiers ADD COLUMN org_identity_id bigint",
    "CREATE INDEX identifiers_org ON identifiers (org_identity_id) WHERE org_identity_id IS NOT NULL",
    // A person and their org identity bear the same identifier.
    "CREATE UNIQUE INDEX identifiers_own ON identifiers (co_id, type, identifier) \
     WHERE org_identity_id IS NULL AND NOT deleted",
    "DROP INDEX identifiers_identifier",
    "ALTER TABLE history_records ADD COLUMN org_identity_id bigint",
    "CREATE INDEX history_records_org ON history_records (org_identity_id, id) WHERE org_identity_id IS NOT NULL",
    "ALTER TABLE co_person_roles ADD COLUMN source_org_identity_id bigint",
    "CREATE INDEX co_person_roles_source ON co_person_roles (source_org_identity_id) \
     WHERE source_org_identity_id IS NOT NULL",
];
