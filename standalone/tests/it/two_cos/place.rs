//! A CO with one record of each resource, each made from the example of its description; and its user.

use std::collections::BTreeMap;

use proto::table::{Field, Table};
use serde_json::{Value as Json, json};
use testkit::client::Client;

use super::description::Operation;

/// One CO, and who may see it.
pub(crate) struct Place {
    /// The only user of the CO, who may do everything in it.
    pub(super) user: Client,
    /// A word that stands in all texts of this CO and in no other one.
    pub(super) marker: &'static str,
    /// An id of each resource.
    pub(crate) ids: BTreeMap<String, i64>,
    /// What was made, in this order.
    pub(super) made: Vec<(&'static Table, i64)>,
}

/// The example of an operation with the references and the word of a place. None while it lacks a record to refer to.
pub(super) fn filled(operation: &Operation, ids: &BTreeMap<String, i64>, marker: &str) -> Option<Json> {
    let mut body = operation.body.clone()?;
    let Some(table) = operation.table.filter(|table| body[&table.plural].is_array()) else { return Some(body) };
    let record = &mut body[&table.plural][0];
    if table.owners().all(|owner| owner.column != "co_id") && table.field("co_id").is_some() && table.path != "cos" {
        record["CoId"] = json!(ids["Co"]);
    }
    for field in &table.fields {
        let options = &field.options;
        if !options.person_type.is_empty() && record["Person"]["Type"] == options.person_type.as_str() {
            record["Person"]["Id"] = json!(ids.get(&options.refers_to)?);
        } else if !options.refers_to.is_empty() && !record[&field.wire].is_null() {
            record[&field.wire] = json!(ids.get(&options.refers_to)?);
        } else if let Some(text) = record[&field.wire].as_str().filter(|_| options.allowed.is_empty()) {
            record[&field.wire] = text.replace("example", marker).replace("ada", marker).into();
        }
    }
    // What changes by itself cannot be compared with what it was.
    if table.singular == "CoProvisioningTarget" {
        record["Status"] = json!("M");
    }
    Some(body)
}

impl Place {
    /// Makes a CO with a record of each resource. A record that others have to be there for waits for the next round.
    pub(crate) async fn make(platform: &Client, operations: &[Operation], marker: &'static str) -> Self {
        let adds: Vec<&Operation> =
            operations.iter().filter(|operation| operation.id.starts_with("add") && operation.is_standard()).collect();
        let co = json!({ "Cos": [{ "Version": "1.0", "Name": marker, "Status": "Active" }] });
        let co = id_of(&platform.post("/cos.json", &co).await.expect_status(201).json());
        let user = json!({ "ApiUsers": [{ "Version": "1.0", "CoId": co, "Username": "me", "Privileged": true,
            "Status": "Active", "Scopes": ["read", "write", "provision", "keys", "audit"] }] });
        let user = platform.post("/api_users.json", &user).await.expect_status(201).json();
        let user = platform.with_credentials(user["Username"].as_str().unwrap(), user["ApiKey"].as_str().unwrap());
        let mut place = Self { user, marker, ids: BTreeMap::from([("Co".to_owned(), co)]), made: Vec::new() };
        let mut refused = Vec::new();
        for _ in 0..adds.len() {
            refused.clear();
            for add in &adds {
                let table = add.table.unwrap();
                if place.ids.contains_key(&table.singular) {
                    continue;
                }
                let Some(body) = filled(add, &place.ids, marker) else {
                    refused.push(format!("{}: nothing to refer to", add.id));
                    continue;
                };
                let answer = place.user.post(&format!("{}.json", add.path), &body).await;
                if answer.status == 201 {
                    let id = id_of(&answer.json());
                    place.ids.insert(table.singular.clone(), id);
                    place.made.push((table, id));
                } else {
                    refused.push(format!("{body}: {} {}", answer.status, answer.text()));
                }
            }
            if refused.is_empty() {
                break;
            }
        }
        assert_eq!(refused, Vec::<String>::new());
        place.provision().await;
        place.find(platform).await;
        place
    }

    /// Has a person provisioned, and waits until the outcome is history.
    pub(super) async fn provision(&self) {
        let (target, person) = (self.ids["CoProvisioningTarget"], self.ids["CoPerson"]);
        let outcomes = format!("/history_records.json?copersonid={person}");
        let before = self.outcomes(&outcomes).await;
        let path = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
        self.user.post(&path, &json!({ "Synchronous": true })).await.expect_status(200);
        let deadline = std::time::Instant::now() + crate::PATIENCE;
        while self.outcomes(&outcomes).await == before {
            assert!(std::time::Instant::now() < deadline, "the outcome does not reach the history");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    async fn outcomes(&self, path: &str) -> usize {
        let history = self.user.get(path).await.expect_status(200).json();
        history["HistoryRecords"].as_array().unwrap().iter().filter(|record| record["Action"] == "PCPM").count()
    }

    /// Deletes all records of the CO that can be, in rounds: what hangs on others goes first. The user remains.
    pub(super) async fn take_away(&self) {
        for _ in 0..4 {
            for (table, id) in self.made.iter().rev().filter(|(table, _)| table.has("Delete")) {
                let listed = self.user.get(&format!("/{}.json", table.path)).await.expect_status(200).json();
                let ids = listed[&table.plural].as_array().unwrap().iter().filter_map(|record| record["Id"].as_i64());
                for id in ids.filter(|other| table.path != "api_users" || other == id) {
                    self.user.delete(&format!("/{}/{id}.json", table.path)).await;
                }
            }
        }
        for (table, id) in self.made.iter().filter(|(table, _)| table.has("Delete")) {
            self.user.get(&format!("/{}/{id}.json", table.path)).await.expect_status(404);
        }
    }

    /// Finds a record of each resource whose records nobody adds.
    async fn find(&mut self, platform: &Client) {
        let lists = Table::all().iter().filter(|table| table.has("List"));
        for table in lists {
            let listed = self.listed(platform, table).await;
            let id = listed[&table.plural].as_array().unwrap().iter().filter_map(|record| record["Id"].as_i64()).max();
            let id = id.unwrap_or_else(|| panic!("{} has no {}", self.marker, table.singular));
            self.ids.entry(table.singular.clone()).or_insert(id);
        }
    }

    /// All records of a resource in this CO, as somebody who may see everything sees them.
    pub(super) async fn listed(&self, platform: &Client, table: &Table) -> Json {
        platform.get(&format!("/{}.json?coid={}", table.path, self.ids["Co"])).await.expect_status(200).json()
    }

    /// All that the CO holds, with its past. Computed fields are left out: how a target does and when a key was last used is
    /// found out while time passes.
    pub(super) async fn everything(&self, platform: &Client) -> BTreeMap<String, Json> {
        let mut all = BTreeMap::new();
        for table in Table::all().iter().filter(|table| table.has("List")) {
            let mut listed = self.listed(platform, table).await;
            let computed =
                |field: &&Field| table.has("Edit") && field.options.read_only && (2..50).contains(&field.tag);
            for record in listed[&table.plural].as_array_mut().unwrap() {
                for field in table.fields.iter().filter(computed) {
                    record.as_object_mut().unwrap().remove(&field.wire);
                }
            }
            all.insert(table.path.clone(), listed);
            if table.has("Versions") {
                let path = format!("/{}/{}/versions.json", table.path, self.ids[&table.singular]);
                let versions = platform.get(&path).await.expect_status(200).json();
                all.insert(path, versions);
            }
        }
        all
    }
}

fn id_of(document: &Json) -> i64 {
    document["Id"].as_str().unwrap().parse().unwrap()
}
