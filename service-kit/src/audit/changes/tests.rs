use proto::{provisioning::v1::CoProvisioningTarget, table::Table};
use serde_json::json;

use super::*;

fn target(status: i32, url: &str, secret: &str) -> Record {
    let mut record = Record::new(Table::of::<CoProvisioningTarget>());
    record.set("status", Slot::Is(Value::Enum(status)));
    let configuration = json!({"Password": secret, "ServerUrl": url});
    record.set("configuration", Slot::Is(Value::Object(configuration.as_object().unwrap().clone())));
    record.set("modified", Slot::Is(Value::Time(1)));
    record
}

fn masked(record: &Record) -> Record {
    let Some(Value::Object(mut object)) = record.get("configuration").cloned() else { panic!("an object") };
    object.insert("Password".to_owned(), json!("***"));
    let mut record = record.clone();
    record.set("configuration", Slot::Is(Value::Object(object)));
    record
}

#[test]
fn of_what_is_long_the_beginning_is_told() {
    let told = |text: String| change("F", Some(&json!(text)), None)["Old"].as_str().unwrap().to_owned();
    assert_eq!(told("a".repeat(LONGEST)), "a".repeat(LONGEST));
    let long = told("a".repeat(LONGEST + 1));
    assert!(long.len() < 320 && long.contains("… (2049 bytes, SHA-256 "), "{long}");
    assert_ne!(long, told(format!("{}b", "a".repeat(LONGEST))));
    assert!(told("\u{1}".repeat(CONTROLS + 1)).starts_with("… (129 bytes"));
    let list = change("F", None, Some(&json!(vec!["x".repeat(100); 100])));
    assert!(list["New"].as_str().is_some_and(|text| text.len() < 320), "{list}");
}

#[test]
fn only_what_differs_is_told_and_no_secret() {
    let (old, new) = (target(1, "a", "one"), target(2, "a", "two"));
    let status = |number| old.table().field("status").unwrap().name_of(number).unwrap().wire.clone();
    assert_eq!(
        between(Some(&old), Some(&new), masked),
        [
            json!({"Field": "Status", "Old": status(1), "New": status(2)}),
            json!({"Field": "Configuration.Password", "Old": "***", "New": "***"}),
        ]
    );
    assert_eq!(between(Some(&old), Some(&old), masked), [] as [Json; 0]);
    let gone = between(Some(&old), None, masked);
    assert_eq!(gone.len(), 3);
    assert!(gone.iter().all(|change| change.get("New").is_none()), "{gone:?}");
    assert!(!format!("{:?}", between(None, Some(&new), masked)).contains("two"));
}
