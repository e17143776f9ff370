use super::*;

fn seconds<'a>(format: Format, body: &[u8], prefer: impl Iterator<Item = &'a str>, limit: u32) -> u32 {
    read(format, body, prefer, limit).expect("it states no wrong wish").seconds
}

#[test]
fn force_and_digest_are_what_they_are_or_refused() {
    let wish = |body: &str| read(Format::Json, body.as_bytes(), std::iter::empty(), 30);
    let read = Wish { seconds: 0, force: true, digest: Some("abc".to_owned()) };
    assert_eq!(wish(r#"{"Force":true,"Digest":"abc","Plan":false}"#), Ok(read));
    for body in [r#"{"Plan":true}"#, r#"{"Plan":"maybe"}"#, r#"{"Force":"yes"}"#, r#"{"Digest":7}"#, r#"{"digest":[]}"#]
    {
        let refused = format!("{:?}", wish(body));
        assert!(refused.contains("co_provisioning_targets/plan"), "{body}: {refused}");
    }
}

#[test]
fn a_body_may_state_the_wish() {
    let wait = |format, body: &str| seconds(format, body.as_bytes(), std::iter::empty(), 30);
    for body in [r#"{"Synchronous":true}"#, r#"{"RequestType":"x","synchronous":"True"}"#, r#"{"Synchronous":1}"#] {
        assert_eq!(wait(Format::Json, body), 30, "{body}");
    }
    for body in [
        "",
        "null",
        "{}",
        "[]",
        "Synchronous=true",
        "{\"Synchronous\":",
        r#"{"Synchronous":false}"#,
        "true",
        r#"{"Synchronous":"yes"}"#,
    ] {
        assert_eq!(wait(Format::Json, body), 0, "{body}");
    }
    for truth in ["True", "true", "1"] {
        let body = format!(
            "<?xml version=\"1.0\"?><CoPersonProvisioning Version=\"1.0\"><Synchronous>{truth}</Synchronous></CoPersonProvisioning>"
        );
        assert_eq!(wait(Format::Xml, &body), 30);
    }
    for body in
        ["", "<CoPersonProvisioning", r#"{"Synchronous":true}"#, "<a><Synchronous>False</Synchronous></a>", "<a/>"]
    {
        assert_eq!(wait(Format::Xml, body), 0, "{body}");
    }
}

#[test]
fn a_preference_may_state_it_too_within_the_limit() {
    let wait = |headers: &[&str]| seconds(Format::Json, b"", headers.iter().copied(), 30);
    assert_eq!(wait(&["wait=20"]), 20);
    assert_eq!(wait(&["respond-async, Wait = \"5\""]), 5);
    assert_eq!(wait(&["respond-async", "handling=lenient; wait=99999999999"]), 30);
    assert_eq!((wait(&["respond-async"]), wait(&["wait"]), wait(&["wait=x"]), wait(&["wait=-1"])), (0, 0, 0, 0));
    assert_eq!(seconds(Format::Json, br#"{"Synchronous":true}"#, ["wait=2"].into_iter(), 30), 2);
}
