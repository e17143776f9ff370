//! What an answer says of a record: its fields in the order of the table, people folded into `Person`.

use proto::{
    record::{Record, Slot, Value},
    table::Field,
};

/// A member of a record in an answer.
#[derive(Clone, Copy, Debug)]
pub enum Member<'a> {
    /// `Person {Type, Id}`: the first reference to an owner that is set (rest-conventions §3).
    Person {
        /// `CO`, `Group`, …
        kind: &'a str,
        /// Of the owner.
        id: i64,
    },
    /// Any other field with a value.
    Field(&'static Field, &'a Value),
}

/// The members of a record, without its `Id`; what has no value is left out (D21). A group that is the owner is named by
/// its own field as well (rest-conventions §4: `CoGroupId` is kept in both formats).
pub fn of(record: &Record) -> impl Iterator<Item = Member<'_>> {
    let mut folded = false;
    record.slots().flat_map(move |(field, slot)| {
        let kind = field.options.person_type.as_str();
        let (person, plain) = match slot {
            Slot::Is(_) if field.column == "id" => (None, None),
            Slot::Is(value @ Value::Int(id)) if !folded && !kind.is_empty() => {
                folded = true;
                (Some(Member::Person { kind, id: *id }), (kind == "Group").then_some(Member::Field(field, value)))
            }
            Slot::Is(value) => (None, Some(Member::Field(field, value))),
            Slot::Absent | Slot::Cleared => (None, None),
        };
        person.into_iter().chain(plain)
    })
}

/// The wire name of an enumeration's value; empty for one that this program does not know.
#[must_use]
pub fn enum_name(field: &'static Field, number: i32) -> &'static str {
    field.name_of(number).map(|name| name.wire.as_str()).unwrap_or_default()
}
