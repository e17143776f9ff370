//! Statements about memberships.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition};

use crate::store::entity::co_group_member::Column::{ValidFrom, ValidThrough};

/// The condition that a membership holds at a time.
#[must_use]
pub fn valid_at(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Condition::any().add(ValidFrom.is_null()).add(ValidFrom.lte(now)))
        .add(Condition::any().add(ValidThrough.is_null()).add(ValidThrough.gt(now)))
}
