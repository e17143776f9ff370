//! Whether wishes can be granted: target, then subject.

use std::collections::HashMap;

use proto::refusal::Refusal;
use service_kit::database::{Database, refusal_of};

use super::Wish;
use crate::{
    domain::{ids::TargetId, mode, subject::Subject},
    registry::{Owners, Registry},
    store::{entity::target::Model, targets},
};

/// Checks wishes; gives the CO of the target of each, or why it is refused.
pub(super) async fn all(database: &Database, registry: &Registry, wishes: &[Wish]) -> Vec<Result<i64, Refusal>> {
    let found = targets::list_of(database.reader(), wishes.iter().map(|wish| wish.target_id).collect()).await;
    let found: HashMap<TargetId, Model> = match found {
        Ok(found) => found.into_iter().map(|row| (row.id, row)).collect(),
        Err(error) => return vec![Err(refusal_of(&error)); wishes.len()],
    };
    let targets: Vec<Result<i64, Refusal>> = wishes.iter().map(|wish| target(wish, &found)).collect();
    let mut asked: Vec<(&str, i64)> = wishes
        .iter()
        .zip(&targets)
        .filter(|(_, target)| target.is_ok())
        .map(|(wish, _)| (wish.subject.kind.resource(), wish.subject.id))
        .collect();
    asked.sort_unstable();
    asked.dedup();
    let owners = registry.resolve(&asked).await.map_err(|status| Refusal::of_status(&status));
    let checked = |(wish, target): (&Wish, Result<i64, Refusal>)| {
        let co = target?;
        subject(wish.subject, co, owners.as_ref().map_err(Clone::clone)?)?;
        Ok(co)
    };
    wishes.iter().zip(targets).map(checked).collect()
}

fn target(wish: &Wish, found: &HashMap<TargetId, Model>) -> Result<i64, Refusal> {
    let target =
        found.get(&wish.target_id).filter(|row| wish.caller.may(row.co_id)).ok_or_else(Refusal::target_not_found)?;
    if !mode::takes_requests(mode::of_code(&target.status)) {
        return Err(Refusal::Conflict {
            phrase: "CoProvisioningTarget Disabled".to_owned(),
            sentence: "This target is disabled. Set its Status to another mode first.".to_owned(),
        });
    }
    Ok(target.co_id)
}

fn subject(subject: Subject, co_id: i64, owners: &Owners) -> Result<(), Refusal> {
    if owners.co_of(subject.kind.resource(), subject.id) == Some(co_id) {
        return Ok(());
    }
    Err(Refusal::Unknown {
        phrase: subject.kind.unknown().to_owned(),
        sentence: format!("There is no {} with this id in the CO of the target. Check the id.", subject.kind.title()),
    })
}
