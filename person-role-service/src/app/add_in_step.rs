//! Adding records of many people at once: what comes while others are added goes together with the next.
//!
//! Guarantee: each is answered as if it were added alone, when it is on the disk. Mechanism: [`Convoy`]; whatever cannot go in
//! step (a person whom somebody else changes, a request that is done once for its key), and all of a convoy of which one
//! fails after it wrote or that takes too long, is added alone. Failure: when the common commit fails, it has failed for all.

use std::{collections::BTreeSet, fmt, time::Duration};

use futures::FutureExt;
use proto::{caller::Caller, check, record::Record, refusal::Refusal, registry::v1::FieldViolation, table::Table};
use sea_orm::{ConnAcquireErr, DbErr};
use service_kit::{
    audit::Written,
    batch::Batch,
    database::{CONVOYS, Convoy, Wrote},
};
use tracing::{Instrument as _, Span};

use crate::{
    app::{
        add::{Done, add_once, put},
        references,
    },
    change::{
        Change,
        end::{self, Ended},
        in_step::{self, Wanted},
    },
    context::{App, Fault},
    domain::ids::PersonId,
    resource::Resource,
    rights::{platform_only, privileged},
};

/// How many are added at once.
const MOST: usize = 16;

/// How many wait before a convoy begins beside another one: else they go with the next.
const CROWD: usize = 8;

/// How long a convoy may take until its commit; then each of it goes alone. A connection that is dead without saying so would
/// hold up everybody who comes after.
const PATIENCE: Duration = Duration::from_secs(5);

/// Adds records of one resource, whose people's status and memberships follow from them.
pub struct Adds {
    table: &'static Table,
    batch: Batch<Item, Option<Result<Done, Fault>>>,
}

/// What is to be added.
#[derive(Clone, Debug)]
struct Item {
    caller: Caller,
    record: Record,
    unread: Vec<FieldViolation>,
    /// Of the request that it came with: what is told of it bears that trace.
    span: Span,
}

impl Item {
    fn wanted(&self) -> Option<Wanted<'_>> {
        let person = PersonId(self.record.int("co_person_id")?);
        let wanted = Wanted { caller: &self.caller, person, refers_to: references::of_record(&self.record, None) };
        (self.caller.idempotency.is_none() && wanted.goes_in_step()).then_some(wanted)
    }
}

impl Adds {
    /// Adds records of a resource.
    #[must_use]
    pub fn of<R: Resource>(app: &App) -> Self {
        let app = app.clone();
        let batch = Batch::in_crowds("add in step", MOST, (CONVOYS as usize, CROWD), move |items: Vec<Item>| {
            let app = app.clone();
            async move {
                let mut answers: Vec<Option<Result<Done, Fault>>> = items.iter().map(|_| None).collect();
                match together::<R>(&app, &items, &mut answers).await {
                    Ok(()) => {}
                    Err(error) => tracing::debug!(%error, "what would go in step goes alone"),
                }
                answers
            }
        });
        Self { table: R::table(), batch }
    }

    /// Adds a record, with others where that can be.
    ///
    /// # Errors
    /// As [`add_once`].
    pub async fn add<R: Resource>(
        &self,
        app: &App,
        caller: &Caller,
        record: Record,
        unread: &[FieldViolation],
    ) -> Result<Done, Fault> {
        privileged(caller)?;
        let item = Item { caller: caller.clone(), record, unread: unread.to_vec(), span: Span::current() };
        if std::ptr::eq(self.table, R::table()) && item.wanted().is_some() {
            match self.batch.ask(item.clone()).await {
                Ok(Some(answer)) => return answer,
                Ok(None) => {}
                Err(_) => return Err(Refusal::of_the_server().into()),
            }
        }
        add_once::<R>(app, caller, item.record, unread).await
    }
}

impl fmt::Debug for Adds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adds").field("resource", &self.table.singular).finish_non_exhaustive()
    }
}

/// Adds what can go in step; the others are left without an answer.
async fn together<R: Resource>(
    app: &App,
    items: &[Item],
    answers: &mut [Option<Result<Done, Fault>>],
) -> Result<(), DbErr> {
    let (mut people, mut places, mut wanted) = (BTreeSet::new(), Vec::new(), Vec::new());
    for (place, item) in items.iter().enumerate() {
        if let Some(one) = item.wanted().filter(|one| people.insert(one.person.0)) {
            places.push((place, item));
            wanted.push(one);
        }
    }
    let (mut under_way, mut who) = (Vec::new(), Vec::new());
    let on_the_way = async {
        let convoy = app.database.convoy().await?;
        let changes = in_step::begin(app, &convoy, &wanted).await?;
        for (change, (place, item)) in changes.into_iter().zip(places) {
            if let Some((change, wrote)) = change {
                under_way.push(one::<R>(change, item).instrument(item.span.clone()).boxed());
                who.push((place, wrote));
            }
        }
        let results = convoy.run(under_way).await;
        ready(app, convoy, results, &who).await
    };
    let ready = tokio::time::timeout(PATIENCE, on_the_way).await;
    let Some(ready) = ready.unwrap_or(Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))? else { return Ok(()) };
    for ((place, _), answer) in who.into_iter().zip(ready.commit(app).await) {
        if let Some(slot) = answers.get_mut(place) {
            *slot = Some(answer);
        }
    }
    Ok(())
}

async fn one<'a, R: Resource>(mut change: Change<'a>, item: &Item) -> Result<(Done, Ended<'a>), Fault> {
    privileged(change.caller)?;
    let mut record = item.record.clone();
    let wrong = check::check(&mut record, &item.unread);
    platform_only::<R>(change.caller)?;
    let (id, extras) = put::<R>(&mut change, record, wrong, None).await?;
    let (_seat, ended) = change.end().await?;
    Ok((Done { id, extras, replayed: false }, ended))
}

type Results<'a> = Vec<Result<(Done, Ended<'a>), Fault>>;

/// A convoy in which everything is written.
struct Ready<'a> {
    convoy: Convoy,
    answers: Vec<Result<Done, Fault>>,
    ended: Vec<Ended<'a>>,
    written: Vec<Written>,
}

/// Writes what is left of changes in step; none if all is taken back.
async fn ready<'a>(
    app: &App,
    convoy: Convoy,
    results: Results<'a>,
    who: &[(usize, Wrote)],
) -> Result<Option<Ready<'a>>, DbErr> {
    let half_done = results.iter().zip(who).any(|(result, (_, wrote))| result.is_err() && wrote.anything());
    if half_done || !convoy.is_whole() {
        convoy.rollback().await?;
        return Ok(None);
    }
    let (mut ended, mut answers) = (Vec::new(), Vec::new());
    for result in results {
        answers.push(result.map(|(done, end)| {
            ended.push(end);
            done
        }));
    }
    match end::write(app, &convoy.transaction(), &mut ended).await {
        Ok(written) => Ok(Some(Ready { convoy, answers, ended, written })),
        Err(error) => {
            convoy.rollback().await?;
            Err(error)
        }
    }
}

impl Ready<'_> {
    /// Commits, and gives the answer of each.
    async fn commit(self, app: &App) -> Vec<Result<Done, Fault>> {
        let sent = match self.convoy.commit().await {
            Ok(()) => end::send(app, self.ended, self.written).await,
            failed => failed,
        };
        // Nobody knows what became of a commit that failed: nothing is tried again.
        let answer = |answer| match (&sent, answer) {
            (Err(error), Ok(_)) => Err(error.clone().into()),
            (_, answer) => answer,
        };
        self.answers.into_iter().map(answer).collect()
    }
}
