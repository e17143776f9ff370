//! The statements that change rows, by as little as it needs.

use std::collections::BTreeMap;

use sea_orm::{
    DbErr,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

use crate::connector::sql::{
    answer::Fault,
    event::{BATCH, Event, Scope},
    table::{self, KEY, Mirror, Row},
};

impl Event<'_> {
    /// Adds the rows that are not there, and changes those that differ. The column says whose they are.
    pub(in crate::connector::sql) async fn put(
        &mut self,
        mirror: Mirror,
        wanted: Vec<Row>,
        held: &BTreeMap<i64, Row>,
        column: &str,
    ) -> Result<(), Fault> {
        let changed = wanted.iter().filter_map(|row| held.get(&row.id).filter(|held| *held != row));
        self.hold(mirror, &changed.collect::<Vec<_>>(), column).await?;
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

    /// Takes rows of a scope away.
    pub(in crate::connector::sql) async fn take(
        &mut self,
        mirror: Mirror,
        ids: &[i64],
        scope: &Scope<'_>,
    ) -> Result<(), DbErr> {
        for ids in ids.chunks(BATCH) {
            let mut delete = Query::delete();
            delete.from_table(Alias::new(mirror.name(self.prefix)));
            delete.cond_where(self.ours().add(Expr::col("id").is_in(ids.iter().copied())));
            delete.and_where(Expr::col(Alias::new(scope.column)).is_in(scope.ids.iter().copied()));
            self.run(&delete).await?;
        }
        Ok(())
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
        insert.columns(KEY.map(Alias::new).into_iter().chain(columns));
        for row in rows {
            let cells = mirror.columns().zip(&row.cells);
            let cells = cells.map(|(field, cell)| Expr::val(table::value(&field.kind, cell.as_deref())));
            let all = [Expr::val(self.co), Expr::val(row.id)].into_iter().chain(cells);
            insert.values(all).map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        self.run(&insert).await
    }
}
