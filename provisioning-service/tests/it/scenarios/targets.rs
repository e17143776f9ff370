//! Targets (D34, D35, D40).

use proto::{
    caller::Caller,
    provisioning::v1::{CoProvisioningTarget, Mode},
    record::{Value, json_of_struct},
    refusal::Refusal,
    registry::v1::{DeleteRequest, ListRequest, NamedText, SubjectKind},
};
use serde_json::json;

use crate::rig::{CO, GROUP, OTHER, Rig, by, changelog, fake, of_co, phrase, refused};

pub(crate) async fn a_target_is_added_viewed_edited_and_deleted(rig: Rig) {
    let me = of_co(CO);
    let id = rig.add(&me, changelog(CO, json!({"LogFile": "a.log"}))).await.unwrap();
    let added = rig.view(&me, id).await.unwrap();
    assert_eq!((added.max_retry, added.ordr, added.retry_interval), (Some(3), Some(1), None));
    assert!(added.created.is_some() && added.created == added.modified);

    rig.clock.advance(chrono::Duration::seconds(5));
    let same = CoProvisioningTarget { configuration: None, ..changelog(CO, json!({})) };
    rig.edit(&me, id, same.clone(), &[]).await.unwrap();
    assert_eq!(rig.view(&me, id).await.unwrap(), added, "an edit that changes nothing writes nothing");

    let change = CoProvisioningTarget {
        description: Some("Main".to_owned()),
        retry_interval: Some(60),
        max_retry: Some(9),
        provision_co_group_id: Some(GROUP),
        ordr: Some(7),
        ..same.clone()
    };
    rig.edit(&me, id, change, &[]).await.unwrap();
    let edited = rig.view(&me, id).await.unwrap();
    assert_eq!((edited.description(), edited.retry_interval(), edited.max_retry()), ("Main", 60, 9));
    assert_eq!((edited.provision_co_group_id(), edited.ordr()), (GROUP, 7));
    assert_eq!(edited.configuration, added.configuration, "what is not sent is kept");
    assert!(edited.modified != added.modified && edited.created == added.created);

    let cleared = ["description", "retry_interval", "max_retry", "provision_co_group_id"];
    rig.edit(&me, id, same, &cleared).await.unwrap();
    let edited = rig.view(&me, id).await.unwrap();
    assert_eq!((edited.description, edited.retry_interval, edited.max_retry), (None, None, Some(3)));
    assert_eq!(edited.provision_co_group_id, None);

    rig.targets().delete(by(&me, DeleteRequest { id, if_match: None })).await.unwrap();
    assert_eq!(phrase(rig.view(&me, id).await), "CoProvisioningTarget Unknown");
    let again = rig.targets().delete(by(&me, DeleteRequest { id, if_match: None })).await.map_err(refused);
    assert_eq!(phrase(again), "CoProvisioningTarget Not Found");
    rig.end().await;
}

/// A configuration is bounded, and what is too large is not looked into: each key of it would have a sentence.
pub(crate) async fn a_configuration_is_bounded(rig: Rig) {
    let me = of_co(CO);
    let id = rig.add(&me, changelog(CO, json!({"LogFile": "a.log"}))).await.unwrap();
    for large in [json!({"LogFile": "x".repeat(65_536)}), json!({"LogFile": vec!["x"; 257]})] {
        let added = rig.add(&me, changelog(CO, large.clone())).await.map(drop);
        let edited = rig.edit(&me, id, changelog(CO, large), &[]).await.map(drop);
        for refused in [added, edited] {
            let Err(Refusal::InvalidFields(found)) = refused else { panic!("it was accepted") };
            let sentences: Vec<&String> = found.0.values().flatten().collect();
            assert!(sentences.len() == 1 && sentences[0].contains("may have at most"), "{sentences:?}");
        }
    }
    rig.end().await;
}

pub(crate) async fn wrong_fields_are_found_at_once(rig: Rig) {
    let me = of_co(CO);
    assert_eq!(phrase(rig.add(&me, CoProvisioningTarget::default()).await), "co_id plugin status");
    let wrong = CoProvisioningTarget {
        description: Some("<b>".to_owned()),
        retry_interval: Some(0),
        max_retry: Some(0),
        skip_org_identity_source_id: Some(1),
        ..changelog(CO, json!({"LogFile": "../x", "Colour": "red"}))
    };
    let Err(Refusal::InvalidFields(found)) = rig.add(&me, wrong).await else { panic!("it was accepted") };
    let columns: Vec<&str> = found.0.keys().map(String::as_str).collect();
    assert_eq!(columns, ["configuration", "description", "max_retry", "retry_interval", "skip_org_identity_source_id"]);
    let configuration = found.0.get("configuration").unwrap().join(" ");
    assert!(configuration.contains("\"LogFile\"") && configuration.contains("\"Colour\""), "{configuration}");

    let unknown = CoProvisioningTarget { plugin: Some("NoSuch".to_owned()), ..fake(CO, Mode::Manual) };
    let Err(Refusal::InvalidFields(found)) = rig.add(&me, unknown).await else { panic!("it was accepted") };
    assert_eq!(found.0.keys().collect::<Vec<_>>(), ["plugin"]);
    assert!(found.0.get("plugin").unwrap().concat().contains("ApiProvisioner, ChangelogProvisioner"));

    let id = rig.add(&me, changelog(CO, json!({"LogFile": "a.log"}))).await.unwrap();
    let other = CoProvisioningTarget { plugin: Some("ApiProvisioner".to_owned()), ..fake(CO, Mode::Manual) };
    assert_eq!(phrase(rig.edit(&me, id, other, &[]).await), "plugin");
    let nothing = CoProvisioningTarget { configuration: None, ..changelog(CO, json!({})) };
    assert_eq!(phrase(rig.edit(&me, id, nothing, &["configuration"]).await), "configuration");
    rig.end().await;
}

pub(crate) async fn cos_and_groups_are_asked_of_the_registry(rig: Rig) {
    let (me, platform) = (of_co(CO), Caller::house());
    for (caller, co) in [(&platform, 99), (&me, 99), (&me, OTHER)] {
        assert_eq!(phrase(rig.add(caller, fake(co, Mode::Manual)).await), "CO Does Not Exist");
    }
    rig.registry.group(21, OTHER);
    for (group, sentence) in [(21, "may not refer to another CO"), (99, "must be the id of a CO Group that exists")] {
        let record = CoProvisioningTarget { provision_co_group_id: Some(group), ..fake(CO, Mode::Manual) };
        let Err(Refusal::InvalidFields(found)) = rig.add(&me, record).await else { panic!("it was accepted") };
        assert!(found.0.get("provision_co_group_id").unwrap().concat().contains(sentence));
    }
    let id = rig.target(CO, Mode::Manual).await;
    assert_eq!(phrase(rig.edit(&platform, id, fake(OTHER, Mode::Manual), &[]).await), "co_id");
    assert_eq!(phrase(rig.edit(&platform, id, fake(99, Mode::Manual), &[]).await), "CO Does Not Exist");
    rig.registry.is_away(true);
    assert!(matches!(rig.add(&me, fake(CO, Mode::Manual)).await, Err(Refusal::Unavailable(_))));
    rig.end().await;
}

/// A reference that stays is not judged again, whatever became of its group.
pub(crate) async fn a_target_whose_group_is_gone_can_be_edited(rig: Rig) {
    let caller = Caller::house();
    let record = CoProvisioningTarget { provision_co_group_id: Some(GROUP), ..fake(CO, Mode::Manual) };
    let id = rig.add(&caller, record).await.unwrap();
    rig.registry.gone(SubjectKind::CoGroup, GROUP, CO, 2);
    let same = |description: &str| CoProvisioningTarget {
        provision_co_group_id: Some(GROUP),
        description: Some(description.to_owned()),
        ..fake(CO, Mode::Manual)
    };
    rig.edit(&caller, id, same("Its group is gone."), &[]).await.unwrap();
    rig.edit(&caller, id, same("Its group is gone."), &[]).await.unwrap();
    let other = CoProvisioningTarget { provision_co_group_id: Some(GROUP + 1), ..fake(CO, Mode::Manual) };
    assert!(rig.edit(&caller, id, other, &[]).await.is_err(), "one that comes anew is judged");
    rig.end().await;
}

pub(crate) async fn secrets_go_in_and_do_not_come_out(rig: Rig) {
    let me = of_co(CO);
    let api = |configuration: serde_json::Value| CoProvisioningTarget {
        plugin: Some("ApiProvisioner".to_owned()),
        ..changelog(CO, configuration)
    };
    let configuration = |password: &str, mode: &str| {
        json!({"ServerUrl": "http://127.0.0.1:9/", "Mode": mode, "IdentifierType": "eppn", "AuthType": "Basic",
            "Username": "kit", "Password": password})
    };
    let in_vain = rig.add(&me, api(configuration("********", "POST"))).await;
    assert_eq!(phrase(in_vain), "configuration", "there is nothing that the mask could keep");

    let id = rig.add(&me, api(configuration("s3cret", "POST"))).await.unwrap();
    let shown = json_of_struct(rig.view(&me, id).await.unwrap().configuration.unwrap());
    assert_eq!(serde_json::Value::from(shown), configuration("********", "POST"));

    let password = async || match rig.stored(id).await.get("configuration") {
        Some(Value::Object(told)) => told.get("Password").map(|password| password.as_str().unwrap().to_owned()),
        other => panic!("{other:?}"),
    };
    rig.edit(&me, id, api(configuration("********", "PUT")), &[]).await.unwrap();
    assert_eq!(password().await.as_deref(), Some("s3cret"), "writing the mask back keeps the secret");
    let shown = json_of_struct(rig.view(&me, id).await.unwrap().configuration.unwrap());
    assert_eq!(shown["Mode"], "PUT", "and the rest is changed");
    let with = |key: &str, value: &str| {
        let mut changed = configuration("********", "PUT");
        changed[key] = json!(value);
        api(changed)
    };
    for elsewhere in [
        "https://127.0.0.1:9/",
        "http://127.0.0.2:9/",
        "http://127.0.0.1:10/",
        "http://127.0.0.1/",
        "http://127.0.0.1:9/people",
    ] {
        let Err(Refusal::InvalidFields(found)) = rig.edit(&me, id, with("ServerUrl", elsewhere), &[]).await else {
            panic!("the secret went to {elsewhere}")
        };
        let said = found.0.get("configuration").unwrap();
        assert_eq!(said, &["\"Password\" must be sent again when ServerUrl changes."], "{elsewhere}");
    }
    rig.edit(&me, id, with("ServerUrl", "http://127.0.0.1:9"), &[]).await.unwrap();
    assert_eq!(password().await.as_deref(), Some("s3cret"), "it is the same server");
    rig.edit(&me, id, with("AuthType", "None"), &[]).await.unwrap();
    assert_eq!(password().await, None, "what is not used any more is not kept");
    rig.edit(&me, id, api(configuration("s3cret", "PUT")), &[]).await.unwrap();
    rig.edit(&me, id, api(configuration("other", "PUT")), &[]).await.unwrap();
    assert_eq!(password().await.as_deref(), Some("other"));
    rig.end().await;
}

pub(crate) async fn lists_are_narrowed_and_paged(rig: Rig) {
    let (me, platform) = (of_co(CO), Caller::house());
    let mut ids = Vec::new();
    for co in [CO, OTHER, CO] {
        ids.push(rig.target(co, Mode::Manual).await);
    }
    let list = async |caller: &Caller, co: Option<&str>, after: i64, limit: u32| {
        let filter = co.map(|co| NamedText { name: "coid".to_owned(), value: co.to_owned() });
        let message = ListRequest { filters: filter.into_iter().collect(), after, limit, as_of: None };
        let answer = rig.targets().list(by(caller, message)).await.map_err(refused)?.into_inner();
        Ok((answer.records.iter().map(CoProvisioningTarget::id).collect::<Vec<_>>(), answer.more))
    };
    let (first, second, third) = (ids[0], ids[1], ids[2]);
    assert_eq!(list(&platform, None, 0, 0).await.unwrap(), (vec![first, second, third], false));
    assert_eq!(list(&me, None, 0, 0).await.unwrap(), (vec![first, third], false));
    assert_eq!(list(&platform, Some("2"), 0, 1).await.unwrap(), (vec![first], true));
    assert_eq!(list(&platform, Some("2"), first, 1).await.unwrap(), (vec![third], false));
    for (caller, co) in [(&platform, "99"), (&me, "3"), (&me, "abc"), (&platform, "")] {
        assert_eq!(phrase(list(caller, Some(co), 0, 0).await), "CO Unknown", "{co}");
    }
    // What others are listed by is not passed over.
    let filters = vec![NamedText { name: "copersonid".to_owned(), value: "10".to_owned() }];
    let of_person = ListRequest { filters, ..ListRequest::default() };
    let refused = rig.targets().list(by(&me, of_person)).await.map_err(refused);
    assert_eq!(phrase(refused.map(drop)), "Bad Request");
    assert_eq!(phrase(rig.list(&me, &[("orgidentityid", "10")]).await), "Bad Request");
    rig.end().await;
}

pub(crate) async fn a_guard_lets_no_less_than_nothing_go(rig: Rig) {
    let below = CoProvisioningTarget { guard_share: Some(-5), guard_count: Some(-1), ..fake(CO, Mode::Manual) };
    let Err(Refusal::InvalidFields(wrong)) = rig.add(&of_co(CO), below).await else { panic!("it was added") };
    assert_eq!(wrong.0.into_keys().collect::<Vec<_>>(), ["guard_count", "guard_share"]);
    let nothing = CoProvisioningTarget { guard_share: Some(0), guard_count: Some(0), ..fake(CO, Mode::Manual) };
    rig.add(&of_co(CO), nothing).await.unwrap();
    rig.end().await;
}

pub(crate) async fn nobody_without_rights_sees_anything(rig: Rig) {
    let id = rig.target(CO, Mode::Manual).await;
    let nobody = Caller { privileged: false, ..of_co(CO) };
    assert_eq!(phrase(rig.view(&nobody, id).await), "Unauthorized");
    assert_eq!(phrase(rig.add(&nobody, fake(CO, Mode::Manual)).await), "Unauthorized");
    assert_eq!(phrase(rig.provision_by(&nobody, id, "copersonid", 10, 0).await), "Unauthorized");
    assert_eq!(phrase(rig.list(&nobody, &[]).await), "Unauthorized");
    let other = of_co(OTHER);
    assert_eq!(phrase(rig.view(&other, id).await), "CoProvisioningTarget Unknown");
    assert_eq!(phrase(rig.edit(&other, id, fake(CO, Mode::Manual), &[]).await), "CoProvisioningTarget Unknown");
    assert_eq!(phrase(rig.provision_by(&other, id, "copersonid", 10, 0).await), "CoProvisioningTarget Not Found");
    rig.end().await;
}

pub(crate) async fn a_target_can_be_reached_for_before_it_is_added(rig: Rig) {
    let at = |address: &str, check| CoProvisioningTarget {
        plugin: Some("ApiProvisioner".to_owned()),
        check: Some(check),
        configuration: Some(proto::record::struct_of_json(
            json!({"ServerUrl": address, "Mode": "PUT", "IdentifierType": "eppn"}).as_object().unwrap(),
        )),
        ..fake(CO, Mode::Manual)
    };
    let nowhere = "http://127.0.0.1:9/people";
    let refused = rig.add(&of_co(CO), at(nowhere, true)).await;
    let Err(Refusal::BadRequest(said)) = refused else { panic!("{refused:?}") };
    assert!(said.contains("cannot be reached"), "{said}");
    let id = rig.add(&of_co(CO), at(nowhere, false)).await.unwrap();
    let before = rig.view(&of_co(CO), id).await.unwrap();
    assert_eq!(before.check, None, "it is not kept");
    let again = CoProvisioningTarget { configuration: None, ..at(nowhere, true) };
    assert_eq!(phrase(rig.edit(&of_co(CO), id, again, &[]).await), "Bad Request");
    assert_eq!(rig.view(&of_co(CO), id).await.unwrap(), before);
    let works = CoProvisioningTarget { check: Some(true), ..changelog(CO, json!({"LogFile": "a.log"})) };
    rig.add(&of_co(CO), works).await.unwrap();
    rig.end().await;
}
