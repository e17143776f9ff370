//! The migrations of the registry's database. They name tables and columns themselves, so that entities may move on.

use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod m0001_registry;
mod m0002_revisions;
mod m0003_thin;
mod m0004_org_identities;
mod m0005_neighbours;
mod m0006_extended_types;
mod m0007_extended_attributes;
mod m0008_versions;
pub mod m0009_fill;
mod m0010_idempotency;
mod m0011_invites;
mod m0012_identifier_assignments;
mod m0013_key_digests;
mod m0015_audit;
mod m0016_scopes;
mod m0050_erasures;
mod m0060_retention;
mod m0070_search;
mod m0080_searches;
mod m0085_revision_floor;
mod m0086_affixes;
mod m0087_pages;
mod m0088_late_dates;
mod m0089_descriptions;
mod m0090_mail;
mod m0091_answers;
mod statements;

/// All migrations, in order.
#[derive(Debug)]
pub struct Migrator;

#[sea_orm_migration::async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_registry::Migration),
            Box::new(m0002_revisions::Migration),
            Box::new(m0003_thin::Migration),
            Box::new(m0004_org_identities::Migration),
            Box::new(m0005_neighbours::Migration),
            Box::new(m0006_extended_types::Migration),
            Box::new(m0007_extended_attributes::Migration),
            Box::new(m0008_versions::Migration),
            Box::new(m0009_fill::Migration),
            Box::new(m0010_idempotency::Migration),
            Box::new(m0011_invites::Migration),
            Box::new(m0012_identifier_assignments::Migration),
            Box::new(m0013_key_digests::Migration),
            Box::new(m0015_audit::Migration),
            Box::new(m0016_scopes::Migration),
            Box::new(m0050_erasures::Migration),
            Box::new(m0060_retention::Migration),
            Box::new(m0070_search::Migration),
            Box::new(m0080_searches::Migration),
            Box::new(m0085_revision_floor::Migration),
            Box::new(m0086_affixes::Migration),
            Box::new(m0087_pages::Migration),
            Box::new(m0088_late_dates::Migration),
            Box::new(m0089_descriptions::Migration),
            Box::new(m0090_mail::Migration),
            Box::new(m0091_answers::Migration),
        ]
    }
}
