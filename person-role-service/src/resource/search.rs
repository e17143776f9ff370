//! Finding people and org identities by what hangs on them (neighbours.md CoPerson, OrgIdentity).

use sea_orm::{
    DbErr,
    sea_query::{Expr, ExprTrait, Func, LikeExpr, SelectStatement},
};

use crate::store::{
    entity::{email_address::EmailAddresses, identifier::Identifiers, name::Names},
    past::{Moment, Shelf, values},
};

/// `%` and `_` stand for themselves. Only ASCII letters are folded, which both databases do alike: what is written as it
/// is stored is always found.
fn literally(text: &str) -> String {
    text.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn like(shelf: Shelf, column: &str, pattern: &str) -> Expr {
    Expr::expr(Func::lower(shelf.column(column))).like(LikeExpr::new(pattern).escape('\\'))
}

/// The owners, in a column, of the identifiers that contain a text, in any case.
pub(super) fn identifiers(moment: Moment, text: &str, owner: &str) -> Result<SelectStatement, DbErr> {
    let pattern = format!("%{}%", literally(text));
    values::<Identifiers>(moment, owner, |shelf| like(shelf, "identifier", &pattern))
}

/// The owners, in a column, of a mail address.
pub(super) fn mail(moment: Moment, text: &str, owner: &str) -> Result<SelectStatement, DbErr> {
    values::<EmailAddresses>(moment, owner, |shelf| shelf.column("mail").eq(text))
}

/// The people with a name that begins with a text in a column, in any case.
pub(super) fn named(moment: Moment, text: &str, column: &str) -> Result<SelectStatement, DbErr> {
    let pattern = format!("{}%", literally(text));
    values::<Names>(moment, "co_person_id", |shelf| like(shelf, column, &pattern))
}
