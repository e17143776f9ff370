//! What the client asks for people, their names and identifiers.

use person_role_service::store::entity::{
    co_person::CoPeople, co_person_role::CoPersonRoles, identifier::Identifiers, name::Names,
};
use proto::registry::v1::{self as v1, Status, SuspendableStatus};
use testkit::proof::journal::End;

use crate::sim::{
    client::{Client, person},
    dice::Dice,
    reading::{PERSON, date_of, numbered},
    services::Services,
};

impl Client {
    pub(crate) async fn add_person(&mut self, services: &Services) {
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

    pub(crate) async fn give_key(&mut self, services: &Services, id: i64) {
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

    pub(crate) async fn change_person(&mut self, services: &Services, dice: &mut Dice, record: &v1::CoPerson) {
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

    pub(crate) async fn delete_person(&mut self, services: &Services, id: i64) {
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

    pub(crate) async fn change_name(&mut self, services: &Services, dice: &mut Dice, id: i64) {
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

    pub(crate) async fn change_identifier(
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
}
