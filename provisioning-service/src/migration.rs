//! The tables of this service. A migration names tables and columns itself, so that it stays true when entities move on.

use sea_orm_migration::prelude::*;

mod m0001_initial;
mod m0002_unsettled;
mod m0003_queue;
mod m0004_thin;
mod m0005_idempotency;
mod m0006_edition;
mod m0007_engine;
mod m0020_audit;
mod m0030_ledger;
mod m0031_events;
mod m0040_data_keys;
mod m0050_erasures;
mod m0090_since;
mod m0095_entered;
mod m0096_wanting;
mod m0097_awaited;
mod m0098_sent;

/// All migrations, in order.
#[derive(Debug)]
pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_initial::Migration),
            Box::new(m0002_unsettled::Migration),
            Box::new(m0003_queue::Migration),
            Box::new(m0004_thin::Migration),
            Box::new(m0005_idempotency::Migration),
            Box::new(m0006_edition::Migration),
            Box::new(m0007_engine::Migration),
            Box::new(m0020_audit::Migration),
            Box::new(m0030_ledger::Migration),
            Box::new(m0031_events::Migration),
            Box::new(m0040_data_keys::Migration),
            Box::new(m0050_erasures::Migration),
            Box::new(m0090_since::Migration),
            Box::new(m0095_entered::Migration),
            Box::new(m0096_wanting::Migration),
            Box::new(m0097_awaited::Migration),
            Box::new(m0098_sent::Migration),
        ]
    }

    fn migration_table_name() -> DynIden {
        "provisioning_migrations".into_iden()
    }
}
