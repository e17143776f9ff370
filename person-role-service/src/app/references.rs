//! References of a record: do they exist, and whose are they? (D28)

use std::collections::{BTreeMap, BTreeSet};

use proto::{
    caller::Caller,
    record::{Record, Slot, Value},
    refusal::Refusal,
    table::{Field, Table},
};

use crate::{resource::Draft, store::owners::Found};

/// The references of a record that have to be looked up: those that were sent and differ from the stored ones.
#[must_use]
pub fn of_record(sent: &Record, before: Option<&Record>) -> BTreeMap<String, BTreeSet<i64>> {
    let mut wanted: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for (field, slot) in sent.slots() {
        if let Some(id) = new_reference(field, slot, before) {
            wanted.entry(field.options.refers_to.clone()).or_default().insert(id);
        }
    }
    wanted
}

/// The references that are to be held for an edit: those that have to be looked up, and, for what goes to another person, the
/// group or COU that it stays in, whose rename tells of the people in it.
#[must_use]
pub fn held_for(sent: &Record, before: &Record) -> BTreeMap<String, BTreeSet<i64>> {
    let mut wanted = of_record(sent, Some(before));
    if wanted.contains_key("CoPerson") {
        for (field, slot) in before.slots() {
            if let Slot::Is(Value::Int(id)) = slot
                && matches!(field.options.refers_to.as_str(), "CoGroup" | "Cou")
            {
                wanted.entry(field.options.refers_to.clone()).or_default().insert(*id);
            }
        }
    }
    wanted
}

fn new_reference(field: &Field, slot: &Slot, before: Option<&Record>) -> Option<i64> {
    let Slot::Is(Value::Int(id)) = slot else { return None };
    let is_new =
        !field.options.refers_to.is_empty() && before.and_then(|before| before.int(&field.column)) != Some(*id);
    is_new.then_some(*id)
}

/// Finds the CO of a new record: that of `CoId`, or of the first record that it hangs on.
#[must_use]
pub fn owner(sent: &Record, found: &Found) -> Option<i64> {
    sent.int("co_id").or_else(|| {
        sent.slots().filter(|(field, _)| is_owner(field)).find_map(|(field, slot)| {
            let id = new_reference(field, slot, None)?;
            found.co_of(&field.options.refers_to, id)
        })
    })
}

/// Whether a record hangs on what this field refers to.
fn is_owner(field: &Field) -> bool {
    field.options.required || !field.options.person_type.is_empty()
}

/// Holds the references of a draft against what was found: all in one CO, on which the caller has rights.
pub fn check<M>(caller: &Caller, draft: &mut Draft<'_, M>, before: Option<&Record>) {
    for (field, slot) in draft.sent.slots() {
        let Some(id) = new_reference(field, slot, before) else { continue };
        if draft.wrong.has(&field.column) {
            continue;
        }
        // A CO that is not the caller's is as unknown as one that does not exist (D9).
        let own_co = |co_id: &i64| field.options.refers_to != "Co" || caller.may(*co_id);
        match draft.found.co_of(&field.options.refers_to, id).filter(own_co) {
            None if field.options.unknown_phrase.is_empty() => draft.wrong.add(&field.column, unknown(field)),
            None => {
                draft
                    .forbidden
                    .get_or_insert_with(|| Refusal::forbidden(field.options.unknown_phrase.clone(), unknown(field)));
            }
            Some(co_id) if draft.co_id.is_some_and(|own| own != co_id) || !caller.may(co_id) => {
                draft.wrong.add(&field.column, of_other_co(&field.column));
            }
            Some(_) => {}
        }
    }
}

/// The sentence for a reference to another CO (D28).
#[must_use]
pub fn of_other_co(column: &str) -> String {
    format!("\"{column}\" may not refer to another CO")
}

fn unknown(field: &Field) -> String {
    let title =
        Table::named(&field.options.refers_to).map_or(field.options.refers_to.as_str(), |table| table.title.as_str());
    format!("There is no {title} with the id that \"{}\" gives. Check the id.", field.wire)
}
