//! From when on, by the registry's time, a target is told of changes.

use sea_orm_migration::prelude::*;

/// Adds the column, which older programs leave empty.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let since = ColumnDef::new("since").timestamp_with_time_zone().take();
        manager.alter_table(Table::alter().table("co_provisioning_targets").add_column(since).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("co_provisioning_targets").drop_column("since").take()).await
    }
}
