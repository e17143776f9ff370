//! Fewer indexes on the queue: each of them costs every request.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Drops indexes that another one serves as well.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        // What runs is little, and `requests_running` finds it; a renewal touches no index any more.
        db.execute_unprepared("DROP INDEX requests_leased").await?;
        if db.get_database_backend() == DbBackend::Postgres {
            // Work is taken by `requests_due_at_target`. SQLite takes it of all targets at once.
            db.execute_unprepared("DROP INDEX requests_due").await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(
            "CREATE INDEX requests_leased ON provisioning_requests (lease_until) WHERE status = 'Running'",
        )
        .await?;
        if db.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(
                "CREATE INDEX requests_due ON provisioning_requests (due, id) WHERE status IN ('Queued', 'Retrying')",
            )
            .await?;
        }
        Ok(())
    }
}
