//! What holds for every connector, tried on each of them that needs no server of its own; `tests/it/contract.rs` tries the
//! others on theirs.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    routing::{any, put},
};
use chrono::DateTime;
use proto::{
    provisioning::v1::Mode,
    registry::v1::{
        CoGroup, CoPerson, GroupState, Identifier, PersonState, Provisionable, Status, SubjectState, SuspendableStatus,
        subject_state::Data,
    },
};
use serde_json::{Map, Value as Json, json};

use crate::{
    connector::{Beside, Connector, Job, Members, Number, dialer::Dialer, http, registry::Connectors},
    domain::{
        eligibility::Work,
        ids::{RequestId, TargetId},
        outcome::ConnectorError,
        subject::{Kind, Subject},
        target::{Guard, Target},
    },
};

mod api;
mod changelog;

/// The servers of these tests are on this machine.
fn here() -> Dialer {
    Dialer::new(&["127.0.0.0/8".parse().unwrap()])
}

/// A target that has nothing else.
#[derive(Debug)]
struct Alone;

#[async_trait::async_trait]
impl Beside for Alone {
    async fn groups(&self, _: Vec<String>) -> Result<BTreeMap<String, i64>, ConnectorError> {
        Ok(BTreeMap::new())
    }

    async fn members(&self, _: i64, _: i64) -> Result<Members, ConnectorError> {
        Ok(Members::default())
    }
}

/// Tried on the real servers that they are for.
const ELSEWHERE: [&str; 4] = ["AmqpProvisioner", "LdapProvisioner", "ScimProvisioner", "SqlProvisioner"];

/// What a server was told, and what it keeps.
#[derive(Clone, Debug, Default)]
struct Told {
    calls: Arc<Mutex<Vec<(String, HeaderMap, Json)>>>,
    documents: Arc<Mutex<BTreeMap<String, Json>>>,
}

impl Told {
    fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().iter().map(|(call, _, _)| call.clone()).collect()
    }
}

/// A server that keeps documents, and remembers what it was told.
async fn server() -> (SocketAddr, Told) {
    let told = Told::default();
    let document = async |State(told): State<Told>, Path(key): Path<String>, request: Request| {
        let method = request.method().clone();
        let headers = request.headers().clone();
        let call = format!("{method} {}", request.uri().path());
        let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
        let body: Json = serde_json::from_slice(&body).unwrap_or_default();
        told.calls.lock().unwrap().push((call, headers, body.clone()));
        let mut documents = told.documents.lock().unwrap();
        match method.as_str() {
            "PUT" => {
                documents.insert(key, body);
                StatusCode::NO_CONTENT
            }
            _ if documents.remove(&key).is_some() => StatusCode::NO_CONTENT,
            _ => StatusCode::NOT_FOUND,
        }
    };
    let collection = async |State(told): State<Told>, headers: HeaderMap, body: Bytes| {
        let body: Json = serde_json::from_slice(&body).unwrap_or_default();
        told.calls.lock().unwrap().push(("POST /people/".to_owned(), headers, body));
        StatusCode::OK
    };
    let routes = Router::new()
        .route("/people/{key}", put(document).delete(document))
        .route("/people/groups/{key}", put(document).delete(document))
        .route("/people/", any(collection))
        .with_state(told.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (address, told)
}

fn target(plugin: &str, configuration: Json) -> Target {
    Target {
        id: TargetId(4),
        co_id: 2,
        description: None,
        plugin: plugin.to_owned(),
        provision_co_group_id: None,
        mode: Mode::Automatic,
        retry_interval: None,
        max_retry: None,
        configuration: configuration.as_object().cloned().unwrap_or_default(),
        guard: Guard::default(),
        edition: 0,
    }
}

fn person(identifier: &str) -> SubjectState {
    let identifier = Identifier {
        identifier: Some(identifier.to_owned()),
        r#type: Some("eppn".to_owned()),
        ..Identifier::default()
    };
    SubjectState {
        revision: 7,
        exists: true,
        data: Some(Data::Person(PersonState {
            co_person: Some(CoPerson {
                id: Some(3),
                co_id: Some(2),
                status: Some(Status::Active.into()),
                ..CoPerson::default()
            }),
            provisionable: Provisionable::Everything.into(),
            identifiers: vec![identifier],
            ..PersonState::default()
        })),
        ..SubjectState::default()
    }
}

/// A job; the previous key is to be taken away where it is not the one that the state says.
fn job<'a>(target: &'a Target, state: &'a SubjectState, previous_key: Option<&'a str>) -> Job<'a> {
    let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let key = crate::connector::api::Api::new(http::Client::new(here()).unwrap()).key(
        target,
        Subject::new(Kind::Person, 3),
        state,
    );
    let former: Vec<String> =
        previous_key.filter(|previous| key.as_deref() != Some(previous)).map(str::to_owned).into_iter().collect();
    let former_keys: &'static [String] = former.leak();
    Job {
        target,
        subject: Subject::new(Kind::Person, 3),
        state,
        action: "PU",
        previous_key,
        former_keys,
        now,
        call: Number { revision: state.revision, request: RequestId(9), fence: 2 },
        resumes: false,
        beside: &Alone,
    }
}

/// Each connector with configurations to try it with.
fn targets(address: SocketAddr) -> Vec<Target> {
    let api = |mode: &str| {
        let configuration = json!({"ServerUrl": format!("http://{address}/people"), "Mode": mode,
            "IdentifierType": "eppn", "AuthType": "Bearer", "Token": "s3cret"});
        target("ApiProvisioner", configuration)
    };
    vec![target("ChangelogProvisioner", json!({"LogFile": "a.log"})), api("PUT"), api("POST")]
}

#[tokio::test]
async fn every_connector_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let connectors = Connectors::new(folder.path(), &here()).unwrap();
    let (address, told) = server().await;
    let (state, gone) = (person("mira@example.org"), SubjectState::default());
    let written = || std::fs::read_to_string(folder.path().join("changelog/co_2/a.log")).unwrap_or_default();
    let mut tried = std::collections::BTreeSet::new();
    for target in targets(address) {
        let connector = connectors.get(&target.plugin).unwrap();
        tried.insert(connector.plugin());
        assert_eq!(connector.configuration().accept(&target.configuration, None).1, []);
        assert_eq!(connector.configuration().plugin, connector.plugin());
        assert!(
            !connector.configuration().accept(&Map::new(), None).1.is_empty(),
            "a plugin needs to be told something"
        );

        let planned = connector.plan(&job(&target, &state, None), Work::Apply).await.unwrap();
        assert!(!planned.steps.is_empty() && !format!("{planned:?}").contains("s3cret"));
        assert_eq!((told.calls(), written()), (Vec::new(), String::new()), "a plan sends nothing");

        let first = connector.apply(&job(&target, &state, None)).await.unwrap();
        let second = connector.apply(&job(&target, &state, first.key.as_deref())).await.unwrap();
        assert_eq!(first, second, "twice is the same");
        assert!(first.digest.is_some());

        let removed = connector.remove(&job(&target, &gone, first.key.as_deref())).await.unwrap();
        assert_eq!(removed.key, None, "a target that has forgotten has no name for it");
        connector.remove(&job(&target, &gone, first.key.as_deref())).await.expect("what is gone is gone");
        connector.remove(&job(&target, &gone, None)).await.expect("what was never there is not there");

        connector.check(&target).await.expect("it can be reached");
        told.calls.lock().unwrap().clear();
        let _removed = std::fs::remove_file(folder.path().join("changelog/co_2/a.log"));
    }
    tried.extend(ELSEWHERE);
    assert_eq!(tried.into_iter().collect::<Vec<_>>(), connectors.names().collect::<Vec<_>>(), "all were tried");
    assert!(told.documents.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_person_moves_with_the_identifier_and_is_removed_by_the_remembered_one() {
    let connectors = Connectors::new(std::path::Path::new("/nowhere"), &here()).unwrap();
    let (address, told) = server().await;
    let target = targets(address).remove(1);
    let connector = connectors.get("ApiProvisioner").unwrap();
    connector.apply(&job(&target, &person("old@x"), None)).await.unwrap();
    let applied = connector.apply(&job(&target, &person("new@x"), Some("old@x"))).await.unwrap();
    assert_eq!(applied.key.as_deref(), Some("new@x"));
    assert_eq!(told.documents.lock().unwrap().keys().collect::<Vec<_>>(), ["new@x"]);
    connector.remove(&job(&target, &SubjectState::default(), Some("new@x"))).await.unwrap();
    let calls = ["PUT /people/old%40x", "DELETE /people/old%40x", "PUT /people/new%40x", "DELETE /people/new%40x"];
    assert_eq!(told.calls(), calls);
    let headers = told.calls.lock().unwrap().first().map(|call| call.1.clone()).unwrap();
    for (name, value) in [
        ("authorization", "Bearer s3cret"),
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("cohort-subject", "CoPerson/3"),
        ("cohort-revision", "7"),
        ("cohort-request", "9"),
        ("cohort-fence", "2"),
    ] {
        assert_eq!(headers.get(name).and_then(|value| value.to_str().ok()), Some(value));
    }
}

#[tokio::test]
async fn a_person_without_the_identifier_is_refused_and_groups_are_not_sent() {
    let connectors = Connectors::new(std::path::Path::new("/nowhere"), &here()).unwrap();
    let (address, told) = server().await;
    let mut target = targets(address).remove(1);
    let connector = connectors.get("ApiProvisioner").unwrap();
    let group = SubjectState {
        exists: true,
        data: Some(Data::Group(GroupState {
            co_group: Some(CoGroup { status: Some(SuspendableStatus::Active.into()), ..CoGroup::default() }),
            ..GroupState::default()
        })),
        ..SubjectState::default()
    };
    let of_group = Job { subject: Subject::new(Kind::Group, 5), ..job(&target, &group, None) };
    connector.apply(&of_group).await.unwrap();
    connector.remove(&of_group).await.unwrap();
    assert_eq!(told.calls(), Vec::<String>::new());
    target.configuration.insert("IdentifierType".to_owned(), json!("orcid"));
    let refused = connector.apply(&job(&target, &person("mira@x"), None)).await;
    assert_eq!(refused, Err(ConnectorError::permanent("No identifier of type orcid found for CO Person")));
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_can_be_tried_again_and_its_password_is_not_told() {
    let connector = crate::connector::api::Api::new(http::Client::new(here()).unwrap());
    let configuration = json!({"ServerUrl": "http://127.0.0.1:9/", "Mode": "POST", "IdentifierType": "eppn",
        "AuthType": "Basic", "Username": "kit", "Password": "s3cret"});
    let target = target("ApiProvisioner", configuration);
    let result = connector.apply(&job(&target, &person("mira@x"), None)).await;
    match result {
        Err(ConnectorError::Retryable { message, .. }) => {
            assert!(message.contains("cannot be reached") && !message.contains("s3cret"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}
