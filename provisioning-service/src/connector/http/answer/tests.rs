use super::*;

#[test]
fn answers_are_told_apart() {
    let now = DateTime::from_timestamp(0, 0).expect("a time");
    for (method, status, expected) in [
        (Method::POST, 200, "done"),
        (Method::PUT, 204, "done"),
        (Method::DELETE, 404, "done"),
        (Method::DELETE, 410, "done"),
        (Method::PUT, 404, "permanent"),
        (Method::PUT, 302, "permanent"),
        (Method::PUT, 400, "permanent"),
        (Method::PUT, 401, "permanent"),
        (Method::PUT, 408, "retry"),
        (Method::PUT, 425, "retry"),
        (Method::PUT, 429, "retry"),
        (Method::PUT, 500, "retry"),
        (Method::DELETE, 501, "permanent"),
        (Method::DELETE, 503, "retry"),
        (Method::PUT, 409, "permanent"),
        (Method::PUT, 502, "unknown"),
        (Method::DELETE, 504, "unknown"),
        (Method::GET, 502, "retry"),
    ] {
        let code = StatusCode::from_u16(status).expect("a status");
        let said = Said { status: code, retry_after: None, newer: None, words: None };
        let found = match judge(&method, said, now) {
            Ok(()) => "done",
            Err(ConnectorError::Retryable { .. }) => "retry",
            Err(ConnectorError::Busy { .. } | ConnectorError::Taken { .. }) => "taken",
            Err(ConnectorError::Permanent { .. }) => "permanent",
            Err(ConnectorError::Unknown { .. }) => "unknown",
            Err(ConnectorError::Outdated { .. }) => "outdated",
        };
        assert_eq!(found, expected, "{method} {status}");
    }
}

#[test]
fn a_server_that_has_a_newer_state_says_so_by_its_revision() {
    let now = DateTime::from_timestamp(0, 0).expect("a time");
    for status in [StatusCode::CONFLICT, StatusCode::PRECONDITION_FAILED] {
        let said = Said { status, retry_after: None, newer: Some(8), words: None };
        assert!(matches!(judge(&Method::PUT, said, now), Err(ConnectorError::Outdated { .. })), "{status}");
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = DateTime::from_timestamp(1_445_412_000, 0).expect("a time");
    assert_eq!(wait("120", now), Some(Duration::seconds(120)));
    assert_eq!(wait("Wed, 21 Oct 2015 07:28:00 GMT", now), Some(Duration::seconds(480)));
    assert_eq!(wait("Wed, 21 Oct 2015 07:00:00 GMT", now), Some(Duration::zero()));
    assert_eq!(wait("soon", now), None);
}
