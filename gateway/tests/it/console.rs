//! The console: who is let in, what every answer says of itself, and that forms do what the API does.

use proto::provisioning::v1::{
    CoProvisioningExplanation, CoProvisioningRequest, CoProvisioningTarget, OfTargetRequest, ProvisionRequest, Reason,
    RequestStatus,
};

use crate::{
    client::{Answer, raw, send},
    fake::{Asked, House},
};

mod offers;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";

/// A browser: it keeps a cookie, and says whose page asks.
struct Browser<'a> {
    house: &'a House,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn of(house: &'a House) -> Self {
        Self { house, cookie: String::new() }
    }

    async fn entered(house: &'a House) -> Self {
        let mut browser = Self::of(house);
        let answer = browser.log_in("co_2.loader", "key").await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/console")));
        browser
    }

    async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let cookie = if self.cookie.is_empty() { String::new() } else { format!("Cookie: {}\r\n", self.cookie) };
        send(self.house.address, method, path, &format!("{cookie}{headers}"), body.as_bytes()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", "").await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, FORM, body).await
    }

    async fn log_in(&mut self, username: &str, key: &str) -> Answer {
        let answer = self.post("/console/login", &format!("username={username}&key={key}")).await;
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        answer
    }

    /// The token that the forms of a page bear.
    async fn token(&self) -> String {
        let page = self.get("/console").await.body;
        let (_, rest) = page.split_once("name=\"token\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

fn failing(house: &House) {
    let said = "no such attribute <script>alert(1)</script>";
    *house.fake.0.target.lock().unwrap() = CoProvisioningTarget {
        id: Some(4),
        co_id: Some(2),
        description: Some("<script>alert(2)</script>".to_owned()),
        health: Some("Broken".to_owned()),
        health_sentence: Some(said.to_owned()),
        failing: Some(1),
        held: Some(7),
        ..CoProvisioningTarget::default()
    };
    *house.fake.0.requests.lock().unwrap() = vec![CoProvisioningRequest {
        id: Some(9),
        co_provisioning_target_id: Some(4),
        co_person_id: Some(42),
        status: Some(RequestStatus::Failed.into()),
        last_error: Some(said.to_owned()),
        ..CoProvisioningRequest::default()
    }];
    *house.fake.0.explanation.lock().unwrap() = CoProvisioningExplanation {
        verdict: "Failing".to_owned(),
        sentence: said.to_owned(),
        reasons: vec![Reason { code: "Failed".to_owned(), sentence: said.to_owned() }],
        key: Some("<script>alert(3)</script>".to_owned()),
        ..CoProvisioningExplanation::default()
    };
    *house.fake.0.given.lock().unwrap() = "<script>alert(4)</script>".to_owned();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_more_than_the_door() {
    let house = House::open();
    let mut browser = Browser::of(&house);
    for path in ["/console", "/console/people/42", "/console/nothing", "/registry/console/users"] {
        let answer = browser.get(path).await;
        let door = if path.starts_with("/registry") { "/registry/console/login" } else { "/console/login" };
        assert_eq!((answer.status, answer.header("location")), (303, Some(door)), "{path}");
    }
    assert!(browser.get("/console/login").await.body.contains("type=\"password\""));
    for (username, key, status) in
        [("co_2.loader", "wrong", 403), ("", "key", 403), ("co_2.unpriv", "key", 403), ("co_2.expired", "key", 403)]
    {
        let answer = browser.log_in(username, key).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (status, None), "{username}");
        assert!(answer.body.contains("role=\"alert\""), "{}", answer.body);
    }
    assert!(house.asked().is_empty());
}

/// Who is nobody costs this server nothing but a look at the cookie.
#[tokio::test(flavor = "multi_thread")]
async fn forms_are_read_for_those_who_are_let_in_and_no_longer_than_any_is() {
    let house = House::open();
    let many = "a=1&".repeat(3_000);
    let announced =
        format!("POST /console/targets/4/retry HTTP/1.1\r\nHost: x\r\n{FORM}Content-Length: 100000\r\n\r\n");
    let patience = std::time::Duration::from_secs(10);
    let stranger = tokio::time::timeout(patience, raw(house.address, announced.as_bytes())).await;
    assert_eq!(stranger.expect("it is not waited for").map(|answer| answer.status), Some(303));
    let mut browser = Browser::of(&house);
    assert_eq!(browser.post("/console/login", &many).await.status, 413);
    browser.log_in("co_2.loader", "key").await;
    let token = browser.token().await;
    assert_eq!(browser.post("/console/targets/4/retry", &format!("{many}token={token}")).await.status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_for_this_host_and_its_own_pages() {
    let house = House::open();
    let mut browser = Browser::of(&house);
    let answer = browser.log_in("co_2.loader", "key").await;
    let cookie = answer.header("set-cookie").unwrap();
    let (id, rest) = cookie.split_once(';').unwrap();
    assert_eq!((id.len(), rest), ("__Host-cohort=".len() + 43, " Path=/; HttpOnly; SameSite=Strict; Secure"));
    assert!(id.starts_with("__Host-cohort="));
    // A browser of this machine, without TLS.
    let body = "username=co_2.loader&key=key";
    for (host, more, begins) in [
        ("localhost:8080", "", "cohort-loopback="),
        ("[::1]", "", "cohort-loopback="),
        ("localhost:8080", "X-Forwarded-Proto: https\r\n", "__Host-cohort="),
        ("localhost.example", "", "__Host-cohort="),
    ] {
        let head = format!("POST /console/login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{FORM}{more}");
        let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        let answer = raw(house.address, request.as_bytes()).await.unwrap();
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.starts_with(begins), "{host} {more}: {cookie}");
        assert_eq!(cookie.ends_with("; Secure"), begins.starts_with("__Host-"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_was_there_before_the_login_is_worth_nothing() {
    let house = House::open();
    let mut browser = Browser::of(&house);
    browser.cookie = "__Host-cohort=chosen".to_owned();
    browser.log_in("co_2.loader", "key").await;
    assert_ne!(browser.cookie, "__Host-cohort=chosen");
    let first = browser.cookie.clone();
    assert_eq!(browser.get("/console").await.status, 200);
    browser.log_in("co_2.loader", "key").await;
    let second = std::mem::replace(&mut browser.cookie, first);
    assert_eq!(browser.get("/console").await.status, 303, "a login ends the session before it");
    browser.cookie = "__Host-cohort=chosen".to_owned();
    assert_eq!(browser.get("/console").await.status, 303);
    browser.cookie = second;
    assert_eq!(browser.get("/console").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_logout_and_with_its_key() {
    let house = House::with(|settings| settings.auth.cache_seconds = 0);
    let browser = Browser::entered(&house).await;
    let token = browser.token().await;
    let answer = browser.post("/console/logout", &format!("token={token}")).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/console/login")));
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(browser.get("/console").await.status, 303);

    let browser = Browser::entered(&house).await;
    house.fake.0.suspended.store(true, std::sync::atomic::Ordering::SeqCst);
    let looking = browser.ask("GET", "/console", "HX-Request: true\r\n", "").await;
    assert_eq!((looking.status, looking.header("hx-refresh")), (401, Some("true")));
    house.fake.0.suspended.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(browser.get("/console").await.status, 303, "it does not come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_without_the_token_of_the_session_do_nothing() {
    let house = House::open();
    failing(&house);
    let (browser, other) = (Browser::entered(&house).await, Browser::entered(&house).await);
    let (token, foreign) = (browser.token().await, other.token().await);
    for body in ["", "token=", "token=x", &format!("token={foreign}")] {
        let answer = browser.post("/console/targets/4/drop", body).await;
        assert!(answer.status == 403 && answer.body.contains("Form Expired"), "{body}: {answer:?}");
    }
    let right = format!("token={token}");
    for headers in ["", "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n", "Origin: null\r\n"] {
        let site = if headers.contains("same-site") { "Origin: https://evil.x\r\n" } else { "" };
        let answer = browser.ask("POST", "/console/targets/4/drop", &format!("{headers}{site}"), &right).await;
        assert!(answer.status == 403 && answer.body.contains("Foreign Origin"), "{headers}: {answer:?}");
    }
    let acts = |asked: &Asked| matches!(asked, Asked::OfTarget(..));
    assert!(!house.asked().iter().any(acts));
    assert_eq!(browser.post("/console/targets/4/drop", &right).await.status, 303);
    assert!(house.asked().iter().any(acts));
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_do_what_the_api_does_and_say_so() {
    let house = House::open();
    failing(&house);
    let browser = Browser::entered(&house).await;
    let token = browser.token().await;
    let target =
        |error: Option<&str>| OfTargetRequest { co_provisioning_target_id: 4, error: error.map(str::to_owned) };
    let provision = ProvisionRequest {
        co_provisioning_target_id: 4,
        subject: "copersonid".to_owned(),
        subject_id: 42,
        ..ProvisionRequest::default()
    };
    for (path, more, leads, asked) in [
        ("targets/4/retry", "&error=a+%3C", "/targets/4", Asked::OfTarget("retry", target(Some("a <")))),
        ("targets/4/release", "", "/targets/4", Asked::OfTarget("release", target(None))),
        ("targets/4/provision/copersonid:42", "", "/people/42", Asked::Provision(provision)),
        ("requests/9/retry", "", "/requests/9", Asked::OfRequest("retry", 9)),
        ("requests/9/cancel", "&sure=yes", "/requests/9", Asked::OfRequest("cancel", 9)),
    ] {
        let answer = browser.post(&format!("/console/{path}"), &format!("token={token}{more}")).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some(format!("/console{leads}").as_str())),
            "{path}"
        );
        assert_eq!(house.asked().pop(), Some(asked));
        assert!(browser.get(&format!("/console{leads}")).await.body.contains("class=\"notice\""), "{path}");
        assert!(!browser.get(&format!("/console{leads}")).await.body.contains("class=\"notice\""), "it is said once");
    }
    for path in ["targets/x/retry", "targets/4/nothing", "requests/0/retry", "nothing"] {
        assert_eq!(browser.post(&format!("/console/{path}"), &format!("token={token}")).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_undone_is_asked_once_without_scripts() {
    let house = House::open();
    failing(&house);
    let browser = Browser::entered(&house).await;
    let token = browser.token().await;
    let acts = |asked: &Asked| matches!(asked, Asked::OfRequest("cancel", _) | Asked::RotateKey(_));
    for (path, more, says, does) in [
        ("requests/9/cancel", "", "Request 9 will be canceled", Asked::OfRequest("cancel", 9)),
        ("requests/several", "&do=cancel&pick-9=on", "1 request will be canceled: 9.", Asked::OfRequest("cancel", 9)),
    ] {
        let before = house.asked().len();
        let asked = browser.post(&format!("/console/{path}"), &format!("token={token}{more}")).await;
        assert!(asked.status == 200 && asked.body.contains(says), "{}", asked.body);
        assert!(asked.body.contains("name=\"sure\" value=\"yes\""), "{}", asked.body);
        assert!(!house.asked()[before..].iter().any(acts), "{path} did it at once");
        let done = browser.post(&format!("/console/{path}"), &format!("token={token}{more}&sure=yes")).await;
        assert_eq!(done.status, 303, "{}", done.body);
        assert_eq!(house.asked()[before..].iter().filter(|asked| acts(asked)).collect::<Vec<_>>(), [&does]);
    }
    let chosen =
        browser.post("/console/requests/several", &format!("token={token}&do=retry&pick-9=on&pick-x=on")).await;
    assert_eq!(chosen.header("location"), Some("/console/requests?status=Failed"));
    assert!(house.asked().contains(&Asked::OfRequest("retry", 9)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_shows_how_fast_requests_for_many_go() {
    let house = House::open();
    failing(&house);
    let many = CoProvisioningRequest {
        id: Some(8),
        co_id: Some(2),
        co_provisioning_target_id: Some(4),
        status: Some(RequestStatus::Running.into()),
        total: Some(1000),
        done: Some(400),
        waiting_count: Some(600),
        rate: Some(70),
        ..CoProvisioningRequest::default()
    };
    house.fake.0.requests.lock().unwrap().push(many);
    let page = Browser::entered(&house).await.get("/console/targets/4").await;
    assert!(page.body.contains("400 of 1000 done, 0 failed, 600 wait, 70 each second"), "{}", page.body);
    assert_eq!(page.body.matches("each second").count(), 1, "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_read_sees_no_buttons() {
    let house = House::open();
    failing(&house);
    let buttons = ["Retry these", "Release 7 removals", "Compare", "Provision now", "Plan", "Retry this request"];
    for (scopes, shown) in [(&["read"][..], false), (&["read", "provision:5"], false), (&["read", "provision:4"], true)]
    {
        *house.fake.0.scopes.lock().unwrap() = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let mut browser = Browser::of(&house);
        // A name of its own each time: logins are remembered.
        browser.log_in(&format!("co_2.{}", scopes.concat().replace(':', "")), "key").await;
        let mut pages = String::new();
        for path in ["", "/targets/4", "/people/42", "/requests/9"] {
            pages.push_str(&browser.get(&format!("/console{path}")).await.body);
        }
        for button in buttons {
            assert_eq!(pages.contains(button), shown, "{scopes:?} {button}");
        }
        assert!(pages.contains("Log out"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_keeps_to_itself_and_shows_words_as_words() {
    let house = House::open();
    failing(&house);
    let browser = Browser::entered(&house).await;
    for (path, shown) in [
        ("", "Retry these"),
        ("/targets/4", "Release 7 removals"),
        ("/people", "Write whom you look for"),
        ("/people?q=%3Cscript%3Ealert(5)%3C/script%3E", "/console/people/42"),
        ("/people/42", "Provision now"),
        ("/groups", "There are no groups here"),
        ("/lists", "There are no email lists here"),
        ("/services", "There are no services here"),
        ("/requests", "/console/requests/9"),
        ("/requests?status=%22%3E%3Cscript%3E&copersonid=%22%3E%3Cscript%3E", "Last error"),
        ("/requests/9", "Retry this request"),
        ("/targets/4/plan/copersonid:42", "Nothing has been"),
        ("/users", "There are none to see here"),
    ] {
        let page = browser.get(&format!("/console{path}")).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(page.body.contains(shown), "{path}: {}", page.body);
        assert_eq!(page.body.matches("<script").count(), 2, "{path} has its own two: {}", page.body);
        assert!(!page.body.contains(" style=") && !page.body.contains(" onclick"), "{path}");
        assert!(page.body.len() < 40_000, "{path}");
        guarded(&page);
    }
    for path in [
        "/console/nothing",
        "/console/people/x",
        "/console/groups/5",
        "/console/lists/5",
        "/console/services/5",
        "/console/requests/5",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.body.contains("role=\"alert\""));
        guarded(&page);
    }
}

fn guarded(page: &Answer) {
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cache-control", "no-store")]
    {
        assert_eq!(page.header(name), Some(value));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_knows_no_cookies() {
    let house = House::open();
    let browser = Browser::entered(&house).await;
    let answer = browser.get("/co_person_roles.json").await;
    assert_eq!((answer.status, answer.header("www-authenticate").is_some()), (401, true));
    assert_eq!(house.ask("GET", "/co_person_roles.json", "").await.header("set-cookie"), None);
    let basic = house.ask("GET", "/console", "").await;
    assert_eq!(basic.status, 303, "and the console no logins by Basic");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_may_be_kept_and_are_small() {
    let house = House::open();
    let mut whole = 0;
    for name in ["console.css", "console.js", "htmx.min.js"] {
        let file = Browser::of(&house).get(&format!("/console/{name}")).await;
        assert_eq!((file.status, file.header("x-content-type-options")), (200, Some("nosniff")));
        assert!(file.header("cache-control").unwrap().contains("immutable"));
        whole += file.body.len();
    }
    assert!(whole < 64 * 1024, "{whole} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_switched_off() {
    let house = House::with(|settings| settings.console.enabled = false);
    for path in ["/console", "/console/login", "/console/console.css", "/registry/console"] {
        let answer = Browser::of(&house).get(path).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (404, None), "{path}");
    }
}

/// However many targets there are, and however many pages are looked at.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_asks_only_so_much_at_once() {
    let house = House::open();
    failing(&house);
    house.fake.0.targets.store(100, std::sync::atomic::Ordering::SeqCst);
    let browser = Browser::entered(&house).await;
    let page = browser.get("/console/people/42").await;
    assert_eq!((page.status, page.body.matches("<article").count()), (200, 100));
    let most = house.fake.0.explaining.1.load(std::sync::atomic::Ordering::SeqCst);
    assert!((1..=4).contains(&most), "{most} at once");
    let pages = (0..40).map(|_| browser.get("/console/people/42"));
    let refused = futures::future::join_all(pages).await.iter().filter(|page| page.status == 429).count();
    assert!(refused > 0, "a user looks at so many pages at once");
    let most = house.fake.0.explaining.1.load(std::sync::atomic::Ordering::SeqCst);
    assert!(most <= 4 * 16, "{most} at once");
}

/// What no configuration holds is not read, and neither is that of somebody who may not edit.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_holds_no_more_than_a_body() {
    let house = House::with(|settings| settings.auth.cache_seconds = 0);
    failing(&house);
    house.fake.0.target.lock().unwrap().plugin = Some("LdapProvisioner".to_owned());
    let browser = Browser::entered(&house).await;
    let token = browser.token().await;
    let form = |attributes: &str| format!("token={token}&Attributes={attributes}");
    let dense = form(&format!("[{}]", vec![r#"{"a":0}"#; 11_000].join(",")));
    let answer = browser.post("/console/targets/4/configuration", &dense).await;
    assert!(answer.status == 400 && answer.body.contains("more than any record does"), "{answer:?}");
    let long = form(&"x".repeat(300 << 10));
    assert_eq!(browser.post("/console/targets/4/configuration", &long).await.status, 413);
    *house.fake.0.scopes.lock().unwrap() = vec!["co_provisioning_targets:read".to_owned(), "read".to_owned()];
    let reader = Browser::entered(&house).await;
    let form = format!("token={}&Attributes=[]", reader.token().await);
    assert_eq!(reader.post("/console/targets/4/configuration", &form).await.status, 403);
}
