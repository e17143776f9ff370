//! The rows, the facts of each resource, and statements that more than one part needs.

use proto::registry::v1::Status;
use proto::table::Table;

pub mod answers;
pub mod changed;
pub mod entity;
pub mod erasure;
pub mod extended_attributes;
pub mod identifier_sequences;
pub mod invite_mails;
pub mod late_dates;
pub mod memberships;
pub mod outcomes;
pub mod owners;
pub mod past;
pub mod retention;
pub mod revisions;
pub mod stored;
pub mod time;
pub mod types;
pub mod uses;

/// The status that a database code stands for.
#[must_use]
pub fn status_of(code: &str) -> Status {
    let field = Table::of::<proto::registry::v1::CoPersonRole>().field("status");
    field
        .and_then(|field| field.number_of_code(code))
        .and_then(|number| Status::try_from(number).ok())
        .unwrap_or_default()
}

/// The database code of a status.
#[must_use]
pub fn code_of(status: Status) -> String {
    let field = Table::of::<proto::registry::v1::CoPersonRole>().field("status");
    field.and_then(|field| field.name_of(status.into())).map(|name| name.code.clone()).unwrap_or_default()
}

/// The wire name of a status.
#[must_use]
pub fn wire_of(status: Status) -> String {
    let field = Table::of::<proto::registry::v1::CoPersonRole>().field("status");
    field.and_then(|field| field.name_of(status.into())).map(|name| name.wire.clone()).unwrap_or_default()
}
