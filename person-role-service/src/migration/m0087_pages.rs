//! Pages of what is in a COU or a group are read in the order of their ids, by as many rows as they have.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0087_pages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = [
            "CREATE INDEX co_person_roles_of_cou ON co_person_roles (cou_id, id) WHERE NOT deleted",
            "DROP INDEX co_person_roles_cou",
            "CREATE INDEX co_group_members_of_group ON co_group_members (co_group_id, id) WHERE NOT deleted",
        ];
        run(manager, &statements).await
    }
}
