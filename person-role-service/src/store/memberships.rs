//! Statements about memberships.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use service_kit::rows::is_not;

use crate::{
    domain::passed_on::{PROVISIONABLE, member_holds, provisionable},
    store::{
        code_of,
        entity::{
            co_group,
            co_group_member::Column::{CoPersonId, ValidFrom, ValidThrough},
            co_person,
        },
    },
};

/// The condition that a membership holds at a time.
#[must_use]
pub fn valid_at(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Condition::any().add(ValidFrom.is_null()).add(ValidFrom.lte(now)))
        .add(Condition::any().add(ValidThrough.is_null()).add(ValidThrough.gt(now)))
}

/// The condition that targets are told of a membership in a group at a time: the rule is [`member_holds`].
#[must_use]
pub fn told(group: &co_group::Model, now: DateTime<Utc>) -> Condition {
    let holds = |person, within| member_holds(provisionable(person), &group.group_type, group.status == "A", within);
    // Whoever may be told of at all, and who of them whatever the dates.
    let whose = |within: bool| -> Vec<String> {
        PROVISIONABLE.into_iter().filter(|status| holds(*status, within)).map(code_of).collect()
    };
    let (always, inside) = (whose(false), whose(true));
    let dates = if always == inside { Condition::all() } else { valid_at(now) };
    let person = co_person::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(co_person::Column::Id.into_expr().equals(CoPersonId.as_column_ref()))
        .filter(is_not(co_person::Column::Deleted))
        .filter(co_person::Column::Status.is_in(inside));
    dates.add(Expr::exists(person.into_query()))
}
