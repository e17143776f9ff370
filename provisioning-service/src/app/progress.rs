//! How far requests for many are, for those who look again and again (D58).
//!
//! Counting takes the longer the more a request stands for. Guarantee: what is many is told again for a while, fifty times as
//! long as counting took and at most five seconds; what was counted before the end is not told after it. Mechanism: counts
//! of this process, by request; who comes when one is too old counts anew, and another process has counts of its own.
//! Failure: those of the database.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DbErr};

use crate::{
    domain::ids::RequestId,
    store::{
        entity::request::Model,
        progress::{self, Progress},
    },
};

/// Fewer are counted each time.
const MANY: i64 = 1_000;
/// For so many times as long as counting took it is told again.
const TIMES: u32 = 50;
/// For no longer than this.
const LONGEST: Duration = Duration::from_secs(5);

/// A request, and whether it had ended.
type Of = (RequestId, bool);

/// What was counted not long ago.
#[derive(Debug, Default)]
pub struct Counts(Mutex<HashMap<Of, (Instant, Progress)>>);

impl Counts {
    /// How far each of some requests for many is.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of<C: ConnectionTrait>(
        &self,
        db: &C,
        requests: &[&Model],
    ) -> Result<HashMap<RequestId, Progress>, DbErr> {
        let wanted: Vec<Of> = requests.iter().map(|row| (row.id, row.ended.is_some())).collect();
        let mut told = self.known(&wanted);
        let unknown: Vec<Of> = wanted.into_iter().filter(|(id, _)| !told.contains_key(id)).collect();
        if unknown.is_empty() {
            return Ok(told);
        }
        let began = Instant::now();
        let counted = progress::of(db, &unknown.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
        self.keep(&unknown, &counted, began.elapsed());
        told.extend(counted);
        Ok(told)
    }

    fn known(&self, wanted: &[Of]) -> HashMap<RequestId, Progress> {
        let (now, kept) = (Instant::now(), self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let fresh = |of: &Of| kept.get(of).filter(|(until, _)| now < *until).map(|(_, far)| (of.0, *far));
        wanted.iter().filter_map(fresh).collect()
    }

    fn keep(&self, counted: &[Of], far: &HashMap<RequestId, Progress>, took: Duration) {
        let now = Instant::now();
        let until = now + (took * TIMES).min(LONGEST);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (until, _)| now < *until);
        let many = |of: &Of| far.get(&of.0).filter(|far| far.total >= MANY).map(|far| (*of, (until, *far)));
        kept.extend(counted.iter().filter_map(many));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_many_is_told_again_until_the_request_ends() {
        let of = |total| Progress { total, waiting: 4, failed: 0 };
        let (counts, far) = (Counts::default(), HashMap::from([(RequestId(1), of(999)), (RequestId(2), of(1_000))]));
        let going = [(RequestId(1), false), (RequestId(2), false)];
        counts.keep(&going, &far, Duration::from_secs(1));
        assert_eq!(counts.known(&going), HashMap::from([(RequestId(2), of(1_000))]), "few are counted each time");
        assert!(counts.known(&[(RequestId(2), true)]).is_empty(), "nothing waits for one that has ended");
        counts.keep(&going, &far, Duration::ZERO);
        assert!(counts.known(&going).is_empty(), "it was counted as fast as it is looked up");
    }
}
