//! An auditor's demands on the security log of targets (D60).

use proto::{
    caller::Caller,
    provisioning::v1::CoProvisioningTarget,
    record::{Record, Value},
    registry::v1::{DeleteRequest, ListRequest},
};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value as Json, json};
use service_kit::audit::{read::list, verify::verify};

use crate::rig::{CO, Rig, by, fake, of_co, phrase, refused};
use proto::provisioning::v1::Mode;

async fn all(rig: &Rig) -> Vec<Record> {
    list(rig.database.reader(), &Caller::house(), &ListRequest::default()).await.unwrap().0
}

fn changes(record: &Record) -> Json {
    match record.get("changes") {
        Some(Value::Objects(items)) => Json::from(items.clone()),
        other => panic!("{other:?}"),
    }
}

fn api(url: &str, password: &str) -> CoProvisioningTarget {
    let configuration = json!({
        "ServerUrl": url, "Mode": "POST", "IdentifierType": "eppn", "AuthType": "Basic", "Username": "u", "Password": password,
    });
    CoProvisioningTarget {
        plugin: Some("ApiProvisioner".to_owned()),
        configuration: Some(proto::record::struct_of_json(configuration.as_object().unwrap())),
        ..fake(CO, Mode::Manual)
    }
}

pub(crate) async fn changes_of_targets_are_written_down_without_their_secrets(rig: Rig) {
    let me = Caller { address: "192.0.2.9".to_owned(), ..of_co(CO) };
    let id = rig.add(&me, api("https://a.example.org", "first-secret")).await.unwrap();
    rig.edit(&me, id, api("https://b.example.org", "second-secret"), &[]).await.unwrap();
    rig.edit(&me, id, api("https://b.example.org", "********"), &[]).await.unwrap();
    rig.targets().delete(by(&me, DeleteRequest { id, if_match: None })).await.unwrap();
    let records = all(&rig).await;
    let actions: Vec<_> = records.iter().map(|record| record.text("action").unwrap().to_owned()).collect();
    assert_eq!(actions, ["Add", "Edit", "Delete"], "an edit that changes nothing is none");
    for record in &records {
        assert_eq!(
            (record.text("source"), record.text("resource")),
            (Some("provisioning"), Some("CoProvisioningTarget"))
        );
        assert_eq!((record.int("resource_id"), record.int("co_id")), (Some(id), Some(CO)));
        assert_eq!((record.text("actor"), record.text("address")), (Some(me.username.as_str()), Some("192.0.2.9")));
    }
    let edit = changes(&records[1]);
    let entries = edit.as_array().unwrap();
    let of = |field: &str| entries.iter().find(|change| change["Field"] == field).unwrap();
    assert_eq!(of("Configuration.ServerUrl")["New"], "https://b.example.org");
    assert_eq!(
        of("Configuration.Password"),
        &json!({"Field": "Configuration.Password", "Old": "********", "New": "********"})
    );
    assert!(!format!("{records:?}").contains("-secret"));
    assert_eq!(verify(rig.database.reader()).await.unwrap().broken, None);
    rig.end().await;
}

pub(crate) async fn a_target_that_cannot_be_written_down_is_not_added(rig: Rig) {
    let me = of_co(CO);
    let writer = rig.database.writer();
    writer.execute_unprepared("ALTER TABLE audit_records RENAME TO elsewhere").await.unwrap();
    let status = rig.add(&me, fake(CO, Mode::Manual)).await;
    assert!(phrase(status).contains("security log"));
    let listed = rig.targets().list(by(&me, ListRequest::default())).await.map_err(refused).unwrap().into_inner();
    assert_eq!(listed.records, []);
    rig.end().await;
}
