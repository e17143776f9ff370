//! Statistics of tables that have grown.
//!
//! PostgreSQL keeps the plan of a statement that was prepared. One that was made while a table was empty takes any index for as
//! good as another, and may read all of one for each row later; it is kept until the statistics of the table are made anew, which
//! PostgreSQL does after a minute or more. Guarantee: a table that has become several times as large as it was when it was looked
//! at is looked at again within seconds, by whatever program made it grow. Mechanism: `ANALYZE`, which makes all connections plan
//! anew. Failure: those of the database; what somebody else is at, or owns, is left to them.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tokio_util::sync::CancellationToken;

use crate::database::Database;

const PAUSE: Duration = Duration::from_secs(2);

/// Tables that have grown by more than four times and a few pages since their statistics were made.
const GROWN: &str = "SELECT quote_ident(c.relname) AS name FROM pg_class AS c \
                     WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = current_schema()) \
                     AND c.relkind = 'r' AND pg_get_userbyid(c.relowner) = current_user \
                     AND pg_relation_size(c.oid) / current_setting('block_size')::bigint > 20 + 5 * c.relpages::bigint";

/// Looks at tables that have grown, until the process stops.
pub async fn run(database: Database, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        match look(&database).await {
            Ok(tables) if tables.is_empty() => {}
            Ok(tables) => tracing::debug!(?tables, "statistics of tables that have grown were made anew"),
            Err(error) => tracing::debug!(%error, "statistics cannot be made"),
        }
    }
}

/// Looks at tables that have grown; gives them.
///
/// # Errors
/// Those of the database.
pub async fn look(database: &Database) -> Result<Vec<String>, DbErr> {
    if database.backend() != DbBackend::Postgres {
        return Ok(Vec::new());
    }
    let db = database.writer();
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, GROWN)).await?;
    let tables = rows.iter().map(|row| row.try_get("", "name")).collect::<Result<Vec<String>, _>>()?;
    for table in &tables {
        if let Err(error) = db.execute_unprepared(&format!("ANALYZE (SKIP_LOCKED) {table}")).await {
            tracing::debug!(%error, table, "statistics of a table cannot be made");
        }
    }
    Ok(tables)
}
