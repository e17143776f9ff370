//! Ids of another CO, in every path that the console has.

use std::collections::BTreeMap;

use gateway::console::routes::{FORMS, PAGES};
use reqwest::{Client, StatusCode, header};
use serde_json::json;

use super::world::World;
use crate::first_minutes::{log_target, people};

/// What nobody of another CO is to read.
const OURS: [&str; 3] = ["Night", "Directory", "night.log"];

/// Somebody who has logged in, without a browser's manners.
struct Stranger {
    http: Client,
    root: String,
    cookie: String,
    token: String,
}

impl Stranger {
    #[expect(clippy::disallowed_methods, reason = "a client that keeps cookies as it likes")]
    async fn enter(root: String, username: &str, key: &str) -> Self {
        let policy = reqwest::redirect::Policy::none();
        let http = Client::builder().no_proxy().redirect(policy).build().unwrap();
        let mut stranger = Self { http, root, cookie: String::new(), token: String::new() };
        let answer = stranger.post("login", &format!("username={username}&key={key}")).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        stranger.cookie = cookie.split(';').next().unwrap().to_owned();
        let (_, page) = stranger.get("").await;
        let (_, rest) = page.split_once("name=\"token\" value=\"").unwrap();
        stranger.token = rest.split('"').next().unwrap().to_owned();
        stranger
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = self.http.get(format!("{}/console/{path}", self.root)).header(header::COOKIE, &self.cookie);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn post(&self, path: &str, body: &str) -> reqwest::Response {
        let request = self.http.post(format!("{}/console/{path}", self.root)).header(header::COOKIE, &self.cookie);
        let request = request.header("Sec-Fetch-Site", "same-origin").body(format!("token={}&{body}", self.token));
        let kind = "application/x-www-form-urlencoded";
        request.header(header::CONTENT_TYPE, kind).send().await.unwrap()
    }
}

/// A path with ids in place of its names.
fn filled(path: &str, ids: &BTreeMap<&str, String>) -> String {
    let of = |segment: &str| segment.strip_prefix(':').map_or(segment.to_owned(), |name| ids[name].clone());
    path.split('/').map(of).collect::<Vec<_>>().join("/")
}

pub(super) async fn another_co_is_seen_and_touched_by_no_path() {
    let world = World::new().await;
    world.directory.answers(422);
    let request = world.provisioned(&world.target, &world.person, "Failed").await;
    let (list, service) = world.things().await;
    let (user, _, _) = user(&world, &world.co).await;
    let (other, _, _) = people(&world.client, "Other").await;
    let own = log_target(&world.client, &other, "M", "own.log").await;
    let (_, username, key) = self::user(&world, &other).await;
    let stranger = Stranger::enter(world.deployment.root_url(), &username, &key).await;

    let person = world.person.clone();
    let ours = BTreeMap::from([
        ("person", person.clone()),
        ("group", first_group(&world).await),
        ("list", list),
        ("service", service),
        ("target", world.target.clone()),
        ("subject", format!("copersonid:{person}")),
        ("request", request.clone()),
        ("resource", "co_people".to_owned()),
        ("record", person),
        ("user", user),
    ]);
    // At a target of one's own, too, nobody of another CO is a subject.
    let mixed = BTreeMap::from([("target", own), ("subject", ours["subject"].clone())]);

    let requests = format!("/co_provisioning_requests.json?coid={}", world.co);
    let before = world.client.get(&requests).await.json();
    // The stream of events has no id in its path; it does not end.
    for path in PAGES.into_iter().filter(|path| !matches!(*path, "events" | "login")) {
        let mut paths = vec![filled(path, &ours)];
        paths.extend(path.contains(":subject").then(|| filled(path, &mixed)));
        for filled in paths {
            let (status, page) = stranger.get(&filled).await;
            // The security log asks for a scope of its own.
            let expected = match path {
                "log" => StatusCode::FORBIDDEN,
                _ if path.contains(':') => StatusCode::NOT_FOUND,
                _ => StatusCode::OK,
            };
            assert_eq!(status, expected, "{filled}: {page}");
            assert!(OURS.iter().all(|ours| !page.contains(ours)), "{filled}: {page}");
        }
    }
    for path in FORMS.into_iter().filter(|path| path.contains(':')) {
        let mut paths = vec![filled(path, &ours)];
        paths.extend(path.contains(":subject").then(|| filled(path, &mixed)));
        for filled in paths {
            let answer = stranger.post(&filled, "sure=yes&LogFile=taken.log").await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{filled}");
        }
    }
    for does in ["retry", "cancel"] {
        let answer = stranger.post("requests/several", &format!("do={does}&sure=yes&pick-{request}=on")).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let (_, page) = stranger.get("requests").await;
        assert!(page.contains("0 are ") && page.contains("1 is not: "), "{page}");
    }
    assert_eq!(world.client.get(&requests).await.json(), before, "something was done");
}

/// A user of a CO: the id, the name and the key.
async fn user(world: &World, co: &str) -> (String, String, String) {
    let user = json!({ "Version": "1.0", "CoId": co, "Username": "stranger", "Privileged": true, "Status": "Active" });
    let document = json!({ "RequestType": "ApiUsers", "Version": "1.0", "ApiUsers": [user] });
    let made = world.client.post("/api_users.json", &document).await.expect_status(201).json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("Id"), text("Username"), text("ApiKey"))
}

async fn first_group(world: &World) -> String {
    let groups = world.client.get(&format!("/co_groups.json?coid={}", world.co)).await.json();
    groups["CoGroups"][0]["Id"].to_string().trim_matches('"').to_owned()
}
