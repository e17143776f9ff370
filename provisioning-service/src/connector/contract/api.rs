//! What `ApiProvisioner` sends beside people: groups, pointers and signatures.

use axum::http::HeaderMap;
use chrono::Utc;
use proto::registry::v1::{CoGroup, GroupState, Membership, SubjectState, SuspendableStatus, subject_state::Data};
use serde_json::{Value as Json, json};
use standardwebhooks::Webhook;

use crate::{
    connector::{
        Connector, Job, Number,
        api::Api,
        contract::{here, job, person, server, target},
        http::Client,
        plan::Plan,
    },
    domain::{
        eligibility::Work,
        ids::RequestId,
        subject::{Kind, Subject},
        target::Target,
    },
};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn api() -> Api {
    Api::new(Client::new(here()).unwrap())
}

fn with(address: std::net::SocketAddr, change: &Json) -> Target {
    let mut all = json!({"ServerUrl": format!("http://{address}/people"), "Mode": "PUT", "IdentifierType": "eppn"});
    all.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
    let (_, wrong) = api().configuration().accept(all.as_object().unwrap(), None);
    assert_eq!(wrong, []);
    target("ApiProvisioner", all)
}

fn team() -> CoGroup {
    let status = Some(SuspendableStatus::Active.into());
    CoGroup { id: Some(5), name: Some("Team".to_owned()), status, ..CoGroup::default() }
}

#[tokio::test]
async fn groups_are_sent_where_the_configuration_says_so() {
    let (address, told) = server().await;
    let state = GroupState { co_group: Some(team()), ..GroupState::default() };
    let group = SubjectState { exists: true, data: Some(Data::Group(state)), ..SubjectState::default() };
    let gone = SubjectState::default();
    let former = ["CoGroup/5".to_owned()];
    for (mode, made, removed) in
        [("PUT", "PUT /people/groups/5", "DELETE /people/groups/5"), ("POST", "POST /people/", "POST /people/")]
    {
        let target = with(address, &json!({"Groups": true, "Mode": mode}));
        assert_eq!(api().serves(&target), [Kind::Group, Kind::Person]);
        let subject = Subject::new(Kind::Group, 5);
        let applied = api().apply(&Job { subject, ..job(&target, &group, None) }).await.unwrap();
        assert_eq!(
            (applied.key.as_deref(), api().key(&target, subject, &group)),
            (Some("CoGroup/5"), applied.key.clone())
        );
        api().remove(&Job { subject, former_keys: &former, ..job(&target, &gone, None) }).await.unwrap();
        assert_eq!(told.calls(), [made, removed]);
        let calls = std::mem::take(&mut *told.calls.lock().unwrap());
        assert_eq!(calls[0].2["group"]["members"], json!({"pointer": "co_group_members.json?cogroupid=5"}));
        if mode == "POST" {
            let forgotten = json!({"meta": {"version": "1.0.0", "objectType": "group"}, "group": {"meta": {"id": "5", "deleted": true}}});
            assert_eq!(calls[1].2, forgotten);
        }
    }
    let target = with(address, &json!({"Groups": true}));
    let mut mira = person("mira@x");
    let Some(Data::Person(person)) = &mut mira.data else { panic!("no person") };
    person.memberships = vec![Membership { group: Some(team()), member: None }];
    api().apply(&job(&target, &mira, None)).await.unwrap();
    let memberships = told.calls.lock().unwrap()[0].2["person"]["memberships"].clone();
    assert_eq!(memberships, json!([{"group": {"meta": {"id": "5"}, "name": "Team"}, "member": true, "owner": false}]));
}

#[tokio::test]
async fn a_pointer_says_only_who_has_changed() {
    let (address, told) = server().await;
    let target = with(address, &json!({"Message": "Pointer"}));
    api().apply(&job(&target, &person("mira@x"), None)).await.unwrap();
    let (call, _, body) = told.calls.lock().unwrap()[0].clone();
    let expected = json!({"meta": {"version": "1.0.0", "objectType": "person"}, "person": {"meta": {"id": "mira@x"}},
        "pointer": "co_people/3.json"});
    assert_eq!((call.as_str(), body), ("PUT /people/mira%40x", expected));
}

/// Checks a message as a receiver does.
fn verify(headers: &HeaderMap, body: &str) -> bool {
    Webhook::new(SECRET).unwrap().verify(body.as_bytes(), headers).is_ok()
}

#[tokio::test]
async fn messages_are_signed_so_that_a_receiver_of_standard_webhooks_knows_them() {
    let (address, told) = server().await;
    let target = with(address, &json!({"SigningSecret": SECRET}));
    let state = person("mira@x");
    #[expect(clippy::disallowed_methods, reason = "receivers refuse what is older than minutes by their own clock")]
    let now = Utc::now();
    let first = Job { now, former_keys: &["old@x".to_owned()], ..job(&target, &state, None) };
    api().apply(&first).await.unwrap();
    api().apply(&Job { call: Number { fence: 3, ..first.call }, ..first }).await.unwrap();
    api().apply(&Job { call: Number { request: RequestId(10), ..first.call }, ..first }).await.unwrap();
    let calls = told.calls.lock().unwrap().clone();
    let id = |at: usize| calls[at].1["webhook-id"].to_str().unwrap().to_owned();
    for (call, headers, body) in &calls {
        let body = if call.starts_with("DELETE") { String::new() } else { body.to_string() };
        assert!(verify(headers, &body) && !verify(headers, &format!("{body} ")), "{call} {headers:?}");
    }
    assert_eq!((id(0), id(1)), (id(2), id(3)), "what is sent again has the same id");
    assert!(id(0) != id(1) && id(1) != id(5), "what is another message has another");
}

#[tokio::test]
async fn a_plan_shows_the_headers_without_secrets_and_stays_the_same_over_time() {
    let (address, told) = server().await;
    let login = json!({"AuthType": "Bearer", "Token": "s3cret", "SigningSecret": SECRET});
    let (target, state) = (with(address, &login), person("mira@x"));
    let job = job(&target, &state, None);
    let plan: Plan = api().plan(&job, Work::Apply).await.unwrap();
    let text = &plan.steps[0].text;
    for line in [
        &format!("PUT http://{address}/people/mira%40x"),
        "Content-Type: application/json",
        "Cohort-Subject: CoPerson/3",
        "Cohort-Revision: 7",
        "Authorization: Bearer ********",
        "webhook-timestamp: 1700000000",
        "webhook-signature: v1,********",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(!format!("{plan:?}").contains("s3cret"));
    let call = Number { revision: 8, request: RequestId(77), fence: 1 };
    let later = Job { now: job.now + chrono::Duration::hours(1), call, ..job };
    let later = api().plan(&later, Work::Apply).await.unwrap();
    assert!(plan != later && plan.digest(Work::Apply) == later.digest(Work::Apply));
    assert_eq!(told.calls(), Vec::<String>::new());
}
