use super::*;

fn login(username: &str) -> Credentials {
    Credentials { username: username.to_owned(), key: "key".to_owned() }
}

#[test]
fn a_session_ends_after_half_an_hour_without_use() {
    let sessions = Sessions::default();
    let id = sessions.begin(login("a"), 0);
    assert!(sessions.find(&id, IDLE - 1, true).is_some() && sessions.find(&id, 2 * IDLE - 2, true).is_some());
    assert!(sessions.find(&id, 3 * IDLE - 3, false).is_some(), "it is looked at by a page");
    assert!(sessions.find(&id, 3 * IDLE - 2, false).is_none(), "which was no use");
    assert!(sessions.find(&id, 0, true).is_none(), "what has ended does not come back");
}

#[test]
fn a_session_ends_after_twelve_hours_however_much_it_is_used() {
    let sessions = Sessions::default();
    let id = sessions.begin(login("a"), 0);
    let uses = (0..LONGEST).step_by(60);
    assert!(uses.into_iter().all(|now| sessions.find(&id, now, true).is_some()));
    assert!(sessions.find(&id, LONGEST, true).is_none());
}

#[test]
fn ids_and_tokens_are_long_and_differ() {
    let sessions = Sessions::default();
    let (one, two) = (sessions.begin(login("a"), 0), sessions.begin(login("a"), 0));
    let token = |id: &str| sessions.find(id, 0, true).map(|session| session.token);
    assert!(one.len() == 43 && one != two && token(&one) != token(&two));
    assert!(sessions.find(&one, 0, true).is_some_and(|session| session.bears(&session.token) && !session.bears("")));
    sessions.end(&one);
    assert!(token(&one).is_none() && token(&two).is_some() && token("").is_none());
}

#[test]
fn nobody_has_more_than_some() {
    let sessions = Sessions::default();
    let other = sessions.begin(login("b"), 0);
    let ids: Vec<String> = (1..=20).map(|now| sessions.begin(login("a"), now)).collect();
    let open = ids.iter().filter(|id| sessions.find(id, 20, false).is_some()).count();
    assert_eq!(open, MOST);
    assert!(
        sessions.find(&other, 20, false).is_some()
            && ids.last().is_some_and(|id| sessions.find(id, 20, false).is_some())
    );
}

#[test]
fn a_notice_is_said_once() {
    let sessions = Sessions::default();
    let id = sessions.begin(login("a"), 0);
    sessions.tell(&id, "Done.".to_owned());
    assert_eq!((sessions.told(&id).as_deref(), sessions.told(&id)), (Some("Done."), None));
}
