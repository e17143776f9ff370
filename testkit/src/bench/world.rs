//! A deployment that is measured, and what is in it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bulk;
use super::database::Database;
use crate::client::Client;
use crate::deployment::{Deployment, Options, Shape};
use crate::postgres::Postgres;
use crate::rabbitmq::RabbitMq;

const REST_WITHIN: Duration = Duration::from_secs(900);

/// A deployment and its databases.
#[derive(Debug)]
pub(super) struct World {
    pub(super) deployment: Deployment,
    pub(super) client: Client,
    registry: Database,
    provisioning: Database,
}

/// A CO that is measured.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) co: i64,
    pub(super) cous: Vec<i64>,
    /// All people, evenly over the COUs.
    pub(super) people: Vec<i64>,
    /// A changelog that takes requests and does not follow changes.
    pub(super) target: i64,
}

impl World {
    /// Starts the programs of a folder, on servers that they may share with others.
    pub(super) async fn start(shape: Shape, programs: PathBuf, servers: &Servers) -> Self {
        let options = Options {
            postgres: Some(Arc::clone(&servers.postgres)),
            rabbitmq: Some(Arc::clone(&servers.rabbitmq)),
            programs: Some(programs),
            ..Options::default()
        };
        let deployment = Deployment::start(shape, options).await;
        let database = |service: &str, file: &str| match shape {
            Shape::Standalone => Database::Sqlite(deployment.data_folder().join(file)),
            Shape::Services => {
                let url = deployment.variable(service, "COHORT_DATABASE_URL").expect("services have databases");
                Database::Postgres(Arc::clone(&servers.postgres), url)
            }
        };
        let registry = database("person-role-service", "registry.sqlite");
        let provisioning = database("provisioning-service", "provisioning.sqlite");
        Self { client: deployment.client(), deployment, registry, provisioning }
    }

    /// Makes a CO with COUs, a target, and people with `roles` roles each: one of each COU over the API, the rest copied.
    pub(super) async fn settle(&self, name: &str, cous: usize, people: usize, roles: usize) -> Place {
        let record = json!({ "Version": "1.0", "Name": name, "Status": "Active" });
        let co = self.add("cos", &record).await;
        let mut place = Place { co, cous: Vec::new(), people: Vec::new(), target: self.target(co, "M", name).await };
        for number in 0..cous {
            place.cous.push(self.cou(co, &format!("{name} {number}")).await);
        }
        for (number, cou) in place.cous.iter().enumerate() {
            // The first COUs take what does not divide.
            let here = (people + cous - 1 - number) / cous;
            let original = self.person(co, *cou, roles).await;
            place.people.push(original);
            place.people.extend(bulk::copy(&self.registry, &self.client, original, here.saturating_sub(1)).await);
        }
        place
    }

    /// Makes a COU with nobody in it.
    pub(super) async fn cou(&self, co: i64, name: &str) -> i64 {
        self.add("cous", &json!({ "Version": "1.0", "CoId": co, "Name": name })).await
    }

    /// Makes a changelog target of a mode.
    pub(super) async fn target(&self, co: i64, mode: &str, name: &str) -> i64 {
        let record = json!({
            "Version": "1.0", "CoId": co, "Description": name, "Status": mode,
            "Plugin": "ChangelogProvisioner", "Configuration": { "LogFile": format!("{mode}.log") },
        });
        self.add("co_provisioning_targets", &record).await
    }

    /// Gives how many lines a target that was made here has written.
    pub(super) fn lines(&self, co: i64, mode: &str) -> usize {
        let file = self.deployment.data_folder().join(format!("changelog/co_{co}/{mode}.log"));
        std::fs::read(file).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count()
    }

    /// Adds `count` more roles to people, in one COU that is made for it.
    pub(super) async fn list_of_roles(&self, place: &Place, count: usize) -> i64 {
        let cou = self.cou(place.co, "A long list").await;
        let original = self.person(place.co, cou, 1).await;
        bulk::copy(&self.registry, &self.client, original, count - 1).await;
        cou
    }

    /// Gives the ids of up to `limit` roles, evenly over all of a CO.
    pub(super) async fn roles(&self, co: i64, limit: usize) -> Vec<i64> {
        let of_co = format!("FROM co_person_roles WHERE co_id = {co}");
        let all = self.registry.number(&format!("SELECT count(*) {of_co}")).await;
        let step = (all / i64::try_from(limit).unwrap_or(i64::MAX)).max(1);
        let sql = format!("SELECT id {of_co} AND id % {step} = 0 ORDER BY id LIMIT {limit}");
        self.registry.numbers(&sql).await
    }

    /// Counts the roles.
    pub(super) async fn count_roles(&self) -> i64 {
        self.registry.number("SELECT count(*) FROM co_person_roles").await
    }

    /// Notes which roles and memberships there are.
    pub(super) async fn mark(&self) -> Mark {
        let roles = self.registry.number("SELECT max(id) FROM co_person_roles").await;
        Mark { roles, members: self.registry.number("SELECT max(id) FROM co_group_members").await }
    }

    /// Takes away roles and memberships that came later, so that what is measured next finds what this found.
    pub(super) async fn undo(&self, mark: Mark) {
        self.registry.query(&format!("DELETE FROM co_person_roles WHERE id > {}", mark.roles)).await;
        self.registry.query(&format!("DELETE FROM co_group_members WHERE id > {}", mark.members)).await;
        self.tidy().await;
    }

    /// Counts the provisioning requests.
    pub(super) async fn count_requests(&self) -> i64 {
        self.provisioning.number("SELECT count(*) FROM provisioning_requests").await
    }

    /// Counts the answers that the API has given, by status.
    pub(super) async fn answers(&self) -> BTreeMap<u16, u64> {
        let mut answers = BTreeMap::new();
        for (labels, value) in self.metric("cohort_http_requests_total").await {
            let status = labels.split("status=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok());
            let status = status.unwrap_or_else(|| panic!("cohort_http_requests_total has no status: {labels}"));
            *answers.entry(status).or_default() += value;
        }
        answers
    }

    /// Waits until nothing is on its way: outboxes, broker, requests. Gives how long that took. Fails when a request failed.
    pub(super) async fn rest(&self) -> Duration {
        let began = Instant::now();
        while self.outstanding().await > 0 {
            assert!(began.elapsed() < REST_WITHIN, "the queues do not become empty: {}", self.outstanding().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let took = began.elapsed();
        let not_done = "SELECT count(*) FROM provisioning_requests WHERE status <> 'Succeeded'";
        assert_eq!(self.provisioning.number(not_done).await, 0, "not every provisioning request has succeeded");
        took
    }

    /// Counts what is still to be done. Two statuses for each index, so that counting costs no scan.
    async fn outstanding(&self) -> i64 {
        let outbox = "SELECT count(*) FROM outbox";
        let open = "SELECT (SELECT count(*) FROM provisioning_requests WHERE status IN ('Queued', 'Retrying')) \
                    + (SELECT count(*) FROM provisioning_requests WHERE status = 'Running') \
                    + (SELECT count(*) FROM outbox)";
        let waiting = self.registry.number(outbox).await + self.provisioning.number(open).await;
        // Counted from here to there and not at the broker: what was handed over is not yet taken.
        let sent = self.total("cohort_messages_published_total", "outcome=\"confirmed\"").await;
        let taken = self.total("cohort_messages_handled_total", "outcome=\"acknowledged\"").await;
        waiting + (sent - taken).max(0)
    }

    /// Makes `times` copies of all requests and of their attempts, inside of the database; one in a hundred failed. Gives those,
    /// each with its person.
    pub(super) async fn copy_requests(&self, times: usize) -> Vec<(i64, i64)> {
        bulk::copy_requests(&self.provisioning, times).await;
        let failed = "SELECT id, subject_id FROM provisioning_requests WHERE status = 'Failed' AND subject_kind = 'co_person' \
                      ORDER BY id % 997, id LIMIT 20";
        let pair = |row: &Vec<String>| Some((row.first()?.parse().ok()?, row.get(1)?.parse().ok()?));
        self.provisioning.query(failed).await.iter().filter_map(pair).collect()
    }

    /// Gives the group with the most members.
    pub(super) async fn largest_group(&self) -> i64 {
        let sql = "SELECT co_group_id FROM co_group_members GROUP BY co_group_id ORDER BY count(*) DESC LIMIT 1";
        self.registry.number(sql).await
    }

    /// Makes a person whom no target was told of.
    pub(super) async fn person_without_provisioning(&self, co: i64) -> i64 {
        self.add("co_people", &json!({ "Version": "1.0", "CoId": co, "Status": "Active" })).await
    }

    async fn total(&self, metric: &str, labelled: &str) -> i64 {
        let values = self.metric(metric).await.into_iter().filter(|(labels, _)| labels.contains(labelled));
        values.map(|(_, value)| i64::try_from(value).unwrap_or(i64::MAX)).sum()
    }

    /// Gives a counter of all processes, with its labels.
    async fn metric(&self, name: &str) -> Vec<(String, u64)> {
        let mut found = Vec::new();
        for process in self.deployment.names() {
            let ops = Client::new(&self.deployment.ops_url(&process), "", "").anonymous();
            let text = ops.get("metrics").await.expect_status(200).text();
            for line in text.lines() {
                let Some((labels, value)) = line.strip_prefix(name).and_then(|rest| rest.rsplit_once(' ')) else {
                    continue;
                };
                let value = value.parse().unwrap_or_else(|_| panic!("{name} is no whole number: {line}"));
                found.push((labels.to_owned(), value));
            }
        }
        found
    }

    /// Leaves the databases as those are that have been there for a while.
    pub(super) async fn tidy(&self) {
        self.rest().await;
        self.tidy_databases().await;
    }

    /// The same, whatever became of requests.
    pub(super) async fn tidy_databases(&self) {
        self.registry.tidy().await;
        self.provisioning.tidy().await;
    }

    async fn person(&self, co: i64, cou: i64, roles: usize) -> i64 {
        let id = self.add("co_people", &json!({ "Version": "1.0", "CoId": co, "Status": "Active" })).await;
        let person = json!({ "Type": "CO", "Id": id });
        let of_person = async |path: &str, mut record: Value| {
            if let Some(fields) = record.as_object_mut() {
                fields.extend([("Version".to_owned(), json!("1.0")), ("Person".to_owned(), person.clone())]);
            }
            self.add(path, &record).await
        };
        of_person("names", json!({ "Given": "Ada", "Family": "Lovelace", "Type": "official" })).await;
        let mail = format!("{id}@example.org");
        of_person("email_addresses", json!({ "Mail": mail, "Type": "official", "Verified": true })).await;
        let identifier = json!({ "Identifier": mail, "Type": "eppn", "Login": true, "Status": "Active" });
        of_person("identifiers", identifier).await;
        for _ in 0..roles {
            let role = json!({
                "CouId": cou, "Affiliation": "staff", "Title": "Beamline Scientist", "O": "Laboratory", "Status": "Active",
            });
            of_person("co_person_roles", role).await;
        }
        id
    }

    async fn add(&self, path: &str, record: &Value) -> i64 {
        let answer = self.client.post(&format!("{path}.json"), record).await.expect_status(201).json();
        id_of(&answer)
    }
}

/// The newest ids at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    roles: i64,
    members: i64,
}

/// The servers that all deployments stand on.
#[derive(Debug)]
pub(super) struct Servers {
    pub(super) postgres: Arc<Postgres>,
    pub(super) rabbitmq: Arc<RabbitMq>,
}

/// Reads the id of a NewObject.
pub(super) fn id_of(answer: &Value) -> i64 {
    let id = answer.get("Id").and_then(|id| id.as_str()?.parse().ok());
    id.unwrap_or_else(|| panic!("no id in {answer}"))
}
