//! What hangs on roles and people beside names: addresses, telephone numbers, ad hoc attributes, web addresses; services,
//! and the tree of COUs.

use person_role_service::{
    app::{list_subjects::list_subjects, read_subjects::read_subjects, view::view},
    store::entity::{
        ad_hoc_attribute::AdHocAttributes, address::Addresses, co::Cos, co_group::CoGroups,
        co_person_role::CoPersonRoles, co_service::CoServices, cou::Cous, history_record::HistoryRecords,
        org_identity::OrgIdentities, telephone_number::TelephoneNumbers, url::Urls,
    },
};
use proto::{
    events::v1::Action,
    refusal::Refusal,
    registry::v1::{
        self as v1, ListSubjectsRequest, ReadSubjectsRequest, Status, Subject, SubjectKind, SuspendableStatus,
        Visibility, subject_state::Data,
    },
};

use sea_orm::ConnectionTrait;

use crate::house::{House, role};

async fn state(house: &House, kind: SubjectKind, id: i64) -> v1::SubjectState {
    let subjects = vec![Subject { kind: kind.into(), id }];
    read_subjects(house.app(), &ReadSubjectsRequest { subjects, contract: 2 }).await.unwrap().remove(0)
}

fn person_of(state: v1::SubjectState) -> v1::PersonState {
    match state.data {
        Some(Data::Person(person)) => person,
        other => panic!("{other:?}"),
    }
}

/// Those that the version before made say whose they are, unless somebody has described them; that is no change of theirs.
pub(crate) async fn groups_of_the_version_before_are_described(house: &House) {
    let co = house.co("Old").await;
    let cou = house.cou(co, "Part").await;
    let user = v1::CoGroup {
        co_id: Some(co),
        name: Some("Readers".to_owned()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::CoGroup::default()
    };
    house.add::<CoGroups>(user).await.unwrap();
    let db = house.app().database.writer();
    for sql in [
        "DELETE FROM seaql_migrations WHERE version = 'm0089_descriptions'",
        "UPDATE co_groups SET description = NULL",
        "UPDATE co_groups SET description = 'Ours' WHERE name = 'CO:admins'",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    let house = house.with_clock(house.clock.clone()).await;
    let groups = house.list::<CoGroups>("coid", co).await;
    let described: Vec<_> =
        groups.iter().map(|group| (group.name(), group.description.as_deref(), group.revision())).collect();
    assert_eq!(
        described,
        [
            ("CO:admins", Some("Ours"), 0),
            ("CO:approvers", Some("Old Approvers"), 0),
            ("CO:members:active", Some("Old Active Members"), 0),
            ("CO:members:all", Some("Old Members"), 0),
            ("CO:COU:Part:admins", Some("Part Administrators"), 0),
            ("CO:COU:Part:approvers", Some("Part Approvers"), 0),
            ("CO:COU:Part:members:active", Some("Part Active Members"), 0),
            ("CO:COU:Part:members:all", Some("Part Members"), 0),
            ("Readers", None, 0),
        ]
    );
    let renamed = v1::Cou { co_id: Some(co), name: Some("Piece".to_owned()), ..v1::Cou::default() };
    house.edit::<Cous>(cou, renamed).await.unwrap();
    let groups = house.list::<CoGroups>("coid", co).await;
    let described: Vec<_> = groups.iter().filter_map(|group| group.description.as_deref()).collect();
    assert_eq!(described[4..], ["Piece Administrators", "Piece Approvers", "Piece Active Members", "Piece Members"]);
}

pub(crate) async fn what_hangs_on_a_role_is_told_of_its_person(house: &House) {
    let co = house.co("Parts").await;
    let (person, other) = (house.person(co, Status::Active).await, house.person(co, Status::Active).await);
    let held = house.role(person, None, Status::Active).await;
    let resting = house.role(person, None, Status::Suspended).await;
    let text = |text: &str| Some(text.to_owned());
    let of = |id: i64| v1::Address { co_person_role_id: Some(id), street: text("1 Main St"), ..v1::Address::default() };
    let mut last = state(house, SubjectKind::CoPerson, person).await;
    for step in 0..6 {
        house.events().await;
        match step {
            0 => drop(house.add::<Addresses>(of(held)).await.unwrap()),
            1 => {
                let number = v1::TelephoneNumber {
                    co_person_role_id: Some(held),
                    number: text("555 0100"),
                    ..v1::TelephoneNumber::default()
                };
                house.add::<TelephoneNumbers>(number).await.unwrap();
            }
            2 => {
                let attribute = v1::AdHocAttribute {
                    co_person_role_id: Some(held),
                    tag: text("badge"),
                    value: text("B-17"),
                    ..v1::AdHocAttribute::default()
                };
                house.add::<AdHocAttributes>(attribute).await.unwrap();
            }
            3 => {
                let url = v1::Url {
                    co_person_id: Some(person),
                    url: text("https://example.org/~ada"),
                    r#type: text("personal"),
                    ..v1::Url::default()
                };
                house.add::<Urls>(url).await.unwrap();
            }
            // To somebody else, with all that hangs on it.
            4 => house.edit::<CoPersonRoles>(held, role(other, None, Status::Active)).await.unwrap(),
            _ => house.edit::<CoPersonRoles>(held, role(person, None, Status::Active)).await.unwrap(),
        }
        let told = house.events().await;
        assert!(told.iter().any(|event| event.subject.is_some_and(|subject| subject.id == person)), "step {step}");
        let now = state(house, SubjectKind::CoPerson, person).await;
        assert!(now.revision > last.revision && now.data != last.data, "step {step}");
        last = now;
    }
    house.add::<Addresses>(of(resting)).await.unwrap();
    let known = person_of(state(house, SubjectKind::CoPerson, person).await);
    let counts =
        [known.addresses.len(), known.telephone_numbers.len(), known.ad_hoc_attributes.len(), known.urls.len()];
    assert_eq!(counts, [1, 1, 1, 1], "of roles that hold");
    let of_role: Vec<Option<i64>> = house
        .list::<HistoryRecords>("copersonid", person)
        .await
        .into_iter()
        .filter(|record| record.action() == "AADR")
        .map(|record| record.co_person_role_id)
        .collect();
    assert_eq!(of_role, [Some(held), Some(resting)]);
    let address = house.list::<Addresses>("copersonroleid", held).await[0].id();
    house.delete::<CoPersonRoles>(held).await.unwrap();
    assert!(view::<Addresses>(house.app(), &house.caller, address).await.is_err(), "it went with its role");
    assert!(house.list::<TelephoneNumbers>("coid", co).await.is_empty());
    assert_eq!(house.list::<Addresses>("copersonroleid", resting).await.len(), 1, "the other role's stays");
}

pub(crate) async fn a_service_is_a_subject(house: &House) {
    let co = house.co("Services").await;
    house.events().await;
    let service = v1::CoService {
        co_id: Some(co),
        name: Some("Wiki".to_owned()),
        visibility: Some(Visibility::CoMember.into()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::CoService::default()
    };
    let wrong = v1::CoService {
        contact_email: Some("nobody".to_owned()),
        service_url: Some("wiki".to_owned()),
        short_label: Some("a b".to_owned()),
        cluster_id: Some(7),
        ..service.clone()
    };
    let Err(fault) = house.add::<CoServices>(wrong).await else { panic!("a refusal") };
    let Refusal::InvalidFields(wrong) = fault.into_refusal() else { panic!("fields") };
    assert_eq!(wrong.0.keys().collect::<Vec<_>>(), ["cluster_id", "contact_email", "service_url", "short_label"]);
    let id = house.add::<CoServices>(service.clone()).await.unwrap();
    let first = state(house, SubjectKind::CoService, id).await;
    assert!(matches!(&first.data, Some(Data::Service(state)) if state.co_service.as_ref().unwrap().name() == "Wiki"));
    house.edit::<CoServices>(id, v1::CoService { name: Some("Blog".to_owned()), ..service }).await.unwrap();
    assert!(state(house, SubjectKind::CoService, id).await.revision > first.revision);
    let request = ListSubjectsRequest { co_id: co, limit: 100, ..ListSubjectsRequest::default() };
    let listed = list_subjects(house.app(), &request).await.unwrap();
    assert_eq!(listed.last(), Some(&Subject { kind: SubjectKind::CoService.into(), id }));
    house.delete::<CoServices>(id).await.unwrap();
    let told: Vec<(SubjectKind, Action)> =
        house.events().await.iter().map(|event| (event.subject.unwrap().kind(), event.action())).collect();
    let of_service = |action: Action| (SubjectKind::CoService, action);
    assert_eq!(told, [Action::Added, Action::Updated, Action::Deleted].map(of_service));
    let gone = state(house, SubjectKind::CoService, id).await;
    assert!(!gone.exists && gone.data.is_none());
}

pub(crate) async fn cous_say_their_place_in_the_tree(house: &House) {
    let co = house.co("Tree").await;
    let elsewhere = house.co("Wood").await;
    house.cou(elsewhere, "Other").await;
    let below = async |name: &str, parent: i64| {
        let cou =
            v1::Cou { co_id: Some(co), name: Some(name.to_owned()), parent_id: Some(parent), ..v1::Cou::default() };
        house.add::<Cous>(cou).await.unwrap()
    };
    let top = house.cou(co, "Top").await;
    let first = below("First", top).await;
    let second = below("Second", top).await;
    let leaf = below("Leaf", first).await;
    let place = async |id: i64| {
        let cou = house.view::<Cous>(id).await;
        (cou.lft(), cou.rght())
    };
    assert_eq!([place(top).await, place(first).await, place(leaf).await], [(1, 8), (2, 5), (3, 4)]);
    let moved = v1::Cou {
        co_id: Some(co),
        name: Some("Leaf".to_owned()),
        parent_id: Some(second),
        lft: Some(99),
        ..v1::Cou::default()
    };
    house.edit::<Cous>(leaf, moved).await.unwrap();
    let listed: Vec<(i64, i64)> =
        house.list::<Cous>("coid", co).await.iter().map(|cou| (cou.lft(), cou.rght())).collect();
    assert_eq!(listed, [(1, 8), (2, 3), (4, 7), (5, 6)]);
}

pub(crate) async fn the_co_called_comanage_stays(house: &House) {
    let co = house.co("COmanage").await;
    let phrase = |result: Result<(), person_role_service::context::Fault>| match result.unwrap_err().into_refusal() {
        Refusal::Forbidden { phrase, .. } => phrase,
        other => panic!("{other:?}"),
    };
    let renamed =
        v1::Co { name: Some("Ours".to_owned()), status: Some(v1::CoStatus::Active.into()), ..v1::Co::default() };
    assert_eq!(phrase(house.edit::<Cos>(co, renamed).await), "Cannot Edit COmanage CO");
    assert_eq!(phrase(house.delete::<Cos>(co).await), "Cannot Remove COmanage CO");
}

pub(crate) async fn what_is_deleted_is_named_no_more(house: &House) {
    let co = house.co("Names no more").await;
    let cou = house.cou(co, "Lab").await;
    let group = v1::CoGroup { co_id: Some(co), name: Some("Crew".to_owned()), ..v1::CoGroup::default() };
    let group = v1::CoGroup { status: Some(SuspendableStatus::Active.into()), open: Some(false), ..group };
    let group = house.add::<CoGroups>(group).await.unwrap();
    let service = v1::CoService {
        co_id: Some(co),
        name: Some("Wiki".to_owned()),
        visibility: Some(Visibility::CoMember.into()),
        status: Some(SuspendableStatus::Active.into()),
        cou_id: Some(cou),
        co_group_id: Some(group),
        ..v1::CoService::default()
    };
    let id = house.add::<CoServices>(service).await.unwrap();
    let org = v1::OrgIdentity { co_id: Some(co), ..v1::OrgIdentity::default() };
    let org = house.add::<OrgIdentities>(org).await.unwrap();
    let person = house.person(co, Status::Active).await;
    let sent = v1::CoPersonRole { source_org_identity_id: Some(org), ..role(person, None, Status::Active) };
    let role = house.add::<CoPersonRoles>(sent).await.unwrap();
    house.delete::<Cous>(cou).await.unwrap();
    house.delete::<CoGroups>(group).await.unwrap();
    house.delete::<OrgIdentities>(org).await.unwrap();
    let service = house.view::<CoServices>(id).await;
    assert_eq!((service.cou_id, service.co_group_id), (None, None));
    assert_eq!(house.view::<CoPersonRoles>(role).await.source_org_identity_id, None);
}
