//! A look into the databases of a deployment, past its programs.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use crate::postgres::Postgres;

/// A database of a service.
#[derive(Debug, Clone)]
pub(super) enum Database {
    /// On a server, by its URL.
    Postgres(Arc<Postgres>, String),
    /// In a file.
    Sqlite(PathBuf),
}

impl Database {
    /// Runs one statement and gives its rows. Fails when the database does.
    pub(super) async fn query(&self, sql: &str) -> Vec<Vec<String>> {
        let lines = match self {
            Self::Postgres(server, url) => server.query(url, sql).await,
            Self::Sqlite(file) => sqlite(file, sql).await,
        };
        lines.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
    }

    /// Runs one statement that gives one number, which is 0 where there is none.
    pub(super) async fn number(&self, sql: &str) -> i64 {
        let rows = self.query(sql).await;
        let first = rows.first().and_then(|row| row.first()).map(String::as_str).unwrap_or_default();
        if first.is_empty() {
            return 0;
        }
        first.parse().unwrap_or_else(|_| panic!("{sql} gave {first:?} instead of a number"))
    }

    /// Gives the numbers of the first column.
    pub(super) async fn numbers(&self, sql: &str) -> Vec<i64> {
        let number = |row: &Vec<String>| row.first().and_then(|text| text.parse().ok());
        let rows = self.query(sql).await;
        rows.iter().map(|row| number(row).unwrap_or_else(|| panic!("{sql} gave {row:?}"))).collect()
    }

    /// Gives the names of the tables.
    pub(super) async fn tables(&self) -> Vec<String> {
        let sql = match self {
            Self::Postgres(..) => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
            Self::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        };
        self.query(sql).await.concat()
    }

    /// Gives the names of the columns of a table.
    pub(super) async fn columns(&self, table: &str) -> Vec<String> {
        let sql = match self {
            Self::Postgres(..) => format!(
                "SELECT column_name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{table}' AND is_generated = 'NEVER'"
            ),
            Self::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}')"),
        };
        self.query(&sql).await.concat()
    }

    /// Gives a relation `g` of the numbers from 1, and the name of its column.
    pub(super) fn series(&self, last: usize) -> (String, &'static str) {
        match self {
            Self::Postgres(..) => (format!("generate_series(1, {last}) AS g(n)"), "g.n"),
            Self::Sqlite(_) => (format!("generate_series(1, {last}) AS g"), "g.value"),
        }
    }

    /// Lets the ids that the server gives begin after those that were given by hand. SQLite does so by itself.
    pub(super) async fn set_sequence(&self, table: &str) {
        if let Self::Postgres(..) = self {
            let sequence = format!("pg_get_serial_sequence('{table}', 'id')");
            self.query(&format!("SELECT setval({sequence}, (SELECT max(id) FROM {table}))")).await;
        }
    }

    /// Leaves a freshly filled database as one is that has been there for a while: what autovacuum would do now, it
    /// would otherwise do while we measure.
    pub(super) async fn tidy(&self) {
        if let Self::Postgres(..) = self {
            self.query("VACUUM (ANALYZE)").await;
            self.query("CHECKPOINT").await;
        }
    }
}

async fn sqlite(file: &PathBuf, sql: &str) -> String {
    let mut command = tokio::process::Command::new("sqlite3");
    command.args(["-batch", "-bail", "-cmd", ".timeout 20000"]).arg(file).arg(sql);
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.unwrap_or_else(|error| panic!("sqlite3 does not start ({error}): run cargo xtask setup"));
    assert!(output.status.success(), "sqlite3 failed at {sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}
