//! Fewer index entries for each row that is written: what no date, group or list is in, is not entered there.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_thin"
    }
}

/// Name, and what it is on.
const INDEXES: [(&str, &str); 10] = [
    ("co_group_members_begin", "co_group_members (valid_from) WHERE valid_from IS NOT NULL AND NOT deleted"),
    ("co_group_members_end", "co_group_members (valid_through) WHERE valid_through IS NOT NULL AND NOT deleted"),
    (
        "co_person_roles_begin",
        "co_person_roles (valid_from) WHERE valid_from IS NOT NULL AND status = 'P' AND NOT deleted",
    ),
    (
        "co_person_roles_active_begin",
        "co_person_roles (valid_from) WHERE valid_from IS NOT NULL AND status IN ('A', 'GP') AND NOT deleted",
    ),
    (
        "co_person_roles_end",
        "co_person_roles (valid_through) WHERE valid_through IS NOT NULL AND status IN ('A', 'GP') AND NOT deleted",
    ),
    ("history_records_person", "history_records (co_person_id, id) WHERE co_person_id IS NOT NULL"),
    ("history_records_group", "history_records (co_group_id, id) WHERE co_group_id IS NOT NULL"),
    ("history_records_list", "history_records (co_email_list_id, id) WHERE co_email_list_id IS NOT NULL"),
    ("identifiers_person", "identifiers (co_person_id) WHERE co_person_id IS NOT NULL"),
    ("identifiers_group", "identifiers (co_group_id) WHERE co_group_id IS NOT NULL"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        // The unique index of a pair finds the members of a group as well.
        db.execute_unprepared("DROP INDEX co_group_members_group").await?;
        for (name, on) in INDEXES {
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {on}")).await?;
        }
        Ok(())
    }
}
