//! Writing wishes down: one request for each target and subject, and one message that wakes the workers.

use std::collections::HashMap;

use proto::refusal::Refusal;
use sea_orm::DbErr;
use service_kit::{
    clock::Clock,
    database::{Database, is_away, is_conflict, refusal_of},
};

use crate::{
    app::{ledger::of_wishes, wake_others},
    domain::ids::RequestId,
    store::{
        ledger::enter,
        requests::{self, New},
        states::Place,
    },
};

/// Writes wishes; gives the request of each.
pub(super) async fn all(database: &Database, clock: &Clock, wishes: &[New]) -> Vec<Result<RequestId, Refusal>> {
    match write(database, clock, wishes).await {
        Ok(ids) => ids.into_iter().map(Ok).collect(),
        // One that cannot be written must not cost the others.
        Err(error) if wishes.len() > 1 && !is_away(&error) => {
            let mut written = Vec::with_capacity(wishes.len());
            for wish in wishes {
                let id = write(database, clock, std::slice::from_ref(wish)).await;
                written.push(
                    id.map_err(|error| refusal_of(&error))
                        .and_then(|ids| ids.first().copied().ok_or_else(|| refusal_of(&DbErr::RecordNotInserted))),
                );
            }
            written
        }
        Err(error) => vec![Err(refusal_of(&error)); wishes.len()],
    }
}

/// How often wishes are written when transactions stand in each other's way.
const TRIES: u32 = 4;

async fn write(database: &Database, clock: &Clock, wishes: &[New]) -> Result<Vec<RequestId>, DbErr> {
    let (new, places) = merge(wishes);
    let mut tries = 1;
    loop {
        let result = async {
            let transaction = database.begin().await?;
            let made = requests::enqueue(&transaction, &new, clock).await?;
            wake_others(&transaction, clock, made.clone()).await?;
            let asked = wishes.iter().zip(&places).filter_map(|(wish, at)| Some((wish, *made.get(*at)?)));
            enter(&transaction, &of_wishes(asked), clock.now()).await?;
            transaction.commit().await?;
            Ok(made)
        };
        match result.await {
            Err(error) if is_conflict(&error) && tries < TRIES => tries += 1,
            result => {
                let made = result?;
                let id = |at: &usize| made.get(*at).copied().ok_or(DbErr::RecordNotInserted);
                return places.iter().map(id).collect();
            }
        }
    }
}

/// One for each target and subject, as if those that are about the same had come one after the other; and where each went.
fn merge(wishes: &[New]) -> (Vec<New>, Vec<usize>) {
    let mut new: Vec<New> = Vec::with_capacity(wishes.len());
    let mut places: HashMap<Place, usize> = HashMap::new();
    let place = |wish: &New| {
        let at = *places.entry(wish.place()).or_insert(new.len());
        match new.get_mut(at) {
            Some(same) => {
                let force = same.wish.force || wish.wish.force;
                // Who looked at no plan wishes it whatever it is.
                let digest = same.wish.digest.take().and(wish.wish.digest.clone());
                *same = New { askers: same.askers + wish.askers, ..wish.clone() };
                (same.wish.force, same.wish.digest) = (force, digest);
            }
            None => new.push(wish.clone()),
        }
        at
    };
    let places = wishes.iter().map(place).collect();
    (new, places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            ids::TargetId,
            subject::{Kind, Subject},
        },
        store::requests::Wish,
    };

    #[test]
    fn wishes_about_the_same_are_one_and_count_each_who_asks() {
        let wish = |subject: i64, actor: &str| New {
            co_id: 2,
            target_id: TargetId(1),
            subject: Subject::new(Kind::Person, subject),
            action: None,
            askers: 1,
            actor: Some(actor.to_owned()),
            traceparent: None,
            wish: Wish::default(),
        };
        let (new, places) = merge(&[wish(7, "ada"), wish(8, "bob"), wish(7, "eve")]);
        assert_eq!(places, [0, 1, 0]);
        assert_eq!(new, [New { askers: 2, ..wish(7, "eve") }, wish(8, "bob")]);
    }
}
