//! COs: platform users add, edit and delete them; deleting removes everything of one (D12, neighbours.md CO).

use proto::table::Table;
use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

use crate::{
    app::{Fault, automatic_groups, change::Change},
    resource::{Resource, rows_of},
    store::entity::co,
};

/// COs.
#[derive(Debug)]
pub struct Cos;

#[async_trait::async_trait]
impl Resource for Cos {
    rows_of!(Co, co);

    const CHANGELOG: bool = false;
    const OF_CO: bool = false;
    const PLATFORM_ONLY: bool = true;

    async fn before_delete(change: &mut Change<'_>, row: &co::Model) -> Result<(), Fault> {
        let of_registry = |table: &&Table| table.service.starts_with("cohort.registry.") && table.singular != "Co";
        let tables = Table::all().iter().filter(of_registry).map(|table| table.path.as_str());
        for table in tables.chain(["record_versions"]) {
            let mut delete = Query::delete();
            delete.from_table(Alias::new(table)).and_where(Expr::col(Alias::new("co_id")).eq(row.id));
            change.tx.execute(&delete).await?;
        }
        Ok(())
    }

    async fn after(
        change: &mut Change<'_>,
        before: Option<&co::Model>,
        after: Option<&co::Model>,
    ) -> Result<(), Fault> {
        match (before, after) {
            (None, Some(co)) => automatic_groups::make(change, co.id, None).await?,
            (Some(co), None) => change.co_deleted(co.id),
            _ => {}
        }
        Ok(())
    }
}
