//! Tags and conditions on the wire (D43).

use proto::{refusal::Refusal, registry::v1::CoPersonRole};

use crate::fake::{Asked, House};

const TAG: &str = "\"7f\"";

fn house() -> House {
    let house = House::open();
    house.hold([7, 8].map(|id| CoPersonRole { id: Some(id), ..Default::default() }).into());
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_viewed_has_a_tag_the_same_in_both_formats() {
    let house = house();
    for (method, path) in
        [("GET", "/co_person_roles/7.json"), ("GET", "/co_person_roles/7.xml"), ("HEAD", "/co_person_roles/7.json")]
    {
        assert_eq!(house.ask(method, path, "").await.header("ETag"), Some(TAG), "{method} {path}");
    }
    assert_eq!(house.ask("GET", "/co_person_roles.json", "").await.header("ETag"), None);
    assert_eq!(house.ask("GET", "/co_person_roles/9.json", "").await.header("ETag"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_has_is_not_sent_again() {
    let house = house();
    for condition in ["\"7f\"", "W/\"7f\"", "\"a\", \"7f\"", "*", "\"a\"\r\nIf-None-Match: \"7f\""] {
        let header = format!("If-None-Match: {condition}\r\n");
        for method in ["GET", "HEAD"] {
            let answer = house.ask_with(method, "/co_person_roles/7.json", &header, "").await;
            assert_eq!((answer.line(), answer.body.as_str()), ((304, "Not Modified"), ""), "{condition}");
            assert_eq!(answer.header("ETag"), Some(TAG));
        }
        let answer = house.ask_with("GET", "/co_person_roles/8.json", &header, "").await;
        assert_eq!(answer.status, 200, "what is computed is always sent");
    }
    for condition in ["\"8f\"", "7f"] {
        let header = format!("If-None-Match: {condition}\r\n");
        assert_eq!(house.ask_with("GET", "/co_person_roles/7.json", &header, "").await.status, 200, "{condition}");
    }
    let answer = house.ask_with("GET", "/co_person_roles/9.json", "If-None-Match: *\r\n", "").await;
    assert_eq!(answer.line(), (404, "CoPersonRole Unknown"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_is_the_service_s_to_compare() {
    let house = house();
    let body = r#"{"Version":"1.0","Title":"x"}"#;
    let lines = "If-Match: \"a\", \"b\"\r\nIf-Match: \"c\"\r\n";
    for (method, body) in [("PUT", body), ("DELETE", "")] {
        house.ask_with(method, "/co_person_roles/7.json", lines, body).await;
        assert_eq!(house.condition().as_deref(), Some("\"a\", \"b\", \"c\""), "{method}");
        house.ask(method, "/co_person_roles/7.json", body).await;
        assert_eq!(house.condition(), None, "{method}");
        house.refuse(Refusal::Precondition);
        let answer = house.ask_with(method, "/co_person_roles/7.json", "If-Match: \"x\"\r\n", body).await;
        assert_eq!(answer.line(), (412, "Precondition Failed"));
        assert!(answer.body.contains("ETag"));
    }
    let answer = house.ask_with("PUT", "/co_person_roles/7.json", "If-Match: \"x\"\r\n", "{").await;
    assert_eq!(answer.line(), (400, "Bad Request"), "a body that is no document comes first");
    let before = house.asked().len();
    house.ask_with("DELETE", "/co_person_roles/abc.json", "If-Match: *\r\n", "").await;
    assert_eq!(house.asked()[before..], [Asked::Delete(0)], "an id that cannot be one is looked for");
}
