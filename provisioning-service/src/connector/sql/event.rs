//! One event in a database: what is there is read, and changed by as little as it needs, in one transaction.
//!
//! A plan goes the same way, and writes down what would be run instead of running it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, StatementBuilder,
    sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query, SelectStatement},
};

use crate::connector::sql::{
    answer::Fault,
    connection::{rows, within},
    schema::Schema,
    table::{self, KEY, Mirror, Row},
};

mod changes;

/// So many rows go into one statement.
const BATCH: usize = 500;

/// The column that says how new a record is.
pub(super) const REVISION: &str = "revision";

/// An event of a CO.
pub(super) struct Event<'a> {
    db: &'a DatabaseTransaction,
    pub(super) prefix: &'a str,
    pub(super) co: i64,
    /// What is there, where something may be missing.
    schema: Option<&'a Schema>,
    /// What would be run, where nothing is.
    planned: Option<Vec<String>>,
    /// What is wanted, as text.
    pub(super) wanted: String,
}

/// Which rows of a table are a subject's, whoever wrote them: those that have one of some ids in a column.
pub(super) struct Scope<'a> {
    pub(super) column: &'a str,
    pub(super) ids: &'a [i64],
    /// Whether other rows hang on these: then those that stay as they are are held, too.
    pub(super) has_parts: bool,
}

impl<'a> Event<'a> {
    /// An event that is carried out.
    pub(super) fn new(db: &'a DatabaseTransaction, prefix: &'a str, co: i64) -> Self {
        Self { db, prefix, co, schema: None, planned: None, wanted: String::new() }
    }

    /// An event that is planned, where some tables may be missing.
    pub(super) fn planned(db: &'a DatabaseTransaction, prefix: &'a str, co: i64, schema: &'a Schema) -> Self {
        Self { schema: Some(schema), planned: Some(Vec::new()), ..Self::new(db, prefix, co) }
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    /// What would be run; nothing if it was.
    pub(super) fn steps(self) -> Vec<String> {
        self.planned.unwrap_or_default()
    }

    /// Whether it is planned, and nothing would be changed.
    pub(super) fn is_idle(&self) -> bool {
        self.planned.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether it is only planned.
    pub(super) fn is_plan(&self) -> bool {
        self.planned.is_some()
    }

    /// Whether a table has a column: anything has, where nothing can be missing.
    pub(super) fn has(&self, table: &str, column: &str) -> bool {
        self.schema.is_none_or(|schema| schema.has(table, column))
    }

    pub(super) async fn all<S: StatementBuilder>(&self, statement: &S) -> Result<Vec<QueryResult>, DbErr> {
        rows(self.db, self.backend().build(statement)).await
    }

    pub(super) async fn run<S: StatementBuilder>(&mut self, statement: &S) -> Result<(), DbErr> {
        let statement: Statement = self.backend().build(statement);
        match &mut self.planned {
            Some(planned) => planned.push(statement.to_string()),
            None => _ = within(self.db.execute_raw(statement)).await?,
        }
        Ok(())
    }

    /// A cell as text, whatever type its column has.
    pub(super) fn text(&self, column: &str) -> Expr {
        let text = if self.backend() == DbBackend::MySql { "CHAR" } else { "text" };
        Expr::col(Alias::new(column)).cast_as(text)
    }

    /// The rows of the CO that fulfil a condition, by id.
    pub(super) async fn rows(&self, mirror: Mirror, condition: Condition) -> Result<BTreeMap<i64, Row>, DbErr> {
        self.read(mirror, condition, false).await
    }

    /// Holds rows until the end of the event, and sees that they are whose they were when they were read, by a column, and no newer.
    /// A record may have moved to another subject, and that one's own event goes on beside this one.
    async fn hold(&self, mirror: Mirror, read: &[&Row], column: &str) -> Result<(), Fault> {
        // One event writes a SQLite file at a time.
        if self.is_plan() || self.backend() == DbBackend::Sqlite {
            return Ok(());
        }
        for rows in read.chunks(BATCH) {
            let ids = rows.iter().map(|row| row.id);
            let held = self.read(mirror, Condition::all().add(Expr::col("id").is_in(ids)), true).await?;
            let told = |row: &Row| (mirror.owner(row, column), mirror.number(row, REVISION));
            if rows.iter().any(|row| held.get(&row.id).map(told) != Some(told(row))) {
                return Err(Fault::Overtaken);
            }
        }
        Ok(())
    }

    async fn read(&self, mirror: Mirror, condition: Condition, held: bool) -> Result<BTreeMap<i64, Row>, DbErr> {
        let name = mirror.name(self.prefix);
        if !KEY.iter().all(|column| self.has(&name, column)) {
            return Ok(BTreeMap::new());
        }
        let there: Vec<bool> = mirror.columns().map(|field| self.has(&name, &field.column)).collect();
        let mut select = self.select(&name, condition);
        if held {
            select.lock_exclusive();
        }
        select.expr_as(self.text("id"), "id");
        for (field, _) in mirror.columns().zip(&there).filter(|(_, there)| **there) {
            select.expr_as(self.text(&field.column), Alias::new(&field.column));
        }
        let mut rows = BTreeMap::new();
        for found in self.all(&select).await? {
            let id = number(&found, "id")?;
            let mut cells = Vec::with_capacity(there.len());
            for (field, there) in mirror.columns().zip(&there) {
                let said: Option<String> = if *there { found.try_get("", &field.column)? } else { None };
                cells.push(said.map(|said| table::read(&field.kind, said)));
            }
            rows.insert(id, Row { id, cells });
        }
        Ok(rows)
    }

    /// Rows of the CO.
    pub(super) fn select(&self, table: &str, condition: Condition) -> SelectStatement {
        let mut select = Query::select();
        select.from(Alias::new(table)).cond_where(self.ours().add(condition));
        select.order_by("id", Order::Asc);
        select
    }

    /// Makes the rows of a scope the ones that are wanted; what is another subject's by now, in a newer state, stays. Gives the
    /// ids of those that are or were there.
    pub(super) async fn make(
        &mut self,
        mirror: Mirror,
        mut wanted: Vec<Row>,
        scope: Scope<'_>,
    ) -> Result<BTreeSet<i64>, Fault> {
        let ids = wanted.iter().map(|row| row.id);
        let mut found = Condition::any().add(Expr::col("id").is_in(ids.clone()));
        if self.has(&mirror.name(self.prefix), scope.column) {
            found = found.add(Expr::col(Alias::new(scope.column)).is_in(scope.ids.iter().copied()));
        }
        let asked: BTreeSet<i64> = ids.collect();
        let mut held = self.rows(mirror, found).await?;
        let of_another = |row: &Row| !mirror.owner(row, scope.column).is_some_and(|id| scope.ids.contains(&id));
        let is_newer = |held: &Row, row: &Row| mirror.number(held, REVISION) > mirror.number(row, REVISION);
        wanted.retain(|row| {
            let stays = held.get(&row.id).is_some_and(|held| of_another(held) && is_newer(held, row));
            stays.then(|| held.remove(&row.id)).is_none()
        });
        let surplus = |row: &&Row| !asked.contains(&row.id);
        let first: Vec<&Row> = held.values().filter(|row| scope.has_parts || surplus(row)).collect();
        self.hold(mirror, &first, scope.column).await?;
        let surplus: Vec<i64> = held.values().filter(surplus).map(|row| row.id).collect();
        self.take(mirror, &surplus, &scope).await?;
        let all = wanted.iter().map(|row| row.id).chain(held.keys().copied()).collect();
        self.put(mirror, wanted, &held, scope.column).await?;
        Ok(all)
    }

    /// That a row is the CO's.
    pub(super) fn ours(&self) -> Condition {
        Condition::all().add(Expr::col("co_id").eq(self.co))
    }
}

/// A number that was read as text.
pub(super) fn number(row: &QueryResult, column: &str) -> Result<i64, DbErr> {
    let text: String = row.try_get("", column)?;
    text.parse().map_err(|_| DbErr::Type(format!("{column} is no whole number")))
}
