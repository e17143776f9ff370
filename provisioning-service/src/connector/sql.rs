//! `SqlProvisioner`: mirrors people and groups into the tables of a database, shaped as the registry's own.
//!
//! Guarantee: the rows of a subject are as the state says, all of them or none; rows of other COs, of other subjects and
//! columns of others stay as they are. A state older than the one that the database has is refused. Mechanism: one
//! transaction for each event, in which the subject's revision is held; every row bears the id of its CO, and is written
//! only if it differs. Failure: each answer of the database counts (`answer`); what was not committed has not happened.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};

use async_trait::async_trait;
use proto::registry::v1::{CoGroup, CoPerson, GroupState, PersonState, SubjectState, subject_state::Data};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr,
    sea_query::{Condition, Expr, ExprTrait},
};

use crate::{
    connector::{
        Connector, Job, Keys, confined,
        description::Description,
        dialer::Dialer,
        digest,
        kept::Kept,
        marks,
        plan::{Plan, Protocol, Step},
    },
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};

mod answer;
mod configuration;
mod connection;
mod event;
mod gate;
mod groups;
mod person;
mod revision;
mod schema;
mod table;

use answer::Fault;
use configuration::Configuration;
use connection::{Base, commit, within};
use event::Event;
use schema::Schema;
use table::Mirror;

/// So often an event is tried that others stand in the way of.
const TRIES: usize = 4;
/// So many keys are listed at once.
const PAGE: u64 = 1000;

/// Keeps the tables of databases.
#[derive(Debug)]
pub struct Databases {
    /// Where files of SQLite are, in a folder for each CO.
    folder: PathBuf,
    dialer: Dialer,
    open: Kept<Configuration, Arc<Base>>,
}

impl Databases {
    /// Connects to where a dialer lets it, and keeps files below a data folder.
    #[must_use]
    pub fn new(data: &Path, dialer: Dialer) -> Self {
        Self { folder: data.join("sql"), dialer, open: Kept::default() }
    }

    async fn open(&self, target: &Target, configuration: &Configuration) -> Result<Arc<Base>, ConnectorError> {
        let folder = confined::folder(&self.folder, target.co_id);
        let open = async { Base::open(configuration, &self.dialer, &folder).await.map(Arc::new) };
        self.open.of(target.id, configuration.clone(), |_| true, open).await
    }

    /// Carries an event out, or again where others stood in its way. Gives what was wanted, as text.
    async fn carry_out(&self, job: &Job<'_>, work: Work) -> Result<String, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let mut tries = 1;
        loop {
            let base = self.open(job.target, &configuration).await?;
            let fault = match once(&base, &configuration.table_prefix, job, work).await {
                Ok(wanted) => return Ok(wanted),
                Err(fault) => fault,
            };
            if fault.is_lack() {
                base.prepared.store(false, Ordering::Relaxed);
            }
            if fault.is_break() {
                self.open.forget(job.target.id);
            }
            if tries == TRIES || !(fault.is_conflict() || fault.is_lack()) {
                return Err(fault.told());
            }
            tries += 1;
        }
    }

    /// Works with a database for somebody who waits for it and changes nothing.
    async fn read<T>(
        &self,
        target: &Target,
        ask: impl AsyncFnOnce(&Base, &Configuration) -> Result<T, Fault>,
    ) -> Result<T, ConnectorError> {
        let configuration = Configuration::of(target)?;
        let base = self.open(target, &configuration).await?;
        let answer = ask(&base, &configuration).await;
        answer.map_err(|fault| {
            if fault.is_break() {
                self.open.forget(target.id);
            }
            fault.told()
        })
    }
}

async fn once(base: &Base, prefix: &str, job: &Job<'_>, work: Work) -> Result<String, Fault> {
    prepare(base, prefix).await?;
    let transaction = base.begin().await?;
    let mut event = Event::new(&transaction, prefix, job.target.co_id);
    let mut next = work_on(&mut event, job, work).await?;
    let mut wanted = std::mem::take(&mut event.wanted);
    commit(transaction).await?;
    // A page of members at a time: whoever is held by one is let go, and what is done stays done, should time run out.
    while let Some(after) = next {
        let transaction = base.begin().await?;
        let mut event = Event::new(&transaction, prefix, job.target.co_id);
        is_newest(&event, job).await?;
        next = groups::compare(&mut event, job, after).await?;
        wanted.push_str(&event.wanted);
        commit(transaction).await?;
    }
    Ok(wanted)
}

/// Makes the tables that are missing, over one connection: another one may remember tables that somebody dropped. Calls of this
/// process wait for each other; what other processes make meanwhile is there. A table of MySQL comes at once and without a
/// transaction; elsewhere the event is tried again.
async fn prepare(base: &Base, prefix: &str) -> Result<(), Fault> {
    if base.is_prepared() {
        return Ok(());
    }
    let _turn = within(async { Ok(base.preparing.lock().await) }).await?;
    if base.is_prepared() {
        return Ok(());
    }
    let transaction = base.begin().await?;
    let schema = Schema::read(&transaction, prefix).await?;
    let backend = base.db.get_database_backend();
    for statement in schema.missing(prefix, backend) {
        let made = within(transaction.execute_unprepared(&statement.sql)).await.map_err(Fault::from);
        made.map(drop).or_else(|fault| match backend == DbBackend::MySql && fault.is_made_by_others() {
            true => Ok(()),
            false => Err(fault),
        })?;
    }
    commit(transaction).await?;
    base.prepared.store(true, Ordering::Relaxed);
    Ok(())
}

/// The revision that the database has of a subject, which is held until the end of the event; unless that is a newer one.
async fn is_newest(event: &Event<'_>, job: &Job<'_>) -> Result<Option<i64>, Fault> {
    let held = revision::held(event, job.subject).await?;
    // Of what is wholly gone the registry knows no revision.
    if let Some(held) = held.filter(|held| *held > job.call.revision && job.call.revision > 0) {
        let message = format!("The target is already at a newer state, {held}.");
        return Err(Fault::Told(ConnectorError::Outdated { message }));
    }
    Ok(held)
}

/// What an event does, carried out or planned. Gives after whom the members of a group are to be compared further; a plan has
/// compared them all.
async fn work_on(event: &mut Event<'_>, job: &Job<'_>, work: Work) -> Result<Option<i64>, Fault> {
    let held = is_newest(event, job).await?;
    let mut next = None;
    match (job.subject.kind, &job.state.data, work) {
        (Kind::Person, Some(Data::Person(person)), Work::Apply) => person::make(event, job, person).await?,
        (Kind::Group, Some(Data::Group(group)), Work::Apply) => {
            groups::make(event, job.subject.id, group).await?;
            // Called otherwise or not, a group has one key: it is new if it has none yet.
            if job.previous_key.is_none() || job.fills() {
                next = groups::compare(event, job, 0).await?;
                while let Some(after) = next.filter(|_| event.is_plan()) {
                    next = groups::compare(event, job, after).await?;
                }
            }
        }
        (Kind::Person, ..) => person::make(event, job, &PersonState::default()).await?,
        (Kind::Group, ..) => {
            groups::make(event, job.subject.id, &GroupState::default()).await?;
            groups::empty(event, job.subject.id).await?;
        }
        (Kind::EmailList | Kind::Service | Kind::Cou | Kind::Co | Kind::Comparison, ..) => {}
    }
    revision::note(event, job, held).await?;
    Ok(next)
}

/// The table that has a row for each subject of a kind.
fn table_of(kind: Kind) -> Option<Mirror> {
    match kind {
        Kind::Person => Some(Mirror::of::<CoPerson>()),
        Kind::Group => Some(Mirror::of::<CoGroup>()),
        Kind::EmailList | Kind::Service | Kind::Cou | Kind::Co | Kind::Comparison => None,
    }
}

async fn plan(base: &Base, prefix: &str, job: &Job<'_>, work: Work) -> Result<Plan, Fault> {
    let schema = Schema::read(&base.db, prefix).await?;
    let transaction = base.begin().await?;
    let mut event = Event::planned(&transaction, prefix, job.target.co_id, &schema);
    let there = match table_of(job.subject.kind) {
        Some(mirror) => {
            let own = Condition::all().add(Expr::col("id").eq(job.subject.id));
            Some(!event.rows(mirror, own).await?.is_empty())
        }
        None => None,
    };
    work_on(&mut event, job, work).await?;
    let changes = event.steps();
    within(transaction.rollback()).await?;
    let tables = schema.missing(prefix, base.db.get_database_backend());
    let tables = tables.iter().map(ToString::to_string).filter(|_| !changes.is_empty());
    let steps = tables.chain(changes.iter().cloned()).map(|text| Step::new(Protocol::Sql, text));
    Ok(Plan { steps: steps.collect(), there })
}

async fn keys(base: &Base, prefix: &str, co: i64, kind: Kind, after: i64) -> Result<Keys, Fault> {
    let schema = Schema::read(&base.db, prefix).await?;
    let Some(mirror) = table_of(kind).filter(|mirror| schema.has(&mirror.name(prefix), "co_id")) else {
        return Ok(Keys::default());
    };
    let transaction = base.begin().await?;
    let event = Event::planned(&transaction, prefix, co, &schema);
    let mut select = event.select(&mirror.name(prefix), Condition::all().add(Expr::col("id").gt(after)));
    select.expr_as(event.text("id"), "subject_id").limit(PAGE);
    let found = event.all(&select).await?;
    let ids = found.iter().map(|row| event::number(row, "subject_id")).collect::<Result<Vec<i64>, DbErr>>()?;
    within(transaction.rollback()).await?;
    let is_full = u64::try_from(ids.len()).unwrap_or(PAGE) >= PAGE;
    let next = ids.last().filter(|_| is_full).map(ToString::to_string);
    Ok(Keys { keys: ids.into_iter().map(|id| marks::subject(Subject::new(kind, id))).collect(), next })
}

#[async_trait]
impl Connector for Databases {
    fn plugin(&self) -> &'static str {
        "SqlProvisioner"
    }

    fn serves(&self, _target: &Target) -> &'static [Kind] {
        &[Kind::Group, Kind::Person]
    }

    fn configuration(&self) -> &'static Description {
        &configuration::DESCRIPTION
    }

    fn key(&self, _: &Target, subject: Subject, _: &SubjectState) -> Option<String> {
        Some(marks::subject(subject))
    }

    fn reads_back(&self) -> bool {
        true
    }

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        let read =
            async |base: &Base, configuration: &Configuration| plan(base, &configuration.table_prefix, job, work).await;
        self.read(job.target, read).await
    }

    async fn keys(&self, target: &Target, kind: Kind, after: Option<String>) -> Result<Keys, ConnectorError> {
        let after = after.and_then(|after| after.parse().ok()).unwrap_or_default();
        let read = async |base: &Base, configuration: &Configuration| {
            keys(base, &configuration.table_prefix, target.co_id, kind, after).await
        };
        self.read(target, read).await
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        let wanted = self.carry_out(job, Work::Apply).await?;
        Ok(Applied {
            key: Some(marks::subject(job.subject)),
            digest: Some(digest::of(wanted.as_bytes())),
            ..Applied::default()
        })
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.carry_out(job, Work::Remove).await?;
        Ok(Applied::default())
    }

    async fn check(&self, target: &Target) -> Result<(), ConnectorError> {
        let configuration = Configuration::of(target)?;
        let folder = confined::folder(&self.folder, target.co_id);
        let base = Base::open(&configuration, &self.dialer, &folder).await?;
        let read = Schema::read(&base.db, &configuration.table_prefix).await;
        read.map(|_| ()).map_err(|error| Fault::Database(error).told())
    }
}
