//! `ScimProvisioner` against servers of SCIM, whichever they are.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use proto::registry::v1::{CoGroup, GroupState, Membership, SubjectState, SuspendableStatus, subject_state::Data};
use provisioning_service::{
    connector::{dialer::Dialer, http::Client},
    domain::eligibility::Work,
};
use serde_json::{Value as Json, json};
use testkit::ScimServer;

use crate::contract::{Peer, Place, Seen, gate::Gate, person};

pub(crate) mod at_once;
pub(crate) mod exchanged;
pub(crate) mod pages;
pub(crate) mod undeleted;
pub(crate) mod unfound;

mod between;
mod trouble;

pub(crate) const PLUGIN: &str = "ScimProvisioner";

/// A server for each CO, behind a gate.
pub(crate) struct Servers {
    by_co: BTreeMap<i64, (ScimServer, Gate)>,
    /// How one shows who it is.
    login: Json,
    client: Client,
}

impl Servers {
    /// Those with a token.
    pub(crate) async fn scim2_server(cos: &[i64]) -> Self {
        let login = json!({ "Token": ScimServer::SECRET });
        let mut by_co = BTreeMap::new();
        for co in cos {
            let server = ScimServer::scim2_server().await;
            let gate = Gate::to(server.port()).await;
            by_co.insert(*co, (server, gate));
        }
        Self { by_co, login, client: client() }
    }

    /// Those with a name and a password.
    pub(crate) async fn django(cos: &[i64]) -> Self {
        let login = json!({ "AuthType": "Basic", "Username": ScimServer::NAME, "Password": ScimServer::SECRET });
        let mut by_co = BTreeMap::new();
        for co in cos {
            let server = ScimServer::django().await;
            let gate = Gate::to(server.port()).await;
            by_co.insert(*co, (server, gate));
        }
        Self { by_co, login, client: client() }
    }

    pub(crate) fn version(&self) -> String {
        self.by_co.values().next().unwrap().0.version()
    }

    pub(crate) fn gate(&self, co: i64) -> &Gate {
        &self.by_co[&co].1
    }

    fn base(&self, co: i64) -> String {
        let (server, gate) = &self.by_co[&co];
        format!("http://127.0.0.1:{}{}", gate.port, server.path())
    }

    /// A configuration for a CO, with changes.
    pub(crate) fn with(&self, co: i64, change: Json) -> Json {
        let mut all = json!({ "BaseUrl": self.base(co), "UserNameIdentifierType": "uid" });
        for more in [&self.login, &change] {
            all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        }
        all
    }

    /// A call of the test's own.
    pub(crate) async fn call(&self, co: i64, method: &str, path: &str, body: Option<Json>) -> Json {
        let url = format!("{}/{path}", self.base(co));
        let request = self.client.request(method.parse().unwrap(), &url, None).unwrap();
        let request = match self.login.get("Token") {
            Some(_) => request.bearer_auth(ScimServer::SECRET),
            None => request.basic_auth(ScimServer::NAME, Some(ScimServer::SECRET)),
        };
        let request = match body {
            Some(body) => request.header("Content-Type", "application/scim+json").body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{method} {path}: {} {:?}", answer.status(), answer.text().await);
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
    }

    pub(crate) async fn all(&self, co: i64, path: &str) -> Vec<Json> {
        self.call(co, "GET", &format!("{path}?count=1000"), None).await["Resources"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    /// The groups with the names of their members.
    pub(crate) async fn groups(&self, co: i64) -> BTreeMap<String, Vec<String>> {
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        let users = self.all(co, "Users").await;
        let users: BTreeMap<String, String> =
            users.iter().map(|user| (text(&user["id"]), text(&user["userName"]))).collect();
        let one = |group: &Json| {
            let members = group["members"].as_array().cloned().unwrap_or_default();
            let mut names: Vec<String> = members
                .iter()
                .map(|member| users.get(&text(&member["value"])).cloned().unwrap_or_else(|| "nobody".to_owned()))
                .collect();
            names.sort();
            (text(&group["displayName"]), names)
        };
        self.all(co, "Groups").await.iter().map(one).collect()
    }

    pub(crate) async fn id_of(&self, co: i64, user_name: &str) -> String {
        let users = self.all(co, "Users").await;
        users.iter().find(|user| user["userName"] == user_name).unwrap()["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn client() -> Client {
    Client::new(Dialer::new(&["127.0.0.0/8".parse().unwrap()])).unwrap()
}

/// All texts of a resource but those that the server alone writes.
fn seen(json: &Json, name: &str, all: &mut Seen) {
    match json {
        Json::Object(parts) => {
            let parts = parts.iter().filter(|(part, _)| !matches!(part.as_str(), "id" | "meta" | "schemas"));
            parts.for_each(|(part, value)| seen(value, format!("{name}.{part}").trim_start_matches('.'), all));
        }
        Json::Array(items) => items.iter().for_each(|item| seen(item, name, all)),
        Json::Null => {}
        Json::String(text) => all.entry(name.to_owned()).or_default().push(text.clone()),
        other => all.entry(name.to_owned()).or_default().push(other.to_string()),
    }
}

#[async_trait]
impl Peer for Servers {
    fn plugin(&self) -> &'static str {
        PLUGIN
    }

    fn configuration(&self, co: i64) -> Json {
        self.with(co, json!({}))
    }

    fn refused(&self, co: i64) -> (Json, &'static str) {
        let key = if self.login.get("Token").is_some() { "Token" } else { "Password" };
        (self.with(co, json!({ key: "wr0ng" })), "wr0ng")
    }

    async fn people(&self, co: i64) -> BTreeMap<String, Seen> {
        let one = |user: &Json| {
            let mut all = Seen::new();
            seen(user, "", &mut all);
            (all["userName"].join("|"), all)
        };
        self.all(co, "Users").await.iter().map(one).collect()
    }

    async fn deface(&self, co: i64, identifier: &str) -> (String, String) {
        let users = self.all(co, "Users").await;
        let mut user = users.into_iter().find(|user| user["userName"] == identifier).unwrap();
        user["nickName"] = json!("M. \"the\" O.");
        // A server may show an address that is none, and not take it back.
        user.as_object_mut().unwrap().remove("emails");
        let id = user["id"].as_str().unwrap().to_owned();
        self.call(co, "PUT", &format!("Users/{id}"), Some(user)).await;
        ("nickName".to_owned(), "M. \"the\" O.".to_owned())
    }

    async fn stop(&self) {
        for (_, gate) in self.by_co.values() {
            gate.shut().await;
        }
    }

    async fn start(&self) {
        for (_, gate) in self.by_co.values() {
            gate.open().await;
        }
    }
}

fn co_group(id: i64, name: &str) -> CoGroup {
    let status = Some(SuspendableStatus::Active.into());
    CoGroup { id: Some(id), name: Some(name.to_owned()), status, ..CoGroup::default() }
}

pub(crate) fn group(id: i64, name: &str) -> SubjectState {
    let state = GroupState { co_group: Some(co_group(id, name)), ..GroupState::default() };
    SubjectState { revision: 3, exists: true, data: Some(Data::Group(state)), ..SubjectState::default() }
}

/// A person who is in groups.
pub(crate) fn member(identifier: &str, groups: &[i64]) -> SubjectState {
    let mut state = person(identifier, "Oduya");
    let Some(Data::Person(person)) = &mut state.data else { panic!("no person") };
    let membership = |id: &i64| Membership { group: Some(co_group(*id, "any")), member: None };
    person.memberships = groups.iter().map(membership).collect();
    state
}

fn listed(listed: &AtomicUsize) -> usize {
    listed.load(Ordering::SeqCst)
}

/// A membership is one change of one group; `quiet` says whether the server leaves members out when it is asked to.
pub(crate) async fn a_membership_is_one_change(servers: &Servers, change: Json, quiet: bool) {
    let mut ada = Place::new(PLUGIN, 2, 1, &servers.with(2, change));
    let (mut bea, mut cleo, mut team) = (ada.another(2), ada.another(3), ada.group(7));
    let world = ada.world().clone();
    let (name, other) = ("Team, \"A\" + Ä/\\", "Team B");
    for (place, identifier) in [(&mut ada, "ada"), (&mut bea, "b,ea ä"), (&mut cleo, "cleo")] {
        place.call(&member(identifier, &[7]), Work::Apply).await.unwrap();
    }
    assert_eq!(servers.groups(2).await, BTreeMap::new(), "the group is not at the target");

    world.members.lock().unwrap().insert(7, vec![ada.key(), bea.key(), cleo.key(), "co_2:co_person:99".to_owned()]);
    team.call(&group(7, name), Work::Apply).await.unwrap();
    let all = ["ada", "b,ea ä", "cleo"].map(str::to_owned).to_vec();
    assert_eq!(servers.groups(2).await, BTreeMap::from([(name.to_owned(), all)]), "page by page");
    assert_eq!(team.plan(&group(7, name), Work::Apply).await.steps, []);
    let before = listed(&world.listed);

    let _before = (servers.gate(2).calls(), servers.gate(2).said());
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    let (calls, said) = (servers.gate(2).calls(), servers.gate(2).said());
    let writes: Vec<_> = calls.iter().filter(|call| !call.starts_with("GET")).collect();
    if quiet {
        assert!(writes.len() == 1 && !said.contains("\"members\""), "{calls:?} {said}");
    }
    assert!(!writes.is_empty() && writes.iter().all(|call| call.contains("/Groups/")), "{calls:?}");
    cleo.call(&member("cleo2", &[7]), Work::Apply).await.unwrap();
    bea.remove().await;
    team.call(&group(7, other), Work::Apply).await.unwrap();
    assert_eq!(servers.groups(2).await, BTreeMap::from([(other.to_owned(), vec!["cleo2".to_owned()])]));
    assert_eq!(listed(&world.listed), before, "no members were listed");

    // Somebody else's group, and somebody else's member in ours.
    let stranger = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "stranger" });
    servers.call(2, "POST", "Users", Some(stranger)).await;
    let foreign = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "foreign" });
    servers.call(2, "POST", "Groups", Some(foreign)).await;
    let cleo_there = servers.id_of(2, "cleo2").await;
    join(servers, "foreign", &cleo_there).await;
    join(servers, other, &servers.id_of(2, "stranger").await).await;
    cleo.call(&member("cleo2", &[]), Work::Apply).await.unwrap();
    ada.call(&member("ada", &[7]), Work::Apply).await.unwrap();
    let now = servers.groups(2).await;
    assert_eq!(
        (now["foreign"].clone(), now[other].clone()),
        (vec!["cleo2".to_owned()], vec!["ada".to_owned(), "stranger".to_owned()])
    );

    // A whole comparison, as an explicit request is.
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    team.action = Some("GR");
    assert_eq!(team.plan(&group(7, other), Work::Apply).await.steps.len(), 1);
    team.call(&group(7, other), Work::Apply).await.unwrap();
    assert_eq!(servers.groups(2).await[other], ["ada"]);
    assert_eq!(team.plan(&group(7, other), Work::Apply).await.steps, []);
    team.remove().await;
    assert_eq!(servers.groups(2).await.keys().collect::<Vec<_>>(), ["foreign"]);
}

/// Who leaves a group while it is filled, or comes back to it, is what is true in the end: the call of the person has ended before
/// the group was written.
pub(crate) async fn who_comes_or_goes_while_a_group_is_filled_is_seen(servers: &Servers) {
    let configuration = servers.with(2, json!({ "Groups": true }));
    let mut ada = Place::new(PLUGIN, 2, 1, &configuration);
    let (mut bea, mut team) = (ada.another(2), ada.group(7));
    let world = ada.world().clone();
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    bea.call(&member("bea", &[]), Work::Apply).await.unwrap();
    let members = |listed: Vec<String>| world.members.lock().unwrap().insert(7, listed);
    members(vec![ada.key(), bea.key()]);
    let key = bea.key();
    let meanwhile = |listed: Vec<String>, groups: &'static [i64]| {
        // Over connections of her own.
        let mut ada = Place::new(PLUGIN, 2, 1, &configuration);
        let all = Arc::clone(&world.members);
        *world.afterwards.0.lock().unwrap() = Some(Box::pin(async move {
            all.lock().unwrap().insert(7, listed);
            ada.call_and_crash(&member("ada", groups), Work::Apply).await.unwrap();
        }));
    };
    meanwhile(vec![key.clone()], &[]);
    team.call_and_crash(&group(7, "Team"), Work::Apply).await.unwrap();
    let one = BTreeMap::from([("Team".to_owned(), vec!["bea".to_owned()])]);
    assert_eq!(servers.groups(2).await, one, "who left is no member");

    let (bea_alone, both) = (vec![key.clone()], vec![ada.key(), key]);
    ada.call(&member("ada", &[7]), Work::Apply).await.unwrap();
    members(bea_alone);
    meanwhile(both, &[7]);
    team.call_and_crash(&group(7, "Team"), Work::Apply).await.unwrap();
    let two = BTreeMap::from([("Team".to_owned(), vec!["ada".to_owned(), "bea".to_owned()])]);
    assert_eq!(servers.groups(2).await, two, "who came back is one");
}

/// Who is a member by somebody else's hand, and is taken over while the group is filled, stays one.
pub(crate) async fn who_is_taken_over_while_a_group_is_filled_stays_in_it(servers: &Servers) {
    let configuration = servers.with(2, json!({ "Groups": true }));
    let mut ada = Place::new(PLUGIN, 2, 1, &configuration);
    let (mut bea, mut cleo, mut team) = (ada.another(2), ada.another(3), ada.group(7));
    let world = ada.world().clone();
    for (place, identifier) in [(&mut ada, "ada"), (&mut bea, "bea"), (&mut cleo, "cleo")] {
        place.call(&member(identifier, &[7]), Work::Apply).await.unwrap();
    }
    let late = "co_2:co_person:4".to_owned();
    world.members.lock().unwrap().insert(7, vec![late, ada.key(), bea.key(), cleo.key()]);
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    let dora = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "dora" });
    servers.call(2, "POST", "Users", Some(dora)).await;
    join(servers, "Team", &servers.id_of(2, "dora").await).await;
    // When the second page is asked for, the first has been looked for.
    let slot = Arc::clone(&world.meanwhile.0);
    *world.meanwhile.0.lock().unwrap() = Some(Box::pin(async move {
        *slot.lock().unwrap() = Some(Box::pin(async move {
            let mut dora = Place::new(PLUGIN, 2, 4, &configuration);
            dora.call_and_crash(&member("dora", &[7]), Work::Apply).await.unwrap();
        }));
    }));
    team.action = Some("GR");
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    let all = ["ada", "bea", "cleo", "dora"].map(str::to_owned).to_vec();
    assert_eq!(servers.groups(2).await, BTreeMap::from([("Team".to_owned(), all)]));
}

async fn join(servers: &Servers, group: &str, user: &str) {
    let groups = servers.all(2, "Groups").await;
    let id = groups.iter().find(|found| found["displayName"] == group).unwrap()["id"].as_str().unwrap().to_owned();
    let add = json!({ "op": "add", "path": "members", "value": [{ "value": user }] });
    let patch = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [add] });
    servers.call(2, "PATCH", &format!("Groups/{id}"), Some(patch)).await;
}

/// Plans are the difference, and send nothing.
pub(crate) async fn a_plan_is_what_differs(servers: &Servers) {
    let mut mira = Place::new(PLUGIN, 2, 3, &servers.with(2, json!({ "Groups": true })));
    let state = person("mira", "Oduya");
    let plan = mira.plan(&state, Work::Apply).await;
    assert_eq!((plan.steps.len(), plan.there), (1, Some(false)));
    assert!(plan.steps[0].text.starts_with("POST http://") && plan.steps[0].text.contains("\"userName\":\"mira\""));
    assert!(plan.steps[0].text.contains("********") && !format!("{plan:?}").contains(ScimServer::SECRET));
    assert_eq!(servers.all(2, "Users").await, Vec::<Json>::new(), "a plan sends nothing");
    mira.apply("mira", "Oduya").await;
    let plan = mira.plan(&state, Work::Apply).await;
    assert_eq!((plan.steps, plan.there), (Vec::new(), Some(true)), "it agrees");
    let newer = SubjectState { revision: 9, ..person("mira", "Adeyemi") };
    let plan = mira.plan(&newer, Work::Apply).await;
    let again = mira.plan(&SubjectState { revision: 10, ..newer.clone() }, Work::Apply).await;
    assert_eq!(plan.digest(Work::Apply), again.digest(Work::Apply));
    assert!(plan.steps.len() == 1 && plan.steps[0].text.contains("Adeyemi"), "{plan:?}");
    assert!(plan.steps[0].text.starts_with("PATCH ") && !plan.steps[0].text.contains("userName"), "{plan:?}");
    let plan = mira.plan(&SubjectState::default(), Work::Remove).await;
    assert!(plan.steps.len() == 1 && plan.steps[0].text.starts_with("DELETE ") && plan.there == Some(true), "{plan:?}");
    let stranger = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "stranger" });
    let id = servers.call(2, "POST", "Users", Some(stranger)).await["id"].as_str().unwrap().to_owned();
    let mut keys = mira.keys().await;
    keys.sort();
    assert_eq!(keys, ["co_2:co_person:3".to_owned(), format!("id:{id}")]);
}
