//! SIGKILL at any moment loses no accepted change and no accepted request.
//!
//! While clients add roles and ask for provisioning, each process is killed in turn and started again. Afterwards every
//! 201 is readable, every 202 has ended, and the target that follows all changes has the last state of every person.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
    rabbitmq::RabbitMq,
};

use crate::first_minutes::{ended, lines, log_target, people, person};

/// What was accepted.
#[derive(Debug, Default)]
struct Accepted {
    roles: Mutex<Vec<(String, String)>>,
    requests: Mutex<Vec<String>>,
}

impl Accepted {
    fn count(&self) -> usize {
        self.roles.lock().unwrap().len() + self.requests.lock().unwrap().len()
    }
}

async fn load(
    client: Client,
    cou: String,
    person: String,
    target: String,
    accepted: Arc<Accepted>,
    stop: Arc<AtomicBool>,
) {
    let role = json!({ "CoPersonRoles": [{ "Version": "1.0", "Person": { "Type": "CO", "Id": person }, "CouId": cou, "Affiliation": "staff", "Status": "Active" }] });
    let role = serde_json::to_vec(&role).unwrap();
    let provision = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
    let id = |answer: &testkit::client::Answer| answer.json()["Id"].as_str().unwrap().to_owned();
    let json_body = |body: &[u8]| Some(("application/json", body.to_vec()));
    while !stop.load(Ordering::Relaxed) {
        // While a process is down, calls fail: only what was accepted counts.
        if let Ok(answer) = client.try_send(reqwest::Method::POST, "/co_person_roles.json", json_body(&role)).await {
            assert!(answer.status == 201 || answer.status == 503, "{} {}", answer.status, answer.text());
            if answer.status == 201 {
                accepted.roles.lock().unwrap().push((person.clone(), id(&answer)));
            }
        }
        if let Ok(answer) = client.try_send(reqwest::Method::POST, &provision, json_body(b"{}")).await {
            assert!(answer.status == 202 || answer.status == 503, "{} {}", answer.status, answer.text());
            if answer.status == 202 {
                accepted.requests.lock().unwrap().push(id(&answer));
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) async fn killing_any_process_loses_nothing_that_was_accepted(shape: Shape) {
    let rabbitmq = match shape {
        Shape::Services => Some(Arc::new(RabbitMq::start().await)),
        Shape::Standalone => None,
    };
    let options = Options { rabbitmq: rabbitmq.clone(), ..Options::default() };
    let deployment = Deployment::start(shape, options).await;
    let client = deployment.client();
    let (co, cou, first) = people(&client, "Killed").await;
    let mut everybody = vec![first];
    for number in 1..4 {
        everybody.push(person(&client, &co, &format!("killed-{number}@example.org")).await);
    }
    let target = log_target(&client, &co, "A", "killed.log").await;
    let (accepted, stop) = (Arc::new(Accepted::default()), Arc::new(AtomicBool::new(false)));
    let clients: Vec<_> = everybody
        .iter()
        .map(|person| {
            let load =
                load(client.clone(), cou.clone(), person.clone(), target.clone(), accepted.clone(), stop.clone());
            tokio::spawn(load)
        })
        .collect();

    for name in deployment.names() {
        more(&accepted, &name).await;
        assert_eq!(deployment.kill(&name).await, Some(137), "{name} was killed while it ran");
        deployment.start_again(&name);
        deployment.wait_ready_one(&name).await;
    }
    if let Some(rabbitmq) = &rabbitmq {
        more(&accepted, "rabbitmq").await;
        rabbitmq.kill().await;
        more(&accepted, "rabbitmq (without it)").await;
        rabbitmq.restart().await;
    }
    more(&accepted, "all").await;
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    deployment.wait_ready().await;

    let roles = accepted.roles.lock().unwrap().clone();
    let requests: BTreeSet<String> = accepted.requests.lock().unwrap().iter().cloned().collect();
    println!("accepted: {} roles, {} requests", roles.len(), requests.len());
    for (_, role) in &roles {
        client.get(&format!("/co_person_roles/{role}.json")).await.expect_status(200);
    }
    for request in &requests {
        let record = ended(&client, request).await;
        // One that was put off while a newer one for the same person waited has left its work to that one.
        let replaced = record["LastError"]
            .as_str()
            .is_some_and(|said| said.contains("A newer request for the same takes its place"));
        assert!(record["Status"] == "Succeeded" || (record["Status"] == "Canceled" && replaced), "{record}");
    }
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (person, role) in &roles {
        wanted.entry(person).or_default().insert(role);
    }
    let deadline = Instant::now() + crate::PATIENCE;
    for (person, roles) in wanted {
        while !last_state_has(&deployment, person, &roles) {
            assert!(Instant::now() < deadline, "the target lacks the last state of person {person}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Waits until more was accepted, so that what is killed is killed under load.
async fn more(accepted: &Accepted, before: &str) {
    let (start, deadline) = (accepted.count(), Instant::now() + crate::PATIENCE);
    while accepted.count() < start + 20 {
        assert!(Instant::now() < deadline, "nothing is accepted before {before} is killed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the last line about a person holds all these roles.
fn last_state_has(deployment: &Deployment, person: &str, roles: &BTreeSet<&str>) -> bool {
    let lines = lines(deployment, "killed.log");
    let about = lines.iter().rev().find(|line| line["CoPerson"]["id"].to_string().trim_matches('"') == person);
    let Some(line) = about else { return false };
    let there: BTreeSet<String> = line["CoPersonRole"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|role| role["id"].to_string().trim_matches('"').to_owned())
        .collect();
    roles.iter().all(|role| there.contains(*role))
}
