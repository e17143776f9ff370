//! Names at targets that subjects wait for while another one has them.

use sea_orm_migration::prelude::*;

/// Adds the table.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [
            "CREATE TABLE awaited_names (co_provisioning_target_id bigint NOT NULL, subject_kind text NOT NULL, \
             subject_id bigint NOT NULL, key text NOT NULL, \
             PRIMARY KEY (co_provisioning_target_id, subject_kind, subject_id))",
            "CREATE INDEX awaited_by_key ON awaited_names (co_provisioning_target_id, key)",
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE awaited_names").await.map(|_| ())
    }
}
