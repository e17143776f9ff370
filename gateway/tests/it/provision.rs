//! Provisioning requests (D36, D37).

use proto::{provisioning::v1::ProvisionRequest, refusal::Refusal};
use serde_json::json;

use crate::fake::{Asked, House};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_wish_it_is_accepted_with_its_monitor() {
    let house = House::open();
    for (path, location) in [
        (
            "/registry/co_provisioning_targets/provision/4/copersonid:42.json",
            "/registry/co_provisioning_requests/77.json",
        ),
        ("/co_provisioning_targets/provision/copersonid:42/4.json", "/co_provisioning_requests/77.json"),
        ("/co_provisioning_targets/provision/4/copersonid%3A42.json", "/co_provisioning_requests/77.json"),
    ] {
        for body in ["", "null", "{}", "[]", "Synchronous=true", "{\"Synchronous\":"] {
            let answer = house.ask("POST", path, body).await;
            assert_eq!(answer.line(), (202, "Accepted"), "{path} {body}");
            assert_eq!((answer.header("Location"), answer.header("Retry-After")), (Some(location), Some("1")));
            let expected = json!({"ResponseType": "NewObject", "Version": "1.0", "ObjectType": "CoProvisioningRequest", "Id": "77"});
            assert_eq!(answer.json(), expected);
            let subject = "copersonid".to_owned();
            let asked = ProvisionRequest {
                co_provisioning_target_id: 4,
                subject,
                subject_id: 42,
                ..ProvisionRequest::default()
            };
            assert_eq!(house.asked().pop(), Some(Asked::Provision(asked)));
        }
    }
    let answer = house.ask("POST", "/co_provisioning_targets/provision/4/cogroupid:1.xml", "<a").await;
    assert_eq!(answer.header("Location"), Some("/co_provisioning_requests/77.xml"));
    assert!(
        answer
            .body
            .contains("<NewObjectResponse Version=\"1.0\"><ObjectType>CoProvisioningRequest</ObjectType><Id>77</Id>")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_granted_within_the_limit() {
    let house = House::with(|settings| settings.provision.wait_seconds = 30);
    let path = "/co_provisioning_targets/provision/4/copersonid:42";
    let xml = "<?xml version=\"1.0\"?><CoPersonProvisioning Version=\"1.0\"><Synchronous>True</Synchronous></CoPersonProvisioning>";
    for (suffix, headers, body, wait_ms) in [
        ("json", "", r#"{"RequestType":"CoPersonProvisioning","Version":"1.0","Synchronous":true}"#, 30_000),
        ("json", "Content-Type: application/x-www-form-urlencoded\r\n", r#"{"Synchronous":true}"#, 30_000),
        ("xml", "", xml, 30_000),
        ("json", "Prefer: wait=20\r\n", "", 20_000),
        ("json", "Prefer: respond-async\r\nPrefer: wait=100\r\n", "", 30_000),
    ] {
        let answer = house.ask_with("POST", &format!("{path}.{suffix}"), headers, body).await;
        assert_eq!((answer.line(), answer.body.as_str()), ((200, "OK"), ""), "{headers}{body}");
        let Some(Asked::Provision(asked)) = house.asked().pop() else { panic!("no provisioning") };
        assert_eq!(asked.wait_ms, wait_ms, "{headers}{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_and_failures_have_their_phrases() {
    let house = House::open();
    for (rest, line) in [
        ("4.json", (400, "Bad Request")),
        ("4/codeptid:1.json", (400, "Bad Request")),
        ("4.json?copersonid=5", (400, "Bad Request")),
        ("abc/copersonid:1.json", (404, "CoProvisioningTarget Not Found")),
        ("4/copersonid:abc.json", (404, "CoPerson Unknown")),
        ("4/coserviceid:abc.json", (404, "CoService Unknown")),
    ] {
        let answer = house.ask("POST", &format!("/co_provisioning_targets/provision/{rest}"), "").await;
        assert_eq!(answer.line(), line, "{rest}");
    }
    house.refuse(Refusal::Failed("Connection refused. It will be tried again.".to_owned()));
    let answer = house.ask("POST", "/co_provisioning_targets/provision/4/coid:1.json", r#"{"Synchronous":true}"#).await;
    assert_eq!(answer.line(), (500, "Other Error"));
    assert_eq!(answer.json()["Error"], "Other Error: Connection refused. It will be tried again.");
    let large = "x".repeat((1 << 20) + 1);
    assert_eq!(house.ask("POST", "/co_provisioning_targets/provision/4/coid:1.json", &large).await.status, 413);
}
