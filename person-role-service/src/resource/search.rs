//! Finding people and org identities by what hangs on them (neighbours.md CoPerson, OrgIdentity).

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Func, LikeExpr, SelectStatement},
};
use service_kit::rows::is_not;

use crate::store::entity::{email_address, identifier};

/// `%` and `_` stand for themselves. Only ASCII letters are folded, which both databases do alike: what is written as it
/// is stored is always found.
pub(super) fn literally(text: &str) -> String {
    text.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The owners, in a column, of the identifiers that contain a text, in any case.
pub(super) fn identifiers(text: &str, owner: identifier::Column) -> SelectStatement {
    let pattern = LikeExpr::new(format!("%{}%", literally(text))).escape('\\');
    identifier::Entity::find()
        .select_only()
        .column(owner)
        .filter(Expr::expr(Func::lower(Expr::col(identifier::Column::Identifier))).like(pattern))
        .filter(owner.is_not_null())
        .filter(is_not(identifier::Column::Deleted))
        .into_query()
}

/// The owners, in a column, of a mail address.
pub(super) fn mail(text: &str, owner: email_address::Column) -> SelectStatement {
    email_address::Entity::find()
        .select_only()
        .column(owner)
        .filter(email_address::Column::Mail.eq(text))
        .filter(owner.is_not_null())
        .filter(is_not(email_address::Column::Deleted))
        .into_query()
}
