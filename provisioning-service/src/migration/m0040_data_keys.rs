//! The data keys under which secrets of targets are sealed.

use sea_orm_migration::{
    prelude::*,
    schema::{text, timestamp_with_time_zone},
};

/// Adds a table that older programs leave alone.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("data_keys")
            .col(ColumnDef::new("id").big_integer().not_null().primary_key())
            .col(text("wrapping_key"))
            .col(text("sealed"))
            .col(timestamp_with_time_zone("created"))
            .take();
        manager.create_table(table).await
    }
}
