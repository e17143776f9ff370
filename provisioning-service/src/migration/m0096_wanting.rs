//! What waits for a target to answer is found by its subject, whatever is known of the table.

use sea_orm_migration::prelude::*;

/// Adds the index.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE INDEX requests_wanting_of_subject ON provisioning_requests \
                   (co_provisioning_target_id, subject_kind, subject_id, id) WHERE status = 'Failed' AND wanting";
        manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX requests_wanting_of_subject").await.map(|_| ())
    }
}
