//! Texts around numbers of identifiers, which may be names of people, become digests.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};
use sha2::{Digest as _, Sha256};

const PAGE: i64 = 1000;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0086_affixes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Row by row, so that nobody waits for the last one: it begins anew as often as it is interrupted.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let backend = db.get_database_backend();
        let greatest = if backend == DbBackend::Sqlite { "MAX" } else { "GREATEST" };
        let insert = format!(
            "INSERT INTO identifier_sequences (co_identifier_assignment_id, affix, co_id, last) \
             SELECT co_identifier_assignment_id, $3, co_id, last FROM identifier_sequences \
             WHERE co_identifier_assignment_id = $1 AND affix = $2 ON CONFLICT (co_identifier_assignment_id, affix) \
             DO UPDATE SET last = {greatest}(identifier_sequences.last, excluded.last)"
        );
        let delete = "DELETE FROM identifier_sequences WHERE co_identifier_assignment_id = $1 AND affix = $2";
        // Each text has what stands for the number, and no digest has.
        let some = "SELECT co_identifier_assignment_id AS rule, affix FROM identifier_sequences \
                    WHERE (co_identifier_assignment_id, affix) > ($1, $2) AND affix LIKE '%#%' \
                    ORDER BY co_identifier_assignment_id, affix LIMIT $3";
        let mut after = (0_i64, String::new());
        loop {
            let values = [after.0.into(), after.1.as_str().into(), PAGE.into()];
            let rows = db.query_all_raw(Statement::from_sql_and_values(backend, some, values)).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                after = (row.try_get("", "rule")?, row.try_get("", "affix")?);
                let of_row = [after.0.into(), after.1.as_str().into()];
                let values = [of_row.clone().to_vec(), vec![digest(after.0, &after.1).into()]].concat();
                db.execute_raw(Statement::from_sql_and_values(backend, &insert, values)).await?;
                db.execute_raw(Statement::from_sql_and_values(backend, delete, of_row)).await?;
            }
        }
    }
}

/// What is kept of a text around a number of a rule, from this version on.
fn digest(rule: i64, affix: &str) -> String {
    let digest = Sha256::digest(format!("{rule}\n{affix}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
