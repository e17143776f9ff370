//! What lists look for: beside each version for those of the past (D45), where [`super::m0009_fill`] fills it in; and roles by
//! those whom they name (D48).

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_versions"
    }
}

/// The columns, by the names that they have in the tables of the records, and their types.
pub(super) const COLUMNS: [(&str, &str); 14] = [
    ("co_person_id", "bigint"),
    ("cou_id", "bigint"),
    ("co_group_id", "bigint"),
    ("org_identity_id", "bigint"),
    ("co_person_role_id", "bigint"),
    ("manager_co_person_id", "bigint"),
    ("sponsor_co_person_id", "bigint"),
    ("owner", "boolean"),
    ("status", "text"),
    ("affiliation", "text"),
    ("identifier", "text"),
    ("mail", "text"),
    ("given", "text"),
    ("family", "text"),
];

/// Of those that an index is on, only versions that have a value are in it.
const INDEXED: [&str; 5] = ["co_person_id", "cou_id", "co_group_id", "org_identity_id", "co_person_role_id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (column, kind) in COLUMNS {
            run(manager, &[&format!("ALTER TABLE record_versions ADD COLUMN {column} {kind}")]).await?;
        }
        for column in INDEXED {
            let on = format!("record_versions ({column}, resource) WHERE {column} IS NOT NULL");
            run(manager, &[&format!("CREATE INDEX record_versions_{column} ON {on}")]).await?;
        }
        for column in ["manager_co_person_id", "sponsor_co_person_id"] {
            let on = format!("co_person_roles ({column}) WHERE {column} IS NOT NULL AND NOT deleted");
            run(manager, &[&format!("CREATE INDEX co_person_roles_{column} ON {on}")]).await?;
        }
        let filled = "ALTER TABLE record_versions ADD COLUMN filled boolean NOT NULL DEFAULT false";
        run(manager, &[filled, "CREATE INDEX record_versions_unfilled ON record_versions (id) WHERE NOT filled"]).await
    }
}
