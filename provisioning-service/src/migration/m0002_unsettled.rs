//! Places where an older content may still land, the keys that subjects may have at targets, requests that failed for
//! want of their target, and the identity of this database.

use std::fmt::Write as _;

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, text},
};

/// Adds columns that older programs leave alone.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            ColumnDef::new("unsettled_until").timestamp_with_time_zone().null().take(),
            // What may land: NULL says anything.
            ColumnDef::new("unsettled_content").text().null().take(),
            ColumnDef::new("settle_due").timestamp_with_time_zone().null().take(),
            ColumnDef::new("settle_rounds").big_integer().not_null().default(0).take(),
        ] {
            manager.alter_table(Table::alter().table("subject_states").add_column(column).take()).await?;
        }
        for column in [
            // Of one that runs out of its turn, to settle its place: when its own turn would have been.
            ColumnDef::new("turn").timestamp_with_time_zone().null().take(),
            // Of one that failed: it would have been done, had its target answered.
            ColumnDef::new("wanting").boolean().not_null().default(false).take(),
        ] {
            manager.alter_table(Table::alter().table("provisioning_requests").add_column(column).take()).await?;
        }
        manager.create_table(keys().take()).await?;
        manager.create_table(Table::create().table("identity").col(text("id")).take()).await?;
        let db = manager.get_connection();
        for index in INDEXES {
            db.execute_unprepared(index).await?;
        }
        db.execute_unprepared(&format!("INSERT INTO identity (id) VALUES ('{}')", made_up())).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for index in ["states_to_settle", "states_by_key", "requests_wanting"] {
            db.execute_unprepared(&format!("DROP INDEX {index}")).await?;
        }
        for table in ["target_keys", "identity"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for (table, column) in [
            ("subject_states", "unsettled_until"),
            ("subject_states", "unsettled_content"),
            ("subject_states", "settle_due"),
            ("subject_states", "settle_rounds"),
            ("provisioning_requests", "turn"),
            ("provisioning_requests", "wanting"),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}

const INDEXES: [&str; 4] = [
    "CREATE INDEX states_to_settle ON subject_states (settle_due) WHERE settle_due IS NOT NULL",
    "CREATE INDEX states_by_key ON subject_states (co_provisioning_target_id, applied_key) \
     WHERE applied_key IS NOT NULL",
    "CREATE INDEX keys_by_key ON target_keys (co_provisioning_target_id, key)",
    "CREATE INDEX requests_wanting ON provisioning_requests (co_provisioning_target_id, id) \
     WHERE status = 'Failed' AND wanting",
];

/// The keys that a subject may have at a target beside the one that was applied last.
fn keys() -> TableCreateStatement {
    let place = ["co_provisioning_target_id", "subject_kind", "subject_id", "key"];
    let mut primary = Index::create();
    for column in place {
        primary.col(column);
    }
    Table::create()
        .table("target_keys")
        .col(big_integer("co_provisioning_target_id"))
        .col(text("subject_kind"))
        .col(big_integer("subject_id"))
        .col(text("key"))
        // It is to have this one; the others are to be taken away.
        .col(boolean("wanted"))
        .primary_key(&mut primary)
        .take()
}

/// What tells this database from one that is made in its place.
fn made_up() -> String {
    let mut bytes = [0_u8; 8];
    rand::fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(16), |mut text, byte| {
        // Writing into a text does not fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}
