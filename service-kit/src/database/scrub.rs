//! What is asked of a database beside its rows: how many read at once, and that nothing is left of what was erased.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::database::{BUSY, Database};

/// How often the write-ahead log is tried to be emptied: somebody may read what stands in it.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

impl Database {
    /// How many may read at once.
    #[must_use]
    pub fn connections(&self) -> u32 {
        match self.backend() {
            DbBackend::Sqlite => self.reader.get_sqlite_connection_pool().options().get_max_connections(),
            _ => self.reader.get_postgres_connection_pool().options().get_max_connections(),
        }
    }

    /// Empties the write-ahead log of SQLite, in which pages stand as they were before something was erased. With PostgreSQL
    /// that is the operator's matter. Nobody is kept waiting: where readers stand in the way, it is tried again for some
    /// seconds, and then left to the next time.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn scrub(&self) -> Result<(), DbErr> {
        if self.backend() != DbBackend::Sqlite {
            return Ok(());
        }
        for _ in 0..TRIES {
            self.writer.execute_unprepared("PRAGMA busy_timeout = 0").await?;
            let emptied = self.empty_log().await;
            self.writer.execute_unprepared(&format!("PRAGMA busy_timeout = {}", BUSY.as_millis())).await?;
            if emptied? {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        tracing::warn!(
            "the write-ahead log could not be emptied after an erasure; a stop, or the next one, empties it"
        );
        Ok(())
    }

    async fn empty_log(&self) -> Result<bool, DbErr> {
        let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let row = self.writer.query_one_raw(statement).await?;
        row.map_or(Ok(true), |row| row.try_get::<i64>("", "busy").map(|busy| busy == 0))
    }
}
