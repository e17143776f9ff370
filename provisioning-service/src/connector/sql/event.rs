//! One event in a database: what is there is read, and changed by as little as it needs, in one transaction.
//!
//! A plan goes the same way, and writes down what would be run instead of running it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, StatementBuilder,
    sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query, SelectStatement},
};

use crate::connector::sql::{
    connection::{rows, within},
    schema::Schema,
    table::{self, Mirror, Row},
};

/// So many rows go into one statement.
const BATCH: usize = 500;

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
        let name = mirror.name(self.prefix);
        if !self.has(&name, "co_id") || !self.has(&name, "id") {
            return Ok(BTreeMap::new());
        }
        let there: Vec<bool> = mirror.columns().map(|field| self.has(&name, &field.column)).collect();
        let mut select = self.select(&name, condition);
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

    /// Makes the rows of a scope the ones that are wanted. Gives the ids of those that are or were there.
    pub(super) async fn make(
        &mut self,
        mirror: Mirror,
        wanted: Vec<Row>,
        scope: Scope<'_>,
    ) -> Result<BTreeSet<i64>, DbErr> {
        let ids = wanted.iter().map(|row| row.id);
        let mut found = Condition::any().add(Expr::col("id").is_in(ids.clone()));
        if self.has(&mirror.name(self.prefix), scope.column) {
            found = found.add(Expr::col(Alias::new(scope.column)).is_in(scope.ids.iter().copied()));
        }
        let mut all: BTreeSet<i64> = ids.collect();
        let held = self.rows(mirror, found).await?;
        let surplus: Vec<i64> = held.keys().copied().filter(|id| !all.contains(id)).collect();
        self.take(mirror, &surplus).await?;
        self.put(mirror, wanted, &held).await?;
        all.extend(held.into_keys());
        Ok(all)
    }

    /// Adds the rows that are not there, and changes those that differ.
    pub(super) async fn put(
        &mut self,
        mirror: Mirror,
        wanted: Vec<Row>,
        held: &BTreeMap<i64, Row>,
    ) -> Result<(), DbErr> {
        let mut missing = Vec::new();
        for row in wanted {
            self.wanted.push_str(&format!("{} {row:?}\n", mirror.name("")));
            match held.get(&row.id) {
                Some(held) if *held == row => {}
                Some(held) => self.change(mirror, &row, held).await?,
                None => missing.push(row),
            }
        }
        for rows in missing.chunks(BATCH) {
            self.add(mirror, rows).await?;
        }
        Ok(())
    }

    /// Takes rows away.
    pub(super) async fn take(&mut self, mirror: Mirror, ids: &[i64]) -> Result<(), DbErr> {
        for ids in ids.chunks(BATCH) {
            let mut delete = Query::delete();
            delete.from_table(Alias::new(mirror.name(self.prefix)));
            delete.cond_where(self.ours().add(Expr::col("id").is_in(ids.iter().copied())));
            self.run(&delete).await?;
        }
        Ok(())
    }

    /// That a row is the CO's.
    pub(super) fn ours(&self) -> Condition {
        Condition::all().add(Expr::col("co_id").eq(self.co))
    }

    async fn change(&mut self, mirror: Mirror, row: &Row, held: &Row) -> Result<(), DbErr> {
        let mut update = Query::update();
        update.table(Alias::new(mirror.name(self.prefix)));
        for (field, (cell, held)) in mirror.columns().zip(row.cells.iter().zip(&held.cells)) {
            if cell != held {
                update.value(Alias::new(&field.column), table::value(&field.kind, cell.as_deref()));
            }
        }
        update.cond_where(self.ours().add(Expr::col("id").eq(row.id)));
        self.run(&update).await
    }

    async fn add(&mut self, mirror: Mirror, rows: &[Row]) -> Result<(), DbErr> {
        let mut insert = Query::insert();
        insert.into_table(Alias::new(mirror.name(self.prefix)));
        let columns = mirror.columns().map(|field| Alias::new(&field.column));
        insert.columns(["co_id", "id"].map(Alias::new).into_iter().chain(columns));
        for row in rows {
            let cells = mirror.columns().zip(&row.cells);
            let cells = cells.map(|(field, cell)| Expr::val(table::value(&field.kind, cell.as_deref())));
            let all = [Expr::val(self.co), Expr::val(row.id)].into_iter().chain(cells);
            insert.values(all).map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        self.run(&insert).await
    }
}

/// A number that was read as text.
pub(super) fn number(row: &QueryResult, column: &str) -> Result<i64, DbErr> {
    let text: String = row.try_get("", column)?;
    text.parse().map_err(|_| DbErr::Type(format!("{column} is no whole number")))
}
