//! Connections to databases: a pool for each target.
//!
//! A server is reached through a [`Gate`]: the dialer judges each connection, the certificate is held against the name that
//! was configured, and what the server says is judged. There is no way from TLS back to clear text.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures::TryStreamExt;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, QueryResult, SqliteTransactionMode,
    SqlxMySqlConnector, SqlxPostgresConnector, SqlxSqliteConnector, Statement, StreamTrait, TransactionOptions,
    TransactionTrait,
    sqlx::{
        ConnectOptions, Database, Pool, Row, mysql, mysql::MySqlConnectOptions, mysql::MySqlSslMode, pool::PoolOptions,
        postgres, postgres::PgConnectOptions, postgres::PgSslMode, sqlite, sqlite::SqliteConnectOptions,
    },
};
use tokio::sync::Mutex;

use crate::{
    connector::{
        confined,
        dialer::Dialer,
        limits::{ANSWER, CONNECT},
        sql::{
            answer::{self, Fault},
            configuration::{Configuration, Place, Server, Tls},
            gate::{Gate, Speaks, Way},
        },
        trust,
    },
    domain::outcome::ConnectorError,
};

/// Connections that nobody uses are closed after that time.
const IDLE: Duration = Duration::from_secs(60);
/// So many are open at once.
const CONNECTIONS: u32 = 8;

/// A database that we are logged in to.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) db: DatabaseConnection,
    /// All tables are there.
    pub(super) prepared: AtomicBool,
    /// Whose turn it is to see to that.
    pub(super) preparing: Mutex<()>,
    _gate: Option<Gate>,
}

impl Base {
    /// Connects; files of SQLite are in a folder.
    pub(super) async fn open(
        configuration: &Configuration,
        dialer: &Dialer,
        folder: &Path,
    ) -> Result<Self, ConnectorError> {
        let (db, gate) = match configuration.place()? {
            Place::Sqlite(file) => {
                let pool = pool::<sqlite::Sqlite>(file_of(folder, &file)?).await;
                let pool = pool.map_err(|error| answer::unreachable(&error))?;
                (SqlxSqliteConnector::from_sqlx_sqlite_pool(pool), None)
            }
            Place::Postgres(server) => {
                let gate = gate(dialer, (&server, Speaks::Postgres), configuration)?;
                let opened = pool::<postgres::Postgres>(of_postgres(&server, configuration, &gate)).await;
                (SqlxPostgresConnector::from_sqlx_postgres_pool(reached(opened, &gate)?), Some(gate))
            }
            Place::MySql(server) => {
                let gate = gate(dialer, (&server, Speaks::MySql), configuration)?;
                let opened = pool::<mysql::MySql>(of_mysql(&server, configuration, &gate)).await;
                (SqlxMySqlConnector::from_sqlx_mysql_pool(reached(opened, &gate)?), Some(gate))
            }
        };
        Ok(Self { db, prepared: AtomicBool::new(false), preparing: Mutex::default(), _gate: gate })
    }

    pub(super) fn is_prepared(&self) -> bool {
        self.prepared.load(Ordering::Relaxed)
    }

    /// Begins a transaction that sees what others have committed, statement by statement.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, Fault> {
        let options = match self.db.get_database_backend() {
            DbBackend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::ReadCommitted),
                ..TransactionOptions::default()
            },
        };
        Ok(within(self.db.begin_with_options(options)).await?)
    }
}

/// An answer, if it comes in time.
pub(super) async fn within<T>(answer: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    tokio::time::timeout(ANSWER, answer).await.unwrap_or_else(|_| Err(answer::silence()))
}

/// So many rows of an answer are taken at most: nothing that is asked for has as many.
const ROWS: usize = 50_000;
/// So many cells they have at most, whatever is in them: an empty one takes a bit on its way, and two dozen bytes here.
const CELLS: usize = 200_000;

/// The rows of an answer, if they come in time and are no more than anybody asks for: a row without columns takes seven
/// bytes on its way, and ten times as many here.
pub(super) async fn rows<C: StreamTrait>(db: &C, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
    let read = async {
        let mut answer = std::pin::pin!(db.stream_raw(statement).await?);
        let (mut rows, mut cells) = (Vec::new(), 0);
        while let Some(row) = answer.try_next().await? {
            cells += width(&row);
            if rows.len() >= ROWS || cells > CELLS {
                return Err(DbErr::Type("more rows than anybody asked for".to_owned()));
            }
            rows.push(row);
        }
        Ok(rows)
    };
    within(read).await
}

/// How many cells a row counts for: one that has none takes room as well.
fn width(row: &QueryResult) -> usize {
    let mysql = row.try_as_mysql_row().map(Row::len);
    let postgres = row.try_as_pg_row().map(Row::len);
    let sqlite = row.try_as_sqlite_row().map(Row::len);
    mysql.or(postgres).or(sqlite).unwrap_or_default().max(1)
}

/// The end of a transaction: if it does not come, nobody knows.
pub(super) async fn commit(transaction: DatabaseTransaction) -> Result<(), Fault> {
    match within(transaction.commit()).await.map_err(Fault::Database) {
        Err(fault) if fault.is_break() => Err(Fault::Unended),
        ended => ended,
    }
}

fn gate(
    dialer: &Dialer,
    (server, speaks): (&Server, Speaks),
    configuration: &Configuration,
) -> Result<Gate, ConnectorError> {
    let trust = match configuration.tls {
        Tls::Require => Some(trust::instead(configuration.ca_certificates.as_deref())?),
        Tls::Never => None,
    };
    let (dialer, host, password) = (dialer.clone(), server.host.clone(), configuration.password.clone());
    Gate::open(Way { dialer, host, port: server.port, speaks, trust, password }).map_err(|error| {
        tracing::warn!(%error, "no way to a database can be opened");
        ConnectorError::retryable("This server cannot open a way to the database.")
    })
}

/// What was opened, or why not: the gate's word first.
fn reached<D: Database>(opened: Result<Pool<D>, sea_orm::sqlx::Error>, gate: &Gate) -> Result<Pool<D>, ConnectorError> {
    opened.map_err(|error| gate.refused().unwrap_or_else(|| answer::unreachable(&error)))
}

/// A pool whose first connection is open.
async fn pool<D: Database>(
    options: <D::Connection as sea_orm::sqlx::Connection>::Options,
) -> Result<Pool<D>, sea_orm::sqlx::Error> {
    let pool = PoolOptions::<D>::new().max_connections(CONNECTIONS).min_connections(0);
    pool.acquire_timeout(CONNECT).idle_timeout(IDLE).connect_with(options).await
}

/// What a database says of a statement is kept with it, on each connection.
const STATEMENTS: usize = 8;

/// All is said: what stands in the environment of this process is for its own database. TLS, if there is any, begins behind
/// the gate.
fn of_postgres(server: &Server, configuration: &Configuration, gate: &Gate) -> PgConnectOptions {
    let options = PgConnectOptions::new_without_pgpass().host(&server.host).port(server.port).socket(gate.folder());
    let options = options.username(&server.user).password(&configuration.password).database(&server.database);
    let options = options.statement_cache_capacity(STATEMENTS);
    options.ssl_mode(PgSslMode::Disable).application_name("cohort").disable_statement_logging()
}

fn of_mysql(server: &Server, configuration: &Configuration, gate: &Gate) -> MySqlConnectOptions {
    let options = MySqlConnectOptions::new().host(&server.host).port(server.port).socket(gate.socket());
    let options = options.username(&server.user).password(&configuration.password).database(&server.database);
    let options = options.statement_cache_capacity(STATEMENTS);
    options.ssl_mode(MySqlSslMode::Disabled).disable_statement_logging()
}

/// A file of the CO's own.
fn file_of(folder: &Path, name: &str) -> Result<SqliteConnectOptions, ConnectorError> {
    let away = |error: std::io::Error| ConnectorError::retryable(format!("The database file cannot be used: {error}."));
    std::fs::create_dir_all(folder).map_err(away)?;
    let path = folder.join(name);
    if confined::leads_out(folder, &path).map_err(away)? {
        return Err(ConnectorError::permanent("The database file is a link that leads out of the folder of its CO."));
    }
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let options = options.journal_mode(sqlite::SqliteJournalMode::Wal).synchronous(sqlite::SqliteSynchronous::Full);
    Ok(options.busy_timeout(Duration::from_secs(5)).disable_statement_logging())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn empty_cells_count_as_others_do() {
        let db = pool::<sqlite::Sqlite>(SqliteConnectOptions::new()).await.expect("it is in memory");
        let db = SqlxSqliteConnector::from_sqlx_sqlite_pool(db);
        let most = CELLS / 250;
        for (count, taken) in [(most, true), (most + 1, false)] {
            let columns = ["NULL"; 250].join(", ");
            let sql = format!(
                "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
                 SELECT {columns} FROM numbers"
            );
            let read = rows(&db, Statement::from_string(DbBackend::Sqlite, sql)).await;
            assert_eq!(read.is_ok_and(|rows| rows.len() == count), taken, "{count}");
        }
    }
}
