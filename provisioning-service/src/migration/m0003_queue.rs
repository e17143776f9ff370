//! What waits: what a wish and a change each want, workers that died, requests for many that have been expanded; and
//! indexes that are as thin as the statements need them.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// The queue.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in STATEMENTS {
            db.execute_unprepared(statement).await?;
        }
        if db.get_database_backend() == DbBackend::Postgres {
            for statement in POSTGRES {
                db.execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in BACK {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

const STATEMENTS: [&str; 8] = [
    // The action of the change that made it or merged into it: it is carried out even if the wish is withdrawn.
    "ALTER TABLE provisioning_requests ADD COLUMN changed text NULL",
    // How often in a row its worker died.
    "ALTER TABLE provisioning_requests ADD COLUMN takeovers bigint NOT NULL DEFAULT 0",
    // The request that took its place, for those who wait for it.
    "ALTER TABLE provisioning_requests ADD COLUMN replaced_by bigint NULL",
    // Due work of each target, in the order in which it is taken. The version before looks at all targets at once
    // (requests_due), which stays until no process of it runs.
    "CREATE INDEX requests_due_at_target ON provisioning_requests (co_provisioning_target_id, due, id) \
     WHERE status IN ('Queued', 'Retrying')",
    "CREATE INDEX requests_expanded ON provisioning_requests (id) WHERE status = 'Expanded'",
    // What has ended goes away after a time.
    "CREATE INDEX requests_ended ON provisioning_requests (ended) WHERE ended IS NOT NULL",
    // Children that have not ended: a request for many has ended when there is none.
    "ALTER TABLE provisioning_request_children ADD COLUMN ended boolean NOT NULL DEFAULT false",
    "CREATE INDEX children_open ON provisioning_request_children (parent_id) WHERE NOT ended",
];

/// Rows of these live for a moment: what is dead is cleared away soon, and updates find room on their page.
const POSTGRES: [&str; 3] = [
    "ALTER TABLE provisioning_requests SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, \
     autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0)",
    "ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, \
     autovacuum_vacuum_cost_delay = 0)",
    "ALTER TABLE subject_states SET (fillfactor = 80)",
];

const BACK: [&str; 8] = [
    "DROP INDEX children_open",
    "DROP INDEX requests_ended",
    "DROP INDEX requests_expanded",
    "DROP INDEX requests_due_at_target",
    "ALTER TABLE provisioning_request_children DROP COLUMN ended",
    "ALTER TABLE provisioning_requests DROP COLUMN replaced_by",
    "ALTER TABLE provisioning_requests DROP COLUMN takeovers",
    "ALTER TABLE provisioning_requests DROP COLUMN changed",
];
