//! What tables there are, and what is to be made of those that are missing.
//!
//! Tables that are there are taken as they are, columns of others included; a column of ours that is missing is added.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, Statement, StreamTrait,
    sea_query::{Alias, ColumnDef, Index, Table},
};

use crate::connector::sql::{
    connection::rows,
    table::{self, Mirror},
};

/// The tables of a prefix that are there, with their columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Schema(BTreeMap<String, BTreeSet<String>>);

/// The table that holds the revisions of subjects.
pub(super) fn revisions(prefix: &str) -> String {
    format!("{prefix}cohort_subjects")
}

impl Schema {
    /// Reads what is there.
    pub(super) async fn read<C: ConnectionTrait + StreamTrait>(db: &C, prefix: &str) -> Result<Self, DbErr> {
        let names = Mirror::all().map(|mirror| mirror.name(prefix));
        // Names of a prefix and of the registry's tables: nothing in them is to be escaped.
        let names: Vec<String> = names.into_iter().chain([revisions(prefix)]).map(|name| format!("'{name}'")).collect();
        let names = names.join(", ");
        let backend = ConnectionTrait::get_database_backend(db);
        let sql = match backend {
            DbBackend::Sqlite => format!(
                "SELECT m.name AS of_table, c.name AS of_column FROM sqlite_master AS m \
                 JOIN pragma_table_info(m.name) AS c WHERE m.name IN ({names})"
            ),
            DbBackend::MySql => format!(
                "SELECT CAST(table_name AS CHAR) AS of_table, CAST(column_name AS CHAR) AS of_column \
                 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ({names})"
            ),
            _ => format!(
                "SELECT CAST(table_name AS text) AS of_table, CAST(column_name AS text) AS of_column \
                 FROM information_schema.columns WHERE table_schema = current_schema() AND table_name IN ({names})"
            ),
        };
        let mut there = BTreeMap::<String, BTreeSet<String>>::new();
        for row in rows(db, Statement::from_string(backend, sql)).await? {
            there.entry(row.try_get("", "of_table")?).or_default().insert(row.try_get("", "of_column")?);
        }
        Ok(Self(there))
    }

    /// Whether a column is there.
    pub(super) fn has(&self, table: &str, column: &str) -> bool {
        self.0.get(table).is_some_and(|columns| columns.contains(column))
    }

    /// What makes the rest.
    pub(super) fn missing(&self, prefix: &str, backend: DbBackend) -> Vec<Statement> {
        let mut statements = Vec::new();
        for mirror in Mirror::all() {
            let name = mirror.name(prefix);
            let Some(columns) = self.0.get(&name) else {
                statements.push(backend.build(&mirror.create(prefix, backend)));
                statements.extend(mirror.indexes(prefix).map(|index| backend.build(&index)));
                continue;
            };
            let mut alter = |column: &mut ColumnDef| {
                let mut alter = Table::alter();
                statements.push(backend.build(alter.table(Alias::new(&name)).add_column(column)));
            };
            for key in table::KEY.into_iter().filter(|key| !columns.contains(*key)) {
                alter(ColumnDef::new(key).big_integer());
            }
            let lacking = mirror.columns().filter(|field| !columns.contains(&field.column));
            lacking.for_each(|field| alter(&mut table::column(field)));
        }
        if !self.0.contains_key(&revisions(prefix)) {
            statements.push(of_revisions(prefix, backend));
        }
        statements
    }
}

fn of_revisions(prefix: &str, backend: DbBackend) -> Statement {
    let mut create = Table::create();
    create.table(Alias::new(revisions(prefix)));
    create.col(ColumnDef::new("co_id").big_integer().not_null());
    create.col(ColumnDef::new("subject_kind").string_len(16).not_null());
    create.col(ColumnDef::new("subject_id").big_integer().not_null());
    create.col(ColumnDef::new("revision").big_integer().not_null());
    create.primary_key(Index::create().col("co_id").col("subject_kind").col("subject_id"));
    table::in_all_letters(&mut create, backend);
    backend.build(&create)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_made_and_nothing_else() {
        for backend in [DbBackend::Postgres, DbBackend::MySql, DbBackend::Sqlite] {
            let all = Schema::default().missing("sp_", backend);
            let creates = all.iter().filter(|statement| statement.sql.starts_with("CREATE TABLE"));
            assert_eq!(creates.count(), 13, "{backend:?}");
            let mut there = Schema::default();
            for mirror in Mirror::all() {
                let columns = mirror.columns().map(|field| field.column.clone()).chain(table::KEY.map(str::to_owned));
                there.0.insert(mirror.name("sp_"), columns.collect());
            }
            there.0.insert(revisions("sp_"), BTreeSet::new());
            assert_eq!(there.missing("sp_", backend), []);
            there.0.get_mut("sp_names").unwrap().remove("family");
            let left: Vec<String> = there.missing("sp_", backend).iter().map(ToString::to_string).collect();
            assert!(left.len() == 1 && left[0].contains("family") && left[0].starts_with("ALTER TABLE"), "{left:?}");
        }
    }
}
