//! The groups that come with a CO and with a COU say whose they are, also those that were made before they did.
//!
//! That is no change of theirs: it makes no version, and is told to nobody.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0089_descriptions"
    }
}

const DESCRIBE: &str = "UPDATE co_groups SET description = \
    COALESCE((SELECT name FROM cous WHERE cous.id = co_groups.cou_id), \
             (SELECT name FROM cos WHERE cos.id = co_groups.co_id)) \
    || CASE group_type WHEN 'A' THEN ' Administrators' WHEN 'AP' THEN ' Approvers' WHEN 'MA' THEN ' Active Members' \
       ELSE ' Members' END \
    WHERE description IS NULL AND group_type IN ('A', 'AP', 'MA', 'M') AND name LIKE 'CO:%' AND NOT deleted";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DESCRIBE]).await
    }
}
