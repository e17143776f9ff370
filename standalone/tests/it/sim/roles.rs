//! What the client asks for roles.

use chrono::Duration;
use person_role_service::store::entity::{co_person_role::CoPersonRoles, cou::Cous};
use proto::registry::v1::{self as v1, Status};

use crate::sim::{
    client::{Client, person, time},
    dice::Dice,
    reading::numbered,
    services::Services,
};

impl Client {
    pub(crate) async fn change_role(&mut self, services: &Services, dice: &mut Dice, id: i64) {
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
}
