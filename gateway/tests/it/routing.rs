//! Paths, methods and their refusals on the wire.

use proto::registry::v1::CoPersonRole;

use crate::{
    client,
    fake::{Asked, House},
};

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_are_none_are_unknown() {
    let house = House::open();
    for path in [
        "/no_such_things.json",
        "/co_person_roles/7/foo.json",
        "/",
        "/registry",
        "/co_person_roles.json//",
        "/%ff.json",
    ] {
        let answer = house.ask("GET", path, "").await;
        assert_eq!(answer.line(), (404, "Unknown"), "{path}");
        assert!(answer.json()["Error"].as_str().unwrap().starts_with("Unknown: "), "{path}");
    }
    let answer = house.ask("GET", "/co_person_roles/7", "").await;
    assert_eq!(answer.line(), (404, "Unknown"));
    assert!(answer.body.contains(".json") && answer.body.contains(".xml"));
    let answer = house.ask("GET", "/co_person_roles/abc.xml", "").await;
    assert_eq!(answer.line(), (404, "CoPersonRole Unknown"));
    assert!(answer.body.contains("<Error>CoPersonRole Unknown: "));
    let answer = house.ask("DELETE", "/co_provisioning_targets/abc.json", "").await;
    assert_eq!(answer.line(), (404, "CoProvisioningTarget Not Found"));
    assert_eq!(house.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_of_other_apis_are_named() {
    let house = House::open();
    for (path, name) in [
        ("/registry/api/co/2/core/v1/people", "Core API"),
        ("/registry/api/co/2/core/v1/people.json", "Core API"),
        ("/unix_cluster/unix_cluster_accounts.json?copersonid=1", "UnixCluster"),
        ("/registry//ssh_key_authenticator/ssh_keys/7.xml", "SshKeyAuthenticator"),
        ("/voot.json", "VOOT"),
        ("/co_departments.json", "co_departments"),
        ("/co_petitions", "co_petitions"),
    ] {
        let answer = house.ask("GET", path, "").await;
        assert_eq!(answer.line(), (404, "Unknown"), "{path}");
        assert!(answer.body.contains(name) && answer.body.contains("Cohort does not have"), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_told_what_is_allowed() {
    let house = House::open();
    for (method, path, allow) in [
        ("PATCH", "/co_person_roles/7.json", "GET, HEAD, PUT, DELETE"),
        ("FOO", "/co_person_roles/7.json", "GET, HEAD, PUT, DELETE"),
        ("PATCH", "/registry/co_person_roles.json", "GET, HEAD, POST"),
        ("OPTIONS", "/co_person_roles.json", "GET, HEAD, POST"),
        ("GET", "/api_users/7/key.json", "POST"),
    ] {
        let answer = house.ask(method, path, "").await;
        assert_eq!(answer.line(), (405, "Method Not Allowed"), "{method} {path}");
        assert_eq!(answer.header("Allow"), Some(allow), "{method} {path}");
        assert!(answer.json()["Error"].is_string());
    }
    for method in ["PUT", "DELETE"] {
        let answer = house.ask(method, "/co_person_roles.json", "").await;
        assert_eq!(answer.line(), (400, "Invalid Fields"));
        assert!(answer.json()["InvalidFields"]["id"][0].is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get_without_the_body() {
    let house = House::open();
    house.hold(vec![CoPersonRole { id: Some(7), ..Default::default() }]);
    for path in ["/co_person_roles/7.json", "/co_person_roles.xml"] {
        let (head, get) = (house.ask("HEAD", path, "").await, house.ask("GET", path, "").await);
        assert_eq!((head.line(), head.body.as_str()), ((200, "OK"), ""));
        assert_eq!(head.header("Content-Type"), get.header("Content-Type"));
        assert_eq!(head.header("Content-Length"), get.header("Content-Length"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deletions_say_so() {
    let house = House::open();
    let answer = house.ask("DELETE", "/registry/co_person_roles/7.xml", "").await;
    assert_eq!((answer.line(), answer.body.as_str()), ((200, "Deleted"), ""));
    assert_eq!(answer.header("Content-Type"), Some("application/xml; charset=UTF-8"));
    assert_eq!(house.asked(), [Asked::Delete(7)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_metrics_ask_for_no_login() {
    let house = House::open();
    let plain =
        async |method: &'static str, path: &'static str| client::send(house.address, method, path, "", b"").await;
    assert_eq!(plain("GET", "/health/live").await.line(), (200, "OK"));
    assert_eq!(plain("GET", "/health/ready").await.status, 200);
    let metrics = async |headers: &str| client::send(house.address, "GET", "/metrics", headers, b"").await.status;
    assert_eq!((metrics("Host: localhost\r\n").await, metrics("Host: 127.0.0.1:8080\r\n").await), (200, 200));
    for passed_on in
        ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "Forwarded: for=192.0.2.1", "Via: 1.1 proxy"]
    {
        let status = metrics(&format!("Host: localhost\r\n{passed_on}\r\n")).await;
        assert_eq!(status, 401, "metrics beside the API are for this machine: {passed_on}");
    }
    assert_eq!(metrics("Host: registry.example.org\r\n").await, 401, "a proxy that says nothing of itself");
    assert_eq!(plain("POST", "/health/live").await.header("Allow"), Some("GET, HEAD"));
    house.health.report("person-role-service", service_kit::health::Need::Needed, Some("gone".to_owned()));
    let answer = plain("GET", "/health/ready").await;
    assert_eq!((answer.status, answer.json()["parts"]["person-role-service"].as_str()), (503, Some("gone")));
    let behind = House::with(|settings| {
        settings.http.trusted_proxies = "127.0.0.1".to_owned().try_into().unwrap();
    });
    let silent = client::send(behind.address, "GET", "/metrics", "Host: 127.0.0.1:8080\r\n", b"").await;
    assert_eq!(silent.status, 401, "a proxy on this machine that asks for the address that it was told");
    let apart = House::with(|settings| settings.ops.listen = "127.0.0.1:0".to_owned());
    assert_eq!(client::send(apart.address, "GET", "/metrics", "Host: localhost\r\n", b"").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn request_ids_are_kept_if_they_are_plain() {
    let house = House::open();
    let id = async |header: &'static str| {
        house.ask_with("GET", "/cous/x.json", header, "").await.header("X-Request-Id").map(str::to_owned)
    };
    assert_eq!(id("X-Request-Id: abc-1\r\n").await.as_deref(), Some("abc-1"));
    for header in ["", "X-Request-Id: a b\r\n", "X-Request-Id: \r\n"] {
        assert_eq!(id(header).await.map(|id| id.len()), Some(16), "{header}");
    }
}
