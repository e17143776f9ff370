//! Addresses, telephone numbers and ad hoc attributes of roles and org identities, web addresses, and services.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_neighbours"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &TABLES).await?;
        for table in ["addresses", "telephone_numbers", "ad_hoc_attributes", "urls"] {
            let owner = if table == "urls" { "co_person_id" } else { "co_person_role_id" };
            let by_owner = format!("CREATE INDEX {table}_owner ON {table} ({owner}) WHERE {owner} IS NOT NULL");
            let by_org =
                format!("CREATE INDEX {table}_org ON {table} (org_identity_id) WHERE org_identity_id IS NOT NULL");
            let by_co = format!("CREATE INDEX {table}_co ON {table} (co_id, id)");
            run(manager, &[&by_owner, &by_org, &by_co]).await?;
        }
        Ok(())
    }
}

const TABLES: [&str; 8] = [
    "CREATE TABLE addresses (
        id {id},
        co_id bigint NOT NULL,
        street text,
        room text,
        locality text,
        state text,
        postal_code text,
        country text,
        description text,
        type text,
        language text,
        co_person_role_id bigint,
        org_identity_id bigint,
        {kept}
    )",
    "CREATE TABLE telephone_numbers (
        id {id},
        co_id bigint NOT NULL,
        country_code text,
        area_code text,
        number text NOT NULL,
        extension text,
        description text,
        type text,
        co_person_role_id bigint,
        org_identity_id bigint,
        {kept}
    )",
    "CREATE TABLE ad_hoc_attributes (
        id {id},
        co_id bigint NOT NULL,
        tag text NOT NULL,
        value text,
        co_person_role_id bigint,
        org_identity_id bigint,
        {kept}
    )",
    "CREATE TABLE urls (
        id {id},
        co_id bigint NOT NULL,
        url text NOT NULL,
        description text,
        type text NOT NULL,
        language text,
        co_person_id bigint,
        org_identity_id bigint,
        {kept}
    )",
    "CREATE TABLE co_services (
        id {id},
        co_id bigint NOT NULL,
        cou_id bigint,
        name text NOT NULL,
        description text,
        short_label text,
        co_group_id bigint,
        cluster_id bigint,
        authenticator_id bigint,
        service_url text,
        service_label text,
        contact_email text,
        logo_url text,
        entitlement_uri text,
        visibility text NOT NULL,
        identifier_type text,
        status text NOT NULL,
        {kept}
    )",
    "CREATE INDEX co_services_co ON co_services (co_id, id)",
    "ALTER TABLE history_records ADD COLUMN co_service_id bigint",
    "CREATE INDEX history_records_service ON history_records (co_service_id, id) WHERE co_service_id IS NOT NULL",
];
