//! What is true when an upgrade is over.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{client::Client, deployment::Deployment, postgres::Postgres, rabbitmq::RabbitMq};

use super::records::{LOG, Records};
use crate::{
    first_minutes::{add, ended, lines},
    load::Accepted,
};

const SERVICES: [&str; 2] = ["person-role-service", "provisioning-service"];

/// A deployment with what it stands on.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) deployment: Deployment,
    pub(crate) postgres: Arc<Postgres>,
    pub(crate) rabbitmq: Arc<RabbitMq>,
}

impl Site {
    /// Waits until nothing is on its way, and judges.
    pub(crate) async fn comes_to_rest(&self, records: &Records, accepted: &[Accepted]) {
        let client = self.deployment.client();
        records.are_there(&client).await;
        for one in accepted {
            let role = client.get(&format!("/co_person_roles/{}.json", one.role)).await.expect_status(200).json();
            assert_eq!(role["CoPersonRoles"][0]["Title"], one.title);
            assert_ne!(ended(&client, &one.request).await["Status"], "Failed");
        }
        self.nothing_is_on_its_way().await;
        targets_have(&self.deployment, accepted).await;
        a_change_reaches_the_target(&self.deployment, &client, records).await;
        self.nothing_is_on_its_way().await;
        self.ledger_is_whole();
    }

    async fn nothing_is_on_its_way(&self) {
        let deadline = Instant::now() + crate::PATIENCE;
        loop {
            let left = self.left().await;
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "not at rest: {left}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn left(&self) -> String {
        let [registry, provisioning] =
            SERVICES.map(|name| self.deployment.variable(name, "COHORT_DATABASE_URL").unwrap());
        let mut left = Vec::new();
        for (database, sql) in [
            (&registry, "SELECT 'unsent changes', count(*) FROM outbox HAVING count(*) > 0"),
            (
                &registry,
                "SELECT 'versions without columns', count(*) FROM record_versions WHERE NOT filled HAVING count(*) > 0",
            ),
            (&provisioning, "SELECT 'unsent outcomes', count(*) FROM outbox HAVING count(*) > 0"),
            (
                &provisioning,
                "SELECT status, count(*) FROM provisioning_requests \
                 WHERE status NOT IN ('Succeeded', 'Failed', 'Canceled') GROUP BY status",
            ),
        ] {
            left.push(self.postgres.query(database, sql).await);
        }
        let queues = "[{element(4, amqqueue:get_name(Q)), N} || Q <- rabbit_amqqueue:list(), \
                      {ok, N, _} <- [rabbit_amqqueue:stat(Q)], N > 0].";
        let queues = self.rabbitmq.eval(queues).await;
        left.extend((!queues.contains("[]")).then_some(queues));
        left.retain(|what| !what.is_empty());
        left.join(", ")
    }

    fn ledger_is_whole(&self) {
        let [registry, provisioning] =
            SERVICES.map(|name| self.deployment.variable(name, "COHORT_DATABASE_URL").unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_cohort"));
        command.args(["ledger", "verify", "--registry", &registry, "--provisioning", &provisioning]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
        println!("{said}");
    }
}

fn plain(value: &Value) -> String {
    value.to_string().trim_matches('"').to_owned()
}

/// The titles of the roles in the last line about a person.
fn last_state(deployment: &Deployment, person: &str) -> BTreeMap<String, String> {
    let lines = lines(deployment, LOG);
    let about = lines.iter().rev().find(|line| plain(&line["CoPerson"]["id"]) == person);
    let roles = about.and_then(|line| line["CoPersonRole"].as_array()).into_iter().flatten();
    roles.map(|role| (plain(&role["id"]), plain(&role["title"]))).collect()
}

/// That the last line about each person has all accepted roles at their newest.
pub(crate) async fn targets_have(deployment: &Deployment, accepted: &[Accepted]) {
    let mut wanted: BTreeMap<&str, Vec<&Accepted>> = BTreeMap::new();
    for one in accepted {
        wanted.entry(&one.person).or_default().push(one);
    }
    let deadline = Instant::now() + crate::PATIENCE;
    for (person, roles) in wanted {
        loop {
            let there = last_state(deployment, person);
            let lacks = roles.iter().filter(|one| there.get(&one.role) != Some(&one.title));
            let lacks: Vec<&str> = lacks.map(|one| one.role.as_str()).collect();
            if lacks.is_empty() {
                break;
            }
            assert!(Instant::now() < deadline, "of {} roles the target lacks {lacks:?}", roles.len());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// That what is written now reaches the target: of a person whom the old release provisioned, and of a group.
pub(crate) async fn a_change_reaches_the_target(deployment: &Deployment, client: &Client, records: &Records) {
    let role = json!({ "Person": { "Type": "CO", "Id": records.person }, "CouId": records.cou, "Affiliation": "staff", "Title": "After", "Status": "Active" });
    let role = add(client, "co_person_roles", "CoPersonRoles", role).await;
    let path = format!("/co_groups/{}.json", records.group);
    let group =
        json!({ "Version": "1.0", "CoId": records.co, "Name": "Poets after", "Status": "Active", "Open": false });
    let group = json!({ "RequestType": "CoGroups", "Version": "1.0", "CoGroups": [group] });
    client.put(&path, &group).await.expect_status(200);
    let group_has_it = || {
        let lines = lines(deployment, LOG);
        let about = lines.iter().rev().find(|line| plain(&line["CoGroup"]["id"]) == records.group);
        about.is_some_and(|line| line["CoGroup"]["name"] == "Poets after")
    };
    let deadline = Instant::now() + crate::PATIENCE;
    while !(last_state(deployment, &records.person).contains_key(&role) && group_has_it()) {
        assert!(Instant::now() < deadline, "what is written after the upgrade does not reach the target");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
