//! Reading what was true at the end of a second that has passed (D45).
//!
//! Guarantee: each record that was there is found once, as it was. Mechanism: what has not changed since stands in its own
//! row, what has changed stands among the versions, with the columns that lists look for under the same names; so a
//! condition says the same on both shelves. Rows are read first: a record that is changed between the two statements is then
//! on both shelves and taken once, and never on none.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use proto::record::Record;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, ExprTrait, Order, SelectStatement, UnionType},
};

use crate::store::{
    entity::record_version,
    stored::{Stored, live},
};

/// When something is read as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moment {
    /// Now.
    #[default]
    Present,
    /// Just before a time: at the end of the second before it.
    Before(DateTime<Utc>),
}

/// Where records lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// In rows of their own, as they are.
    Rows,
    /// Among the versions, as they were before they changed.
    Versions,
}

impl Shelf {
    /// A column of records by its name in their own table.
    #[must_use]
    pub fn column(self, name: &str) -> Expr {
        Expr::col(Alias::new(self.name(name)))
    }

    /// What such a column is called here.
    #[must_use]
    pub fn name(self, name: &str) -> &str {
        match (self, name) {
            (Self::Versions, "id") => "record_id",
            (Self::Versions, "modified") => "valid_from",
            _ => name,
        }
    }
}

impl Moment {
    /// The shelves on which records of this moment lie, in the order in which they are read.
    #[must_use]
    pub fn shelves(self) -> &'static [Shelf] {
        match self {
            Self::Present => &[Shelf::Rows],
            Self::Before(_) => &[Shelf::Rows, Shelf::Versions],
        }
    }
}

/// The condition that a record is the one with an id.
#[must_use]
pub fn this(shelf: Shelf, id: i64) -> Condition {
    Condition::all().add(shelf.column("id").eq(id))
}

/// The live rows that have not changed since a moment.
fn rows<S: Stored>(moment: Moment) -> Result<sea_orm::Select<S::Entity>, DbErr> {
    let query = live::<S>(S::Entity::find())?;
    Ok(match moment {
        Moment::Present => query,
        Moment::Before(time) => query.filter(S::columns().named("modified")?.lt(time)),
    })
}

/// The versions that stood at a moment; none of the present.
fn versions<S: Stored>(moment: Moment) -> sea_orm::Select<record_version::Entity> {
    use record_version::Column::{Resource, ValidFrom, ValidUntil};
    let query = record_version::Entity::find().filter(Resource.eq(S::table().singular.as_str()));
    match moment {
        Moment::Present => query.filter(Expr::val(false)),
        Moment::Before(time) => query.filter(ValidFrom.lt(time)).filter(ValidUntil.gte(time)),
    }
}

/// Records by their ids, in order: at most `limit` of each shelf, 0 being all, that satisfy its condition and have a greater
/// id than `after`.
///
/// # Errors
/// Those of the database.
pub async fn read<S: Stored, C: ConnectionTrait>(
    db: &C,
    moment: Moment,
    conditions: Vec<(Shelf, Condition)>,
    (after, limit): (i64, u64),
) -> Result<Vec<Record>, DbErr> {
    let mut found: BTreeMap<i64, Record> = BTreeMap::new();
    for (shelf, condition) in conditions {
        let condition = if after > 0 { condition.add(shelf.column("id").gt(after)) } else { condition };
        let limit = (limit > 0).then_some(limit);
        match shelf {
            Shelf::Rows => {
                let query = rows::<S>(moment)?.filter(condition).order_by(shelf.column("id"), Order::Asc).limit(limit);
                let records = query.all(db).await?.iter().map(|row| S::columns().record(row)).collect::<Vec<_>>();
                found.extend(records.into_iter().filter_map(|record| Some((record.int("id")?, record))));
            }
            Shelf::Versions => {
                let query = versions::<S>(moment).filter(condition).order_by(shelf.column("id"), Order::Asc);
                for version in query.limit(limit).all(db).await? {
                    found.insert(version.record_id, record_of::<S>(&version)?);
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

/// Records of a resource at a moment, all that satisfy a condition.
///
/// # Errors
/// Those of the database.
pub async fn all<S: Stored, C: ConnectionTrait>(
    db: &C,
    moment: Moment,
    which: impl Fn(Shelf) -> Condition,
) -> Result<Vec<Record>, DbErr> {
    let conditions = moment.shelves().iter().map(|shelf| (*shelf, which(*shelf))).collect();
    read::<S, C>(db, moment, conditions, (0, 0)).await
}

/// The values of a column of the records that satisfy a condition at a moment, as a subquery.
///
/// # Errors
/// If the entity lacks a column, which a test would find.
pub fn values<S: Stored>(
    moment: Moment,
    column: &str,
    which: impl Fn(Shelf) -> Expr,
) -> Result<SelectStatement, DbErr> {
    let value = |shelf: Shelf| shelf.column(column);
    let of_rows = rows::<S>(moment)?.select_only().expr(value(Shelf::Rows)).filter(which(Shelf::Rows));
    let mut found = of_rows.filter(value(Shelf::Rows).is_not_null()).into_query();
    if moment != Moment::Present {
        let shelf = Shelf::Versions;
        let of_versions = versions::<S>(moment).select_only().expr(value(shelf)).filter(which(shelf));
        found.union(UnionType::All, of_versions.filter(value(shelf).is_not_null()).into_query());
    }
    Ok(found)
}

/// The record of a version.
///
/// # Errors
/// If its bytes are not the resource's.
pub fn record_of<S: Stored>(version: &record_version::Model) -> Result<Record, DbErr> {
    Record::decode(S::table(), &mut version.content.as_slice())
        .map_err(|error| DbErr::Custom(format!("version {} cannot be read: {error}", version.id)))
}
