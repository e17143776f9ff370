//! Events (D59): as they are written, and as they are numbered.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, text, text_null},
    sea_orm::DbBackend,
};

/// Adds tables that older programs leave alone.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut id = ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key().take();
        manager.create_table(event("new_events").col(&mut id).take()).await?;
        let mut number = ColumnDef::new("number").big_integer().not_null().primary_key().take();
        manager.create_table(event("events").col(&mut number).take()).await?;
        let numbers = Table::create()
            .table("event_numbers")
            .col(ColumnDef::new("id").big_integer().not_null().primary_key())
            // The last one that was given, and the last one that is not kept any more.
            .col(big_integer("last_number"))
            .col(big_integer("forgotten"))
            .take();
        manager.create_table(numbers).await?;
        let db = manager.get_connection();
        db.execute_unprepared("INSERT INTO event_numbers (id, last_number, forgotten) VALUES (1, 0, 0)").await?;
        db.execute_unprepared("CREATE INDEX events_of_co ON events (co_id, number)").await?;
        if db.get_database_backend() == DbBackend::Postgres {
            // Rows of these live for a moment.
            for sql in [
                "ALTER TABLE new_events SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, \
                 autovacuum_vacuum_cost_delay = 0)",
                "ALTER TABLE event_numbers SET (fillfactor = 20)",
            ] {
                db.execute_unprepared(sql).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["event_numbers", "events", "new_events"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn event(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        // `change` or `outcome`.
        .col(text("kind"))
        .col(big_integer("co_id"))
        .col(big_integer_null("co_provisioning_target_id"))
        // None: the CO itself.
        .col(text_null("subject_kind"))
        .col(big_integer_null("subject_id"))
        // How it changed, or how it ended.
        .col(text("what"))
        .col(big_integer_null("request_id"))
        .col(text_null("message"))
        .col(ColumnDef::new("happened").timestamp_with_time_zone().not_null())
        .take()
}
