//! Asking, and what becomes of it (D36 to D40).

use chrono::Duration;
use proto::{
    caller::Caller,
    provisioning::v1::{CoProvisioningTarget, CompareRequest, Mode, RequestStatus},
    refusal::Refusal,
    registry::v1::{DeleteRequest, Provisionable, SubjectKind, ViewRequest},
};
use provisioning_service::domain::{outcome::ConnectorError, subject::Kind};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::{
    rig::{ADA, CO, GROUP, OTHER, Rig, by, changelog, fake, of_co, phrase, refused},
    waiting::{PATIENCE_MS, eventually},
};

fn flaky(max_retry: i64, interval: i64) -> CoProvisioningTarget {
    CoProvisioningTarget { max_retry: Some(max_retry), retry_interval: Some(interval), ..fake(CO, Mode::Manual) }
}

pub(crate) async fn a_request_is_answered_and_then_carried_out(rig: Rig) {
    rig.run();
    let target = rig.add(&of_co(CO), changelog(CO, json!({"LogFile": "kit.log"}))).await.unwrap();
    let answer = rig.provision_by(&of_co(CO), target, "copersonid", ADA, 0).await.unwrap();
    assert!(!answer.processed);
    let request = rig.becomes(answer.co_provisioning_request_id, RequestStatus::Succeeded).await;
    assert_eq!((request.co_person_id, request.co_group_id, request.cou_id), (Some(ADA), None, None));
    assert_eq!((request.action(), request.attempts(), request.actor_identifier()), ("PR", 1, "co_2.admin"));
    assert!(request.started.is_some() && request.ended.is_some() && request.next_attempt.is_none());
    let line = std::fs::read_to_string(rig.data.path().join("changelog/co_2/kit.log")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line.trim_end()).unwrap();
    assert_eq!(line["CoPerson"]["id"], ADA);
    assert_eq!(line["Identifier"][0]["identifier"], "p10@example.org");
    assert_eq!((&line["action"], &line["meta"]["removed"]), (&json!("PR"), &json!(false)));
    rig.end().await;
}

pub(crate) async fn who_waits_is_told_the_result(rig: Rig) {
    rig.run();
    let target = rig.add(&Caller::house(), flaky(1, 10)).await.unwrap();
    let wait = async || rig.provision_by(&Caller::house(), target, "copersonid", ADA, PATIENCE_MS).await;
    assert!(wait().await.unwrap().processed);
    rig.connector.fail(target, Some(ConnectorError::retryable("The server is away.")));
    let Err(Refusal::Failed(message)) = wait().await else { panic!("it was processed") };
    assert!(message.contains("The server is away.") && message.contains("tried again"), "{message}");
    rig.connector.fail(target, Some(ConnectorError::permanent("No.")));
    let Err(Refusal::Failed(message)) = wait().await else { panic!("it was processed") };
    assert!(message.contains("No.") && message.contains("for good"), "{message}");
    rig.connector.fail(target, None);
    rig.connector.hold(target);
    let late = rig.provision_by(&Caller::house(), target, "copersonid", ADA, 50).await.unwrap();
    assert!(!late.processed, "what is not done in time is accepted");
    rig.connector.let_go(target);
    rig.becomes(late.co_provisioning_request_id, RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn requests_that_have_not_begun_merge(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let first = rig.provision(target, "copersonid", ADA).await.unwrap();
    let again = rig.provision_by(&of_co(CO), target, "copersonid", ADA, 0).await.unwrap();
    assert_eq!(again.co_provisioning_request_id, first);
    assert_eq!(rig.request(first).await.actor_identifier(), "co_2.admin", "the one who asked last");
    assert_ne!(rig.provision(target, "cogroupid", GROUP).await.unwrap(), first);
    rig.run();
    rig.becomes(first, RequestStatus::Succeeded).await;
    assert_ne!(rig.provision(target, "copersonid", ADA).await.unwrap(), first, "what has ended is over");
    rig.all_ended(target, 3).await;
    rig.end().await;
}

pub(crate) async fn what_cannot_be_provisioned_is_refused(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let disabled = rig.target(CO, Mode::Disabled).await;
    rig.registry.person(11, OTHER, 1, Provisionable::Everything);
    rig.registry.in_cou(31, OTHER, &[]);
    for (target, subject, id, expected) in [
        (target, "copersonid", 99, "CoPerson Unknown"),
        (target, "copersonid", 11, "CoPerson Unknown"),
        (target, "copersonid", 0, "CoPerson Unknown"),
        (target, "cogroupid", 99, "CoGroup Unknown"),
        (target, "coemaillistid", 99, "CoEmailList Unknown"),
        (target, "coserviceid", 99, "CoService Unknown"),
        (target, "couid", 31, "COU Unknown"),
        (target, "coid", OTHER, "CO Unknown"),
        (target, "codeptid", 1, "Bad Request"),
        (disabled, "copersonid", ADA, "CoProvisioningTarget Disabled"),
        (999, "copersonid", ADA, "CoProvisioningTarget Not Found"),
    ] {
        assert_eq!(phrase(rig.provision(target, subject, id).await), expected, "{subject}:{id}");
    }
    assert!(rig.list(&Caller::house(), &[]).await.unwrap().is_empty());
    rig.end().await;
}

pub(crate) async fn a_failing_target_is_retried_and_then_given_up(rig: Rig) {
    rig.run();
    let configuration = json!({"ServerUrl": "http://127.0.0.1:9/", "Mode": "POST", "IdentifierType": "eppn",
        "AuthType": "Basic", "Username": "kit", "Password": "s3cret"});
    let api = CoProvisioningTarget {
        plugin: Some("ApiProvisioner".to_owned()),
        retry_interval: Some(600),
        max_retry: Some(2),
        ..changelog(CO, configuration)
    };
    let target = rig.add(&Caller::house(), api).await.unwrap();
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    for (attempt, wait) in [(1, 600), (2, 1200)] {
        let request = eventually("it was tried", async || {
            let request = rig.request(id).await;
            (request.status() == RequestStatus::Retrying && request.attempts() == attempt).then_some(request)
        })
        .await;
        assert!(request.last_error().contains("cannot be reached") && !request.last_error().contains("s3cret"));
        let due = request.next_attempt.unwrap().seconds;
        assert_eq!(due, (rig.clock.now() + Duration::seconds(wait)).timestamp());
        rig.clock.advance(Duration::seconds(wait));
    }
    let request = rig.becomes(id, RequestStatus::Failed).await;
    assert_eq!((request.attempts(), request.next_attempt), (3, None));
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM provisioning_attempts").await, [3]);
    let outcomes = rig.outcomes(3).await;
    assert!(outcomes.iter().all(|outcome| !outcome.succeeded && outcome.manual));
    rig.end().await;
}

pub(crate) async fn a_refusal_fails_at_once_and_can_be_retried(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.fail(target, Some(ConnectorError::permanent("The server answered 400 Bad Request.")));
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    assert_eq!(rig.becomes(id, RequestStatus::Failed).await.attempts(), 1);
    rig.connector.fail(target, None);
    let retry = async |id: i64| {
        let answer = rig.requests().retry(by(&of_co(CO), ViewRequest { id, as_of: None })).await.map_err(refused)?;
        Ok(answer.into_inner().id)
    };
    assert_eq!(retry(id).await, Ok(id));
    let request = rig.becomes(id, RequestStatus::Succeeded).await;
    assert_eq!((request.attempts(), request.last_error), (2, None));
    assert_eq!(phrase(retry(id).await), "Conflict");
    assert_eq!(phrase(retry(999).await), "CoProvisioningRequest Unknown");

    // One that failed, and another that waits for the same.
    rig.connector.fail(target, Some(ConnectorError::permanent("No.")));
    let failed = rig.provision(target, "cogroupid", GROUP).await.unwrap();
    rig.becomes(failed, RequestStatus::Failed).await;
    rig.connector.fail(target, Some(ConnectorError::retryable("Later.")));
    let waiting = rig.provision(target, "cogroupid", GROUP).await.unwrap();
    rig.becomes(waiting, RequestStatus::Retrying).await;
    rig.connector.fail(target, None);
    assert_eq!(retry(failed).await, Ok(waiting));
    rig.becomes(waiting, RequestStatus::Succeeded).await;
    assert_eq!(rig.request(failed).await.status(), RequestStatus::Failed);
    rig.end().await;
}

pub(crate) async fn a_target_that_asks_for_time_gets_it(rig: Rig) {
    rig.run();
    let target = rig.add(&Caller::house(), flaky(5, 10)).await.unwrap();
    let busy = ConnectorError::Retryable { message: "Busy.".to_owned(), retry_after: Some(Duration::seconds(300)) };
    rig.connector.fail(target, Some(busy));
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    let request = rig.becomes(id, RequestStatus::Retrying).await;
    let due = request.next_attempt.unwrap().seconds;
    assert_eq!(due, (rig.clock.now() + Duration::seconds(300)).timestamp());
    rig.end().await;
}

/// Why somebody is gone is asked when he is.
pub(crate) async fn requests_of_who_was_deleted_are_listed(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(id, RequestStatus::Succeeded).await;
    rig.registry.gone(SubjectKind::CoPerson, ADA, CO, 2);
    let ada = ADA.to_string();
    let of = async |caller: Caller, id: &str| rig.list(&caller, &[("copersonid", id)]).await;
    for caller in [Caller::house(), of_co(CO)] {
        assert_eq!(of(caller, &ada).await.unwrap()[0].id, Some(id));
    }
    let unknown = Refusal::unknown("CO Person");
    assert_eq!(of(of_co(OTHER), &ada).await.unwrap_err(), unknown, "it was of another CO");
    assert_eq!(of(of_co(CO), "999999").await.unwrap_err(), unknown);
    // By what the target has of it, when its requests are long past.
    rig.numbers("DELETE FROM provisioning_request_children RETURNING child_id AS n").await;
    rig.numbers("DELETE FROM provisioning_requests RETURNING id AS n").await;
    assert_eq!(of(of_co(CO), &ada).await.unwrap(), []);
    rig.end().await;
}

pub(crate) async fn waiting_requests_can_be_canceled(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    let cancel = async |id: i64| {
        rig.requests().delete(by(&of_co(CO), DeleteRequest { id, if_match: None })).await.map(|_| ()).map_err(refused)
    };
    cancel(id).await.unwrap();
    assert_eq!(rig.request(id).await.status(), RequestStatus::Canceled);
    assert_eq!(phrase(cancel(id).await), "Conflict");
    assert_eq!(phrase(cancel(999).await), "CoProvisioningRequest Unknown");
    rig.run();
    rig.connector.hold(target);
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(id, RequestStatus::Running).await;
    assert_eq!(phrase(cancel(id).await), "Conflict");
    rig.connector.fail(target, Some(ConnectorError::retryable("Later.")));
    rig.connector.let_go(target);
    rig.becomes(id, RequestStatus::Retrying).await;
    cancel(id).await.unwrap();
    assert_eq!(rig.connector.calls().len(), 1, "what was canceled is not carried out");
    rig.end().await;
}

pub(crate) async fn a_deleted_target_cancels_what_waits_and_keeps_its_requests(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.hold(target);
    let running = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(1).await;
    let waiting = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.targets().delete(by(&of_co(CO), DeleteRequest { id: target, if_match: None })).await.unwrap();
    assert_eq!(rig.request(waiting).await.status(), RequestStatus::Canceled);
    assert_eq!(rig.request(running).await.status(), RequestStatus::Running, "what is running ends first");
    rig.connector.let_go(target);
    rig.becomes(running, RequestStatus::Succeeded).await;
    let filter = [("coprovisioningtargetid", target.to_string())];
    let filter = [(filter[0].0, filter[0].1.as_str())];
    assert_eq!(rig.list(&of_co(CO), &filter).await.unwrap().len(), 2);
    assert_eq!(phrase(rig.list(&of_co(OTHER), &filter).await), "CO Provisioning Target Unknown");
    assert_eq!(phrase(rig.provision(target, "copersonid", ADA).await), "CoProvisioningTarget Not Found");
    rig.end().await;
}

pub(crate) async fn a_disabled_target_cancels_what_comes_due(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.edit(&of_co(CO), target, fake(CO, Mode::Disabled), &[]).await.unwrap();
    rig.run();
    let request = rig.becomes(id, RequestStatus::Canceled).await;
    assert!(request.last_error().contains("disabled"));
    assert!(rig.connector.calls().is_empty());
    rig.end().await;
}

pub(crate) async fn a_cou_is_everyone_in_it(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    for person in 100..700 {
        rig.registry.person(person, CO, 1, Provisionable::Everything);
    }
    rig.registry.in_cou(30, CO, &(100..650).collect::<Vec<_>>());
    // What waits too long for its turn is put off, on a machine that is slow.
    let parent = rig.in_time(rig.provision_by(&of_co(CO), target, "couid", 30, PATIENCE_MS)).await.unwrap();
    assert!(parent.processed);
    let request = rig.request(parent.co_provisioning_request_id).await;
    assert_eq!((request.cou_id, request.status()), (Some(30), RequestStatus::Succeeded));
    assert_eq!(rig.connector.calls().len(), 550);
    let children = rig.list(&of_co(CO), &[("copersonid", "649")]).await.unwrap();
    assert_eq!(children.len(), 1);
    assert_eq!((children[0].actor_identifier(), children[0].action()), ("co_2.admin", "PR"));
    rig.registry.in_cou(32, CO, &[]);
    assert!(
        rig.provision_by(&of_co(CO), target, "couid", 32, PATIENCE_MS).await.unwrap().processed,
        "nobody is done at once"
    );
    rig.end().await;
}

pub(crate) async fn a_co_is_everything_and_tells_how_many_failed(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.registry.email_list(40, CO);
    rig.registry.person(11, OTHER, 1, Provisionable::Everything);
    let parent = rig.provision(target, "coid", CO).await.unwrap();
    rig.becomes(parent, RequestStatus::Succeeded).await;
    let mut requests = rig.list(&Caller::house(), &[]).await.unwrap();
    requests.retain(|request| request.id() != parent);
    let actions: Vec<&str> = requests.iter().map(|request| request.action()).collect();
    assert_eq!(actions, ["LR", "GR", "PR"], "lists, groups, people");

    rig.connector.fail(target, Some(ConnectorError::permanent("No.")));
    let parent = rig.provision(target, "coid", CO).await.unwrap();
    let request = rig.becomes(parent, RequestStatus::Failed).await;
    assert!(request.last_error().starts_with("3 "), "{}", request.last_error());
    rig.connector.fail(target, None);
    rig.requests().retry(by(&of_co(CO), ViewRequest { id: parent, as_of: None })).await.unwrap();
    rig.becomes(parent, RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn a_co_of_which_something_was_canceled_has_not_succeeded(rig: Rig) {
    rig.run();
    let target = rig.add(&Caller::house(), flaky(5, 600)).await.unwrap();
    rig.connector.fail(target, Some(ConnectorError::retryable("Later.")));
    let parent = rig.provision(target, "coid", CO).await.unwrap();
    let waiting = async |count: usize| {
        eventually("they wait", async || {
            let requests = rig.list(&Caller::house(), &[("status", "Retrying")]).await.ok()?;
            (requests.len() == count).then_some(requests)
        })
        .await
    };
    let children = waiting(2).await;
    let person = children.iter().find(|request| request.co_person_id == Some(ADA)).unwrap();
    rig.requests().delete(by(&of_co(CO), DeleteRequest { id: person.id(), if_match: None })).await.unwrap();
    rig.connector.fail(target, None);
    rig.pass(Duration::seconds(601)).await;
    let request = rig.becomes(parent, RequestStatus::Canceled).await;
    assert_eq!(request.last_error(), "1 of the requests it stands for was canceled.");

    rig.connector.fail(target, Some(ConnectorError::retryable("Later.")));
    let parent = rig.provision(target, "coid", CO).await.unwrap();
    waiting(2).await;
    rig.targets().delete(by(&of_co(CO), DeleteRequest { id: target, if_match: None })).await.unwrap();
    let request = rig.becomes(parent, RequestStatus::Canceled).await;
    assert_eq!(request.last_error(), "2 of the requests it stands for were canceled.");
    rig.end().await;
}

/// Who sees that a night's work is wrong stops it: what has begun ends, what others wish is carried out.
pub(crate) async fn a_request_for_many_is_canceled_while_it_runs(rig: Rig) {
    for person in 100..1_700 {
        rig.registry.person(person, CO, 1, Provisionable::Everything);
    }
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.hold(target);
    let parent = rig.provision(target, "coid", CO).await.unwrap();
    rig.called(1).await;
    let total = async || rig.request(parent).await.total();
    eventually("all of it waits", async || (total().await == 1_602).then_some(())).await;
    // Another one wishes one of those, too.
    let waiting = rig.list(&Caller::house(), &[("status", "Queued")]).await.unwrap();
    let wished = waiting.last().unwrap().co_person_id.unwrap();
    let other = rig.provision(target, "copersonid", wished).await.unwrap();
    let cancel = async |id: i64| {
        rig.requests().delete(by(&of_co(CO), DeleteRequest { id, if_match: None })).await.map(|_| ()).map_err(refused)
    };
    cancel(parent).await.unwrap();
    assert_eq!(phrase(cancel(parent).await), "Conflict", "it is being canceled");
    eventually("what had not begun is withdrawn", async || {
        let left = rig.list(&Caller::house(), &[("status", "Queued")]).await.ok()?;
        (left.len() == 1).then_some(left)
    })
    .await;
    assert_eq!(rig.request(parent).await.status(), RequestStatus::Running, "what runs ends first");
    rig.connector.let_go(target);
    let request = rig.becomes(parent, RequestStatus::Canceled).await;
    rig.becomes(other, RequestStatus::Succeeded).await;
    let canceled =
        rig.numbers("SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Canceled'").await[0] - 1;
    assert!(canceled > 600, "a worker may have begun with some: {canceled}");
    assert_eq!(request.last_error(), format!("It was canceled, and {canceled} of the requests it stands for with it."));
    assert_eq!(
        i64::try_from(rig.connector.calls().len()),
        Ok(1_602 - canceled),
        "what was canceled is not carried out"
    );
    assert_eq!(phrase(cancel(parent).await), "Conflict", "it has ended");
    rig.end().await;
}

/// Who asks again for what was canceled is not answered with what ends by the cancel.
pub(crate) async fn who_asks_for_many_again_after_a_cancel_has_it(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.breaks.store(true, std::sync::atomic::Ordering::SeqCst);
    let compare = async || {
        let message = CompareRequest { co_provisioning_target_id: target, repair: false, remove_extra: false };
        rig.targets().compare(by(&of_co(CO), message)).await.unwrap().into_inner().id
    };
    rig.run();
    let first = compare().await;
    rig.becomes(first, RequestStatus::Retrying).await;
    // As if the cancel had come while it was under way, and the target had broken it off then.
    let withdrawn = format!("UPDATE provisioning_requests SET withdrawn = true WHERE id = {first}");
    rig.database.writer().execute_unprepared(&withdrawn).await.unwrap();
    rig.connector.breaks.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(compare().await, first);
    rig.becomes(first, RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn what_took_the_place_of_a_canceled_one_counts_for_it(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.hold(target);
    rig.connector.fail(target, Some(ConnectorError::retryable("Later.")));
    let parent = rig.provision(target, "coid", CO).await.unwrap();
    rig.called(2).await;
    let newer = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.connector.let_go(target);
    rig.becomes(newer, RequestStatus::Retrying).await;
    rig.quiet().await;
    rig.connector.fail(target, None);
    rig.clock.advance(Duration::hours(1));
    assert_eq!(rig.becomes(parent, RequestStatus::Succeeded).await.last_error, None);
    let canceled = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Canceled'";
    assert_eq!(rig.numbers(canceled).await, [1]);
    rig.end().await;
}

pub(crate) async fn cos_do_not_share_changelog_files(rig: Rig) {
    rig.run();
    rig.registry.person(11, OTHER, 1, Provisionable::Everything);
    for (co, person) in [(CO, ADA), (OTHER, 11)] {
        let target = rig.add(&of_co(co), changelog(co, json!({"LogFile": "same.log"}))).await.unwrap();
        let id = rig.provision(target, "copersonid", person).await.unwrap();
        rig.becomes(id, RequestStatus::Succeeded).await;
    }
    for (co, person) in [(CO, ADA), (OTHER, 11)] {
        let path = rig.data.path().join(format!("changelog/co_{co}/same.log"));
        let lines = std::fs::read_to_string(path).unwrap();
        let line: serde_json::Value = serde_json::from_str(lines.trim_end()).unwrap();
        assert_eq!(line["CoPerson"]["id"], person);
    }
    rig.end().await;
}

pub(crate) async fn requests_are_listed_by_what_they_are_about(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let other = rig.target(OTHER, Mode::Manual).await;
    rig.registry.person(11, OTHER, 1, Provisionable::Everything);
    let of_ada = rig.provision(target, "copersonid", ADA).await.unwrap();
    let of_group = rig.provision(target, "cogroupid", GROUP).await.unwrap();
    let elsewhere = rig.provision(other, "copersonid", 11).await.unwrap();
    let ids = async |caller: &Caller, filters: &[(&str, &str)]| {
        rig.list(caller, filters).await.map(|requests| requests.iter().map(|request| request.id()).collect::<Vec<_>>())
    };
    let (me, platform, target) = (of_co(CO), Caller::house(), target.to_string());
    assert_eq!(ids(&platform, &[]).await, Ok(vec![of_ada, of_group, elsewhere]));
    assert_eq!(ids(&me, &[]).await, Ok(vec![of_ada, of_group]));
    assert_eq!(ids(&me, &[("copersonid", "10")]).await, Ok(vec![of_ada]));
    assert_eq!(ids(&me, &[("cogroupid", "20"), ("status", "Queued")]).await, Ok(vec![of_group]));
    assert_eq!(ids(&me, &[("copersonid", "10"), ("cogroupid", "20")]).await, Ok(vec![]));
    assert_eq!(ids(&me, &[("coprovisioningtargetid", &target), ("status", "Failed")]).await, Ok(vec![]));
    assert_eq!(ids(&platform, &[("coid", "3")]).await, Ok(vec![elsewhere]));
    for (filter, value, expected) in [
        ("copersonid", "99", "CO Person Unknown"),
        ("copersonid", "11", "CO Person Unknown"),
        ("copersonid", "", "CO Person Unknown"),
        ("cogroupid", "99", "CO Group Unknown"),
        ("coemaillistid", "x", "CO Email List Unknown"),
        ("coserviceid", "1", "CO Service Unknown"),
        ("couid", "1", "COU Unknown"),
        ("coid", "3", "CO Unknown"),
        ("coprovisioningtargetid", "99", "CO Provisioning Target Unknown"),
        ("status", "Nonsense", "status"),
    ] {
        assert_eq!(phrase(ids(&me, &[(filter, value)]).await), expected, "{filter}={value}");
    }
    assert_eq!(Kind::ALL.len(), 6);
    rig.end().await;
}
