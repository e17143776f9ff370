//! `cohort demo`: a small CO to play with.

use person_role_service::{
    app::add::add,
    context::Fault,
    resource::Resource,
    store::entity::{
        co::Cos, co_email_list::CoEmailLists, co_group::CoGroups, co_group_member::CoGroupMembers, co_person::CoPeople,
        co_person_role::CoPersonRoles, cou::Cous, email_address::EmailAddresses, identifier::Identifiers, name::Names,
    },
};
use proto::{
    caller::Caller,
    provisioning::v1::{CoProvisioningTarget, Mode},
    record::{Record, struct_of_json},
    registry::v1::{self as v1, GroupType, Status, SuspendableStatus},
};
use provisioning_service::app::add_target;
use serde_json::json;
use service_kit::health::Health;

use crate::{house::House, settings::Settings};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Given and family name, affiliation, title, status and COU of the people.
const PEOPLE: [(&str, &str, &str, &str, Status, usize); 5] = [
    ("Mira", "Oduya", "faculty", "Spokesperson", Status::Active, 0),
    ("Jonas", "Hellström", "staff", "Beamline Scientist", Status::Active, 1),
    ("Aiko", "Tanaka", "student", "Doctoral Student", Status::Active, 1),
    ("Paul", "Weber", "member", "Engineer", Status::GracePeriod, 0),
    ("Lucía", "Ferrer", "affiliate", "Visitor", Status::Suspended, 1),
];

/// Fills in the CO, and says what is there.
pub(crate) async fn demo(settings: &Settings) -> Result<(), Failure> {
    let house = House::build(settings, &Health::new()).await?;
    let app = Demo { house: &house, caller: Caller::house() };
    let taken = |failure: Failure| -> Failure {
        format!("The demo CO cannot be made; perhaps it is there already: {failure}").into()
    };
    let co_id = app
        .add::<Cos>(v1::Co {
            name: Some("Demo Collaboration".to_owned()),
            description: Some("Made by cohort demo".to_owned()),
            status: Some(v1::CoStatus::Active.into()),
            ..v1::Co::default()
        })
        .await
        .map_err(taken)?;
    // Targets first, so that what follows is provisioned.
    app.target(co_id, "Log of all changes", Mode::Automatic, "demo.log").await?;
    app.target(co_id, "Log on request", Mode::Manual, "on-request.log").await?;
    let mut cous = Vec::new();
    for name in ["Physics", "Optics"] {
        let parent_id = cous.first().copied();
        cous.push(
            app.add::<Cous>(v1::Cou {
                co_id: Some(co_id),
                name: Some(name.to_owned()),
                parent_id,
                ..v1::Cou::default()
            })
            .await?,
        );
    }
    let group = app
        .add::<CoGroups>(v1::CoGroup {
            co_id: Some(co_id),
            name: Some("shift-leaders".to_owned()),
            description: Some("May open the control room".to_owned()),
            status: Some(SuspendableStatus::Active.into()),
            group_type: Some(GroupType::Standard.into()),
            ..v1::CoGroup::default()
        })
        .await?;
    app.add::<CoEmailLists>(v1::CoEmailList {
        co_id: Some(co_id),
        name: Some("shifts".to_owned()),
        status: Some(SuspendableStatus::Active.into()),
        members_co_group_id: Some(group),
        ..v1::CoEmailList::default()
    })
    .await?;
    for (given, family, affiliation, title, status, cou) in PEOPLE {
        let person = app.person(co_id, given, family).await?;
        app.add::<CoPersonRoles>(v1::CoPersonRole {
            co_person_id: Some(person),
            cou_id: cous.get(cou).copied(),
            affiliation: Some(affiliation.to_owned()),
            title: Some(title.to_owned()),
            o: Some("Demo Laboratory".to_owned()),
            status: Some(status.into()),
            ..v1::CoPersonRole::default()
        })
        .await?;
        if affiliation != "affiliate" {
            app.add::<CoGroupMembers>(v1::CoGroupMember {
                co_group_id: Some(group),
                co_person_id: Some(person),
                member: Some(true),
                owner: Some(affiliation == "faculty"),
                ..v1::CoGroupMember::default()
            })
            .await?;
        }
    }
    println!(
        "CO {co_id}, \"Demo Collaboration\": 2 COUs, {} people with roles, a group, a list, 2 targets.",
        PEOPLE.len()
    );
    println!(
        "Its changes are provisioned into {} while cohort runs.",
        settings.data.join(format!("changelog/co_{co_id}/demo.log")).display()
    );
    house.close().await;
    Ok(())
}

struct Demo<'a> {
    house: &'a House,
    caller: Caller,
}

impl Demo<'_> {
    async fn add<R: Resource>(&self, message: R::Message) -> Result<i64, Failure> {
        let added = add::<R>(self.house.registry.app(), &self.caller, Record::of(&message), &[]).await;
        Ok(added.map(|(id, _)| id).map_err(proto_refusal)?)
    }

    async fn person(&self, co_id: i64, given: &str, family: &str) -> Result<i64, Failure> {
        let person = self
            .add::<CoPeople>(v1::CoPerson {
                co_id: Some(co_id),
                status: Some(Status::Active.into()),
                ..v1::CoPerson::default()
            })
            .await?;
        self.add::<Names>(v1::Name {
            co_person_id: Some(person),
            given: Some(given.to_owned()),
            family: Some(family.to_owned()),
            r#type: Some("official".to_owned()),
            primary_name: Some(true),
            ..v1::Name::default()
        })
        .await?;
        let login = format!("{}@demo.example.org", given.to_lowercase().replace('í', "i"));
        self.add::<EmailAddresses>(v1::EmailAddress {
            co_person_id: Some(person),
            mail: Some(login.clone()),
            r#type: Some("official".to_owned()),
            verified: Some(true),
            ..v1::EmailAddress::default()
        })
        .await?;
        self.add::<Identifiers>(v1::Identifier {
            co_person_id: Some(person),
            identifier: Some(login),
            r#type: Some("eppn".to_owned()),
            login: Some(true),
            status: Some(SuspendableStatus::Active.into()),
            ..v1::Identifier::default()
        })
        .await?;
        Ok(person)
    }

    async fn target(&self, co_id: i64, description: &str, mode: Mode, file: &str) -> Result<(), Failure> {
        let configuration = json!({ "LogFile": file }).as_object().cloned().unwrap_or_default();
        let record = CoProvisioningTarget {
            co_id: Some(co_id),
            description: Some(description.to_owned()),
            plugin: Some("ChangelogProvisioner".to_owned()),
            status: Some(mode.into()),
            configuration: Some(struct_of_json(&configuration)),
            ..CoProvisioningTarget::default()
        };
        add_target::run(self.house.provisioning.app(), &self.caller, &record, &[]).await?;
        Ok(())
    }
}

fn proto_refusal(fault: Fault) -> proto::refusal::Refusal {
    fault.into_refusal()
}
