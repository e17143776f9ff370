use super::*;

#[test]
fn a_tag_tells_nothing_of_secrets() {
    let time = DateTime::UNIX_EPOCH;
    let row = |secret: &str, edition: i64| Model {
        id: TargetId(1),
        co_id: 2,
        description: None,
        plugin: "ApiProvisioner".to_owned(),
        provision_co_group_id: None,
        skip_org_identity_source_id: None,
        status: "A".to_owned(),
        retry_interval: None,
        max_retry: None,
        ordr: Some(1),
        configuration: Some(format!(r#"{{"Password":"{secret}"}}"#)),
        guard_share: 20,
        guard_count: 10,
        guard_window: 3600,
        edition,
        since: None,
        created: time,
        modified: time,
    };
    assert_eq!(tag(&row("right", 0)), tag(&row("guess", 0)), "whoever guesses cannot find out");
    assert_ne!(tag(&row("old", 0)), tag(&row("new", 1)), "each edit is another one");
}
