//! Between a [`Record`] of the wire and a row of a database, by the names of the columns.
//!
//! The table of the resource says what a field is, the entity says what its column holds; which column belongs to which
//! field is worked out once for each entity. Enumerations are kept as their codes, lists and objects as JSON.

use chrono::{DateTime, Utc};
use proto::{
    record::{Record, Slot, Value},
    table::{Field, Kind, Table},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbBackend, DbErr, EntityTrait, IdenStatic, Iterable, ModelTrait, Value as Sql,
    sea_query::{Expr, ExprTrait, IntoColumnRef},
};

pub mod tag;

/// The columns of an entity that are fields of a resource.
#[derive(Debug)]
pub struct Columns<E: EntityTrait> {
    table: &'static Table,
    pairs: Vec<(&'static Field, E::Column)>,
}

impl<E: EntityTrait> Columns<E> {
    /// Pairs the fields of a resource with the columns of the same name; fields without a column are not kept.
    #[must_use]
    pub fn of(table: &'static Table) -> Self {
        let column = |field: &Field| E::Column::iter().find(|column| column.as_str() == field.column);
        Self {
            table,
            pairs: table.fields.iter().filter_map(|field| column(field).map(|column| (field, column))).collect(),
        }
    }

    /// The pairs.
    pub fn iter(&self) -> impl Iterator<Item = &(&'static Field, E::Column)> {
        self.pairs.iter()
    }

    /// The column of that name, whether or not it is a field.
    ///
    /// # Errors
    /// If the entity has none.
    pub fn named(&self, name: &str) -> Result<E::Column, DbErr> {
        E::Column::iter()
            .find(|column| column.as_str() == name)
            .ok_or_else(|| DbErr::Custom(format!("{} has no column {name}", self.table.path)))
    }

    /// The record of a row.
    pub fn record<M: ModelTrait<Entity = E>>(&self, row: &M) -> Record {
        let mut record = Record::new(self.table);
        for (field, column) in &self.pairs {
            if let Some(value) = value_of_sql(field, row.get(*column)) {
                record.set(&field.column, Slot::Is(value));
            }
        }
        record
    }

    /// Writes what a record says into a row; what was not sent stays as it is.
    ///
    /// # Errors
    /// If a column's type is not the one that the field needs: the entity and the `.proto` file disagree.
    pub fn write<A: ActiveModelTrait<Entity = E>>(&self, record: &Record, row: &mut A) -> Result<(), DbErr> {
        for (field, column) in &self.pairs {
            match record.slot(&field.column) {
                Slot::Absent => {}
                Slot::Cleared => row.try_set(*column, nothing(field))?,
                Slot::Is(value) => row.try_set(*column, sql_of_value(field, value))?,
            }
        }
        Ok(())
    }
}

/// Whether a column holds one of some numbers, in a statement whose text is the same for however many there are.
pub fn among<'a>(backend: DbBackend, column: impl IntoColumnRef, ids: impl IntoIterator<Item = &'a i64>) -> Expr {
    let ids: Vec<String> = ids.into_iter().map(ToString::to_string).collect();
    let (text, list) = match backend {
        DbBackend::Sqlite => ("? IN (SELECT value FROM json_each(?))", format!("[{}]", ids.join(","))),
        // As a question of its own: a plan for the very list would look cheaper than one for any list as long as the list is
        // short, and would be made anew each time.
        _ => ("$1 = ANY((SELECT $2::text::bigint[])::bigint[])", format!("{{{}}}", ids.join(","))),
    };
    Expr::cust_with_exprs(text, [Expr::col(column), Expr::val(list)])
}

/// Whether a column is true, said without a parameter: only so does a statement that is prepared once fit the indexes on
/// part of a table.
pub fn is<C: ColumnTrait>(column: C) -> Expr {
    Expr::col(column.as_column_ref())
}

/// Whether a column is false, said as [`is`] says it: `NOT deleted`.
pub fn is_not<C: ColumnTrait>(column: C) -> Expr {
    is(column).not()
}

/// What a slot says, as SQL has it; what was not sent counts as cleared.
#[must_use]
pub fn sql_of_slot(field: &Field, slot: &Slot) -> Sql {
    match slot {
        Slot::Absent | Slot::Cleared => nothing(field),
        Slot::Is(value) => sql_of_value(field, value),
    }
}

/// The value of a column, as SQL has it.
#[must_use]
pub fn sql_of_value(field: &Field, value: &Value) -> Sql {
    match value {
        Value::Int(number) => Sql::from(*number),
        Value::Bool(truth) => Sql::from(*truth),
        Value::Text(text) => Sql::from(text.clone()),
        Value::Time(seconds) => Sql::from(DateTime::<Utc>::from_timestamp(*seconds, 0).unwrap_or_default()),
        Value::Enum(number) => {
            field.name_of(*number).map_or_else(|| nothing(field), |name| Sql::from(name.code.clone()))
        }
        Value::Texts(texts) => Sql::from(serde_json::Value::from(texts.clone()).to_string()),
        Value::Object(object) => Sql::from(serde_json::Value::from(object.clone()).to_string()),
        Value::Objects(items) => Sql::from(serde_json::Value::from(items.clone()).to_string()),
    }
}

fn nothing(field: &Field) -> Sql {
    match field.kind {
        Kind::Int => Sql::BigInt(None),
        // A truth that was cleared is false; there is no third one in the tables.
        Kind::Bool => Sql::Bool(Some(false)),
        Kind::Time => Sql::ChronoDateTimeUtc(None),
        Kind::Text | Kind::Enum(_) | Kind::Texts | Kind::Object | Kind::Objects => Sql::String(None),
    }
}

fn value_of_sql(field: &Field, sql: Sql) -> Option<Value> {
    Some(match (&field.kind, sql) {
        (Kind::Int, Sql::BigInt(Some(number))) => Value::Int(number),
        (Kind::Int, Sql::Int(Some(number))) => Value::Int(i64::from(number)),
        (Kind::Bool, Sql::Bool(Some(truth))) => Value::Bool(truth),
        (Kind::Text, Sql::String(Some(text))) => Value::Text(text),
        (Kind::Time, Sql::ChronoDateTimeUtc(Some(time))) => Value::Time(time.timestamp()),
        (Kind::Enum(_), Sql::String(Some(code))) => Value::Enum(field.number_of_code(&code)?),
        (Kind::Texts, Sql::String(Some(json))) => Value::Texts(serde_json::from_str(&json).ok()?),
        (Kind::Object, Sql::String(Some(json))) => Value::Object(serde_json::from_str(&json).ok()?),
        (Kind::Objects, Sql::String(Some(json))) => Value::Objects(serde_json::from_str(&json).ok()?),
        _ => return None,
    })
}
