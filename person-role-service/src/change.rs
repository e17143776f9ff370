//! A change of the registry: one transaction with what it brings along.
//!
//! Guarantee: the rows, the history of the change, the revisions of its subjects and the events that tell of it are
//! committed together or not at all; nobody can tell of a subject without saying why. Mechanism: history and events are
//! gathered while the use case runs and written in one statement each, just before the commit; the relay is woken after
//! it. Failure: a change that is dropped without commit leaves nothing behind.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, OnceLock, atomic::AtomicBool},
    time::Instant,
};

use chrono::{DateTime, Utc};
use proto::{caller::Caller, events::v1::Action};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, Statement};
use service_kit::{
    audit::Entry as AuditEntry,
    database::{Transaction, together},
    turns::Turn,
};

use crate::{
    context::{App, Fault},
    domain::{
        history::Entry,
        ids::{CoId, GroupId, OrgIdentityId, PersonId, RoleId, Subject},
    },
    store::{
        entity::{co_group, co_person, history_record},
        late_dates::LateDate,
    },
};

pub mod end;
pub mod holds;
pub mod in_step;
pub mod joined;
mod time;
pub mod versions;

/// At most so many rows in one statement: databases limit its parameters.
pub const STATEMENT: usize = 500;

/// A transaction, who makes it, and what will be told of it.
#[derive(Debug)]
pub struct Change<'a> {
    app: &'a App,
    /// Its place among the changes of its CO.
    turn: Option<Turn>,
    /// The transaction.
    pub tx: Transaction,
    /// Who makes the change.
    pub caller: &'a Caller,
    /// When it is made, by the database's time, and when that was told.
    time: OnceLock<(DateTime<Utc>, Instant)>,
    /// The time stands in a row or a version.
    stamped: AtomicBool,
    /// The dates that pass about now.
    dated: Mutex<Vec<LateDate>>,
    history: Vec<history_record::ActiveModel>,
    events: BTreeMap<Subject, (CoId, Action)>,
    enrolled: Option<PersonId>,
    co_deleted: Option<CoId>,
    erased: BTreeSet<Subject>,
    groups: HashMap<GroupId, co_group::Model>,
    people: HashMap<PersonId, co_person::Model>,
    /// The locks that are held for it already.
    locked: BTreeSet<i64>,
    later: Vec<Statement>,
    audited: Vec<AuditEntry>,
}

/// Says that something was written down in this change, from which it follows that further subjects changed. Only what
/// writes history or a version can give one.
#[derive(Debug)]
pub struct Noted(());

impl<'a> Change<'a> {
    /// Begins a change, when it is the turn of the caller's CO: what waits for a lock has a connection, and those who read and
    /// other COs need some as well. What the house does on its own waits for nobody.
    ///
    /// # Errors
    /// If the database is away; 503 if no turn came in time.
    pub async fn begin(app: &'a App, caller: &'a Caller) -> Result<Self, Fault> {
        let turn = match caller.api_user_id {
            Some(_) => Some(app.changes.begin(caller.co_id).await?),
            None => None,
        };
        let change = Self::of(app, app.database.begin().await?, caller);
        Ok(Self { turn, ..change })
    }

    /// A change in a transaction that is begun.
    #[must_use]
    pub fn of(app: &'a App, tx: Transaction, caller: &'a Caller) -> Self {
        let change = Self {
            app,
            turn: None,
            tx,
            caller,
            time: OnceLock::new(),
            stamped: AtomicBool::new(false),
            dated: Mutex::default(),
            history: Vec::new(),
            events: BTreeMap::new(),
            enrolled: None,
            co_deleted: None,
            erased: BTreeSet::new(),
            groups: HashMap::new(),
            people: HashMap::new(),
            locked: BTreeSet::new(),
            later: Vec::new(),
            audited: Vec::new(),
        };
        if let Some(time) = app.clock.of_database(app.database.backend()) {
            change.tell_time(time);
        }
        change
    }

    /// What the use cases work with.
    #[must_use]
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// The group with an id, deleted or not; read once in a change.
    ///
    /// # Errors
    /// Those of the database; that there is no such group.
    pub async fn group(&mut self, id: GroupId) -> Result<co_group::Model, DbErr> {
        if let Some(group) = self.groups.get(&id) {
            return Ok(group.clone());
        }
        let group = co_group::Entity::find_by_id(id.0).one(&self.tx).await?;
        let group = group.ok_or_else(|| DbErr::RecordNotFound(format!("group {}", id.0)))?;
        self.groups.insert(id, group.clone());
        Ok(group)
    }

    /// A person that was read and held.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&co_person::Model> {
        self.people.get(&id)
    }

    /// Remembers how a person is that is held.
    pub fn know(&mut self, person: co_person::Model) {
        self.people.insert(PersonId(person.id), person);
    }

    /// Has a statement run when the change ends, or at [`Change::catch_up`] before: nothing of the change waits for it.
    pub fn later(&mut self, statement: Statement) {
        self.later.push(statement);
    }

    /// Runs what was left for later.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn catch_up(&mut self) -> Result<(), DbErr> {
        together(&self.tx, std::mem::take(&mut self.later)).await
    }

    /// Notes what happened to a subject: for the history, and that targets are to be told. The only way to tell, beside
    /// [`Change::also`], which needs what this gives.
    pub fn note(&mut self, co: CoId, subject: impl Into<Subject>, action: Action, entry: Entry) -> Noted {
        let subject = subject.into();
        let of = |wanted: fn(Subject) -> Option<i64>| wanted(subject);
        let group = of(|subject| matches!(subject, Subject::Group(_)).then(|| subject.id()));
        let mut row = self.history_row(co, entry);
        row.co_person_id = Set(of(|subject| matches!(subject, Subject::Person(_)).then(|| subject.id())));
        row.co_email_list_id = Set(of(|subject| matches!(subject, Subject::EmailList(_)).then(|| subject.id())));
        row.co_service_id = Set(of(|subject| matches!(subject, Subject::Service(_)).then(|| subject.id())));
        if group.is_some() {
            row.co_group_id = Set(group);
        }
        self.history.push(row);
        self.tell(co, subject, action);
        Noted(())
    }

    /// Writes down what happened to something that is no subject: for the history alone.
    pub fn write_down(&mut self, co: CoId, entry: Entry) -> Noted {
        let row = self.history_row(co, entry);
        self.history.push(row);
        Noted(())
    }

    fn history_row(&self, co: CoId, entry: Entry) -> history_record::ActiveModel {
        history_record::ActiveModel {
            co_id: Set(co.0),
            co_person_id: Set(None),
            co_person_role_id: Set(entry.role.map(|RoleId(id)| id)),
            co_group_id: Set(entry.group.map(|GroupId(id)| id)),
            co_email_list_id: Set(None),
            co_service_id: Set(None),
            org_identity_id: Set(entry.org_identity.map(|OrgIdentityId(id)| id)),
            actor_co_person_id: Set(None),
            actor_api_user_id: Set(self.caller.api_user_id),
            action: Set(entry.action.to_owned()),
            comment: Set(Some(entry.comment)),
            ..Default::default()
        }
    }

    /// Notes that a further subject changed by what was noted.
    pub fn also(&mut self, _by: &Noted, co: CoId, subject: impl Into<Subject>) {
        self.tell(co, subject.into(), Action::Updated);
    }

    /// Notes that an enrollment of a person is finished by what was noted: targets in mode E are told as well.
    pub fn enrolled(&mut self, _by: &Noted, person: PersonId) {
        self.enrolled = Some(person);
    }

    /// Notes something for the security log (D60).
    pub fn audit(&mut self, entry: AuditEntry) {
        self.audited.push(entry);
    }

    /// Notes that a CO is gone with all that was in it.
    pub fn co_deleted(&mut self, co: CoId) {
        self.co_deleted = Some(co);
    }

    /// Notes that a person is erased: of what else this change did, the history tells nothing.
    pub fn erased(&mut self, co: CoId, person: PersonId, entry: Entry) {
        self.history.clear();
        self.note(co, person, Action::Deleted, entry);
        self.erased.insert(person.into());
    }

    /// Notes that a subject which was deleted long ago is known no more: that is told, and the history says nothing.
    pub fn forgotten(&mut self, co: CoId, subject: Subject) {
        self.tell(co, subject, Action::Deleted);
        self.erased.insert(subject);
    }

    /// Of several changes of one subject the strongest is told: that it is gone, that it is new, that it changed.
    fn tell(&mut self, co: CoId, subject: Subject, action: Action) {
        let told = self.events.entry(subject).or_insert((co, action));
        let strength = |action: Action| match action {
            Action::Unspecified => 0,
            Action::Updated => 1,
            Action::Added => 2,
            Action::Deleted => 3,
        };
        if strength(action) > strength(told.1) {
            told.1 = action;
        }
    }
}
