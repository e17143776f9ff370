//! What the engine says of itself: plans, explanations, actions on whole targets (D51 to D57).

use proto::provisioning::v1::{CompareRequest, ExplainRequest, OfTargetRequest, PlanRequest, ProvisionRequest};

use crate::fake::{Asked, House};

#[tokio::test]
async fn each_path_asks_for_its_own() {
    let house = House::open();
    let target =
        |error: Option<&str>| OfTargetRequest { co_provisioning_target_id: 4, error: error.map(str::to_owned) };
    let subject = || ("copersonid".to_owned(), 42);
    let plan = |limit, after: &str| {
        let (subject, subject_id) = subject();
        let after = after.to_owned();
        Asked::Plan(PlanRequest { co_provisioning_target_id: 4, subject, subject_id, after, limit })
    };
    let explain = || {
        let (subject, subject_id) = subject();
        Asked::Explain(ExplainRequest { co_provisioning_target_id: 4, subject, subject_id })
    };
    let compare =
        |repair, remove_extra| Asked::Compare(CompareRequest { co_provisioning_target_id: 4, repair, remove_extra });
    for (method, path, body, status, asked) in [
        ("POST", "plan/4/copersonid:42.json", "", "200 OK", plan(50, "")),
        ("POST", "plan/copersonid:42/4.json?limit=7&after=copersonid:9", "", "200 OK", plan(7, "copersonid:9")),
        ("GET", "4/explain/copersonid:42.json", "", "200 OK", explain()),
        ("POST", "4/release.json", "", "202 Accepted", Asked::OfTarget("release", target(None))),
        ("POST", "4/drop.json", "{}", "202 Accepted", Asked::OfTarget("drop", target(None))),
        ("POST", "4/retry.json", r#"{"Error":"away"}"#, "202 Accepted", Asked::OfTarget("retry", target(Some("away")))),
        ("POST", "4/compare.json", "", "202 Accepted", compare(false, false)),
        ("POST", "4/compare.json", r#"{"Repair":true,"RemoveExtra":"1"}"#, "202 Accepted", compare(true, true)),
    ] {
        let answer = house.ask(method, &format!("/registry/co_provisioning_targets/{path}"), body).await;
        assert_eq!(format!("{} {}", answer.status, answer.reason), status, "{path}");
        assert_eq!(house.asked().pop(), Some(asked), "{path}");
    }
}

#[tokio::test]
async fn answers_are_flat_in_both_formats() {
    let house = House::open();
    let json = house.ask("POST", "/registry/co_provisioning_targets/4/retry.json", "").await;
    assert_eq!(json.body, "{\"ResponseType\":\"Accepted\",\"Version\":\"1.0\",\"Count\":3}\n");
    let xml = house.ask("POST", "/registry/co_provisioning_targets/4/retry.xml", "").await;
    assert!(xml.body.ends_with("<Accepted Version=\"1.0\"><Count>3</Count></Accepted>\n"), "{}", xml.body);
    let monitor = house.ask("POST", "/registry/co_provisioning_targets/4/compare.json", "").await;
    assert_eq!(monitor.header("location"), Some("/registry/co_provisioning_requests/78.json"));
    let none = house.ask("GET", "/registry/co_provisioning_targets/4/explain/cogroupid:5.xml", "").await;
    assert!(none.body.ends_with("<CoProvisioningExplanations Version=\"1.0\"></CoProvisioningExplanations>\n"));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    let house = House::open();
    for (method, path, body, status) in [
        ("POST", "4/compare.json", r#"{"Repair":"maybe"}"#, 400),
        ("POST", "4/retry.json", r#"{"Error":5}"#, 400),
        ("POST", "plan/4/copersonid:42.json?limit=0", "", 400),
        ("POST", "plan/4.json", "", 400),
        ("POST", "provision/4/copersonid:42.json", r#"{"Plan":true}"#, 400),
        ("POST", "provision/4/copersonid:42.json", r#"{"Digest":false}"#, 400),
        ("GET", "4/release.json", "", 405),
        ("POST", "4/explain/copersonid:42.json", "", 405),
        ("POST", "abc/release.json", "", 404),
        ("GET", "abc/explain/copersonid:42.json", "", 404),
        ("POST", "4/nothing.json", "", 404),
    ] {
        let answer = house.ask(method, &format!("/registry/co_provisioning_targets/{path}"), body).await;
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.body);
    }
    assert_eq!(house.asked(), []);
}

#[tokio::test]
async fn provisioning_takes_force_and_a_digest() {
    let house = House::open();
    let body = r#"{"Force":true,"Digest":"abc"}"#;
    let answer = house.ask("POST", "/registry/co_provisioning_targets/provision/4/copersonid:42.json", body).await;
    assert_eq!(answer.status, 202);
    let asked = ProvisionRequest {
        co_provisioning_target_id: 4,
        subject: "copersonid".to_owned(),
        subject_id: 42,
        wait_ms: 0,
        force: true,
        digest: Some("abc".to_owned()),
    };
    assert_eq!(house.asked(), [Asked::Provision(asked)]);
}
