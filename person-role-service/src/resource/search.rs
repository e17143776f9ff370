//! Finding people and org identities by what hangs on them (neighbours.md CoPerson, OrgIdentity); only what is of the CO is
//! looked at.

use std::collections::HashMap;

use proto::{refusal::Refusal, table::Table};
use sea_orm::{
    DbErr,
    sea_query::{Expr, ExprTrait, Func, LikeExpr, SelectStatement},
};

use crate::{
    resource::Asked,
    store::{
        entity::{email_address::EmailAddresses, identifier::Identifiers, name::Names},
        past::{Shelf, values},
        stored::Stored,
    },
};

/// Whether a list is looked for through other records, with the filters that its resource takes over.
#[must_use]
pub fn is_asked(own: &[&str], filters: &HashMap<String, String>) -> bool {
    let asked = |name: &&str| filters.contains_key(*name) || filters.contains_key(&name.replace('.', "_"));
    // The groups of a person are few, and are found by the person.
    own.contains(&"search.identifier") && own.iter().filter(|name| **name != "copersonid").any(asked)
}

/// The refusal of a search that a list does not have, with those that it has (neighbours.md CoPerson).
#[must_use]
pub fn unsearchable(table: &Table, name: &str, own: &[&str]) -> Refusal {
    let advice = if own.is_empty() { "Leave it out.".to_owned() } else { format!("Use {}.", own.join(", ")) };
    Refusal::unprocessable(format!("{} cannot be searched by \"{name}\". {advice}", table.plural))
}

/// Refuses a search that a list does not have: answering with everything would drop a wish in silence (D1).
///
/// # Errors
/// 422 for the first one.
pub fn refuse_others(table: &Table, own: &[&str], filters: &HashMap<String, String>) -> Result<(), Refusal> {
    let other = |name: &&String| {
        let dotted = name.replace('_', ".");
        dotted.starts_with("search.") && !own.contains(&dotted.as_str())
    };
    filters.keys().find(other).map_or(Ok(()), |name| Err(unsearchable(table, name, own)))
}

/// `%` and `_` stand for themselves. Only ASCII letters are folded, which both databases do alike: what is written as it
/// is stored is always found.
fn literally(text: &str) -> String {
    text.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn like(shelf: Shelf, column: &str, pattern: &str) -> Expr {
    Expr::expr(Func::lower(shelf.column(column))).like(LikeExpr::new(pattern).escape('\\'))
}

/// The values of a column of the records of a CO that satisfy a condition.
fn of_co<S: Stored>(asked: &Asked<'_>, column: &str, which: impl Fn(Shelf) -> Expr) -> Result<SelectStatement, DbErr> {
    values::<S>(asked.moment, column, |shelf| match asked.co_id() {
        Some(co_id) => shelf.column("co_id").eq(co_id).and(which(shelf)),
        None => which(shelf),
    })
}

/// The owners, in a column, of the identifiers that contain a text, in any case.
pub(super) fn identifiers(asked: &Asked<'_>, text: &str, owner: &str) -> Result<SelectStatement, DbErr> {
    let pattern = format!("%{}%", literally(text));
    of_co::<Identifiers>(asked, owner, |shelf| like(shelf, "identifier", &pattern))
}

/// The owners, in a column, of an identifier.
pub(super) fn same_identifier(asked: &Asked<'_>, text: &str, owner: &str) -> Result<SelectStatement, DbErr> {
    // Looked up as what contains it is.
    let pattern = literally(text);
    of_co::<Identifiers>(asked, owner, |shelf| {
        like(shelf, "identifier", &pattern).and(shelf.column("identifier").eq(text))
    })
}

/// The owners, in a column, of a mail address.
pub(super) fn mail(asked: &Asked<'_>, text: &str, owner: &str) -> Result<SelectStatement, DbErr> {
    of_co::<EmailAddresses>(asked, owner, |shelf| shelf.column("mail").eq(text))
}

/// The people with a name that begins with a text in a column, in any case.
pub(super) fn named(asked: &Asked<'_>, text: &str, column: &str) -> Result<SelectStatement, DbErr> {
    beginning::<Names>(asked, text, column)
}

/// The people with a mail address that begins with a text, in any case.
pub(super) fn mailed(asked: &Asked<'_>, text: &str) -> Result<SelectStatement, DbErr> {
    beginning::<EmailAddresses>(asked, text, "mail")
}

fn beginning<S: Stored>(asked: &Asked<'_>, text: &str, column: &str) -> Result<SelectStatement, DbErr> {
    let pattern = format!("{}%", literally(text));
    of_co::<S>(asked, "co_person_id", |shelf| like(shelf, column, &pattern))
}

#[cfg(test)]
mod tests;
