//! Records of each kind that release 0.1 knows, as they were read when they had been written.

use serde_json::{Value, json};
use testkit::client::Client;

use crate::first_minutes::{add, log_target, people};

/// The file of the target that follows changes.
pub(crate) const LOG: &str = "upgrade.log";

/// What was written, and by which ids.
#[derive(Debug)]
pub(crate) struct Records {
    pub(crate) co: String,
    pub(crate) cou: String,
    pub(crate) person: String,
    pub(crate) group: String,
    pub(crate) target: String,
    read: Vec<(String, Value)>,
}

impl Records {
    /// Writes one record of each kind.
    pub(crate) async fn write(client: &Client) -> Self {
        let (co, cou, person) = people(client, "Upgrade").await;
        let target = log_target(client, &co, "A", LOG).await;
        let of = json!({ "Type": "CO", "Id": person });
        let mut paths: Vec<String> =
            [("cos", &co), ("cous", &cou), ("co_people", &person), ("co_provisioning_targets", &target)]
                .map(|(path, id)| format!("/{path}/{id}.json"))
                .to_vec();
        let mut written = async |path: &str, plural: &str, record: Value| {
            let id = add(client, path, plural, record).await;
            paths.push(format!("/{path}/{id}.json"));
            id
        };
        let mail = json!({ "Mail": "ada@example.org", "Type": "official", "Verified": true, "Person": of });
        written("email_addresses", "EmailAddresses", mail).await;
        let identifier =
            json!({ "Identifier": "ada", "Type": "uid", "Login": false, "Status": "Active", "Person": of });
        written("identifiers", "Identifiers", identifier).await;
        let role = json!({ "Person": of, "CouId": cou, "Affiliation": "faculty", "Title": "Countess", "O": "Analytical Engines", "Status": "Active" });
        written("co_person_roles", "CoPersonRoles", role).await;
        let group = json!({ "CoId": co, "Name": "Poets", "Status": "Active", "Open": false });
        let group = written("co_groups", "CoGroups", group).await;
        let member = json!({ "CoGroupId": group, "Person": of, "Member": true, "Owner": false });
        written("co_group_members", "CoGroupMembers", member).await;
        let list = json!({ "CoId": co, "Name": "announce", "Status": "Active", "MembersCoGroupId": group });
        written("co_email_lists", "CoEmailLists", list).await;
        let mut read = Vec::new();
        for path in paths {
            let record = view(client, &path).await;
            read.push((path, record));
        }
        for path in ["names", "history_records"] {
            for record in records(client, &format!("/{path}.json?copersonid={person}")).await {
                let id = record["Id"].to_string();
                read.push((format!("/{path}/{}.json", id.trim_matches('"')), record));
            }
        }
        Self { co, cou, person, group, target, read }
    }

    /// That every record reads as it was written; it may say more by now.
    pub(crate) async fn are_there(&self, client: &Client) {
        for (path, then) in &self.read {
            let now = view(client, path).await;
            for (field, value) in then.as_object().unwrap() {
                assert_eq!(&now[field], value, "{field} of {path}");
            }
        }
        println!("{} records read as they were written", self.read.len());
    }
}

async fn view(client: &Client, path: &str) -> Value {
    records(client, path).await.into_iter().next().unwrap()
}

async fn records(client: &Client, path: &str) -> Vec<Value> {
    let document = client.get(path).await.expect_status(200).json();
    let (_, records) = document.as_object().unwrap().iter().find(|(_, value)| value.is_array()).unwrap();
    records.as_array().unwrap().clone()
}
