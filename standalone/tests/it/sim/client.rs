//! The client: asks for changes, and writes down what it asked and what it was answered. It knows what the API shows.

use chrono::{DateTime, Utc};
use person_role_service::{
    context::Fault,
    store::entity::{co::Cos, co_group::CoGroups, co_person::CoPeople, cou::Cous},
};
use proto::{refusal::Refusal, registry::v1};
use testkit::proof::journal::{Client as Line, End, Wish};

use crate::sim::{
    dice::Dice,
    reading::numbered,
    services::{Services, Store},
};

/// What may happen to the process that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Lives,
    KilledBeforeCommit,
    KilledAfterCommit,
}

/// The client.
#[derive(Debug, Default)]
pub(crate) struct Client {
    pub(crate) journal: Vec<Line>,
    pub(crate) co: i64,
    operations: u64,
    pub(crate) numbers: u64,
    known: std::collections::BTreeSet<String>,
    pub(crate) fate: Option<Fate>,
    pub(crate) process: usize,
    /// Whether roles and memberships have dates.
    pub(crate) dates: bool,
}

/// How an answer is understood.
pub(crate) trait Answer {
    fn end(&self) -> End;
}

impl<T> Answer for Result<T, Fault> {
    fn end(&self) -> End {
        match self {
            Ok(_) => End::Ok,
            Err(Fault::Refused(refusal)) => end_of(refusal),
            Err(Fault::Database(_)) => End::Unknown,
        }
    }
}

impl<T> Answer for Result<T, Refusal> {
    fn end(&self) -> End {
        self.as_ref().map_or_else(end_of, |_| End::Ok)
    }
}

fn end_of(refusal: &Refusal) -> End {
    match refusal {
        Refusal::Unavailable(_) | Refusal::Failed(_) => End::Unknown,
        _ => End::Fail,
    }
}

pub(crate) fn person(id: i64) -> String {
    format!("co_person:{id}")
}

pub(crate) fn group(id: i64) -> String {
    format!("co_group:{id}")
}

pub(crate) fn time(at: DateTime<Utc>) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 })
}

impl Client {
    pub(crate) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Notes what is asked for.
    pub(crate) fn ask(&mut self, name: &str, wishes: Vec<(String, Wish)>) {
        self.operations += 1;
        self.journal.push(Line::Asked { operation: self.operations, name: name.to_owned(), wishes });
    }

    /// Notes the answer to what was asked for last; gives whether it was acknowledged.
    pub(crate) fn hear(&mut self, answer: &impl Answer, request: Option<i64>) -> bool {
        let mut end = answer.end();
        if self.fate == Some(Fate::KilledAfterCommit) && end == End::Ok {
            end = End::Unknown;
        }
        let request = request.filter(|_| end == End::Ok);
        self.journal.push(Line::Answered { operation: self.operations, end, request });
        end == End::Ok
    }

    pub(crate) fn fault(&mut self, what: &str, point: &str) {
        self.journal.push(Line::Fault { what: what.to_owned(), point: point.to_owned() });
    }

    pub(crate) fn write(subject: &str, field: &str, number: u64) -> (String, Wish) {
        (subject.to_owned(), Wish::Write { field: field.to_owned(), number, shows: true })
    }

    pub(crate) fn plain(subject: &str, field: &str, number: u64) -> (String, Wish) {
        (subject.to_owned(), Wish::Write { field: field.to_owned(), number, shows: false })
    }

    pub(crate) fn remove(&mut self, subject: &str, field: &str) -> (String, Wish) {
        (subject.to_owned(), Wish::Remove { field: field.to_owned(), number: self.number() })
    }

    /// A new field of a kind, and its first number.
    pub(crate) fn field(&mut self, kind: &str) -> (String, u64) {
        let number = self.number();
        (format!("{kind}{number}"), number)
    }

    /// Notes a subject whose adding was not answered, or whose id was not known before.
    pub(crate) fn find(&mut self, subject: &str, field: &str, number: u64, end: End) {
        if self.known.insert(subject.to_owned()) {
            self.ask("subject.seen", vec![Self::write(subject, field, number)]);
            self.journal.push(Line::Answered { operation: self.operations, end, request: None });
        }
    }

    /// Makes the CO and two COUs.
    pub(crate) async fn begin(&mut self, services: &Services) {
        let status = Some(v1::CoStatus::Active.into());
        let co = v1::Co { name: Some("Sim".to_owned()), status, ..v1::Co::default() };
        self.co = services.add::<Cos>(0, co).await.unwrap();
        for name in ["cou1-1", "cou2-1"] {
            let cou = v1::Cou { co_id: Some(self.co), name: Some(name.to_owned()), ..v1::Cou::default() };
            services.add::<Cous>(0, cou).await.unwrap();
        }
    }

    /// Asks for one change of the registry.
    pub(crate) async fn change(&mut self, services: &Services, dice: &mut Dice) {
        self.process = dice.place(services.registries.len());
        let people = services.list::<CoPeople>("coid", self.co).await;
        let groups: Vec<v1::CoGroup> = services.list::<CoGroups>("coid", self.co).await;
        let own: Vec<v1::CoGroup> =
            groups.iter().filter(|group| group.group_type() == v1::GroupType::Standard).cloned().collect();
        for group in &own {
            if let Some((field, number)) = numbered(group.name()) {
                self.find(&self::group(group.id()), &field, number, End::Unknown);
            }
        }
        match dice.below(20) {
            0..=1 if people.len() < 5 => self.add_person(services).await,
            2 if own.len() < 3 => self.add_group(services).await,
            3..=4 if !own.is_empty() => {
                let group = dice.pick(&own).cloned().unwrap();
                self.change_group(services, dice, &group).await;
            }
            5 => {
                let automatic: Vec<v1::CoGroup> = groups.into_iter().filter(v1::CoGroup::auto).collect();
                if let Some(group) = dice.pick(&automatic) {
                    self.ask("group.reconcile", Vec::new());
                    let answer = services.reconcile(self.process, group.id()).await;
                    self.hear(&answer, None);
                }
            }
            6 => self.rename_cou(services, dice).await,
            7..=8 if !own.is_empty() && !people.is_empty() => {
                let group = dice.pick(&own).cloned().unwrap();
                let person = dice.pick(&people).map(v1::CoPerson::id).unwrap();
                self.change_membership(services, dice, group.id(), person).await;
            }
            _ => match dice.pick(&people).cloned() {
                Some(person) => self.change_person(services, dice, &person).await,
                None => self.add_person(services).await,
            },
        }
    }

    pub(crate) fn removal(&mut self, subject: &str, text: &str) -> Vec<(String, Wish)> {
        numbered(text).map(|(field, _)| self.remove(subject, &field)).into_iter().collect()
    }

    /// Retries everything that failed for good, as an operator would when the targets are well again; gives how many go again:
    /// what is of a target that was deleted does not.
    pub(crate) async fn retry_failed(&mut self, services: &Services) -> usize {
        let sql = "SELECT id FROM provisioning_requests WHERE status = 'Failed' ORDER BY id";
        let rows = services.query(Store::Provisioning, sql).await;
        let ids: Vec<i64> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        let mut again = 0;
        for id in ids {
            again += usize::from(self.retry(services, id).await);
        }
        again
    }

    /// Retries a request; gives whether that was acknowledged.
    pub(crate) async fn retry(&mut self, services: &Services, id: i64) -> bool {
        self.ask("request.retry", Vec::new());
        let answer = services.retry(self.process, id).await;
        let request = answer.as_ref().ok().copied();
        self.hear(&answer, request)
    }
}
