//! `AmqpProvisioner` against RabbitMQ, with the consumer that docs/plugins.md shows.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use proto::registry::v1::{CoEmailList, CoGroup, EmailListState, GroupState, SubjectState, subject_state::Data};
use provisioning_service::{
    connector::plan::Protocol,
    domain::{eligibility::Work, outcome::ConnectorError, subject::Kind},
};
use serde_json::{Value as Json, json};
use testkit::{Folder, Process, RabbitMq, Signal};

use crate::contract::{Place, person};

const CONSUMER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/consumer.py");
/// More than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes an exchange, a queue and a binding, as whoever runs the broker would.
const MAKE: &str = "
import sys, pika
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
channel.exchange_declare('people', 'topic', durable=True)
if len(sys.argv) > 2:
    channel.queue_declare(sys.argv[2], durable=True)
    channel.queue_bind(sys.argv[2], 'people', sys.argv[3])
";

fn python() -> Command {
    let mut command = Command::new(testkit::python::interpreter("pika-1.3.2"));
    command.current_dir("/").stdin(Stdio::null());
    command
}

fn make(arguments: &[&str]) {
    let output = python().args(["-c", MAKE]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn configuration(url: &str, change: Json) -> Json {
    let url = url.replace("guest:guest@", "guest@");
    let mut all = json!({"Url": url, "Password": "guest", "Exchange": "people"});
    all.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
    all
}

/// The consumer, and the file that it keeps.
struct Consumer {
    file: PathBuf,
    _process: Process,
    _folder: Folder,
}

impl Consumer {
    fn start(url: &str, queue: &str) -> Self {
        let folder = Folder::new("consumer");
        let file = folder.path().join("people.json");
        let mut command = python();
        command.arg(Path::new(CONSUMER)).args([url, queue]).arg(&file);
        let process = Process::start(&command, &folder.path().join("log"), Signal::Kill);
        Self { file, _process: process, _folder: folder }
    }

    /// What it has of a subject, when it is at a revision.
    async fn at(&self, subject: &str, revision: i64) -> Json {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = std::fs::read(&self.file).unwrap_or_default();
            let known: Json = serde_json::from_slice(&text).unwrap_or_default();
            if known[subject]["revision"] == revision {
                return known[subject]["data"].clone();
            }
            assert!(Instant::now() < deadline, "{subject} is not at {revision}: {known}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn at(revision: i64, identifier: &str, family: &str) -> SubjectState {
    SubjectState { revision, ..person(identifier, family) }
}

fn gone(revision: i64) -> SubjectState {
    SubjectState { revision, ..SubjectState::default() }
}

#[tokio::test]
async fn the_consumer_of_the_documents_has_what_the_registry_has() {
    let broker = RabbitMq::shared().await;
    testkit::process::tell_peer(&format!("RabbitMQ {}", broker.version().await));
    let url = broker.create_vhost("target").await;
    make(&[&url, "cohort", "2.#"]);
    let consumer = Consumer::start(&url, "cohort");
    let mut place = Place::new("AmqpProvisioner", 2, 3, &configuration(&url, json!({})));
    place.connector().check(&place.target).await.unwrap();

    let first = place.call(&at(5, "mira", "Oduya"), Work::Apply).await.unwrap();
    assert_eq!(place.call(&at(5, "mira", "Oduya"), Work::Apply).await.unwrap(), first, "twice is the same");
    let data = consumer.at("CoPerson/3", 5).await;
    assert_eq!(data["person"]["names"][0]["family"], "Oduya");
    assert_eq!((&data["person"]["meta"]["id"], &data["meta"]["objectType"]), (&json!("3"), &json!("person")));

    let (odd, long) = (r#"a,b+c="d"\e/f;<g> Ünï 名前 😀"#, "ä0123456".repeat(64));
    for (revision, identifier, family) in [(6, "mira2", odd), (7, odd, "Oduya"), (8, "mira", long.as_str())] {
        place.call_and_crash(&at(revision, identifier, family), Work::Apply).await.unwrap();
        let data = consumer.at("CoPerson/3", revision).await;
        assert_eq!(data["person"]["names"][0]["family"], family);
        assert_eq!(data["person"]["identifiers"][0]["identifier"], identifier);
    }
    place.call(&gone(9), Work::Remove).await.unwrap();
    place.call(&gone(9), Work::Remove).await.unwrap();
    assert_eq!(consumer.at("CoPerson/3", 9).await, Json::Null);
    // What comes late does not overtake; what comes again is there again.
    place.call_and_crash(&at(8, "late", "Late"), Work::Apply).await.unwrap();
    place.call(&at(10, "mira", "Adeyemi"), Work::Apply).await.unwrap();
    assert_eq!(consumer.at("CoPerson/3", 10).await["person"]["names"][0]["family"], "Adeyemi");

    let (mut list, name) = (place.group(7), Some("Team".to_owned()));
    let team =
        GroupState { co_group: Some(CoGroup { id: Some(7), name, ..CoGroup::default() }), ..GroupState::default() };
    let team = SubjectState { revision: 3, exists: true, data: Some(Data::Group(team)), ..SubjectState::default() };
    list.call(&team, Work::Apply).await.unwrap();
    let data = consumer.at("CoGroup/7", 3).await;
    assert_eq!((&data["CoGroup"]["name"], &data["meta"]["objectType"]), (&json!("Team"), &json!("group")));
    list.call(&gone(4), Work::Remove).await.unwrap();
    assert_eq!(consumer.at("CoGroup/7", 4).await, Json::Null);

    // Another CO has other routing keys.
    let mut elsewhere = Place::new("AmqpProvisioner", 3, 3, &configuration(&url, json!({})));
    let nowhere = elsewhere.call(&at(99, "mira", "Oduya"), Work::Apply).await.unwrap_err();
    let sentence = "No queue takes messages with the routing key 3.co_person.apply: bind one to the exchange people.";
    assert_eq!(nowhere, ConnectorError::retryable(sentence));
    make(&[&url, "other", "3.co_person.*"]);
    elsewhere.call(&at(99, "mira", "Oduya"), Work::Apply).await.unwrap();
    place.call(&at(11, "mira", "Oduya"), Work::Apply).await.unwrap();
    consumer.at("CoPerson/3", 11).await;
}

#[tokio::test]
async fn what_a_broker_refuses_is_a_sentence() {
    let broker = RabbitMq::shared().await;
    let url = broker.create_vhost("refused").await;
    make(&[&url]);
    let refused = async |change: Json| {
        let mut place = Place::new("AmqpProvisioner", 2, 3, &configuration(&url, change));
        let error = place.call(&at(5, "mira", "Oduya"), Work::Apply).await.unwrap_err();
        let checked = place.connector().check(&place.target).await;
        assert!(!format!("{error:?}{checked:?}").contains("wr0ng"), "{error:?} {checked:?}");
        error
    };
    for (change, sentence) in [
        (json!({"Password": "wr0ng"}), "The broker refused: "),
        (json!({"Url": url.replace("guest:guest@", "guest@") + "x"}), "The broker refused: "),
        (json!({"Exchange": "nowhere"}), "The broker has no exchange nowhere."),
    ] {
        let error = refused(change.clone()).await;
        assert!(matches!(&error, ConnectorError::Permanent { .. }), "{change} {error:?}");
        assert!(error.to_string().starts_with(sentence), "{change} {error}");
    }
    assert!(matches!(refused(json!({})).await, ConnectorError::Retryable { .. }), "no queue is bound");
}

#[tokio::test]
async fn a_broker_that_is_away_or_not_to_be_trusted() {
    let broker = Arc::new(RabbitMq::start_with_tls().await);
    let url = broker.amqp_url();
    make(&[&url, "cohort", "#"]);
    let mut place = Place::new("AmqpProvisioner", 2, 3, &configuration(&url, json!({})));
    place.call(&at(5, "mira", "Oduya"), Work::Apply).await.unwrap();
    let secure = format!("amqps://guest@127.0.0.1:{}/%2f", broker.tls_port());
    let change = json!({"Url": secure, "CaCertificates": broker.ca()});
    Place::new("AmqpProvisioner", 2, 3, &configuration(&url, change)).apply("mira", "Oduya").await;
    let mut stranger = Place::new("AmqpProvisioner", 2, 3, &configuration(&url, json!({"Url": secure})));
    let refused = stranger.call(&at(5, "mira", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(refused.to_string().starts_with("The broker cannot be trusted"), "{refused}");

    broker.stop().await;
    let away = place.call(&at(6, "mira", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(matches!(away, ConnectorError::Retryable { .. } | ConnectorError::Unknown { .. }), "{away:?}");
    let away = place.call(&at(6, "mira", "Oduya"), Work::Apply).await.unwrap_err();
    assert_eq!(away, ConnectorError::retryable("The broker cannot be reached."));
    broker.restart().await;
    place.call(&at(6, "mira", "Oduya"), Work::Apply).await.unwrap();
    let consumer = Consumer::start(&url, "cohort");
    consumer.at("CoPerson/3", 7).await;
}

#[tokio::test]
async fn a_plan_is_the_message_without_what_changes_each_time() {
    let settings = configuration("amqp://guest@broker.example.org/house", json!({"Message": "Pointer"}));
    let place = Place::new("AmqpProvisioner", 2, 3, &settings);
    let plan = place.plan(&at(5, "mira", "Oduya"), Work::Apply).await;
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(step.protocol, Protocol::Amqp);
    let expected = "exchange people, routing key 2.co_person.apply\ncontent-type: application/json\n\
                    Cohort-Subject: CoPerson/3\nCohort-Revision: 5\nCohort-Request: 9\nCohort-Fence: 2\n\
                    Cohort-Action: apply\n\n\
                    {\"meta\":{\"objectType\":\"person\",\"version\":\"1.0.0\"},\"person\":{\"meta\":{\"id\":\"3\"}}}";
    assert_eq!(step.text, expected);
    assert!(step.stable.as_ref().is_some_and(|stable| !stable.contains("Cohort-Request")));
    assert_eq!(place.plan(&gone(9), Work::Remove).await.steps, [], "nobody was told of it");
    let list = EmailListState { co_email_list: Some(CoEmailList::default()) };
    let state = SubjectState { revision: 1, exists: true, data: Some(Data::EmailList(list)), ..gone(1) };
    assert!(place.connector().serves(&place.target).contains(&Kind::EmailList));
    assert_eq!(place.group(8).plan(&state, Work::Apply).await.steps.len(), 1);
}
