//! What is particular to each resource, one file for each; what all share is in [`crate::app`].
//!
//! The message in the `.proto` file states the fields and their checks. A resource adds here: its rows, its defaults,
//! checks that need other records, what else a change brings along, filters of its own, and what a taken name is called.

use std::{collections::HashMap, sync::OnceLock};

use prost::{Message, Name};
use proto::{
    caller::Caller,
    check::Violations,
    record::{Record, Slot, Value},
    refusal::Refusal,
    table::Table,
};
use sea_orm::{ActiveModelBehavior, Condition, EntityTrait, IntoActiveModel, ModelTrait};
use service_kit::rows::Columns;

use crate::app::{App, Fault, change::Change, references::Found};

pub mod api_user;
pub mod co;
pub mod co_email_list;
pub mod co_group;
pub mod co_group_member;
pub mod co_person;
pub mod co_person_role;
pub mod cou;
pub mod email_address;
pub mod history_record;
pub mod identifier;
pub mod name;

/// A record that is about to be written.
#[derive(Debug)]
pub struct Draft<'a, M> {
    /// What was sent; checks may correct it.
    pub sent: Record,
    /// The stored row, on an edit.
    pub before: Option<&'a M>,
    /// The CO it belongs to.
    pub co_id: Option<i64>,
    /// What is wrong with it so far.
    pub wrong: Violations,
    /// The refusal that is due when no field is wrong.
    pub forbidden: Option<Refusal>,
    /// The records it refers to.
    pub found: &'a Found,
}

impl<M> Draft<'_, M> {
    /// Notes the refusal that is due when no field is wrong; the first one stays.
    pub fn forbid(&mut self, phrase: &str, sentence: &str) {
        self.forbidden.get_or_insert_with(|| Refusal::forbidden(phrase, sentence));
    }

    /// Whether it is fit to be written.
    ///
    /// # Errors
    /// All wrong fields, or the refusal that is due.
    pub fn verdict(&mut self) -> Result<(), Refusal> {
        if !self.wrong.is_empty() {
            return Err(Refusal::InvalidFields(std::mem::take(&mut self.wrong)));
        }
        self.forbidden.take().map_or(Ok(()), Err)
    }
}

/// Members of the NewObject answer beside `Id`.
pub type Extras = Vec<(String, String)>;

/// A resource of the registry.
#[async_trait::async_trait]
pub trait Resource: Send + Sync + 'static {
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
    /// Whether rows carry the id of their CO in a column `co_id`.
    const OF_CO: bool = true;
    /// Whether only platform users may add, edit and delete (D12).
    const PLATFORM_ONLY: bool = false;

    /// Its columns, paired with the fields once.
    fn columns() -> &'static Columns<Self::Entity>;

    /// Values of fields that were not sent, or cleared although the table wants a value.
    fn defaults() -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// Checks what needs other records, and corrects the draft.
    async fn check(_change: &mut Change<'_>, _draft: &mut Draft<'_, Self::Row>) -> Result<(), Fault> {
        Ok(())
    }

    /// Sets columns that are no fields.
    async fn complete(
        _change: &mut Change<'_>,
        _row: &mut Self::ActiveRow,
        _extras: &mut Extras,
        _before: Option<&Self::Row>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Says why a row may not be deleted, and deletes what hangs on it.
    async fn before_delete(_change: &mut Change<'_>, _row: &Self::Row) -> Result<(), Fault> {
        Ok(())
    }

    /// What a change brings along: history, events, memberships, statuses. Without `before` it is an add, without
    /// `after` a delete.
    async fn after(
        _change: &mut Change<'_>,
        _before: Option<&Self::Row>,
        _after: Option<&Self::Row>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// What a unique index that refused the row is called.
    fn taken() -> Refusal {
        Refusal::forbidden("Name In Use", "There is one with this name already. Choose another name.")
    }

    /// Filters of its own, beside those that its fields state.
    async fn filter(_app: &App, _caller: &Caller, _filters: &HashMap<String, String>) -> Result<Condition, Fault> {
        Ok(Condition::all())
    }

    /// Filters that [`Resource::filter`] takes over from the fields.
    fn own_filters() -> &'static [&'static str] {
        &[]
    }

    /// Its table.
    #[must_use]
    fn table() -> &'static Table {
        Table::of::<Self::Message>()
    }
}

/// A place for the columns of one entity.
pub(crate) type ColumnsOnce<E> = OnceLock<Columns<E>>;

/// States a resource's types, and its columns.
macro_rules! rows_of {
    ($message:ident, $entity:ident) => {
        type Message = proto::registry::v1::$message;
        type Entity = crate::store::entity::$entity::Entity;
        type Row = crate::store::entity::$entity::Model;
        type ActiveRow = crate::store::entity::$entity::ActiveModel;

        fn columns() -> &'static service_kit::rows::Columns<Self::Entity> {
            static COLUMNS: crate::resource::ColumnsOnce<crate::store::entity::$entity::Entity> =
                std::sync::OnceLock::new();
            COLUMNS.get_or_init(|| service_kit::rows::Columns::of(Self::table()))
        }
    };
}
pub(crate) use rows_of;

/// A text value, for defaults.
#[must_use]
pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The record as it would be stored: what is there, with what was sent over it.
#[must_use]
pub fn merged<R: Resource>(draft: &Draft<'_, R::Row>) -> Record {
    let mut full = draft.before.map_or_else(|| Record::new(R::table()), |row| R::columns().record(row));
    for ((_, slot), (_, sent)) in full.slots_mut().zip(draft.sent.slots()) {
        if *sent != Slot::Absent {
            *slot = sent.clone();
        }
    }
    full
}

/// Asks for the person that a record hangs on (neighbours.md: 403 `No Person Specified`).
pub fn person_needed<M>(draft: &mut Draft<'_, M>) {
    let sent = draft.sent.slot("co_person_id");
    let missing = if draft.before.is_some() { *sent == Slot::Cleared } else { !matches!(sent, Slot::Is(_)) };
    if missing && !draft.wrong.has("co_person_id") {
        draft.forbid("No Person Specified", "Say whose it is with Person, of Type CO.");
    }
}
