//! Counters of changes for each subject, which take over from the ids of history records.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_revisions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(
            "CREATE TABLE subject_revisions (
                kind bigint NOT NULL,
                subject_id bigint NOT NULL,
                stripe bigint NOT NULL,
                revision bigint NOT NULL,
                PRIMARY KEY (kind, subject_id, stripe)
            )",
        )
        .await?;
        // What targets were given under the old numbers must not seem newer than what comes.
        for (kind, column) in [(1, "co_person_id"), (2, "co_group_id"), (3, "co_email_list_id")] {
            let sql = format!(
                "INSERT INTO subject_revisions (kind, subject_id, stripe, revision) \
                 SELECT {kind}, {column}, 0, MAX(id) FROM history_records WHERE {column} IS NOT NULL GROUP BY {column}"
            );
            db.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
