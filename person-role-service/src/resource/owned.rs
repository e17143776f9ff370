//! Whose a record is: what hangs on something hangs on exactly one thing.
//!
//! Which columns name an owner is said by the table (`person_type`), and that it is of the record's CO is checked like
//! every reference.

use proto::record::Slot;

use crate::resource::{Draft, Resource, merged};

/// Asks for one owner: 403 `No Person Specified` without any (neighbours.md), 400 with more.
pub(super) fn by_one<R: Resource>(draft: &mut Draft<'_, R::Row>) {
    let owners = named::<R>(draft);
    match owners.as_slice() {
        [] => nobody::<R>(draft),
        [_] => {}
        [first, ..] => draft.wrong.add(first, format!("A {} is of one of {}", R::table().title, types::<R>())),
    }
}

/// Asks for an owner, or more of them.
pub(super) fn by_some<R: Resource>(draft: &mut Draft<'_, R::Row>) {
    if named::<R>(draft).is_empty() {
        nobody::<R>(draft);
    }
}

/// The columns of those that are named; one that could not be read is.
fn named<R: Resource>(draft: &Draft<'_, R::Row>) -> Vec<&'static str> {
    let full = merged::<R>(draft);
    let is_named = |column: &str| matches!(full.slot(column), Slot::Is(_)) || draft.wrong.has(column);
    R::table().owners().map(|field| field.column.as_str()).filter(|column| is_named(column)).collect()
}

fn nobody<R: Resource>(draft: &mut Draft<'_, R::Row>) {
    draft.forbid("No Person Specified", &format!("Say whose it is with Person, of Type {}.", types::<R>()));
}

fn types<R: Resource>() -> String {
    R::table().owners().map(|field| field.options.person_type.as_str()).collect::<Vec<_>>().join(", ")
}
