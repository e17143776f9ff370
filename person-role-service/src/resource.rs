//! The rules of each resource, one file for each; what all share is in [`crate::app`].
//!
//! The message in the `.proto` file states the fields and their checks, [`crate::store`] how they are stored. A resource
//! adds here: its defaults, checks that need other records, why it may not be deleted, and filters of its own. What follows
//! from a change is in [`crate::follow`].

use std::collections::HashMap;

use proto::{
    caller::Caller,
    check::Violations,
    record::{Record, Slot, Value},
    refusal::Refusal,
};
use sea_orm::Condition;

use crate::{
    change::Change,
    context::{App, Fault},
    store::{
        owners::Found,
        past::{Moment, Shelf},
        stored::Stored,
    },
};

pub mod ad_hoc_attribute;
pub mod address;
pub mod api_user;
pub mod co;
pub mod co_email_list;
pub mod co_extended_attribute;
pub mod co_extended_type;
pub mod co_group;
pub mod co_group_member;
pub mod co_identifier_assignment;
pub mod co_invite;
pub mod co_org_identity_link;
pub mod co_person;
pub mod co_person_role;
pub mod co_service;
pub mod cou;
pub mod email_address;
pub mod history_record;
pub mod identifier;
pub mod name;
pub mod org_identity;
mod owned;
pub mod search;
pub mod telephone_number;
pub mod url;

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

/// What a list is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// The filters, by their names in small letters.
    pub filters: &'a HashMap<String, String>,
    /// When it is to be as it was.
    pub moment: Moment,
}

impl Asked<'_> {
    /// The CO that everything of the answer is of, if it is of one.
    #[must_use]
    pub fn co_id(&self) -> Option<i64> {
        self.caller.co_id.or_else(|| self.filters.get("coid")?.parse().ok())
    }
}

/// A resource of the registry: what is stored, and its rules.
#[async_trait::async_trait]
pub trait Resource: Stored {
    /// Whether status and memberships of the person whose it is follow from it: then changes of one person follow one
    /// another from the beginning.
    const CONCERNS_PERSON: bool = false;

    /// Values of fields that were not sent, or cleared although the table wants a value.
    fn defaults() -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// Checks what needs other records, and corrects the draft.
    async fn check(_change: &mut Change<'_>, _draft: &mut Draft<'_, Self::Row>) -> Result<(), Fault> {
        Ok(())
    }

    /// Sets columns that are no fields, and makes room for the row.
    async fn complete(
        _change: &mut Change<'_>,
        _row: &mut Self::ActiveRow,
        _extras: &mut Extras,
        _before: Option<&Self::Row>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Says why a row may not be deleted by somebody.
    async fn before_delete(_change: &mut Change<'_>, _row: &Self::Row) -> Result<(), Fault> {
        Ok(())
    }

    /// Filters of its own, beside those that its fields state.
    async fn filter(_app: &App, _asked: &Asked<'_>, _shelf: Shelf) -> Result<Condition, Fault> {
        Ok(Condition::all())
    }

    /// Sets fields that are not stored, but follow from other records of the same moment. `filtered` is false where all are
    /// listed.
    async fn computed(_app: &App, _records: &mut [&mut Record], _moment: Moment, _filtered: bool) -> Result<(), Fault> {
        Ok(())
    }

    /// Whether what is shown of a row follows from other records too, of which its tag says nothing (D43).
    fn is_computed(_row: &Self::Row) -> bool {
        false
    }

    /// Filters that [`Resource::filter`] takes over from the fields.
    fn own_filters() -> &'static [&'static str] {
        &[]
    }
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
