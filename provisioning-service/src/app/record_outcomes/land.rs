//! What becomes of the places of calls when their outcomes are recorded: what may land there, and which names are whose.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{Finished, place};
use crate::{
    domain::{
        eligibility::Work,
        outcome::{Attempt, Verdict},
        subject::{Kind, Subject},
        unsettled::Unsettled,
    },
    store::{
        awaited,
        keys::{self, Among, Key},
        states::Place,
        unsettled::{self, Due},
    },
};

/// What became of a place by a call.
#[derive(Clone, Debug, Default)]
pub struct Landed {
    /// What could land before.
    pub before: Option<Unsettled>,
    /// What may land now.
    pub after: Option<Unsettled>,
    /// Keys were written down beside the one that was applied.
    pub noted: bool,
    /// Keys that were taken away.
    pub former: Vec<String>,
    /// Keys that were not, because another subject has them.
    pub shared: Vec<String>,
    /// Keys that were written down, and not sent.
    pub unsent: Vec<String>,
    /// A key that was in a call which was refused, if it is not the one that was applied.
    pub refused: Option<String>,
    /// A key that the target says is another one's.
    pub lost: Option<String>,
    /// What was sent, if the target has it.
    pub content: Option<String>,
}

impl Landed {
    /// The keys to be taken away again: of what may land still, and those that another subject has.
    fn kept(&self) -> impl Iterator<Item = &String> {
        let may_land =
            self.after.as_ref().is_some_and(|after| after.content.is_none() || after.content != self.content);
        self.former.iter().filter(move |_| may_land).chain(&self.shared)
    }
}

/// Writes what became of places: what may land there, which keys are to be taken away again; and queues the subjects again
/// that share a key with one that was taken away, and the groups of which a call left something to be done.
pub(super) async fn land(
    db: &DatabaseTransaction,
    recorded: &[(&Finished, &Verdict)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let landed: Vec<(Place, &Finished, &Landed)> = recorded
        .iter()
        .filter_map(|(finished, _)| Some((place(finished), *finished, finished.landed.as_ref()?)))
        .collect();
    let changed = landed.iter().filter(|(_, _, landed)| landed.before != landed.after);
    let changed: Vec<_> = changed.map(|(place, _, landed)| (*place, landed.after.clone())).collect();
    unsettled::write(db, &changed, now).await?;
    let unsent = landed.iter().flat_map(|(place, _, landed)| {
        landed.unsent.iter().map(|key| (*place, Key { key: key.clone(), wanted: true }))
    });
    keys::take_back(db, &unsent.collect::<Vec<_>>()).await?;
    let refused = landed.iter().filter_map(|(place, _, landed)| Some((*place, landed.refused.clone()?)));
    let refused: Vec<(Place, Key)> = refused.map(|(place, key)| (place, Key { key, wanted: true })).collect();
    keys::note_sent(db, &refused).await?;
    // Who has no such name at the target is in no group there by it.
    let lost = landed.iter().filter_map(|(place, _, landed)| Some((*place, landed.lost.clone()?)));
    keys::intend(db, &lost.map(|(place, key)| (place, Key { key, wanted: false })).collect::<Vec<_>>()).await?;
    let done = landed.iter().filter(|(_, finished, _)| matches!(finished.attempt, Attempt::Done { .. }));
    let (mut forgotten, mut kept, mut taken, mut cos) = (Vec::new(), Vec::new(), Vec::new(), HashMap::new());
    let (mut freed, mut left, mut had) = (Vec::new(), Vec::new(), Vec::new());
    let mut queued = Vec::new();
    for (place, finished, landed) in done {
        cos.insert(place.target_id, finished.request.co_id);
        if let Attempt::Done { work, applied, .. } = &finished.attempt {
            let group = |id: &i64| Place { subject: Subject::new(Kind::Group, *id), ..*place };
            queued.extend(applied.groups.iter().map(group));
            // What has no names waits for none.
            had.extend((applied.key.is_some() || *work == Work::Remove).then_some(*place));
        }
        if landed.noted {
            forgotten.push(*place);
        }
        let unwanted = |key: &String| (*place, Key { key: key.clone(), wanted: false });
        kept.extend(landed.kept().map(unwanted));
        taken.extend(landed.former.iter().map(unwanted));
        left.extend(landed.shared.iter().map(unwanted));
        freed.extend(landed.former.iter().map(|key| (*place, key.clone())));
    }
    keys::forget(db, &forgotten).await?;
    awaited::forget(db, &had).await?;
    keys::intend(db, &kept).await?;
    // Of a key that another one has, and that stays, only that one is told: others that let go of it as well would ask for each
    // other without end.
    queued.extend(keys::sharers(db, &taken, Among::All).await?);
    queued.extend(keys::sharers(db, &left, Among::Wanting).await?);
    queued.extend(awaited::freed(db, &freed).await?);
    queued.sort_unstable();
    queued.dedup();
    let due: Vec<Due> =
        queued.into_iter().filter_map(|place| Some(Due { co_id: *cos.get(&place.target_id)?, place })).collect();
    unsettled::enqueue(db, &due, now).await?;
    Ok(())
}
