//! Finding people and org identities by what hangs on them (neighbours.md CoPerson, OrgIdentity); only what is of the CO is
//! looked at.

use std::collections::HashMap;

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
    own.contains(&"search.identifier") && own.iter().any(asked)
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

/// The owners, in a column, of a mail address.
pub(super) fn mail(asked: &Asked<'_>, text: &str, owner: &str) -> Result<SelectStatement, DbErr> {
    of_co::<EmailAddresses>(asked, owner, |shelf| shelf.column("mail").eq(text))
}

/// The people with a name that begins with a text in a column, in any case.
pub(super) fn named(asked: &Asked<'_>, text: &str, column: &str) -> Result<SelectStatement, DbErr> {
    let pattern = format!("{}%", literally(text));
    of_co::<Names>(asked, "co_person_id", |shelf| like(shelf, column, &pattern))
}

#[cfg(test)]
mod tests {
    use proto::caller::Caller;
    use sea_orm::sea_query::SqliteQueryBuilder;

    use super::*;
    use crate::store::past::Moment;

    /// In a large house, what other COs have is not read through.
    #[test]
    fn only_what_is_of_the_co_is_looked_at() {
        let of = |co_id| Caller { co_id, ..Caller::default() };
        let filters = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let time = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        for (caller, filters, of_one) in [
            (of(Some(7)), filters(&[]), true),
            (of(None), filters(&[("coid", "7")]), true),
            (of(None), filters(&[]), false),
        ] {
            for (moment, shelves) in [(Moment::Present, 1), (Moment::Before(time), 2)] {
                let asked = Asked { caller: &caller, filters: &filters, moment };
                for query in [
                    identifiers(&asked, "x", "co_person_id"),
                    mail(&asked, "x", "co_person_id"),
                    named(&asked, "x", "given"),
                ] {
                    let sql = query.unwrap().to_string(SqliteQueryBuilder);
                    let expected = if of_one { shelves } else { 0 };
                    assert_eq!(sql.matches("\"co_id\" = 7").count(), expected, "{sql}");
                }
            }
        }
    }

    #[test]
    fn what_is_looked_for_through_others_is_known() {
        let filters = |name: &str| HashMap::from([(name.to_owned(), "x".to_owned())]);
        let people = ["search.identifier", "search.mail", "given"];
        for (name, expected) in [("search.mail", true), ("search_mail", true), ("given", true), ("coid", false)] {
            assert_eq!(is_asked(&people, &filters(name)), expected, "{name}");
        }
        assert!(!is_asked(&["copersonid"], &filters("copersonid")), "the groups of a person are few");
    }
}
