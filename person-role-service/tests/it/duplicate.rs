//! A CO with the settings of another one (neighbours.md CO).

use person_role_service::{
    app::duplicate_co::duplicate_co,
    context::Fault,
    store::entity::{
        api_user::ApiUsers, co::Cos, co_email_list::CoEmailLists, co_extended_attribute::CoExtendedAttributes,
        co_extended_type::CoExtendedTypes, co_group::CoGroups, co_person::CoPeople, co_service::CoServices, cou::Cous,
    },
};
use proto::{
    caller::Caller,
    refusal::Refusal,
    registry::v1::{self as v1, ExtendedAttributeType, Status, SuspendableStatus, Visibility},
};

use crate::house::House;

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn phrase(result: Result<i64, Fault>) -> String {
    match result.expect_err("a refusal").into_refusal() {
        Refusal::Forbidden { phrase, .. } | Refusal::Unknown { phrase, .. } => phrase,
        other => other.to_string(),
    }
}

/// A CO with some of everything.
async fn original(house: &House) -> i64 {
    let co = house.co("Lab").await;
    let active = Some(SuspendableStatus::Active.into());
    let (child, parent) = (house.cou(co, "Child").await, house.cou(co, "Parent").await);
    let moved = v1::Cou { co_id: Some(co), name: text("Child"), parent_id: Some(parent), ..v1::Cou::default() };
    house.edit::<Cous>(child, moved).await.unwrap();
    let group = v1::CoGroup {
        co_id: Some(co),
        name: text("admins of wiki"),
        open: Some(true),
        cou_id: Some(child),
        status: active,
        ..v1::CoGroup::default()
    };
    let group = house.add::<CoGroups>(group).await.unwrap();
    let members =
        house.list::<CoGroups>("coid", co).await.into_iter().find(|group| group.name() == "CO:members:active");
    let list = v1::CoEmailList {
        co_id: Some(co),
        name: text("everyone"),
        members_co_group_id: members.unwrap().id,
        admins_co_group_id: Some(group),
        status: active,
        ..v1::CoEmailList::default()
    };
    house.add::<CoEmailLists>(list).await.unwrap();
    let service = v1::CoService {
        co_id: Some(co),
        name: text("Wiki"),
        cou_id: Some(parent),
        co_group_id: Some(group),
        visibility: Some(Visibility::CoMember.into()),
        status: active,
        ..v1::CoService::default()
    };
    house.add::<CoServices>(service).await.unwrap();
    let kind = v1::CoExtendedType {
        co_id: Some(co),
        attribute: text("Identifier.type"),
        name: text("osggid"),
        display_name: text("OSG"),
        status: active,
        ..v1::CoExtendedType::default()
    };
    house.add::<CoExtendedTypes>(kind).await.unwrap();
    let attribute = v1::CoExtendedAttribute {
        co_id: Some(co),
        name: text("badge"),
        display_name: text("Badge"),
        r#type: Some(ExtendedAttributeType::Integer.into()),
        ..v1::CoExtendedAttribute::default()
    };
    house.add::<CoExtendedAttributes>(attribute).await.unwrap();
    house.person(co, Status::Active).await;
    let user = v1::ApiUser { co_id: Some(co), username: text("loader"), status: active, ..v1::ApiUser::default() };
    house.add::<ApiUsers>(user).await.unwrap();
    co
}

pub(crate) async fn a_duplicate_has_the_settings_and_not_the_people(house: &House) {
    let co = original(house).await;
    let of_co = Caller { co_id: Some(co), ..house.caller.clone() };
    let refused = duplicate_co(house.app(), &of_co, co).await.expect_err("a refusal").into_refusal();
    assert!(matches!(refused, Refusal::Unauthorized(_)), "{refused:?}");
    assert_eq!(phrase(duplicate_co(house.app(), &house.caller, 999).await.map(|done| done.id)), "CO Unknown");

    let copy = duplicate_co(house.app(), &house.caller, co).await.unwrap().id;
    assert_eq!(house.view::<Cos>(copy).await.name(), "Copy of Lab");
    let cous = house.list::<Cous>("coid", copy).await;
    let cou = |name: &str| cous.iter().find(|cou| cou.name() == name).unwrap();
    assert_eq!((cous.len(), cou("Child").parent_id), (2, cou("Parent").id));
    let groups = house.list::<CoGroups>("coid", copy).await;
    let group = |name: &str| groups.iter().find(|group| group.name() == name).unwrap();
    assert_eq!(groups.len(), house.list::<CoGroups>("coid", co).await.len());
    let own = group("admins of wiki");
    assert_eq!((own.open, own.cou_id), (Some(true), cou("Child").id));
    let [list] = &house.list::<CoEmailLists>("coid", copy).await[..] else { panic!("one list") };
    assert_eq!((list.members_co_group_id, list.admins_co_group_id), (group("CO:members:active").id, own.id));
    let [service] = &house.list::<CoServices>("coid", copy).await[..] else { panic!("one service") };
    assert_eq!((service.cou_id, service.co_group_id), (cou("Parent").id, own.id));
    assert_eq!(house.list::<CoExtendedTypes>("coid", copy).await[0].name(), "osggid");
    assert_eq!(house.list::<CoExtendedAttributes>("coid", copy).await[0].r#type(), ExtendedAttributeType::Integer);
    assert!(house.list::<CoPeople>("coid", copy).await.is_empty());
    assert!(house.list::<ApiUsers>("coid", copy).await.is_empty());
    assert_eq!(phrase(duplicate_co(house.app(), &house.caller, co).await.map(|done| done.id)), "Name In Use");
}
