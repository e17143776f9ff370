//! The guard, what is forced, planned and compared, and how targets fare (D51 to D57).

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, text, text_null},
};

/// Adds columns and tables that older programs leave alone.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in COLUMNS.iter().chain(&INDEXES) {
            db.execute_unprepared(statement).await?;
        }
        for mut table in [windows(), removals(), differences(), health()] {
            manager.create_table(table.take()).await?;
        }
        for index in [
            "CREATE INDEX differences_of_request ON differences (request_id, id)",
            "CREATE INDEX differences_by_key ON differences (request_id, key)",
        ] {
            db.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in BACK {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

const COLUMNS: [&str; 9] = [
    "ALTER TABLE co_provisioning_targets ADD COLUMN guard_share bigint NOT NULL DEFAULT 20",
    "ALTER TABLE co_provisioning_targets ADD COLUMN guard_count bigint NOT NULL DEFAULT 10",
    // Seconds.
    "ALTER TABLE co_provisioning_targets ADD COLUMN guard_window bigint NOT NULL DEFAULT 3600",
    // The guard does not hold it: whoever asked said so, or it was released.
    "ALTER TABLE provisioning_requests ADD COLUMN forced boolean NOT NULL DEFAULT false",
    // The digest of the plan that was looked at.
    "ALTER TABLE provisioning_requests ADD COLUMN digest text NULL",
    // Of a comparison.
    "ALTER TABLE provisioning_requests ADD COLUMN repair boolean NOT NULL DEFAULT false",
    "ALTER TABLE provisioning_requests ADD COLUMN remove_extra boolean NOT NULL DEFAULT false",
    // How a call ended, where that is not what became of the request.
    "ALTER TABLE provisioning_attempts ADD COLUMN outcome text NULL",
    // The guard held it once.
    "ALTER TABLE provisioning_requests ADD COLUMN held boolean NOT NULL DEFAULT false",
];

/// What is held waits as well: who asks again merges with it.
const INDEXES: [&str; 5] = [
    "DROP INDEX requests_waiting",
    "CREATE UNIQUE INDEX requests_waiting ON provisioning_requests \
     (co_provisioning_target_id, subject_kind, subject_id) WHERE status IN ('Queued', 'Retrying', 'Held')",
    "CREATE INDEX requests_held ON provisioning_requests (co_provisioning_target_id) WHERE status = 'Held'",
    "CREATE INDEX requests_failed ON provisioning_requests (co_provisioning_target_id, id) WHERE status = 'Failed'",
    "CREATE INDEX states_failing ON subject_states (co_provisioning_target_id) WHERE last_error IS NOT NULL",
];

const BACK: [&str; 18] = [
    "DROP TABLE target_health",
    "DROP TABLE differences",
    "DROP TABLE guard_removals",
    "DROP TABLE guard_windows",
    "DROP INDEX states_failing",
    "DROP INDEX requests_failed",
    "DROP INDEX requests_held",
    "DROP INDEX requests_waiting",
    "CREATE UNIQUE INDEX requests_waiting ON provisioning_requests \
     (co_provisioning_target_id, subject_kind, subject_id) WHERE status IN ('Queued', 'Retrying')",
    "ALTER TABLE provisioning_requests DROP COLUMN held",
    "ALTER TABLE provisioning_attempts DROP COLUMN outcome",
    "ALTER TABLE provisioning_requests DROP COLUMN remove_extra",
    "ALTER TABLE provisioning_requests DROP COLUMN repair",
    "ALTER TABLE provisioning_requests DROP COLUMN digest",
    "ALTER TABLE provisioning_requests DROP COLUMN forced",
    "ALTER TABLE co_provisioning_targets DROP COLUMN guard_window",
    "ALTER TABLE co_provisioning_targets DROP COLUMN guard_count",
    "ALTER TABLE co_provisioning_targets DROP COLUMN guard_share",
];

/// The window of a target and a kind of subjects: when it began, and how many were there then.
fn windows() -> TableCreateStatement {
    Table::create()
        .table("guard_windows")
        .col(big_integer("co_provisioning_target_id"))
        .col(text("subject_kind"))
        .col(ColumnDef::new("began").timestamp_with_time_zone().not_null())
        .col(big_integer("present"))
        .primary_key(Index::create().col("co_provisioning_target_id").col("subject_kind"))
        .take()
}

/// Subjects whose removal was let through, or is held, within the window.
fn removals() -> TableCreateStatement {
    Table::create()
        .table("guard_removals")
        .col(big_integer("co_provisioning_target_id"))
        .col(text("subject_kind"))
        .col(big_integer("subject_id"))
        .col(ColumnDef::new("held").boolean().not_null())
        .primary_key(Index::create().col("co_provisioning_target_id").col("subject_kind").col("subject_id"))
        .take()
}

/// What a comparison found.
fn differences() -> TableCreateStatement {
    Table::create()
        .table("differences")
        .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
        .col(big_integer("request_id"))
        .col(text("difference"))
        .col(text_null("subject_kind"))
        .col(big_integer_null("subject_id"))
        .col(text_null("key"))
        .take()
}

/// How a target fares, as the processes that call it say.
fn health() -> TableCreateStatement {
    Table::create()
        .table("target_health")
        .col(ColumnDef::new("co_provisioning_target_id").big_integer().not_null().primary_key())
        .col(text("health"))
        .col(text("sentence"))
        .col(big_integer("concurrency"))
        .col(ColumnDef::new("last_success").timestamp_with_time_zone().null())
        .col(ColumnDef::new("modified").timestamp_with_time_zone().not_null())
        .take()
}
