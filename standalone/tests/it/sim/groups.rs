//! What the client asks for groups, their members and COUs.

use chrono::Duration;
use person_role_service::store::entity::{co_group::CoGroups, co_group_member::CoGroupMembers, cou::Cous};
use proto::registry::v1::{self as v1, SuspendableStatus};
use testkit::proof::journal::End;

use crate::sim::{
    client::{Client, group, time},
    dice::Dice,
    reading::numbered,
    services::Services,
};

impl Client {
    pub(crate) async fn add_group(&mut self, services: &Services) {
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

    pub(crate) async fn change_group(&mut self, services: &Services, dice: &mut Dice, record: &v1::CoGroup) {
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

    pub(crate) async fn rename_cou(&mut self, services: &Services, dice: &mut Dice) {
        let cous = services.list::<Cous>("coid", self.co).await;
        let Some(cou) = dice.pick(&cous) else { return };
        let Some((field, _)) = numbered(cou.name()) else { return };
        let renamed = v1::Cou { name: Some(format!("{field}-{}", self.number())), ..cou.clone() };
        self.ask("cou.rename", Vec::new());
        let answer = services.edit::<Cous>(self.process, cou.id(), renamed).await;
        self.hear(&answer, None);
    }

    pub(crate) async fn change_membership(&mut self, services: &Services, dice: &mut Dice, group: i64, person: i64) {
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
}
