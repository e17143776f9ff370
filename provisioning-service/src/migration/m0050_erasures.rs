//! Subjects that were erased, until what is known of them here is forgotten.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, text},
};

/// Adds a table that older programs leave alone.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let erasures = Table::create()
            .table("erasures")
            .col(text("subject_kind"))
            .col(big_integer("subject_id"))
            .col(big_integer("co_id"))
            .col(ColumnDef::new("since").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("subject_kind").col("subject_id"))
            .take();
        manager.create_table(erasures).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("erasures").to_owned()).await
    }
}
