//! The tables, named and shaped as those of the registry, and what stands in a row.
//!
//! A cell is compared as text: what a database says a value is, and in which letters, differs between databases, and
//! between tables that were made here and those that were there.

use chrono::{DateTime, NaiveDateTime};
use proto::{
    record::{Record, Value as Held},
    registry::v1::{
        AdHocAttribute, Address, CoGroup, CoGroupMember, CoPerson, CoPersonRole, Cou, EmailAddress, Identifier, Name,
        TelephoneNumber, Url,
    },
    table::{Field, Kind, Table},
};
use sea_orm::{
    DbBackend, Value,
    sea_query::{Alias, ColumnDef, Index, IndexCreateStatement, TableCreateStatement},
};
use serde_json::Value as Json;

/// What is not mirrored: whose a record is stands in a column of its own; org identities are not there; where a COU stands
/// in its tree changes with every other one.
const LEFT_OUT: [&str; 7] = ["id", "co_id", "deleted", "actor_identifier", "org_identity_id", "lft", "rght"];
/// By what a row is found: the ids of two COs do not meet.
pub(super) const KEY: [&str; 2] = ["co_id", "id"];
/// By what subjects, and what hangs on them, are found.
const INDEXED: [&str; 4] = ["co_person_id", "co_person_role_id", "co_group_id", "cou_id"];
/// How long a text can be that has a length in its column: no longer one, and never a shorter one, whatever the registry allows
/// today.
const LENGTHS: std::ops::RangeInclusive<u32> = 512..=1024;
const TIME: &str = "%Y-%m-%d %H:%M:%S";

/// A table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mirror(&'static Table);

/// A row: its id, and the cells of [`Mirror::columns`] as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) cells: Vec<Option<String>>,
}

impl Mirror {
    /// The table of a resource.
    pub(super) fn of<M: prost::Name>() -> Self {
        Self(Table::of::<M>())
    }

    /// All tables.
    pub(super) fn all() -> [Self; 12] {
        [
            Self::of::<CoPerson>(),
            Self::of::<Name>(),
            Self::of::<Identifier>(),
            Self::of::<EmailAddress>(),
            Self::of::<Url>(),
            Self::of::<CoPersonRole>(),
            Self::of::<Address>(),
            Self::of::<TelephoneNumber>(),
            Self::of::<AdHocAttribute>(),
            Self::of::<Cou>(),
            Self::of::<CoGroup>(),
            Self::of::<CoGroupMember>(),
        ]
    }

    pub(super) fn name(self, prefix: &str) -> String {
        format!("{prefix}{}", self.0.path)
    }

    /// The columns beside `id` and `co_id`.
    pub(super) fn columns(self) -> impl Iterator<Item = &'static Field> {
        self.0.fields.iter().filter(|field| !LEFT_OUT.contains(&field.column.as_str()))
    }

    /// The statement that makes it.
    pub(super) fn create(self, prefix: &str, backend: DbBackend) -> TableCreateStatement {
        let mut create = sea_orm::sea_query::Table::create();
        create.table(Alias::new(self.name(prefix)));
        for key in KEY {
            create.col(ColumnDef::new(key).big_integer().not_null());
        }
        for field in self.columns() {
            create.col(column(field));
        }
        create.primary_key(Index::create().col(KEY[0]).col(KEY[1]));
        in_all_letters(&mut create, backend);
        create
    }

    /// The statements that make its indexes.
    pub(super) fn indexes(self, prefix: &str) -> impl Iterator<Item = IndexCreateStatement> {
        let columns = self.columns().filter(|field| INDEXED.contains(&field.column.as_str()));
        columns.map(move |field| {
            let name = format!("{}_{}", self.name(prefix), field.column);
            let mut index = Index::create();
            index.name(name).table(Alias::new(self.name(prefix))).col("co_id").col(Alias::new(&field.column));
            index
        })
    }

    /// The row of a record; `None` if it has no id.
    pub(super) fn row(self, record: &Record) -> Option<Row> {
        let id = record.int("id")?;
        let cells = self.columns().map(|field| record.get(&field.column).and_then(|held| cell(field, held))).collect();
        Some(Row { id, cells })
    }

    /// The cell of a column.
    pub(super) fn cell<'a>(self, row: &'a Row, column: &str) -> Option<&'a str> {
        let at = self.columns().position(|field| field.column == column)?;
        row.cells.get(at)?.as_deref()
    }

    /// Whose a row is, by a column: its own, or what it hangs on.
    pub(super) fn owner(self, row: &Row, column: &str) -> Option<i64> {
        if column == "id" { Some(row.id) } else { self.number(row, column) }
    }

    /// The whole number in a cell of a column.
    pub(super) fn number(self, row: &Row, column: &str) -> Option<i64> {
        self.cell(row, column)?.parse().ok()
    }

    /// The row with another cell in a column.
    pub(super) fn with(self, mut row: Row, column: &str, text: String) -> Row {
        let at = self.columns().position(|field| field.column == column);
        if let Some(cell) = at.and_then(|at| row.cells.get_mut(at)) {
            *cell = Some(text);
        }
        row
    }
}

/// Has names of any letters kept and told apart where that is not a matter of course.
pub(super) fn in_all_letters(create: &mut TableCreateStatement, backend: DbBackend) {
    if backend == DbBackend::MySql {
        create.engine("InnoDB").character_set("utf8mb4").collate("utf8mb4_bin");
    }
}

/// A column, as it is made.
pub(super) fn column(field: &Field) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(&field.column));
    match field.kind {
        Kind::Int => column.big_integer(),
        Kind::Bool => column.boolean(),
        Kind::Time => column.date_time(),
        Kind::Enum(_) => column.string_len(8),
        Kind::Text if (1..=*LENGTHS.end()).contains(&field.options.max_length) => {
            column.string_len(field.options.max_length.max(*LENGTHS.start()))
        }
        Kind::Text | Kind::Texts | Kind::Object | Kind::Objects => column.text(),
    };
    column
}

fn cell(field: &Field, held: &Held) -> Option<String> {
    match held {
        Held::Int(number) => Some(number.to_string()),
        Held::Bool(truth) => Some(truth.to_string()),
        Held::Text(text) => Some(text.clone()),
        Held::Time(seconds) => Some(DateTime::from_timestamp(*seconds, 0)?.format(TIME).to_string()),
        Held::Enum(number) => Some(field.name_of(*number)?.code.clone()),
        Held::Texts(texts) => Some(Json::from(texts.clone()).to_string()),
        Held::Object(object) => Some(Json::Object(object.clone()).to_string()),
        Held::Objects(objects) => serde_json::to_string(objects).ok(),
    }
}

/// What a database calls a value, as all of them are compared.
pub(super) fn read(kind: &Kind, said: String) -> String {
    match (kind, said.as_str()) {
        (Kind::Bool, "1" | "t") => "true".to_owned(),
        (Kind::Bool, "0" | "f") => "false".to_owned(),
        (Kind::Time, _) if said.contains('.') => said.trim_end_matches('0').trim_end_matches('.').to_owned(),
        _ => said,
    }
}

/// The value that a database is given for a cell.
pub(super) fn value(kind: &Kind, cell: Option<&str>) -> Value {
    match kind {
        Kind::Int => cell.and_then(|text| text.parse::<i64>().ok()).into(),
        Kind::Bool => cell.map(|text| text == "true").into(),
        Kind::Time => cell.and_then(|text| NaiveDateTime::parse_from_str(text, TIME).ok()).into(),
        Kind::Enum(_) | Kind::Text | Kind::Texts | Kind::Object | Kind::Objects => cell.map(str::to_owned).into(),
    }
}
