//! Documents in and out, end to end.

use std::sync::atomic::Ordering;

use proto::{
    check::Violations,
    refusal::Refusal,
    registry::v1::{CoPersonRole, Status},
};
use serde_json::json;

use crate::fake::{Asked, House};

fn role(id: i64) -> CoPersonRole {
    CoPersonRole {
        id: Some(id),
        co_person_id: Some(42),
        cou_id: Some(5),
        affiliation: Some("staff".to_owned()),
        title: Some("R&D \"x\" <y>".to_owned()),
        status: Some(Status::GracePeriod.into()),
        valid_from: Some(prost_types::Timestamp { seconds: 1_577_934_245, nanos: 0 }),
        revision: Some(0),
        deleted: Some(false),
        ..Default::default()
    }
}

const JSON: &str = concat!(
    r#"{"ResponseType":"CoPersonRoles","Version":"1.0","CoPersonRoles":[{"Version":"1.0","Id":7,"#,
    r#""Person":{"Type":"CO","Id":42},"CouId":5,"Affiliation":"staff","Title":"R&D \"x\" <y>","Status":"GracePeriod","#,
    r#""ValidFrom":"2020-01-02 03:04:05","Revision":0,"Deleted":false}]}"#,
    "\n"
);

const XML: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CoPersonRoles Version=\"1.0\"><CoPersonRole Version=\"1.0\" Id=\"7\"><Id>7</Id>",
    "<Person><Type>CO</Type><Id>42</Id></Person><CouId>5</CouId><Affiliation>staff</Affiliation>",
    "<Title>R&amp;D &quot;x&quot; &lt;y&gt;</Title><Status>GracePeriod</Status><ValidFrom>2020-01-02 03:04:05</ValidFrom>",
    "<Revision>0</Revision><Deleted>0</Deleted></CoPersonRole></CoPersonRoles>\n"
);

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_shown_in_both_formats() {
    let house = House::open();
    house.hold(vec![role(7)]);
    let answer = house.ask("GET", "/registry/co_person_roles/7.json", "").await;
    assert_eq!(answer.line(), (200, "OK"));
    assert_eq!(answer.body, JSON);
    for (name, value) in [
        ("Content-Type", "application/json; charset=UTF-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert!(answer.header("Set-Cookie").is_none() && answer.header("X-Request-Id").is_some());
    let answer = house.ask("GET", "/co_person_roles/7.xml", "").await;
    assert_eq!(answer.body, XML);
    assert_eq!(answer.header("Content-Type"), Some("application/xml; charset=UTF-8"));
    let strings = House::with(|settings| settings.wire.integers = gateway::wire::Integers::String);
    strings.hold(vec![role(7)]);
    let record = strings.ask("GET", "/co_person_roles/7.json", "").await.json()["CoPersonRoles"][0].clone();
    assert_eq!((&record["Id"], &record["Person"]["Id"], &record["Revision"]), (&json!("7"), &json!("42"), &json!("0")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_can_be_put_back() {
    let house = House::open();
    for (path, body) in [("/co_person_roles/7.json", JSON), ("/co_person_roles/7.xml", XML)] {
        let answer = house.ask("PUT", path, body).await;
        assert_eq!((answer.line(), answer.body.as_str()), ((200, "OK"), ""));
        let Some(Asked::Edit(record, unread, sent)) = house.asked().pop() else { panic!("no edit") };
        assert_eq!(unread, []);
        let expected = CoPersonRole { revision: None, deleted: None, ..role(7) };
        assert_eq!(record, expected);
        let paths = ["co_person_id", "cou_id", "affiliation", "title", "status", "valid_from"];
        assert_eq!(sent, paths);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_tells_what_was_cleared() {
    let house = House::open();
    house.ask("PUT", "/co_person_roles/7.json", r#"{"Version":"1.0","Title":null,"O":"x","CouId":""}"#).await;
    let Some(Asked::Edit(record, _, sent)) = house.asked().pop() else { panic!("no edit") };
    assert_eq!(sent, ["cou_id", "title", "o"]);
    assert_eq!(record, CoPersonRole { id: Some(7), o: Some("x".to_owned()), ..Default::default() });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_addition_is_passed_on_and_answered() {
    let house = House::open();
    let body = r#"{"CoPersonRoles":[{"Version":"9","Person":{"Type":"CO","Id":"42"},"CouId":"abc","Id":3}]}"#;
    let answer = house.ask_with("POST", "/co_person_roles.json", "Content-Type: text/plain\r\n", body).await;
    assert_eq!(answer.line(), (201, "Added"));
    let expected =
        "{\"ResponseType\":\"NewObject\",\"Version\":\"1.0\",\"ObjectType\":\"CoPersonRole\",\"Id\":\"8\"}\n";
    assert_eq!(answer.body, expected);
    let Some(Asked::Add(record, unread, caller)) = house.asked().pop() else { panic!("no addition") };
    assert_eq!((caller.username.as_str(), caller.co_id, caller.api_user_id), ("co_2.loader", Some(2), Some(3)));
    assert_eq!(record.co_person_id, Some(42));
    let fields: Vec<_> = unread.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["Version", "id", "cou_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_answered_in_the_format_of_the_request() {
    let house = House::open();
    let wrong = || {
        let mut wrong = Violations::default();
        wrong.add("cou_id", "\"cou_id\" may not refer to another CO");
        wrong.add("status", "A valid status must be selected");
        Refusal::InvalidFields(wrong)
    };
    house.refuse(wrong());
    let answer = house.ask("POST", "/co_person_roles.json", r#"{"Version":"1.0"}"#).await;
    assert_eq!(answer.line(), (400, "Invalid Fields"));
    let fields =
        json!({"cou_id": ["\"cou_id\" may not refer to another CO"], "status": ["A valid status must be selected"]});
    let expected = json!({"ResponseType": "ErrorResponse", "Version": "1.0", "Id": "New", "InvalidFields": fields});
    assert_eq!(answer.json(), expected);
    house.refuse(wrong());
    let body = "<CoPersonRole Version=\"1.0\"><O>x</O></CoPersonRole>";
    let answer = house.ask("PUT", "/co_person_roles/7.xml", body).await;
    let expected = concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ErrorResponse Version=\"1.0\" Id=\"7\"><InvalidFields>",
        "<InvalidField Field=\"cou_id\"><Error>&quot;cou_id&quot; may not refer to another CO</Error></InvalidField>",
        "<InvalidField Field=\"status\"><Error>A valid status must be selected</Error></InvalidField>",
        "</InvalidFields></ErrorResponse>\n"
    );
    assert_eq!((answer.line(), answer.body.as_str()), ((400, "Invalid Fields"), expected));
    house.refuse(Refusal::forbidden("COU Does Not Exist", "Name a COU that exists."));
    let answer = house.ask("POST", "/co_person_roles.json", r#"{"Version":"1.0"}"#).await;
    assert_eq!(answer.line(), (403, "COU Does Not Exist"));
    assert_eq!(answer.json()["Error"], "COU Does Not Exist: Name a COU that exists.");
    house.refuse(Refusal::Conflict { phrase: "Never Heard Before".to_owned(), sentence: "x".to_owned() });
    assert_eq!(house.ask("GET", "/co_person_roles/1.json", "").await.line(), (409, "Never Heard Before"));
    house.refuse(Refusal::Failed("the directory said no".to_owned()));
    let answer = house.ask("DELETE", "/co_person_roles/1.xml", "").await;
    assert_eq!(answer.line(), (500, "Other Error"));
    assert!(answer.body.contains("<Error>Other Error: the directory said no</Error>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages_that_lead_on() {
    let house = House::open();
    let empty = house.ask("GET", "/co_person_roles.json?copersonid=1", "").await;
    assert_eq!(empty.body, "{\"ResponseType\":\"CoPersonRoles\",\"Version\":\"1.0\",\"CoPersonRoles\":[]}\n");
    assert!(
        house
            .ask("GET", "/co_person_roles.xml", "")
            .await
            .body
            .ends_with("<CoPersonRoles Version=\"1.0\"></CoPersonRoles>\n")
    );
    house.hold(vec![role(7), role(8), role(9)]);
    let first = house.ask("GET", "/registry/co_person_roles.json?couid=5&x=a%26b&limit=2", "").await;
    assert_eq!(first.json()["CoPersonRoles"].as_array().unwrap().len(), 2);
    let link = first.header("Link").unwrap();
    assert_eq!(link, "</registry/co_person_roles.json?couid=5&x=a%26b&limit=2&after=8>; rel=\"next\"");
    let next = link.split(['<', '>']).nth(1).unwrap();
    let second = house.ask("GET", next, "").await;
    assert_eq!(second.json()["CoPersonRoles"][0]["Id"], 9);
    assert_eq!(second.header("Link"), None);
    let Some(Asked::List(message)) = house.asked().pop() else { panic!("no list") };
    let filters: Vec<_> = message.filters.iter().map(|filter| (filter.name.as_str(), filter.value.as_str())).collect();
    assert_eq!((filters, message.after, message.limit), (vec![("couid", "5"), ("x", "a&b")], 8, 2));
    for query in ["limit=0", "limit=x", "after=-1", "as_of=2001-01-01T00:00:00Z"] {
        let answer = house.ask("GET", &format!("/co_person_roles.json?{query}"), "").await;
        assert_eq!(answer.line(), (400, "Bad Request"), "{query}");
    }
    assert_eq!(house.ask("GET", "/co_person_roles/7.json?as_of=garbage", "").await.line(), (400, "Bad Request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_limit_comes_whole_however_long_it_is() {
    let house = House::open();
    house.hold((1..=2500).map(role).collect());
    let (json, xml) = (
        house.ask("GET", "/co_person_roles.json", "").await,
        house.ask("GET", "/co_person_roles.xml?after=4", "").await,
    );
    let ids: Vec<i64> = json.unchunked_json()["CoPersonRoles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["Id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, (1..=2500).collect::<Vec<i64>>());
    let text = xml.unchunked();
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.root_element().children().count(), 2496);
    let asked = house.asked();
    let pieces = asked.iter().filter_map(|asked| match asked {
        Asked::List(request) => Some((request.after, request.limit)),
        _ => None,
    });
    let expected = [(0, 1000), (1000, 1000), (2000, 1000), (4, 1000), (1004, 1000), (2004, 1000)];
    assert_eq!(pieces.collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_off_is_not_taken_for_whole() {
    let house = House::open();
    house.hold((1..=2500).map(role).collect());
    house.fake.0.fails_after.store(1000, Ordering::SeqCst);
    let answer = house.ask("GET", "/co_person_roles.json", "").await;
    assert_eq!(answer.status, 200, "the first piece was sent");
    assert!(!answer.body.ends_with("0\r\n\r\n"), "the last chunk is what ends a body, and it never came");
    house.fake.0.fails_after.store(-1, Ordering::SeqCst);
    house.fake.0.away.store(true, Ordering::SeqCst);
    assert_eq!(house.ask("GET", "/co_person_roles.json", "").await.status, 503, "nothing was sent: it can be said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_api_user_learns_its_key() {
    let house = House::open();
    let body = r#"{"Version":"1.0","Username":"new","Status":"Active"}"#;
    let answer = house.ask("POST", "/api_users.json", body).await;
    assert_eq!(answer.line(), (201, "Added"));
    assert_eq!(
        (answer.json()["Username"].as_str(), answer.json()["ApiKey"].as_str()),
        (Some("co_2.<new>"), Some("k&y"))
    );
    let body = "<ApiUser Version=\"1.0\"><Username>new</Username></ApiUser>";
    let answer = house.ask("POST", "/api_users.xml", body).await;
    assert!(
        answer
            .body
            .contains("<Id>9</Id><Username>co_2.&lt;new&gt;</Username><ApiKey>k&amp;y</ApiKey></NewObjectResponse>")
    );
    let answer = house.ask("POST", "/api_users/9/key.json", "").await;
    assert_eq!((answer.line(), answer.json()["ApiKey"].as_str()), ((200, "OK"), Some("new")));
    assert_eq!(house.asked(), [Asked::RotateKey(9)]);
}
