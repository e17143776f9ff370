use super::*;

fn facts(request: Option<Status>, applied: Option<bool>, eligible: bool) -> Facts {
    let time = DateTime::from_timestamp(0, 0).expect("a time");
    Facts { request, applied: applied.map(|there| (there, time)), eligible, ..Facts::default() }
}

#[test]
fn the_verdict_is_by_precedence() {
    for (request, applied, eligible, verdict) in [
        (Some(Status::Held), Some(true), false, Verdict::Held),
        (Some(Status::Failed), Some(true), true, Verdict::Failing),
        (Some(Status::Retrying), None, true, Verdict::Failing),
        (Some(Status::Queued), Some(false), true, Verdict::Pending),
        (Some(Status::Running), None, false, Verdict::Pending),
        (Some(Status::Succeeded), Some(false), false, Verdict::Removed),
        (Some(Status::Canceled), Some(true), true, Verdict::Provisioned),
        (None, None, false, Verdict::NotEligible),
        (None, None, true, Verdict::Never),
    ] {
        let facts = facts(request, applied, eligible);
        assert_eq!(facts.verdict(), verdict, "{facts:?}");
        let sentence = facts.sentence("CO Person 42", "LDAP", &[]);
        assert!(sentence.contains("42") && sentence.contains("LDAP"), "{sentence}");
    }
}

#[test]
fn a_status_is_called_as_the_api_calls_it() {
    assert_eq!(status_name(PersonStatus::GracePeriod), "GracePeriod");
    assert_eq!(status_name(PersonStatus::Active), "Active");
}
