//! The facts of each resource: its message, its rows, their columns, whose they are.
//!
//! Rules are not here: they are in [`crate::resource`], and what follows from a change is in [`crate::follow`].

use std::sync::OnceLock;

use prost::{Message, Name};
use proto::{refusal::Refusal, table::Table};
use sea_orm::{
    ActiveModelBehavior, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter, Select,
    Value as Sql,
};
use service_kit::rows::{Columns, is_not};

use crate::store::changed::Changed;

/// A resource as it is stored.
pub trait Stored: Send + Sync + 'static {
    /// Its message.
    type Message: Message + Name + Default + Send + Sync + 'static;
    /// Its rows.
    type Entity: EntityTrait<Model = Self::Row, ActiveModel = Self::ActiveRow>;
    /// A row.
    type Row: ModelTrait<Entity = Self::Entity> + IntoActiveModel<Self::ActiveRow> + Clone + Send + Sync;
    /// A row to be written.
    type ActiveRow: ActiveModelBehavior<Entity = Self::Entity> + Send;

    /// Whether rows keep revision, deletion and actor (rest-conventions §4, "changelog").
    const CHANGELOG: bool = true;
    /// Whether rows carry the id of their CO in a column `co_id`; a CO itself does not.
    const OF_CO: bool = true;
    /// Whether they are the platform's: only its users add, edit and delete them (D12).
    const PLATFORM_ONLY: bool = false;

    /// Whether changes are written into the security log: who may do what, and the settings of COs (D60).
    const AUDITED: bool = false;

    /// Its columns, paired with the fields once.
    fn columns() -> &'static Columns<Self::Entity>;

    /// What a unique index that refused the row is called.
    fn taken() -> Refusal {
        Refusal::forbidden("Name In Use", "There is one with this name already. Choose another name.")
    }

    /// A change of a row, for what follows from it.
    fn changed<'a>(_before: Option<&'a Self::Row>, _after: Option<&'a Self::Row>) -> Changed<'a> {
        Changed::Plain
    }

    /// Its table.
    fn table() -> &'static Table;
}

/// A place for the columns of one entity.
pub(crate) type ColumnsOnce<E> = OnceLock<Columns<E>>;

/// States a resource's types and columns inside of its `impl Stored`; the entity's module is the one it stands in.
macro_rules! rows_of {
    ($message:ident) => {
        type Message = proto::registry::v1::$message;
        type Entity = Entity;
        type Row = Model;
        type ActiveRow = ActiveModel;

        fn table() -> &'static proto::table::Table {
            static TABLE: std::sync::LazyLock<&proto::table::Table> =
                std::sync::LazyLock::new(proto::table::Table::of::<proto::registry::v1::$message>);
            &TABLE
        }

        fn columns() -> &'static service_kit::rows::Columns<Entity> {
            static COLUMNS: crate::store::stored::ColumnsOnce<Entity> = std::sync::OnceLock::new();
            COLUMNS.get_or_init(|| service_kit::rows::Columns::of(Self::table()))
        }
    };
}
pub(crate) use rows_of;

/// The id of a row.
///
/// # Errors
/// If the entity has no id, which a test would find.
pub fn id_of<S: Stored>(row: &S::Row) -> Result<i64, DbErr> {
    number::<S>(row, "id")?.ok_or_else(|| DbErr::Custom("a row without id".to_owned()))
}

/// The CO of a row; of a CO, its own id.
///
/// # Errors
/// If the entity has no such column, which a test would find.
pub fn co_of<S: Stored>(row: &S::Row) -> Result<Option<i64>, DbErr> {
    number::<S>(row, if S::OF_CO { "co_id" } else { "id" })
}

/// The revision of a row of a changelog resource.
///
/// # Errors
/// If the entity has no such column, which a test would find.
pub fn revision_of<S: Stored>(row: &S::Row) -> Result<i64, DbErr> {
    Ok(number::<S>(row, "revision")?.unwrap_or_default())
}

fn number<S: Stored>(row: &S::Row, column: &str) -> Result<Option<i64>, DbErr> {
    Ok(match row.get(S::columns().named(column)?) {
        Sql::BigInt(number) => number,
        _ => None,
    })
}

/// Leaves out what was deleted (D29).
///
/// # Errors
/// If the entity lacks the column, which a test would find.
pub fn live<S: Stored>(query: Select<S::Entity>) -> Result<Select<S::Entity>, DbErr> {
    Ok(if S::CHANGELOG { query.filter(is_not(S::columns().named("deleted")?)) } else { query })
}

/// The live rows with a value in a column.
///
/// # Errors
/// If the entity lacks the column, which a test would find.
pub fn with<S: Stored>(column: &str, id: i64) -> Result<Select<S::Entity>, DbErr> {
    live::<S>(S::Entity::find().filter(S::columns().named(column)?.eq(id)))
}
