//! The client: asks for changes, and writes down what it asked and what it was answered. It knows what the API shows.

use chrono::{DateTime, Duration, Utc};
use person_role_service::{
    app::Fault,
    resource::{
        co::Cos, co_group::CoGroups, co_group_member::CoGroupMembers, co_person::CoPeople,
        co_person_role::CoPersonRoles, cou::Cous, identifier::Identifiers, name::Names,
    },
};
use proto::{
    refusal::Refusal,
    registry::v1::{self as v1, Status, SuspendableStatus},
};
use testkit::proof::journal::{Client as Line, End, Wish};

use crate::sim::{
    dice::Dice,
    reading::{PERSON, date_of, numbered},
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

fn time(at: DateTime<Utc>) -> Option<prost_types::Timestamp> {
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

    fn write(subject: &str, field: &str, number: u64) -> (String, Wish) {
        (subject.to_owned(), Wish::Write { field: field.to_owned(), number, shows: true })
    }

    fn plain(subject: &str, field: &str, number: u64) -> (String, Wish) {
        (subject.to_owned(), Wish::Write { field: field.to_owned(), number, shows: false })
    }

    fn remove(&mut self, subject: &str, field: &str) -> (String, Wish) {
        (subject.to_owned(), Wish::Remove { field: field.to_owned(), number: self.number() })
    }

    /// A new field of a kind, and its first number.
    fn field(&mut self, kind: &str) -> (String, u64) {
        let number = self.number();
        (format!("{kind}{number}"), number)
    }

    /// Notes a subject whose adding was not answered, or whose id was not known before.
    fn find(&mut self, subject: &str, field: &str, number: u64, end: End) {
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

    async fn add_person(&mut self, services: &Services) {
        let number = self.number();
        let record = v1::CoPerson {
            co_id: Some(self.co),
            status: Some(Status::Active.into()),
            date_of_birth: Some(date_of(number)),
            ..v1::CoPerson::default()
        };
        self.ask("person.add", Vec::new());
        let answer = services.add::<CoPeople>(self.process, record).await;
        let acknowledged = self.hear(&answer, None);
        if let Ok(id) = answer {
            let end = if acknowledged { End::Ok } else { End::Unknown };
            self.find(&person(id), PERSON, number, end);
        }
    }

    async fn give_key(&mut self, services: &Services, id: i64) {
        let (field, number) = self.field("k");
        self.ask("key.add", vec![Self::write(&person(id), &field, number)]);
        let record = v1::Identifier {
            identifier: Some(format!("{field}-{number}")),
            r#type: Some("uid".to_owned()),
            status: Some(SuspendableStatus::Active.into()),
            co_person_id: Some(id),
            ..v1::Identifier::default()
        };
        let answer = services.add::<Identifiers>(self.process, record).await;
        self.hear(&answer, None);
    }

    /// Gives everybody a key who has none: without one nobody can be provisioned.
    pub(crate) async fn tidy(&mut self, services: &Services) {
        for person in services.list::<CoPeople>("coid", self.co).await {
            let identifiers = services.list::<Identifiers>("copersonid", person.id()).await;
            if !identifiers.iter().any(|found| found.r#type() == "uid") {
                self.give_key(services, person.id()).await;
            }
        }
    }

    async fn change_person(&mut self, services: &Services, dice: &mut Dice, record: &v1::CoPerson) {
        let (id, subject) = (record.id(), person(record.id()));
        let identifiers = services.list::<Identifiers>("copersonid", id).await;
        if !identifiers.iter().any(|found| found.r#type() == "uid") {
            return self.give_key(services, id).await;
        }
        match dice.below(20) {
            0..=5 => self.change_name(services, dice, id).await,
            6..=12 => self.change_role(services, dice, id).await,
            13..=16 => self.change_identifier(services, dice, id, &identifiers).await,
            17..=18 => {
                let number = self.number();
                let statuses = [Status::Active, Status::Active, Status::Denied, Status::Suspended];
                let status = dice.pick(&statuses).copied().unwrap();
                self.ask(&format!("person.{status:?}"), vec![Self::write(&subject, PERSON, number)]);
                let record = v1::CoPerson {
                    status: Some(status.into()),
                    date_of_birth: Some(date_of(number)),
                    ..record.clone()
                };
                let answer = services.edit::<CoPeople>(self.process, id, record).await;
                self.hear(&answer, None);
            }
            _ => self.delete_person(services, id).await,
        }
    }

    async fn delete_person(&mut self, services: &Services, id: i64) {
        for role in services.list::<CoPersonRoles>("copersonid", id).await {
            let wish = self.removal(&person(id), role.title());
            self.ask("role.delete", wish);
            let answer = services.delete::<CoPersonRoles>(self.process, role.id()).await;
            self.hear(&answer, None);
        }
        self.ask("person.delete", Vec::new());
        let answer = services.delete::<CoPeople>(self.process, id).await;
        self.hear(&answer, None);
    }

    fn removal(&mut self, subject: &str, text: &str) -> Vec<(String, Wish)> {
        numbered(text).map(|(field, _)| self.remove(subject, &field)).into_iter().collect()
    }

    async fn change_name(&mut self, services: &Services, dice: &mut Dice, id: i64) {
        let names = services.list::<Names>("copersonid", id).await;
        let subject = person(id);
        match dice.pick(&names).filter(|_| names.len() > 2 || dice.hits(600)).cloned() {
            None => {
                let (field, number) = self.field("n");
                self.ask("name.add", vec![Self::plain(&subject, &field, number)]);
                let record = v1::Name {
                    r#type: Some("official".to_owned()),
                    co_person_id: Some(id),
                    given: Some(format!("{field}-{number}")),
                    ..v1::Name::default()
                };
                let answer = services.add::<Names>(self.process, record).await;
                self.hear(&answer, None);
            }
            Some(name) if !name.primary_name() && dice.hits(300) => {
                let wish = self.removal(&subject, name.given());
                self.ask("name.delete", wish);
                let answer = services.delete::<Names>(self.process, name.id()).await;
                self.hear(&answer, None);
            }
            Some(name) => {
                let Some((field, _)) = numbered(name.given()) else { return };
                let number = self.number();
                self.ask("name.edit", vec![Self::plain(&subject, &field, number)]);
                let edited = v1::Name { given: Some(format!("{field}-{number}")), ..name.clone() };
                let answer = services.edit::<Names>(self.process, name.id(), edited).await;
                self.hear(&answer, None);
            }
        }
    }

    async fn change_identifier(
        &mut self,
        services: &Services,
        dice: &mut Dice,
        id: i64,
        identifiers: &[v1::Identifier],
    ) {
        let subject = person(id);
        match dice.pick(identifiers).filter(|_| identifiers.len() > 2 || dice.hits(700)).cloned() {
            None => {
                let (field, number) = self.field("i");
                self.ask("identifier.add", vec![Self::plain(&subject, &field, number)]);
                let record = v1::Identifier {
                    r#type: Some("reference".to_owned()),
                    status: Some(SuspendableStatus::Active.into()),
                    co_person_id: Some(id),
                    identifier: Some(format!("{field}-{number}")),
                    ..v1::Identifier::default()
                };
                let answer = services.add::<Identifiers>(self.process, record).await;
                self.hear(&answer, None);
            }
            Some(found) if found.r#type() != "uid" && dice.hits(300) => {
                let wish = self.removal(&subject, found.identifier());
                self.ask("identifier.delete", wish);
                let answer = services.delete::<Identifiers>(self.process, found.id()).await;
                self.hear(&answer, None);
            }
            Some(found) => {
                let Some((field, _)) = numbered(found.identifier()) else { return };
                let number = self.number();
                let key = found.r#type() == "uid";
                self.ask(
                    if key { "key.rename" } else { "identifier.edit" },
                    vec![Self::write(&subject, &field, number)],
                );
                let record = v1::Identifier { identifier: Some(format!("{field}-{number}")), ..found.clone() };
                let answer = services.edit::<Identifiers>(self.process, found.id(), record).await;
                self.hear(&answer, None);
            }
        }
    }

    async fn change_role(&mut self, services: &Services, dice: &mut Dice, id: i64) {
        let roles = services.list::<CoPersonRoles>("copersonid", id).await;
        let cous = services.list::<Cous>("coid", self.co).await;
        let cou_id = dice.pick(&cous).filter(|_| dice.hits(700)).map(v1::Cou::id);
        let subject = person(id);
        let soon =
            |dice: &mut Dice| time(services.now() + Duration::seconds(2 + i64::try_from(dice.below(20)).unwrap()));
        match dice.pick(&roles).filter(|_| roles.len() > 2 || dice.hits(600)).cloned() {
            None => {
                let (field, number) = self.field("r");
                let dates = if self.dates { dice.below(6) } else { 6 };
                let role = v1::CoPersonRole {
                    co_person_id: Some(id),
                    cou_id,
                    affiliation: Some("staff".to_owned()),
                    title: Some(format!("{field}-{number}")),
                    status: Some(Status::Active.into()),
                    valid_from: if dates == 0 { soon(dice) } else { None },
                    valid_through: if dates == 1 { soon(dice) } else { None },
                    ..v1::CoPersonRole::default()
                };
                let mut wishes = vec![Self::write(&subject, &field, number)];
                if dates == 1 {
                    wishes.push(self.remove(&subject, &field));
                }
                self.ask(
                    ["role.add from soon", "role.add until soon"].get(dates as usize).unwrap_or(&"role.add"),
                    wishes,
                );
                let answer = services.add::<CoPersonRoles>(self.process, role).await;
                self.hear(&answer, None);
            }
            Some(role) if dice.hits(200) => {
                let wish = self.removal(&subject, role.title());
                self.ask("role.delete", wish);
                let answer = services.delete::<CoPersonRoles>(self.process, role.id()).await;
                self.hear(&answer, None);
            }
            Some(role) => {
                let Some((field, _)) = numbered(role.title()) else { return };
                let number = self.number();
                let status = dice.pick(&[Status::Active, Status::GracePeriod, Status::Suspended]).copied();
                let status = status.filter(|_| dice.hits(400));
                let edited = v1::CoPersonRole {
                    title: Some(format!("{field}-{number}")),
                    cou_id: cou_id.or(role.cou_id),
                    status: status.map_or(role.status, |status| Some(status.into())),
                    valid_through: if self.dates && dice.hits(100) { soon(dice) } else { role.valid_through },
                    ..role.clone()
                };
                let active = matches!(edited.status(), Status::Active | Status::GracePeriod);
                let begins = edited.status() == Status::Pending && edited.valid_from.is_some();
                let stays = (active || begins) && edited.valid_through.is_none();
                let mut wishes = vec![Self::write(&subject, &field, number)];
                if !stays {
                    wishes.push(self.remove(&subject, &field));
                }
                self.ask(if edited.cou_id != role.cou_id { "role.move" } else { "role.edit" }, wishes);
                let answer = services.edit::<CoPersonRoles>(self.process, role.id(), edited).await;
                self.hear(&answer, None);
            }
        }
    }

    async fn add_group(&mut self, services: &Services) {
        let (field, number) = self.field("g");
        let record = v1::CoGroup {
            co_id: Some(self.co),
            name: Some(format!("{field}-{number}")),
            status: Some(SuspendableStatus::Active.into()),
            ..v1::CoGroup::default()
        };
        self.ask("group.add", Vec::new());
        let answer = services.add::<CoGroups>(self.process, record).await;
        let acknowledged = self.hear(&answer, None);
        if let Ok(id) = answer {
            self.find(&group(id), &field, number, if acknowledged { End::Ok } else { End::Unknown });
        }
    }

    async fn change_group(&mut self, services: &Services, dice: &mut Dice, record: &v1::CoGroup) {
        let Some((field, _)) = numbered(record.name()) else { return };
        let number = self.number();
        let (name, status) = match dice.below(8) {
            0 => {
                self.ask("group.delete", Vec::new());
                let answer = services.delete::<CoGroups>(self.process, record.id()).await;
                self.hear(&answer, None);
                return;
            }
            1..=2 => ("group.suspend", Some(SuspendableStatus::Suspended)),
            3..=5 => ("group.activate", Some(SuspendableStatus::Active)),
            _ => ("group.rename", None),
        };
        self.ask(name, vec![Self::write(&group(record.id()), &field, number)]);
        let edited = v1::CoGroup {
            name: Some(format!("{field}-{number}")),
            status: status.map_or(record.status, |status| Some(status.into())),
            ..record.clone()
        };
        let answer = services.edit::<CoGroups>(self.process, record.id(), edited).await;
        self.hear(&answer, None);
    }

    async fn rename_cou(&mut self, services: &Services, dice: &mut Dice) {
        let cous = services.list::<Cous>("coid", self.co).await;
        let Some(cou) = dice.pick(&cous) else { return };
        let Some((field, _)) = numbered(cou.name()) else { return };
        let renamed = v1::Cou { name: Some(format!("{field}-{}", self.number())), ..cou.clone() };
        self.ask("cou.rename", Vec::new());
        let answer = services.edit::<Cous>(self.process, cou.id(), renamed).await;
        self.hear(&answer, None);
    }

    async fn change_membership(&mut self, services: &Services, dice: &mut Dice, group: i64, person: i64) {
        let members = services.list::<CoGroupMembers>("cogroupid", group).await;
        let soon =
            |dice: &mut Dice| time(services.now() + Duration::seconds(2 + i64::try_from(dice.below(20)).unwrap()));
        let dates = if self.dates { dice.below(4) } else { 4 };
        let valid_from = if dates == 0 { soon(dice) } else { None };
        let valid_through = if dates == 1 { soon(dice) } else { None };
        match members.iter().find(|member| member.co_person_id() == person) {
            None => {
                self.ask("member.add", Vec::new());
                let record = v1::CoGroupMember {
                    co_group_id: Some(group),
                    co_person_id: Some(person),
                    member: Some(true),
                    valid_from,
                    valid_through,
                    ..v1::CoGroupMember::default()
                };
                let answer = services.add::<CoGroupMembers>(self.process, record).await;
                self.hear(&answer, None);
            }
            Some(member) if dice.hits(500) => {
                self.ask("member.delete", Vec::new());
                let answer = services.delete::<CoGroupMembers>(self.process, member.id()).await;
                self.hear(&answer, None);
            }
            Some(member) => {
                self.ask("member.edit", Vec::new());
                let record = v1::CoGroupMember { valid_from, valid_through, ..member.clone() };
                let answer = services.edit::<CoGroupMembers>(self.process, member.id(), record).await;
                self.hear(&answer, None);
            }
        }
    }

    /// Retries everything that failed for good, as an operator would when the targets are well again; gives how many.
    pub(crate) async fn retry_failed(&mut self, services: &Services) -> usize {
        let sql = "SELECT id FROM provisioning_requests WHERE status = 'Failed' ORDER BY id";
        let rows = services.query(Store::Provisioning, sql).await;
        let ids: Vec<i64> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        for id in &ids {
            self.retry(services, *id).await;
        }
        ids.len()
    }

    pub(crate) async fn retry(&mut self, services: &Services, id: i64) {
        self.ask("request.retry", Vec::new());
        let answer = services.retry(self.process, id).await;
        let request = answer.as_ref().ok().copied();
        self.hear(&answer, request);
    }
}
