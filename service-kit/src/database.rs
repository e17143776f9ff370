//! Databases: PostgreSQL for services, SQLite for the single process.
//!
//! Guarantee: what was committed is on disk; a database that is away is told apart from every other fault, and heals
//! without a restart. Mechanism: lazily connected pools; for SQLite one writer beside readers, WAL with full sync, and
//! transactions that take the write lock when they begin. Failure: [`refusal_of`] says what a caller hears.

use std::{path::Path, time::Duration};

use sea_orm::{
    AccessMode, ConnectOptions, Database as Orm, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, TransactionTrait, sqlx,
};
use sea_orm_migration::MigratorTrait;

use self::transaction::Writer;
pub use self::{
    convoy::{Convoy, Wrote},
    errors::{CONFLICTS, HELD, is_away, is_conflict, is_held, is_taken, not_written_down, passes, refusal_of},
    together::{beside, together},
    transaction::Transaction,
};
use crate::{config::ConfigError, lifecycle};

mod convoy;
mod errors;
mod scrub;
mod together;
mod transaction;

/// How many convoys are under way at a time.
pub const CONVOYS: u32 = 2;

/// With how many connections a thread reads that has its own.
const CONNECTIONS_OF_A_THREAD: u32 = 4;

/// A database: one that is read from and one that is written to, which for PostgreSQL are the same.
#[derive(Clone, Debug)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    /// Where several changes go in step: these have statements of their own, and few connections that know them.
    convoys: DatabaseConnection,
    /// Where only one may write at a time.
    alone: Option<Writer>,
    /// How connections of the reader are made, where there can be more of them.
    more: Option<ConnectOptions>,
}

impl Database {
    /// Opens a database. A server that is away is no error: its pool connects when it is back.
    ///
    /// # Errors
    /// If the address or the folder cannot be used.
    pub async fn open(url: &str, connections: u32) -> Result<Self, ConfigError> {
        Self::open_trusting(url, connections, "").await
    }

    /// Opens a database whose certificate has to be for its host, and signed by an authority in the file `ca`, which is read
    /// for each connection. Without such a file (empty) there is TLS as the address says.
    ///
    /// # Errors
    /// If the address, the folder or the file cannot be used.
    pub async fn open_trusting(url: &str, connections: u32, ca: &str) -> Result<Self, ConfigError> {
        let unusable = |error: DbErr| ConfigError(format!("The database cannot be opened: {error}."));
        if let Some(path) = url.strip_prefix("sqlite://") {
            let file = path.split('?').next().unwrap_or(path);
            if let Some(folder) = Path::new(file).parent() {
                std::fs::create_dir_all(folder).map_err(|error| {
                    ConfigError(format!("The folder {} cannot be made: {error}.", folder.display()))
                })?;
            }
            let writer = Orm::connect(sqlite(file, 1, WRITER)).await.map_err(unusable)?;
            // Made before files were private, or by somebody else.
            for end in ["", "-wal", "-shm"] {
                lifecycle::take_rights_of_others(Path::new(&format!("{file}{end}")));
            }
            let reader = Orm::connect(sqlite(file, connections.max(1), READER)).await.map_err(unusable)?;
            return Ok(Self {
                reader,
                alone: Some(Writer::of(writer.clone())),
                convoys: writer.clone(),
                writer,
                more: None,
            });
        }
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(ConfigError("database.url must begin with postgres:// or sqlite://.".to_owned()));
        }
        if !ca.is_empty() {
            std::fs::read(ca).map_err(|error| {
                ConfigError(format!("The file {ca}, which database.ca names, cannot be read: {error}."))
            })?;
        }
        let pool = Orm::connect(postgres(url, connections, ca)).await.map_err(unusable)?;
        let mut more = postgres(url, CONNECTIONS_OF_A_THREAD, ca);
        more.min_connections(0);
        let mut few = postgres(url, CONVOYS, ca);
        few.min_connections(0);
        let convoys = Orm::connect(few).await.map_err(unusable)?;
        Ok(Self { reader: pool.clone(), writer: pool, convoys, alone: None, more: Some(more) })
    }

    /// The same database, read over connections that belong to this runtime: what comes over them wakes no other thread. A
    /// SQLite file has none.
    ///
    /// # Errors
    /// If the address cannot be used.
    pub async fn of_thread(&self) -> Result<Self, ConfigError> {
        let mut own = self.clone();
        if let Some(more) = &self.more {
            let unusable = |error: DbErr| ConfigError(format!("The database cannot be opened: {error}."));
            own.reader = Orm::connect(more.clone()).await.map_err(unusable)?;
        }
        Ok(own)
    }

    /// For reading, outside of transactions.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For single statements that write.
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Begins a transaction that writes. With SQLite it has the write lock at once, and may share its commit with others.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        match &self.alone {
            Some(alone) => alone.begin().await,
            None => self.writer.begin().await.map(Transaction::alone),
        }
    }

    /// Begins a transaction that several changes make in step.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn convoy(&self) -> Result<Convoy, DbErr> {
        match &self.alone {
            Some(alone) => alone.begin().await.map(Convoy::of),
            None => self.convoys.begin().await.map(Transaction::alone).map(Convoy::of),
        }
    }

    /// Begins a transaction that reads, and sees the database as it is when it first asks, whatever is committed meanwhile.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        match self.backend() {
            // A read transaction of SQLite is a snapshot.
            DbBackend::Sqlite => self.reader.begin().await,
            _ => {
                let (level, mode) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
                self.reader.begin_with_config(Some(level), Some(mode)).await
            }
        }
    }

    /// The kind of database.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Asks the database whether it is there.
    ///
    /// # Errors
    /// If it is not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.writer.ping().await
    }

    /// Brings the tables up to date, waiting for a database that is away.
    ///
    /// # Errors
    /// If a migration fails for another reason.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        let mut left = 10;
        loop {
            match M::up(&self.writer, None).await {
                Err(error) if is_away(&error) => tracing::warn!(%error, "the database is away; waiting for it"),
                // Another instance may be at it: when it is done, nothing is left to do.
                Err(error) if left > 0 => {
                    left -= 1;
                    tracing::warn!(%error, "the tables cannot be brought up to date; trying again");
                }
                result => return result,
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Closes the connections.
    pub async fn close(self) {
        let _closing = self.reader.close_by_ref().await;
        let _closing = self.writer.close_by_ref().await;
        let _closing = self.convoys.close_by_ref().await;
    }
}

/// How long SQLite waits for who else has the file.
const BUSY: Duration = Duration::from_secs(10);

/// How many statements a connection to SQLite keeps prepared, each of which takes as much as a page or several; and how many
/// KiB of pages, which the system has in memory as well.
struct Kept {
    statements: usize,
    pages: u32,
}

const WRITER: Kept = Kept { statements: 160, pages: 2000 };
const READER: Kept = Kept { statements: 64, pages: 512 };

fn sqlite(file: &str, connections: u32, keeps: Kept) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite://{file}?mode=rwc"));
    options.min_connections(1).max_connections(connections).sqlx_logging(false).test_before_acquire(false);
    options.acquire_timeout(Duration::from_secs(30)).idle_timeout(None).max_lifetime(None);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            // What is deleted is overwritten: an erased person is not found in a page that is free now.
            .pragma("secure_delete", "ON")
            .pragma("cache_size", format!("-{}", keeps.pages))
            .statement_cache_capacity(keeps.statements)
    });
    options
}

/// How PostgreSQL plans. A plan is kept for as long as nothing is known anew of its tables: one that was made while a table was
/// empty would go on to read it whole for each of a hundred thousand rows, until the next ANALYZE. Whatever is asked often has
/// an index. What has none is read whole as before, and compiling it costs more than reading.
const PLANNING: [(&str, &str); 2] = [("enable_seqscan", "off"), ("jit", "off")];

fn postgres(url: &str, connections: u32, ca: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.min_connections(1).max_connections(connections).sqlx_logging(false).connect_lazy(true);
    options.acquire_timeout(Duration::from_secs(3)).connect_timeout(Duration::from_secs(3));
    // A ping before each use would double the round trips; after a pause it is worth one.
    options.test_before_acquire_if_idle_for(Duration::from_secs(5));
    let ca = ca.to_owned();
    options.map_sqlx_postgres_opts(move |postgres| {
        let postgres = postgres.statement_cache_capacity(256).options(PLANNING);
        if ca.is_empty() {
            return postgres;
        }
        postgres.ssl_mode(sqlx::postgres::PgSslMode::VerifyFull).ssl_root_cert(&ca)
    });
    options
}
