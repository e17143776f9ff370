//! The security log of the provisioning service (D60).

use sea_orm_migration::prelude::*;
use service_kit::audit::tables;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0020_audit"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables::make(manager.get_connection()).await
    }
}
