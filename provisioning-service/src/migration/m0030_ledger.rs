//! The ledger: what was accepted, numbered for each CO without gaps (D56).

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, text},
    sea_orm::DbBackend,
};

/// Adds tables and a column that older programs leave alone.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut table in [heads(), entries()] {
            manager.create_table(table.take()).await?;
        }
        let db = manager.get_connection();
        for statement in STATEMENTS {
            db.execute_unprepared(statement).await?;
        }
        if db.get_database_backend() == DbBackend::Postgres {
            // A row for each CO, written with every batch: its versions find room on their page.
            db.execute_unprepared("ALTER TABLE ledger_heads SET (fillfactor = 20)").await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("ALTER TABLE provisioning_requests DROP COLUMN idle").await?;
        for table in ["ledger_entries", "ledger_heads"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

const STATEMENTS: [&str; 2] = [
    "CREATE INDEX ledger_entries_of_request ON ledger_entries (request_id, number)",
    // It was a removal, and the target had nothing to remove.
    "ALTER TABLE provisioning_requests ADD COLUMN idle boolean NOT NULL DEFAULT false",
];

/// The last number of each CO.
fn heads() -> TableCreateStatement {
    Table::create()
        .table("ledger_heads")
        .col(ColumnDef::new("co_id").big_integer().not_null().primary_key())
        .col(big_integer("last_number"))
        .take()
}

/// An accepted change or request, once for each target that it is for.
fn entries() -> TableCreateStatement {
    Table::create()
        .table("ledger_entries")
        .col(big_integer("co_id"))
        .col(big_integer("number"))
        .col(big_integer("co_provisioning_target_id"))
        .col(text("subject_kind"))
        .col(big_integer("subject_id"))
        .col(big_integer("request_id"))
        .col(ColumnDef::new("accepted").timestamp_with_time_zone().not_null())
        .primary_key(Index::create().col("co_id").col("number").col("co_provisioning_target_id"))
        .take()
}
