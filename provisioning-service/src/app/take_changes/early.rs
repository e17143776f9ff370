//! Changes that are older than a target.
//!
//! Guarantee: a target is not told of what was committed before it was added, however late the news comes, and misses nothing.
//! Mechanism: both times are those of the registry's database. A change bears a time of its transaction, and a target one at
//! which no transaction was under way that began earlier (`settled_until` in the registry): what bears an earlier one was
//! committed then. It is passed over as long as nothing was asked of the target; whatever is asked of it later reads what is
//! true then. Failure: a database whose clock is set back lets changes look older than they are, until something is asked.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::Part;
use crate::{
    domain::ids::TargetId,
    store::{DbErr, asked, entity::target::Model},
};

/// Since when targets are told, of which nothing was asked yet.
pub(super) struct Early(HashMap<TargetId, DateTime<Utc>>);

impl Early {
    /// Looks among targets for those that are younger than one of the changes, and were asked for nothing yet.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn among(
        db: &sea_orm::DatabaseTransaction,
        targets: &[Model],
        parts: impl Iterator<Item = &Part> + Clone,
    ) -> Result<Self, DbErr> {
        let mut early = HashMap::new();
        for target in targets {
            let Some(since) = target.since else { continue };
            let is_younger = parts.clone().any(|part| part.co_id == target.co_id && part.is_before(since));
            if is_younger && !asked::anything(db, target.id).await? {
                early.insert(target.id, since);
            }
        }
        Ok(Self(early))
    }

    /// Whether a target is told of a change.
    pub(super) fn is_told(&self, target: TargetId, part: &Part) -> bool {
        !self.0.get(&target).is_some_and(|since| part.is_before(*since))
    }
}
