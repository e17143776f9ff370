//! Writing wishes down: one request for each target and subject, and one message that wakes the workers. With PostgreSQL it
//! is one statement, however many they are.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use proto::refusal::Refusal;
use sea_orm::{DbBackend, DbErr, Statement};
use service_kit::{
    clock::Clock,
    database::{Database, is_away, is_conflict, refusal_of},
};

use crate::{
    app::{ledger::of_wishes, waking_others},
    domain::ids::RequestId,
    store::{
        accept,
        ledger::{Accepted, enter},
        requests::{self, New},
        states::Place,
    },
};

/// When workers of other processes were woken last. This process is told of each wish; if it has no room, or goes away, the
/// others look for themselves within a second.
#[derive(Debug, Default)]
pub(super) struct Woken(Mutex<Option<Instant>>);

/// Under load others are woken no more often than this.
const WAKE_PAUSE: Duration = Duration::from_millis(100);

impl Woken {
    /// What wakes them, if they are to be woken again.
    fn again(&self, clock: &Clock) -> Vec<Statement> {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < WAKE_PAUSE) { Vec::new() } else { waking_others(clock) }
    }

    /// They were.
    fn done(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

/// Writes wishes; gives the request of each.
pub(super) async fn all(
    (database, clock, woken): (&Database, &Clock, &Woken),
    wishes: &[New],
) -> Vec<Result<RequestId, Refusal>> {
    if wishes.is_empty() {
        return Vec::new();
    }
    match write((database, clock, woken), wishes).await {
        Ok(ids) => ids.into_iter().map(Ok).collect(),
        // One that cannot be written must not cost the others.
        Err(error) if wishes.len() > 1 && !is_away(&error) => {
            let mut written = Vec::with_capacity(wishes.len());
            for wish in wishes {
                let id = write((database, clock, woken), std::slice::from_ref(wish)).await;
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

async fn write((database, clock, woken): (&Database, &Clock, &Woken), wishes: &[New]) -> Result<Vec<RequestId>, DbErr> {
    let (new, places) = merge(wishes);
    let mut tries = 1;
    loop {
        let made = match database.backend() {
            DbBackend::Postgres => {
                let accepted = of_wishes(wishes.iter().map(|wish| (wish, ())));
                let accepted: Vec<Accepted> = accepted.into_iter().map(|(entry, ())| entry).collect();
                let others = woken.again(clock);
                let wakes = !others.is_empty();
                let made = accept::at_once(database.writer(), (&new, &accepted), others, clock).await;
                if wakes && made.is_ok() {
                    woken.done();
                }
                made
            }
            _ => one_by_one(database, clock, (wishes, &new), &places).await,
        };
        match made {
            Err(error) if is_conflict(&error) && tries < TRIES => tries += 1,
            result => {
                let made = result?;
                let id = |at: &usize| made.get(*at).copied().ok_or(DbErr::RecordNotInserted);
                return places.iter().map(id).collect();
            }
        }
    }
}

/// Writes them by several statements: a SQLite file answers without a round trip, and needs no message.
async fn one_by_one(
    database: &Database,
    clock: &Clock,
    (wishes, new): (&[New], &[New]),
    places: &[usize],
) -> Result<Vec<RequestId>, DbErr> {
    let transaction = database.begin().await?;
    let made = requests::enqueue(&transaction, new, clock).await?;
    let asked = wishes.iter().zip(places).filter_map(|(wish, at)| Some((wish, *made.get(*at)?)));
    enter(&transaction, &of_wishes(asked), clock.now()).await?;
    transaction.commit().await?;
    Ok(made)
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
