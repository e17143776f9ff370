//! Targets, requests, attempts, the states of subjects, inbox and outbox.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, binary, boolean, text, text_null},
};

/// The first tables.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut table in [targets(), requests(), children(), attempts(), states(), inbox(), outbox()] {
            manager.create_table(table.take()).await?;
        }
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "outbox",
            "inbox",
            "subject_states",
            "provisioning_attempts",
            "provisioning_request_children",
            "provisioning_requests",
            "co_provisioning_targets",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// Partial indexes are written in SQL that both databases read.
const INDEXES: [&str; 11] = [
    "CREATE INDEX targets_of_co ON co_provisioning_targets (co_id)",
    // Due work, in the order in which it is taken.
    "CREATE INDEX requests_due ON provisioning_requests (due, id) WHERE status IN ('Queued', 'Retrying')",
    "CREATE INDEX requests_leased ON provisioning_requests (lease_until) WHERE status = 'Running'",
    // Requests that have not begun merge.
    "CREATE UNIQUE INDEX requests_waiting ON provisioning_requests \
     (co_provisioning_target_id, subject_kind, subject_id) WHERE status IN ('Queued', 'Retrying')",
    // One subject is never worked on twice at once at one target.
    "CREATE UNIQUE INDEX requests_running ON provisioning_requests \
     (co_provisioning_target_id, subject_kind, subject_id) WHERE status = 'Running'",
    "CREATE INDEX requests_of_target ON provisioning_requests (co_provisioning_target_id, id)",
    "CREATE INDEX requests_of_subject ON provisioning_requests (subject_kind, subject_id, id)",
    "CREATE INDEX requests_of_co ON provisioning_requests (co_id, id)",
    "CREATE INDEX children_by_child ON provisioning_request_children (child_id)",
    "CREATE INDEX attempts_of_request ON provisioning_attempts (provisioning_request_id)",
    "CREATE INDEX inbox_by_age ON inbox (received)",
];

fn id() -> ColumnDef {
    ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key().take()
}

fn time(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).timestamp_with_time_zone().not_null().take()
}

fn time_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).timestamp_with_time_zone().null().take()
}

fn targets() -> TableCreateStatement {
    Table::create()
        .table("co_provisioning_targets")
        .col(id())
        .col(big_integer("co_id"))
        .col(text_null("description"))
        .col(text("plugin"))
        .col(big_integer_null("provision_co_group_id"))
        .col(big_integer_null("skip_org_identity_source_id"))
        .col(text("status"))
        .col(big_integer_null("retry_interval"))
        .col(big_integer_null("max_retry"))
        .col(big_integer_null("ordr"))
        .col(text_null("configuration"))
        .col(time("created"))
        .col(time("modified"))
        .take()
}

fn requests() -> TableCreateStatement {
    Table::create()
        .table("provisioning_requests")
        .col(id())
        .col(big_integer("co_id"))
        .col(big_integer("co_provisioning_target_id"))
        .col(text("subject_kind"))
        .col(big_integer("subject_id"))
        .col(text("status"))
        .col(text_null("action"))
        .col(boolean("manual"))
        .col(big_integer("askers"))
        .col(text_null("actor_identifier"))
        .col(text_null("traceparent"))
        // How often the connector was called; and how often since the retries began anew.
        .col(big_integer("attempts"))
        .col(big_integer("tries"))
        // A result is recorded only under the number it was begun with.
        .col(big_integer("fence"))
        .col(time_null("lease_until"))
        .col(time("due"))
        .col(text_null("last_error"))
        // Of a request for many: how far it has been expanded.
        .col(text_null("cursor_kind"))
        .col(big_integer_null("cursor_id"))
        .col(boolean("expanded"))
        .col(time_null("started"))
        .col(time_null("ended"))
        .col(time("created"))
        .col(time("modified"))
        .take()
}

/// A request that stands for many, and those it stands for. One that merged with another's counts for both.
fn children() -> TableCreateStatement {
    Table::create()
        .table("provisioning_request_children")
        .col(big_integer("parent_id"))
        .col(big_integer("child_id"))
        .primary_key(Index::create().col("parent_id").col("child_id"))
        .take()
}

fn attempts() -> TableCreateStatement {
    Table::create()
        .table("provisioning_attempts")
        .col(id())
        .col(big_integer("provisioning_request_id"))
        .col(big_integer("fence"))
        .col(text("status"))
        .col(text_null("message"))
        .col(time("started"))
        .col(time("ended"))
        .take()
}

/// What is known of a subject at a target.
fn states() -> TableCreateStatement {
    Table::create()
        .table("subject_states")
        .col(big_integer("co_provisioning_target_id"))
        .col(text("subject_kind"))
        .col(big_integer("subject_id"))
        // Provisioned, Removed, or Unknown before the first success.
        .col(text("status"))
        .col(big_integer("revision"))
        .col(text_null("digest"))
        .col(text_null("applied_key"))
        .col(time_null("applied"))
        .col(text_null("last_error"))
        .col(time("modified"))
        .primary_key(Index::create().col("co_provisioning_target_id").col("subject_kind").col("subject_id"))
        .take()
}

fn inbox() -> TableCreateStatement {
    Table::create()
        .table("inbox")
        .col(ColumnDef::new("event_id").text().not_null().primary_key())
        .col(time("received"))
        .take()
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(id())
        .col(text("message_id"))
        .col(text("routing_key"))
        .col(text_null("traceparent"))
        .col(binary("body"))
        .col(time("created"))
        .take()
}
