//! The guard, explanations, plans, comparisons, and how targets fare (D51 to D58).

use std::sync::atomic::Ordering;

use proto::{
    caller::Caller,
    events::v1::Action,
    provisioning::v1::{
        CoProvisioningExplanation, CoProvisioningPlan, CoProvisioningTarget, CompareRequest, DifferencesRequest,
        ExplainRequest, Mode, OfTargetRequest, PlanRequest, ProvisionRequest, RequestStatus,
    },
    registry::v1::{Provisionable, SubjectKind, ViewRequest},
};
use provisioning_service::{
    app::surroundings::Surroundings,
    connector::Beside,
    domain::{ids::TargetId, outcome::ConnectorError, subject::Kind},
    store::targets,
};

use crate::{
    rig::{ADA, CO, GROUP, OTHER, Rig, by, fake, of_co, phrase, refused},
    waiting::eventually,
};

/// People beside those of the rig.
const FIRST: i64 = 1000;

/// Makes people, who are then at a target that follows changes.
async fn crowd(rig: &Rig, target: i64, count: i64) {
    for id in FIRST..FIRST + count {
        rig.registry.person(id, CO, 1, Provisionable::Everything);
        rig.change(&format!("in-{id}"), CO, SubjectKind::CoPerson, id, Action::Added).await;
    }
    rig.all_ended(target, usize::try_from(count).unwrap()).await;
}

/// Some people leave.
async fn leave(rig: &Rig, people: impl Iterator<Item = i64>) {
    for id in people {
        rig.registry.person(id, CO, 2, Provisionable::Nothing);
        // Each change is one of its own.
        let event = format!("out-{id}-{}", rig.clock.now().timestamp_micros());
        rig.clock.advance(chrono::Duration::milliseconds(1));
        rig.change(&event, CO, SubjectKind::CoPerson, id, Action::Updated).await;
    }
}

async fn held(rig: &Rig, target: i64, count: usize) {
    eventually(&format!("{count} requests are held"), async || {
        let filters = [("coprovisioningtargetid", &*target.to_string()), ("status", "Held")];
        let held = rig.list(&Caller::house(), &filters).await.ok()?;
        (held.len() == count && rig.is_quiet().await).then_some(())
    })
    .await;
}

fn of(target: i64) -> OfTargetRequest {
    OfTargetRequest { co_provisioning_target_id: target, error: None }
}

async fn explain(rig: &Rig, target: i64, subject: &str, subject_id: i64) -> CoProvisioningExplanation {
    let message = ExplainRequest { co_provisioning_target_id: target, subject: subject.to_owned(), subject_id };
    let told = rig.targets().explain(by(&Caller::house(), message)).await.unwrap().into_inner();
    told.records.into_iter().next().unwrap()
}

async fn plan(rig: &Rig, target: i64, subject: &str, subject_id: i64, after: &str) -> Vec<CoProvisioningPlan> {
    let message = PlanRequest {
        co_provisioning_target_id: target,
        subject: subject.to_owned(),
        subject_id,
        after: after.to_owned(),
        limit: 100,
    };
    rig.targets().plan(by(&Caller::house(), message)).await.unwrap().into_inner().records
}

pub(crate) async fn a_target_does_not_lose_many_at_once(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    crowd(&rig, target, 20).await;
    leave(&rig, FIRST..FIRST + 15).await;
    held(&rig, target, 5).await;
    assert_eq!(rig.connector.known(target).len(), 10, "ten may go: more than that are more than a fifth of twenty");
    // A new one comes meanwhile.
    rig.registry.person(ADA, CO, 5, Provisionable::Everything);
    rig.change("new", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    eventually("she is there", async || (rig.connector.known(target).len() == 11).then_some(())).await;
    let shown = rig.view(&Caller::house(), target).await.unwrap();
    assert_eq!(
        (shown.held, shown.waiting, shown.guard_count, shown.guard_share),
        (Some(5), Some(0), Some(10), Some(20))
    );
    let filters = [("coprovisioningtargetid", &*target.to_string()), ("status", "Held")];
    let one = rig.list(&Caller::house(), &filters).await.unwrap()[0].co_person_id();
    let told = explain(&rig, target, "copersonid", one).await;
    assert_eq!((told.verdict.as_str(), told.eligible, told.request_id.is_some()), ("Held", false, true));
    assert!(told.sentence.contains("guard"), "{}", told.sentence);
    assert!(told.next_attempt.is_none());
    rig.end().await;
}

pub(crate) async fn what_is_held_is_released_or_dropped(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    crowd(&rig, target, 20).await;
    leave(&rig, FIRST..FIRST + 12).await;
    held(&rig, target, 2).await;
    let other = rig.targets().release(by(&of_co(OTHER), of(target))).await.map_err(refused);
    assert_eq!(phrase(other), "CoProvisioningTarget Not Found");
    let dropped = rig.targets().drop(by(&of_co(CO), of(target))).await.unwrap().into_inner();
    assert_eq!(dropped.count, 2);
    held(&rig, target, 0).await;
    assert_eq!(rig.connector.known(target).len(), 10, "they stay");
    // The window goes on: the next ones are held as well.
    leave(&rig, FIRST + 12..FIRST + 15).await;
    held(&rig, target, 3).await;
    let released = rig.targets().release(by(&of_co(CO), of(target))).await.unwrap().into_inner();
    assert_eq!(released.count, 3);
    eventually("they are gone", async || (rig.connector.known(target).len() == 7).then_some(())).await;
    assert_eq!(rig.targets().release(by(&of_co(CO), of(target))).await.unwrap().into_inner().count, 0);
    // And the window begins anew.
    leave(&rig, FIRST + 15..FIRST + 19).await;
    eventually("four more may go", async || (rig.connector.known(target).len() == 3).then_some(())).await;
    rig.end().await;
}

pub(crate) async fn what_is_held_and_is_to_stay_after_all_is_applied(rig: Rig) {
    rig.run();
    let guarded = CoProvisioningTarget { guard_count: Some(0), guard_share: Some(0), ..fake(CO, Mode::Automatic) };
    let target = rig.add(&Caller::house(), guarded).await.unwrap();
    crowd(&rig, target, 3).await;
    leave(&rig, FIRST..FIRST + 2).await;
    held(&rig, target, 2).await;
    rig.registry.person(FIRST, CO, 3, Provisionable::Everything);
    rig.change("back", CO, SubjectKind::CoPerson, FIRST, Action::Updated).await;
    held(&rig, target, 1).await;
    assert_eq!(rig.connector.known(target).len(), 3);
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM guard_removals").await, [1], "it was no removal");
    // What is held can be canceled like anything that waits.
    let filters = [("coprovisioningtargetid", &*target.to_string()), ("status", "Held")];
    let id = rig.list(&Caller::house(), &filters).await.unwrap()[0].id();
    let cancel = proto::registry::v1::DeleteRequest { id, if_match: None };
    rig.requests().delete(by(&Caller::house(), cancel)).await.unwrap();
    assert_eq!(rig.request(id).await.status(), RequestStatus::Canceled);
    rig.end().await;
}

/// To pass by the guard was wished for what was true then.
pub(crate) async fn a_change_that_merges_is_not_forced(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    let idle = rig.consume_only().await;
    let wish = ProvisionRequest {
        co_provisioning_target_id: target,
        subject: "copersonid".to_owned(),
        subject_id: ADA,
        force: true,
        ..ProvisionRequest::default()
    };
    rig.targets().provision(by(&Caller::house(), wish)).await.unwrap();
    let forced = async || rig.numbers("SELECT COUNT(*) AS n FROM provisioning_requests WHERE forced").await;
    assert_eq!(forced().await, [1]);
    rig.change("later", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    assert_eq!(forced().await, [0]);
    idle.cancel();
    rig.run();
    rig.all_ended(target, 1).await;
    rig.end().await;
}

pub(crate) async fn forced_requests_pass_by_the_guard(rig: Rig) {
    rig.run();
    let guarded = CoProvisioningTarget { guard_count: Some(0), guard_share: Some(0), ..fake(CO, Mode::Automatic) };
    let target = rig.add(&Caller::house(), guarded).await.unwrap();
    crowd(&rig, target, 2).await;
    leave(&rig, FIRST..FIRST + 1).await;
    held(&rig, target, 1).await;
    let wish = |force| ProvisionRequest {
        co_provisioning_target_id: target,
        subject: "copersonid".to_owned(),
        subject_id: FIRST,
        force,
        ..ProvisionRequest::default()
    };
    let ask = async |force| rig.targets().provision(by(&Caller::house(), wish(force))).await.unwrap().into_inner();
    let id = ask(false).await.co_provisioning_request_id;
    rig.becomes(id, RequestStatus::Held).await;
    assert_eq!(ask(true).await.co_provisioning_request_id, id, "it is the one that waits");
    rig.becomes(id, RequestStatus::Succeeded).await;
    assert_eq!(rig.connector.known(target).len(), 1);
    rig.end().await;
}

pub(crate) async fn it_is_explained_why_a_subject_is_there_or_not(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.registry.person(ADA, CO, 5, Provisionable::Everything);
    let never = explain(&rig, target, "copersonid", ADA).await;
    assert_eq!((never.verdict.as_str(), never.eligible, never.current_revision), ("Never", true, Some(5)));
    assert!(never.reasons.iter().any(|reason| reason.code == "TargetOnRequest"), "{:?}", never.reasons);
    assert_eq!((never.attempts.len(), never.applied_revision, never.applied_at), (0, None, None));

    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(id, RequestStatus::Succeeded).await;
    let there = explain(&rig, target, "copersonid", ADA).await;
    assert_eq!((there.verdict.as_str(), there.applied_revision), ("Provisioned", Some(5)));
    assert_eq!((there.attempts.len(), there.attempts[0].outcome.as_str()), (1, "Succeeded"));
    assert_eq!((there.attempts[0].request_id, there.key.is_some()), (id, true));

    rig.connector.fail(target, Some(ConnectorError::retryable("The server is on fire.")));
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(id, RequestStatus::Retrying).await;
    let failing = explain(&rig, target, "copersonid", ADA).await;
    assert_eq!((failing.verdict.as_str(), failing.request_id), ("Failing", Some(id)));
    assert!(failing.next_attempt.is_some() && failing.sentence.contains("on fire"), "{}", failing.sentence);
    assert_eq!(failing.attempts[0].message.as_deref(), Some("The server is on fire."));
    rig.connector.fail(target, Some(ConnectorError::unknown("Silence.")));
    rig.provision(target, "copersonid", ADA).await.unwrap();
    eventually("the end is not known", async || {
        (explain(&rig, target, "copersonid", ADA).await.attempts[0].outcome == "Unknown").then_some(())
    })
    .await;
    rig.connector.fail(target, None);

    rig.registry.gone(SubjectKind::CoPerson, ADA, CO, 6);
    let gone = explain(&rig, target, "copersonid", ADA).await;
    assert!(gone.reasons.iter().any(|reason| reason.code == "Deleted") && !gone.eligible, "also of one that is gone");
    for (caller, asked, subject, id, expected) in [
        (of_co(OTHER), target, "copersonid", ADA, "CoProvisioningTarget Not Found"),
        (of_co(CO), target + 1, "copersonid", ADA, "CoProvisioningTarget Not Found"),
        (of_co(CO), target, "copersonid", 424_242, "CoPerson Unknown"),
        (of_co(CO), target, "coid", CO, "Bad Request"),
    ] {
        let message = ExplainRequest { co_provisioning_target_id: asked, subject: subject.to_owned(), subject_id: id };
        assert_eq!(phrase(rig.targets().explain(by(&caller, message)).await.map_err(refused)), expected);
    }
    rig.end().await;
}

pub(crate) async fn a_plan_sends_writes_and_queues_nothing(rig: Rig) {
    let disabled = rig.target(CO, Mode::Disabled).await;
    rig.registry.person(ADA, CO, 5, Provisionable::Everything);
    let of_ada = plan(&rig, disabled, "copersonid", ADA, "").await;
    let [ada] = of_ada.as_slice() else { panic!("{of_ada:?}") };
    assert_eq!((ada.work.as_str(), ada.steps.len(), ada.steps[0].protocol.as_str()), ("Apply", 1, "file"));
    assert_eq!(plan(&rig, disabled, "copersonid", ADA, "").await[0].digest, ada.digest);
    rig.registry.named(ADA, CO, 6, "other@example.org");
    assert_ne!(plan(&rig, disabled, "copersonid", ADA, "").await[0].digest, ada.digest);
    rig.registry.person(ADA, CO, 7, Provisionable::Nothing);
    assert_eq!(plan(&rig, disabled, "copersonid", ADA, "").await[0].work, "Nothing", "it was never there");
    let whole = plan(&rig, disabled, "coid", CO, "").await;
    assert!(whole.len() > 1 && whole.iter().any(|plan| plan.co_group_id == Some(GROUP)), "{whole:?}");
    let rest = plan(&rig, disabled, "coid", CO, &format!("copersonid:{ADA}")).await;
    assert!(rest.iter().all(|plan| plan.co_person_id != Some(ADA)), "{rest:?}");
    assert_eq!(rig.connector.calls(), []);
    for table in ["provisioning_requests", "target_keys", "subject_states", "outbox"] {
        assert_eq!(rig.numbers(&format!("SELECT COUNT(*) AS n FROM {table}")).await, [0], "{table}");
    }
    rig.end().await;
}

pub(crate) async fn a_plan_of_a_co_names_what_the_target_has_beside(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    crowd(&rig, target, 9).await;
    rig.edit(&Caller::house(), target, fake(CO, Mode::Disabled), &[]).await.unwrap();
    let gone = [FIRST, FIRST + 4, FIRST + 8];
    for id in gone {
        rig.registry.gone(SubjectKind::CoPerson, id, CO, 2);
    }
    // In pages of two, those that are gone stand where they belong.
    let (mut people, mut removed, mut after) = (Vec::new(), Vec::new(), String::new());
    loop {
        let message = PlanRequest {
            co_provisioning_target_id: target,
            subject: "coid".to_owned(),
            subject_id: CO,
            after,
            limit: 2,
        };
        let page = rig.targets().plan(by(&Caller::house(), message)).await.unwrap().into_inner();
        assert!(page.records.len() <= 2, "{page:?}");
        people.extend(page.records.iter().filter_map(|plan| plan.co_person_id));
        removed.extend(page.records.iter().filter(|plan| plan.work == "Remove").filter_map(|plan| plan.co_person_id));
        let Some(next) = page.next else { break };
        after = next;
    }
    let expected: Vec<i64> = std::iter::once(ADA).chain(FIRST..FIRST + 9).collect();
    assert_eq!((people, removed), (expected, gone.to_vec()));
    rig.end().await;
}

pub(crate) async fn a_plan_that_is_outdated_is_not_carried_out(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    rig.registry.named(ADA, CO, 5, "ada@example.org");
    let seen = plan(&rig, target, "copersonid", ADA, "").await.remove(0);
    let wish = |digest: &str| ProvisionRequest {
        co_provisioning_target_id: target,
        subject: "copersonid".to_owned(),
        subject_id: ADA,
        digest: Some(digest.to_owned()),
        ..ProvisionRequest::default()
    };
    let ask = async |digest: &str| rig.targets().provision(by(&Caller::house(), wish(digest))).await.map_err(refused);
    assert_eq!(phrase(ask("nonsense").await), "Plan Outdated");
    let id = ask(&seen.digest).await.unwrap().into_inner().co_provisioning_request_id;
    // It changes before the request has its turn.
    rig.registry.named(ADA, CO, 6, "other@example.org");
    rig.run();
    let ended = rig.becomes(id, RequestStatus::Failed).await;
    assert!(ended.last_error().starts_with("Plan Outdated"), "{}", ended.last_error());
    assert_eq!(rig.connector.known(target), Vec::<String>::new());
    let noted = rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await;
    assert_eq!(noted, [0], "what was not sent keeps its name from nobody");
    let seen = plan(&rig, target, "copersonid", ADA, "").await.remove(0);
    let id = ask(&seen.digest).await.unwrap().into_inner().co_provisioning_request_id;
    rig.becomes(id, RequestStatus::Succeeded).await;
    assert_eq!(rig.connector.known(target), ["other@example.org"]);
    rig.end().await;
}

/// Whoever looked at a plan has a wish of his own: a change that it meets is carried out whatever the plan was.
pub(crate) async fn a_plan_binds_nobody_who_did_not_look_at_it(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    let idle = rig.consume_only().await;
    let wish = |subject_id: i64, digest: Option<&str>| ProvisionRequest {
        co_provisioning_target_id: target,
        subject: "copersonid".to_owned(),
        subject_id,
        digest: digest.map(str::to_owned),
        ..ProvisionRequest::default()
    };
    let ask = async |id: i64, digest: Option<&str>| {
        let accepted = rig.targets().provision(by(&Caller::house(), wish(id, digest))).await.unwrap().into_inner();
        accepted.co_provisioning_request_id
    };
    let mut requests = Vec::new();
    for id in FIRST..FIRST + 4 {
        rig.registry.named(id, CO, 1, &format!("p{id}"));
        let seen = plan(&rig, target, "copersonid", id, "").await.remove(0).digest;
        let changes = async || rig.change(&format!("c{id}"), CO, SubjectKind::CoPerson, id, Action::Updated).await;
        match id - FIRST {
            0 => changes().await,
            1 => _ = ask(id, None).await,
            _ => {}
        }
        requests.push(ask(id, Some(&seen)).await);
        if id - FIRST == 2 {
            changes().await;
        }
        // Then it is not what was planned any more.
        rig.registry.named(id, CO, 2, &format!("q{id}"));
    }
    idle.cancel();
    rig.run();
    for request in &requests[..3] {
        rig.becomes(*request, RequestStatus::Succeeded).await;
    }
    let outdated = rig.becomes(requests[3], RequestStatus::Failed).await;
    assert!(outdated.last_error().starts_with("Plan Outdated"), "{outdated:?}");
    rig.requests().retry(by(&of_co(CO), ViewRequest { id: requests[3], as_of: None })).await.unwrap();
    rig.becomes(requests[3], RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn what_failed_at_a_target_is_tried_again(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    let fails = async |id: i64, why: &str| {
        rig.registry.person(id, CO, 1, Provisionable::Everything);
        rig.connector.fail(target, Some(ConnectorError::permanent(why)));
        let request = rig.provision(target, "copersonid", id).await.unwrap();
        rig.becomes(request, RequestStatus::Failed).await;
        request
    };
    let (one, two) = (fails(ADA, "No room.").await, fails(FIRST, "No 100% _name_.").await);
    let again = fails(FIRST, "No 100% _name_.").await;
    let shown = rig.view(&Caller::house(), target).await.unwrap();
    assert_eq!((shown.failing, shown.waiting), (Some(2), Some(0)));
    rig.connector.fail(target, None);
    let retry = async |error: &str| {
        let message = OfTargetRequest { co_provisioning_target_id: target, error: Some(error.to_owned()) };
        rig.targets().retry(by(&of_co(CO), message)).await.unwrap().into_inner().count
    };
    assert_eq!((retry("no such thing").await, retry("%").await), (0, 1));
    rig.becomes(again, RequestStatus::Succeeded).await;
    assert_eq!(rig.request(two).await.status(), RequestStatus::Failed, "the newer one did its work");
    let all = rig.targets().retry(by(&of_co(CO), of(target))).await.unwrap().into_inner();
    assert_eq!(all.count, 1);
    rig.becomes(one, RequestStatus::Succeeded).await;
    assert_eq!(rig.view(&Caller::house(), target).await.unwrap().failing, Some(0));
    rig.end().await;
}

pub(crate) async fn a_target_tells_how_it_fares(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    let health = async || rig.view(&Caller::house(), target).await.unwrap();
    assert_eq!(health().await.health(), "Unknown");
    let is = async |expected: &str| {
        eventually(&format!("the target is {expected}"), async || (health().await.health() == expected).then_some(()))
            .await;
    };
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(id, RequestStatus::Succeeded).await;
    is("Good").await;
    let good = health().await;
    assert!(good.last_success.is_some() && good.concurrency() > 0, "{good:?}");
    rig.connector.fail(target, Some(ConnectorError::retryable("The server is on fire.")));
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(id, RequestStatus::Retrying).await;
    is("Slow").await;
    let slow = health().await;
    assert!(slow.health_sentence().contains("on fire") && slow.concurrency() < good.concurrency(), "{slow:?}");
    assert_eq!((slow.waiting(), slow.oldest_waiting.is_some()), (1, true));
    let edited = CoProvisioningTarget { health: Some("Good".to_owned()), ..fake(CO, Mode::Disabled) };
    rig.edit(&Caller::house(), target, edited, &["health"]).await.unwrap();
    assert_eq!(health().await.health(), "Unknown", "nobody sets it, and a disabled one has none");
    rig.end().await;
}

pub(crate) async fn a_request_for_many_tells_how_far_it_is(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    let people: Vec<i64> = (FIRST..FIRST + 6).collect();
    for id in &people {
        rig.registry.person(*id, CO, 1, Provisionable::Everything);
    }
    rig.registry.in_cou(77, CO, &people);
    rig.connector.hold(target);
    let id = rig.provision(target, "couid", 77).await.unwrap();
    rig.called(6).await;
    let far = eventually("all are listed", async || {
        let far = rig.request(id).await;
        (far.total == Some(6)).then_some(far)
    })
    .await;
    assert_eq!((far.status(), far.done(), far.failed_count(), far.waiting_count()), (RequestStatus::Running, 0, 0, 6));
    rig.connector.let_go(target);
    let done = rig.becomes(id, RequestStatus::Succeeded).await;
    assert_eq!((done.total(), done.done(), done.failed_count(), done.waiting_count()), (6, 6, 0, 0));
    assert!(done.rate() >= 1 && done.estimated_end.is_none());
    let one = rig.provision(target, "copersonid", FIRST).await.unwrap();
    assert_eq!(rig.becomes(one, RequestStatus::Succeeded).await.total, None, "one is not many");
    rig.end().await;
}

/// What a target of one CO answers must not stop what was claimed with it.
pub(crate) async fn a_connector_that_breaks_takes_nobody_with_it(rig: Rig) {
    let targets = [rig.target(CO, Mode::Manual).await, rig.target(CO, Mode::Manual).await];
    rig.connector.breaks.store(true, Ordering::SeqCst);
    let message = CompareRequest { co_provisioning_target_id: targets[0], repair: false, remove_extra: false };
    let compared = rig.targets().compare(by(&of_co(CO), message)).await.unwrap().into_inner().id;
    let beside = rig.provision(targets[1], "copersonid", ADA).await.unwrap();
    rig.run();
    rig.becomes(beside, RequestStatus::Succeeded).await;
    let request = rig.becomes(compared, RequestStatus::Retrying).await;
    assert_eq!(request.last_error(), "The connector broke; the log of the server tells more.");
    rig.end().await;
}

/// What a server calls its things may be of any length and letters: they are somebody else's, and fill no disk.
pub(crate) async fn a_comparison_notes_odd_keys_shortly(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    let long: String = (0..100_000_u32).map(|number| format!("{:x}", number.wrapping_mul(2_654_435_761))).collect();
    for odd in [long.as_str(), "nul\0and\u{7}bell"] {
        rig.connector.keys(target, &[], Some(odd));
    }
    let message = CompareRequest { co_provisioning_target_id: target, repair: false, remove_extra: false };
    let id = rig.targets().compare(by(&of_co(CO), message)).await.unwrap().into_inner().id;
    rig.becomes(id, RequestStatus::Succeeded).await;
    let asked = DifferencesRequest { co_provisioning_request_id: id, after: 0, limit: 0 };
    let told = rig.requests().differences(by(&of_co(CO), asked)).await.unwrap().into_inner();
    let foreign = told.records.into_iter().filter(|found| found.difference == "Foreign");
    let mut keys: Vec<String> = foreign.map(|found| found.key.unwrap_or_default()).collect();
    keys.sort();
    let cut: String = long.chars().take(200).collect();
    assert_eq!(keys, [format!("{cut}…"), "nul\u{fffd}and\u{fffd}bell".to_owned()]);
    rig.end().await;
}

/// Not as a target that says nothing: a quarter of an hour later.
pub(crate) async fn a_comparison_is_tried_again_as_its_target_says(rig: Rig) {
    rig.run();
    let target = CoProvisioningTarget { max_retry: Some(3), retry_interval: Some(5), ..fake(CO, Mode::Manual) };
    let target = rig.add(&Caller::house(), target).await.unwrap();
    rig.connector.fail_once(target, ConnectorError::retryable("The directory is away."));
    let message = CompareRequest { co_provisioning_target_id: target, repair: false, remove_extra: false };
    let id = rig.targets().compare(by(&of_co(CO), message)).await.unwrap().into_inner().id;
    rig.becomes(id, RequestStatus::Retrying).await;
    rig.pass(chrono::Duration::seconds(10)).await;
    rig.becomes(id, RequestStatus::Succeeded).await;
    rig.end().await;
}

/// What is true of others is asked of the registry and of our own database.
pub(crate) async fn what_cannot_be_found_out_here_is_not_held_against_a_target(rig: Rig) {
    let app = rig.app();
    let target = rig.target(CO, Mode::Manual).await;
    let target = targets::target(targets::find(app.database.reader(), TargetId(target)).await.unwrap().unwrap());
    rig.registry.is_away(true);
    let beside = Surroundings::of(&app, &target);
    let away = beside.members(GROUP, 0).await.unwrap_err();
    assert!(matches!(away, ConnectorError::Busy { .. }), "{away:?}");
    rig.registry.is_away(false);
    let odd = "what no database\0takes".to_owned();
    assert_eq!(beside.whose(Kind::Group, &odd).await.unwrap(), None, "it is nobody's");
    assert!(!beside.is_moving(&odd).await.unwrap());
    assert!(beside.groups(vec![odd]).await.unwrap().is_empty());
    rig.end().await;
}

/// A server that tells more and more would fill the disk of everybody.
pub(crate) async fn a_comparison_with_a_target_that_never_ends_is_given_up(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    for at_once in [20_000, 1] {
        rig.connector.endless.store(at_once, Ordering::SeqCst);
        let message = CompareRequest { co_provisioning_target_id: target, repair: false, remove_extra: false };
        let id = rig.targets().compare(by(&of_co(CO), message)).await.unwrap().into_inner().id;
        let request = rig.becomes(id, RequestStatus::Failed).await;
        assert!(request.last_error().contains("many more entries"), "{request:?}");
        let asked = DifferencesRequest { co_provisioning_request_id: id, after: 0, limit: 0 };
        let told = rig.requests().differences(by(&of_co(CO), asked)).await.unwrap().into_inner();
        assert!(told.more && told.records.len() == 1_000, "and no more are told at once");
    }
    rig.end().await;
}

pub(crate) async fn a_comparison_finds_each_difference_and_mends_what_it_is_told_to(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    for id in FIRST..FIRST + 4 {
        rig.registry.named(id, CO, 1, &format!("p{id}"));
        let request = rig.provision(target, "copersonid", id).await.unwrap();
        rig.becomes(request, RequestStatus::Succeeded).await;
    }
    // One was taken away there, one is called otherwise now, one is to go, and one came that nobody knows.
    rig.connector.keys(target, &[format!("p{FIRST}")], Some("stranger"));
    rig.registry.named(FIRST + 1, CO, 2, "renamed");
    rig.registry.gone(SubjectKind::CoPerson, FIRST + 2, CO, 2);
    let compare = async |repair, remove_extra| {
        let message = CompareRequest { co_provisioning_target_id: target, repair, remove_extra };
        let id = rig.targets().compare(by(&of_co(CO), message)).await.unwrap().into_inner().id;
        rig.becomes(id, RequestStatus::Succeeded).await;
        let asked = DifferencesRequest { co_provisioning_request_id: id, after: 0, limit: 0 };
        let told = rig.requests().differences(by(&of_co(CO), asked)).await.unwrap().into_inner();
        let shown = |found: proto::provisioning::v1::CoProvisioningDifference| {
            (found.difference, found.co_person_id.unwrap_or_default(), found.key.unwrap_or_default())
        };
        let mut found: Vec<_> =
            told.records.into_iter().filter(|found| found.co_group_id.is_none()).map(shown).collect();
        found.retain(|(_, id, key)| *id >= FIRST || key == "stranger");
        found.sort();
        found
    };
    let of = |what: &str, id: i64, key: &str| (what.to_owned(), id, key.to_owned());
    let all = [
        of("Different", FIRST + 1, "renamed"),
        of("Extra", FIRST + 2, &format!("p{}", FIRST + 2)),
        of("Foreign", 0, "stranger"),
        of("Missing", FIRST, &format!("p{FIRST}")),
    ];
    assert_eq!(compare(false, false).await, all);
    assert_eq!(rig.connector.known(target).len(), 4, "nothing is changed");
    // What is applied beside it is newer than what was read of the registry.
    rig.connector.newer.store(3, Ordering::SeqCst);
    assert_eq!(compare(false, false).await, all);
    rig.connector.newer.store(usize::MAX, Ordering::SeqCst);
    let newer = compare(false, false).await;
    let is = |what: &str, id: i64| newer.iter().any(|(found, of, _)| found == what && *of == id);
    assert!((FIRST..FIRST + 4).all(|id| is("Different", id) || is("Extra", id)), "{newer:?}");
    assert_eq!(newer.len(), 5, "and what nobody knows: {newer:?}");
    rig.connector.newer.store(0, Ordering::SeqCst);
    assert_eq!(compare(true, false).await, all);
    rig.quiet().await;
    assert_eq!(compare(false, true).await, [all[1].clone(), all[2].clone()], "two were mended");
    rig.quiet().await;
    assert_eq!(compare(true, true).await, [all[2].clone()], "what somebody else wrote stays");
    assert!(rig.connector.known(target).contains(&"stranger".to_owned()));
    let blind =
        CoProvisioningTarget { plugin: Some(crate::connector::PEOPLE_ONLY.to_owned()), ..fake(CO, Mode::Manual) };
    let blind = rig.add(&Caller::house(), blind).await.unwrap();
    let message = CompareRequest { co_provisioning_target_id: blind, repair: false, remove_extra: false };
    assert_eq!(phrase(rig.targets().compare(by(&of_co(CO), message)).await.map_err(refused)), "Cannot Be Compared");
    rig.end().await;
}
