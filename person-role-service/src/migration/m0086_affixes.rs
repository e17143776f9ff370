//! Texts around numbers of identifiers, which may be names of people, become digests.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, Statement},
};

use crate::store::identifier_sequences::digest;

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
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let backend = db.get_database_backend();
        // Each text has what stands for the number, and no digest has.
        let some = "SELECT co_identifier_assignment_id AS rule, affix FROM identifier_sequences \
                    WHERE affix LIKE '%#%' LIMIT $1";
        loop {
            let rows = db.query_all_raw(Statement::from_sql_and_values(backend, some, [PAGE.into()])).await?;
            for row in &rows {
                let (rule, affix): (i64, String) = (row.try_get("", "rule")?, row.try_get("", "affix")?);
                let sql =
                    "UPDATE identifier_sequences SET affix = $3 WHERE co_identifier_assignment_id = $1 AND affix = $2";
                let values = [rule.into(), affix.as_str().into(), digest(rule, &affix).into()];
                db.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
            }
            if rows.is_empty() {
                return Ok(());
            }
        }
    }
}
