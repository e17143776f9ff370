//! The table of what tells targets of which subjects (provisioning-engine.md §2), and of what each status lets through (§3).

use person_role_service::{
    app::{read_subjects::read_subjects, reply_invite::reply_invite, send_invites::send_invites},
    mail::{MailSettings, Mailer},
    resource::Resource,
    store::entity::{
        address::Addresses, co_email_list::CoEmailLists, co_group::CoGroups, co_group_member::CoGroupMembers,
        co_invite::CoInvites, co_org_identity_link::CoOrgIdentityLinks, co_person::CoPeople,
        co_person_role::CoPersonRoles, co_service::CoServices, email_address::EmailAddresses, identifier::Identifiers,
        name::Names, org_identity::OrgIdentities, url::Urls,
    },
};
use proto::{
    events::v1::Action,
    registry::v1::{
        self as v1, Provisionable, ReadSubjectsRequest, ReplyRequest, Status, Subject, SubjectKind, SuspendableStatus,
        subject_state::Data,
    },
};
use service_kit::config::Secret;
use testkit::Folder;

use crate::house::{House, role};

/// Ada is in the group Readers with Bob, and in no group Writers.
struct World<'a> {
    house: &'a House,
    co: i64,
    ada: i64,
    bob: i64,
    readers: i64,
    writers: i64,
}

impl<'a> World<'a> {
    async fn new(house: &'a House) -> Self {
        let co = house.co("Triggers").await;
        let (ada, bob) = (house.person(co, Status::Active).await, house.person(co, Status::Active).await);
        let (readers, writers) = (group(house, co, "Readers").await, group(house, co, "Writers").await);
        let world = Self { house, co, ada, bob, readers, writers };
        for person in [ada, bob] {
            house.add::<CoGroupMembers>(member(readers, person)).await.unwrap();
        }
        house.events().await;
        world
    }

    /// The subjects of ours of which targets were told since, each with how: `ada:U readers:U`.
    async fn told(&self) -> String {
        let name = |subject: Subject| match (subject.kind(), subject.id) {
            (SubjectKind::CoPerson, id) if id == self.ada => Some("ada"),
            (SubjectKind::CoPerson, id) if id == self.bob => Some("bob"),
            (SubjectKind::CoGroup, id) if id == self.readers => Some("readers"),
            (SubjectKind::CoGroup, id) if id == self.writers => Some("writers"),
            (SubjectKind::CoEmailList, _) => Some("list"),
            (SubjectKind::CoService, _) => Some("service"),
            _ => None,
        };
        let letter = |action: Action| match action {
            Action::Added => "A",
            Action::Updated => "U",
            Action::Deleted => "D",
            Action::Unspecified => "?",
        };
        let mut told: Vec<String> = Vec::new();
        for event in self.house.events().await {
            let enrolled = if event.enrolled { "!" } else { "" };
            let named = event.subject.and_then(name);
            told.extend(named.map(|name| format!("{name}:{}{enrolled}", letter(event.action()))));
        }
        told.sort();
        told.join(" ")
    }

    #[track_caller]
    fn expect(&self, row: &str, told: String, expected: &str) {
        assert_eq!(told, expected, "{row}");
    }

    async fn add<R: Resource>(&self, row: &str, message: R::Message, expected: &str) -> i64 {
        let id = self.house.add::<R>(message).await.unwrap();
        self.expect(row, self.told().await, expected);
        id
    }

    async fn edit<R: Resource>(&self, row: &str, id: i64, message: R::Message, expected: &str) {
        self.house.edit::<R>(id, message).await.unwrap();
        self.expect(row, self.told().await, expected);
    }

    async fn delete<R: Resource>(&self, row: &str, id: i64, expected: &str) {
        self.house.delete::<R>(id).await.unwrap();
        self.expect(row, self.told().await, expected);
    }
}

async fn group(house: &House, co: i64, name: &str) -> i64 {
    house.add::<CoGroups>(group_of(co, name, SuspendableStatus::Active)).await.unwrap()
}

fn group_of(co: i64, name: &str, status: SuspendableStatus) -> v1::CoGroup {
    v1::CoGroup { co_id: Some(co), name: Some(name.to_owned()), status: Some(status.into()), ..v1::CoGroup::default() }
}

fn member(group: i64, person: i64) -> v1::CoGroupMember {
    v1::CoGroupMember {
        co_group_id: Some(group),
        co_person_id: Some(person),
        member: Some(true),
        ..v1::CoGroupMember::default()
    }
}

fn identifier(text: &str) -> v1::Identifier {
    v1::Identifier {
        identifier: Some(text.to_owned()),
        r#type: Some("eppn".to_owned()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::Identifier::default()
    }
}

fn person(co: i64, status: Status) -> v1::CoPerson {
    v1::CoPerson { co_id: Some(co), status: Some(status.into()), ..v1::CoPerson::default() }
}

pub(crate) async fn each_change_tells_of_the_subjects_that_it_concerns(house: &House) {
    let world = World::new(house).await;
    of_what_hangs_on_people(&world).await;
    of_groups(&world).await;
    of_statuses(&world).await;
    of_lists_and_services(&world).await;
    of_invitations(&world).await;
    world.delete::<CoPeople>("a person is deleted", world.bob, "bob:D readers:U").await;
    world.delete::<CoGroups>("a group is deleted", world.readers, "ada:U readers:D").await;
}

async fn of_what_hangs_on_people(world: &World<'_>) {
    let World { co, ada, .. } = *world;
    let name = |given: &str| v1::Name {
        co_person_id: Some(ada),
        given: Some(given.to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::Name::default()
    };
    let first = world.add::<Names>("a name is added", name("Ada"), "ada:U").await;
    world.add::<Names>("a second name is added", name("Augusta"), "ada:U").await;
    world.edit::<Names>("a name is changed", first, name("Adah"), "ada:U").await;
    let mail = v1::EmailAddress {
        co_person_id: Some(ada),
        mail: Some("ada@example.org".to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::EmailAddress::default()
    };
    world.add::<EmailAddresses>("an address of mail is added", mail, "ada:U").await;
    let url = v1::Url {
        co_person_id: Some(ada),
        url: Some("https://example.org/ada".to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::Url::default()
    };
    let url = world.add::<Urls>("a URL is added", url, "ada:U").await;
    world.delete::<Urls>("a URL is deleted", url, "ada:U").await;
    let of_ada = |text: &str| v1::Identifier { co_person_id: Some(ada), ..identifier(text) };
    let id = world.add::<Identifiers>("an identifier is new", of_ada("ada"), "ada:U readers:U").await;
    world.edit::<Identifiers>("an identifier is changed", id, of_ada("ada2"), "ada:U readers:U").await;
    world.delete::<Identifiers>("an identifier is deleted", id, "ada:U readers:U").await;
    let id = world.add::<CoPersonRoles>("a role is added", role(ada, None, Status::Active), "ada:U").await;
    let titled = v1::CoPersonRole { title: Some("Analyst".to_owned()), ..role(ada, None, Status::Active) };
    world.edit::<CoPersonRoles>("a role is changed", id, titled, "ada:U").await;
    let address = v1::Address {
        co_person_role_id: Some(id),
        street: Some("1 Main St".to_owned()),
        r#type: Some("office".to_owned()),
        ..v1::Address::default()
    };
    let address = world.add::<Addresses>("what hangs on a role is added", address, "ada:U").await;
    world.delete::<Addresses>("what hangs on a role is deleted", address, "ada:U").await;
    world.add::<CoPersonRoles>("a second role is added", role(ada, None, Status::Active), "ada:U").await;
    world.delete::<CoPersonRoles>("a role is deleted", id, "ada:U").await;
    let org = v1::OrgIdentity { co_id: Some(co), ..v1::OrgIdentity::default() };
    let org = world.add::<OrgIdentities>("an org identity that is nobody's is added", org, "").await;
    let link = v1::CoOrgIdentityLink {
        co_person_id: Some(ada),
        org_identity_id: Some(org),
        ..v1::CoOrgIdentityLink::default()
    };
    world.add::<CoOrgIdentityLinks>("an org identity is linked", link, "ada:U").await;
    let of_org = v1::Identifier { org_identity_id: Some(org), ..identifier("ada@home") };
    world.add::<Identifiers>("an org identity gets an identifier", of_org, "ada:U").await;
}

async fn of_groups(world: &World<'_>) {
    let World { house, co, ada, readers, writers, .. } = *world;
    let id = world.add::<CoGroupMembers>("a membership is added", member(writers, ada), "ada:U writers:U").await;
    let owner = v1::CoGroupMember { owner: Some(true), ..member(writers, ada) };
    world.edit::<CoGroupMembers>("a membership is changed", id, owner, "ada:U writers:U").await;
    world.delete::<CoGroupMembers>("a membership is deleted", id, "ada:U writers:U").await;
    // Dates are told from the first time on.
    house.dates().await;
    let ends = house.clock.now() + chrono::Duration::seconds(60);
    let ends = Some(prost_types::Timestamp { seconds: ends.timestamp(), nanos: 0 });
    let dated = v1::CoGroupMember { valid_through: ends, ..member(writers, ada) };
    world.add::<CoGroupMembers>("a membership with dates is added", dated, "ada:U writers:U").await;
    house.clock.advance(chrono::Duration::seconds(62));
    house.dates().await;
    world.expect("the date of a membership has passed", world.told().await, "ada:U writers:U");
    let described =
        v1::CoGroup { description: Some("Who read".to_owned()), ..group_of(co, "Readers", SuspendableStatus::Active) };
    world.edit::<CoGroups>("a group is changed", readers, described, "readers:U").await;
    let all = "ada:U bob:U readers:U";
    let renamed = |status| group_of(co, "Lectors", status);
    world.edit::<CoGroups>("a group is renamed", readers, renamed(SuspendableStatus::Active), all).await;
    world.edit::<CoGroups>("a group leaves Active", readers, renamed(SuspendableStatus::Suspended), all).await;
    world.edit::<CoGroups>("a group enters Active", readers, renamed(SuspendableStatus::Active), all).await;
}

async fn of_statuses(world: &World<'_>) {
    let World { house, co, bob, .. } = *world;
    let (own, with_groups) = ("bob:U", "bob:U readers:U");
    for (row, status, expected) in [
        ("Active to GracePeriod", Status::GracePeriod, own),
        ("GracePeriod to Suspended", Status::Suspended, with_groups),
        ("Suspended to Expired", Status::Expired, own),
        ("Expired to Denied", Status::Denied, own),
        ("Denied to GracePeriod", Status::GracePeriod, with_groups),
        ("GracePeriod to Active", Status::Active, own),
        ("Active to Pending", Status::Pending, with_groups),
        ("Pending to Active", Status::Active, with_groups),
    ] {
        world.edit::<CoPeople>(row, bob, person(co, status), expected).await;
    }
    let new = house.person(co, Status::Active).await;
    let told = house.events().await;
    let added = |event: &proto::events::v1::RegistryEvent| {
        event.action() == Action::Added
            && event.subject == Some(Subject { kind: SubjectKind::CoPerson.into(), id: new })
    };
    assert_eq!(told.iter().filter(|event| added(event)).count(), 1, "a person is created");
}

async fn of_lists_and_services(world: &World<'_>) {
    let co = Some(world.co);
    let list = |name: &str| v1::CoEmailList {
        co_id: co,
        name: Some(name.to_owned()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::CoEmailList::default()
    };
    let id = world.add::<CoEmailLists>("a list is added", list("all"), "list:A").await;
    world.edit::<CoEmailLists>("a list is changed", id, list("everybody"), "list:U").await;
    world.delete::<CoEmailLists>("a list is deleted", id, "list:D").await;
    let service = |name: &str| v1::CoService {
        co_id: co,
        name: Some(name.to_owned()),
        visibility: Some(v1::Visibility::CoAdmin.into()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::CoService::default()
    };
    let id = world.add::<CoServices>("a service is added", service("Wiki"), "service:A").await;
    world.edit::<CoServices>("a service is changed", id, service("Wikis"), "service:U").await;
    world.delete::<CoServices>("a service is deleted", id, "service:D").await;
}

async fn of_invitations(world: &World<'_>) {
    let World { house, co, ada, .. } = *world;
    let folder = Folder::new("mails");
    let settings = MailSettings {
        smtp_url: Secret::default(),
        folder: folder.path().display().to_string(),
        from: "Lab <lab@example.org>".to_owned(),
        invite_template: String::new(),
        invite_url: String::new(),
        invite_days: 7,
        invites_per_hour: 0,
    };
    let mailer = Mailer::new(&settings).unwrap().unwrap();
    for (reply, expected) in [("decline", "ada:U"), ("confirm", "ada:U! readers:U writers:U")] {
        house.edit::<CoPeople>(ada, person(co, Status::Pending)).await.unwrap();
        let invite = v1::CoInvite { co_person_id: Some(ada), ..v1::CoInvite::default() };
        house.add::<CoInvites>(invite).await.unwrap();
        send_invites(house.app(), &mailer).await.unwrap();
        house.events().await;
        let mails = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        let newest = mails.max_by_key(|file| (file.metadata().unwrap().modified().unwrap(), file.clone())).unwrap();
        let mail = std::fs::read_to_string(newest).unwrap();
        let secret = mail.split_whitespace().find(|word| word.len() == 48 && word.chars().all(char::is_alphanumeric));
        let request = ReplyRequest { inviteid: secret.unwrap().to_owned(), reply: reply.to_owned() };
        reply_invite(house.app(), &house.caller, &request).await.unwrap();
        world.expect(reply, world.told().await, expected);
    }
}

pub(crate) async fn each_status_passes_on_what_it_may(house: &House) {
    let world = World::new(house).await;
    let everything = [Status::Active, Status::GracePeriod];
    let data = [Status::Suspended, Status::Expired, Status::Locked];
    let all = v1::Status::Unspecified;
    let mut seen = 0;
    for status in (0..64).filter_map(|number| Status::try_from(number).ok()).filter(|status| *status != all) {
        let edited = house.edit::<CoPeople>(world.ada, person(world.co, status)).await;
        // Statuses that people cannot have are refused.
        let Ok(()) = edited else { continue };
        seen += 1;
        let subject = Subject { kind: SubjectKind::CoPerson.into(), id: world.ada };
        let states =
            read_subjects(house.app(), &ReadSubjectsRequest { subjects: vec![subject], contract: 2 }).await.unwrap();
        let Some(Data::Person(state)) = &states[0].data else { panic!("{states:?}") };
        let expected = match status {
            status if everything.contains(&status) => Provisionable::Everything,
            status if data.contains(&status) => Provisionable::PersonData,
            _ => Provisionable::Nothing,
        };
        assert_eq!(state.provisionable(), expected, "{status:?}");
        let groups: Vec<i64> = state.memberships.iter().filter_map(|one| one.group.as_ref()?.id).collect();
        assert_eq!(groups.contains(&world.readers), expected == Provisionable::Everything, "{status:?}");
        assert_eq!(groups.is_empty(), expected == Provisionable::Nothing, "{status:?}");
    }
    assert!(seen >= 13, "{seen} statuses were tried");
}
