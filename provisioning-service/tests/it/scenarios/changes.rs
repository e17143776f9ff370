//! Changes of the registry, and what follows from them.

use prost::Message;
use proto::{
    events::v1::{Action, RegistryEvent},
    provisioning::v1::{CoProvisioningTarget, Mode, RequestStatus},
    registry::v1::{Provisionable, Subject, SubjectKind},
};
use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};

use crate::{
    rig::{ADA, CO, GROUP, OTHER, Rig, fake, of_co, phrase},
    waiting::{PATIENCE_MS, eventually},
};

pub(crate) async fn modes_decide_what_follows_changes(rig: Rig) {
    rig.run();
    let mut following = Vec::new();
    for (mode, follows) in [
        (Mode::Automatic, true),
        (Mode::Enrollment, false),
        (Mode::Manual, false),
        (Mode::Queue, true),
        (Mode::QueueOnError, true),
        (Mode::Disabled, false),
    ] {
        let target = rig.target(CO, mode).await;
        following.extend(follows.then_some(target));
    }
    rig.target(OTHER, Mode::Automatic).await;
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    let calls = eventually("all were called", async || {
        let calls = rig.connector.calls();
        (calls.len() >= following.len()).then_some(calls)
    })
    .await;
    let mut called: Vec<i64> = calls.iter().map(|call| call.target).collect();
    called.sort_unstable();
    assert_eq!(called, following);
    assert!(calls.iter().all(|call| call.action == "PU" && call.work == Work::Apply));
    rig.end().await;
}

/// The table of modes (co-provisioning-target.md §3, provisioning-engine.md §4): what a change, a confirmed invitation and an
/// explicit request make, and by which action.
pub(crate) async fn each_mode_takes_what_it_takes(rig: Rig) {
    rig.run();
    for (number, (mode, change, enrollment, asked)) in [
        (Mode::Automatic, Some("PU"), Some("PP"), Ok("PR")),
        (Mode::Enrollment, None, Some("PP"), Ok("PR")),
        (Mode::Manual, None, None, Ok("PR")),
        (Mode::Queue, Some("PU"), Some("PP"), Ok("PR")),
        (Mode::QueueOnError, Some("PU"), Some("PP"), Ok("PR")),
        (Mode::Disabled, None, None, Err("CoProvisioningTarget Disabled")),
    ]
    .into_iter()
    .enumerate()
    {
        let target = rig.target(CO, mode).await;
        let mut expected = Vec::new();
        for (enrolled, action) in [(false, change), (true, enrollment)] {
            let subject = Some(Subject { kind: SubjectKind::CoPerson.into(), id: ADA });
            let event = rig.event(&format!("{number} {enrolled}"), CO, subject, Action::Updated);
            rig.tell(&RegistryEvent { enrolled, ..event }).await;
            expected.extend(action);
            let made = rig.all_ended(target, expected.len()).await;
            assert_eq!(made.iter().map(|request| request.action()).collect::<Vec<_>>(), expected, "{mode:?}");
        }
        let answer = rig.provision(target, "copersonid", ADA).await;
        match asked {
            Err(refused) => assert_eq!(phrase(answer), refused, "{mode:?}"),
            Ok(action) => {
                expected.push(action);
                let made = rig.all_ended(target, expected.len()).await;
                assert_eq!(made.iter().map(|request| request.action()).collect::<Vec<_>>(), expected, "{mode:?}");
            }
        }
    }
    rig.end().await;
}

pub(crate) async fn an_event_that_comes_twice_makes_one_request(rig: Rig) {
    let first = rig.target(CO, Mode::Automatic).await;
    let second = rig.add(&of_co(CO), fake(CO, Mode::Queue)).await.unwrap();
    rig.run();
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.all_ended(first, 1).await;
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.change("2", CO, SubjectKind::CoGroup, GROUP, Action::Deleted).await;
    let requests = rig.all_ended(first, 2).await;
    let actions: Vec<&str> = requests.iter().map(|request| request.action()).collect();
    assert_eq!(actions, ["PU", "GD"]);
    let of_second = rig.all_ended(second, 2).await;
    assert!(requests[0].id() < of_second[0].id(), "by order");
    assert!(requests[1].id() > of_second[1].id(), "removal goes the other way");
    rig.end().await;
}

pub(crate) async fn what_one_message_brings_together_is_taken_together(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    rig.run();
    let group = Subject { kind: SubjectKind::CoGroup.into(), id: GROUP };
    let mut both = rig.event("1", CO, Some(Subject { kind: SubjectKind::CoPerson.into(), id: ADA }), Action::Updated);
    both.together = vec![rig.event("", CO, Some(group), Action::Updated)];
    rig.tell(&both).await;
    let requests = rig.all_ended(target, 2).await;
    assert_eq!(requests.iter().map(|request| request.action()).collect::<Vec<_>>(), ["PU", "GU"]);
    rig.tell(&both).await;
    both.event_id = "2".to_owned();
    both.together[0].action = Action::Unspecified.into();
    rig.tell(&both).await;
    assert_eq!(rig.broker.dead_letters().await.unwrap(), 1, "what is understood in part is not taken in part");
    rig.change("3", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    assert_eq!(rig.all_ended(target, 3).await.len(), 3, "one that comes twice brings nothing the second time");
    rig.end().await;
}

pub(crate) async fn a_deleted_provisioning_group_takes_nobody_away(rig: Rig) {
    rig.run();
    rig.registry.group(21, CO);
    let only = CoProvisioningTarget { provision_co_group_id: Some(21), ..fake(CO, Mode::Automatic) };
    let target = rig.add(&of_co(CO), only).await.unwrap();
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.all_ended(target, 1).await;
    let work = || rig.connector.calls().iter().map(|call| call.work).collect::<Vec<_>>();
    assert_eq!(work(), [Work::Remove], "who is not in the group is taken away");
    rig.registry.gone(SubjectKind::CoGroup, 21, CO, 2);
    rig.change("2", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    let requests = rig.all_ended(target, 2).await;
    assert_eq!(requests[1].status(), RequestStatus::Failed);
    assert!(requests[1].last_error().contains("group 21 of this target does not exist any more"));
    assert_eq!(work().len(), 1);
    rig.registry.gone(SubjectKind::CoPerson, ADA, CO, 2);
    rig.change("3", CO, SubjectKind::CoPerson, ADA, Action::Deleted).await;
    rig.all_ended(target, 3).await;
    assert_eq!(work(), [Work::Remove, Work::Remove], "who was deleted goes, with the group or without");
    rig.end().await;
}

pub(crate) async fn a_co_that_is_deleted_takes_its_targets_along(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    let other = rig.target(OTHER, Mode::Automatic).await;
    let waiting = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.connector.fail(target, Some(ConnectorError::retryable("Later.")));
    rig.run();
    rig.becomes(waiting, RequestStatus::Retrying).await;
    rig.tell(&rig.event("1", CO, None, Action::Deleted)).await;
    assert_eq!(rig.request(waiting).await.status(), RequestStatus::Canceled);
    assert_eq!(phrase(rig.view(&of_co(CO), target).await), "CoProvisioningTarget Unknown");
    assert!(rig.view(&of_co(OTHER), other).await.is_ok());
    rig.end().await;
}

/// Each counts for itself, also when it comes again in other company; and each goes on under its own trace.
pub(crate) async fn what_several_transactions_changed_comes_in_one_message(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.registry.person(7, CO, 1, Provisionable::Everything);
    let person = |id: i64| Some(Subject { kind: SubjectKind::CoPerson.into(), id });
    let trace = |number: u8| format!("00-{number:032x}-{number:016x}-01");
    let of = |id: &str, subject| rig.event(id, CO, person(subject), Action::Updated);
    let mut second = RegistryEvent { traceparent: trace(2), ..of("2", 7) };
    second.together =
        vec![RegistryEvent { subject: Some(Subject { kind: SubjectKind::CoGroup.into(), id: GROUP }), ..of("", 7) }];
    rig.tell(&RegistryEvent { together: vec![second.clone()], ..of("1", ADA) }).await;
    rig.all_ended(target, 3).await;
    let sql = format!("FROM provisioning_requests WHERE co_provisioning_target_id = {target}");
    assert_eq!(rig.numbers(&format!("SELECT subject_id AS n {sql} ORDER BY id")).await, [ADA, 7, GROUP]);
    let traced = format!("SELECT subject_id AS n {sql} AND traceparent = '{}' ORDER BY id", trace(2));
    assert_eq!(rig.numbers(&traced).await, [7, GROUP]);
    // The second came already; of the third, only.
    rig.tell(&RegistryEvent { together: vec![second], ..of("3", ADA) }).await;
    rig.all_ended(target, 4).await;
    assert_eq!(rig.numbers(&format!("SELECT subject_id AS n {sql} ORDER BY id")).await, [ADA, 7, GROUP, ADA]);
    rig.end().await;
}

/// Release 0.1 tells of each subject by itself, under a routing key without a version.
pub(crate) async fn what_the_first_release_tells_is_understood(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    let event = rig.event("1", CO, Some(Subject { kind: SubjectKind::CoPerson.into(), id: ADA }), Action::Updated);
    rig.publish("co_person.updated", event.encode_to_vec()).await;
    rig.all_ended(target, 1).await;
    rig.end().await;
}

pub(crate) async fn what_cannot_be_understood_becomes_a_dead_letter(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.publish("co_person.updated.2", b"\xff\xff".to_vec()).await;
    let nothing_happened = RegistryEvent { event_id: "1".to_owned(), co_id: CO, ..RegistryEvent::default() };
    rig.publish("co_person.updated.2", nothing_happened.encode_to_vec()).await;
    assert_eq!(rig.broker.dead_letters().await.unwrap(), 2);
    // It takes no other along.
    let other = RegistryEvent { event_id: "3".to_owned(), ..nothing_happened };
    let known = rig.event("4", CO, Some(Subject { kind: SubjectKind::CoPerson.into(), id: ADA }), Action::Updated);
    rig.tell(&RegistryEvent { together: vec![other], ..known }).await;
    assert_eq!(rig.broker.dead_letters().await.unwrap(), 3);
    rig.all_ended(target, 1).await;
    rig.change("2", CO, SubjectKind::CoPerson, ADA, Action::Added).await;
    rig.all_ended(target, 2).await;
    rig.end().await;
}

pub(crate) async fn a_person_who_may_not_be_there_any_more_is_removed_by_the_remembered_key(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Added).await;
    rig.all_ended(target, 1).await;
    rig.registry.person(ADA, CO, 2, Provisionable::Nothing);
    rig.change("2", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.all_ended(target, 2).await;
    rig.registry.gone(SubjectKind::CoPerson, ADA, CO, 3);
    rig.change("3", CO, SubjectKind::CoPerson, ADA, Action::Deleted).await;
    rig.all_ended(target, 3).await;
    let calls: Vec<_> = rig.connector.calls().into_iter().map(|c| (c.work, c.action, c.previous_key)).collect();
    let key = Some("p10@example.org".to_owned());
    assert_eq!(
        calls,
        [
            (Work::Apply, "PA".to_owned(), None),
            (Work::Remove, "PD".to_owned(), key),
            (Work::Remove, "PD".to_owned(), None)
        ]
    );
    let removed = "SELECT COUNT(*) AS n FROM subject_states WHERE status = 'Removed' AND revision = 3";
    assert_eq!(rig.numbers(removed).await, [1]);
    rig.end().await;
}

pub(crate) async fn an_older_state_is_not_applied(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.registry.person(ADA, CO, 5, Provisionable::Everything);
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Added).await;
    rig.all_ended(target, 1).await;
    rig.registry.person(ADA, CO, 4, Provisionable::Everything);
    rig.change("2", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    let requests = rig.all_ended(target, 2).await;
    assert_eq!(requests[1].status(), RequestStatus::Succeeded);
    assert!(requests[1].last_error().contains("newer state"));
    assert_eq!(rig.connector.calls().len(), 1);
    rig.end().await;
}

pub(crate) async fn outcomes_become_history(rig: Rig) {
    rig.run();
    let named = proto::provisioning::v1::CoProvisioningTarget {
        description: Some("Main directory".to_owned()),
        ..fake(CO, Mode::Automatic)
    };
    let target = rig.add(&of_co(CO), named).await.unwrap();
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.outcomes(1).await;
    let asked = rig.provision_by(&of_co(CO), target, "cogroupid", GROUP, PATIENCE_MS).await.unwrap();
    rig.outcomes(2).await;
    rig.registry.own("CoService", 50, CO);
    rig.provision_by(&of_co(CO), target, "coserviceid", 50, PATIENCE_MS).await.unwrap();
    rig.connector.fail(target, Some(ConnectorError::permanent("No.")));
    let failed = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(failed, RequestStatus::Failed).await;
    let outcomes = rig.outcomes(3).await;
    let told: Vec<_> = outcomes.iter().map(|o| (o.succeeded, o.manual, o.actor.as_str(), o.message.as_str())).collect();
    assert_eq!(told, [(true, false, "", ""), (true, true, "co_2.admin", ""), (false, true, "cohort", "No.")]);
    assert!(outcomes.iter().all(|outcome| outcome.target == "Main directory" && outcome.co_id == CO));
    assert!(outcomes[1].event_id.ends_with(&format!("-{}-1", asked.co_provisioning_request_id)));
    assert_eq!(outcomes[1].subject, Some(Subject { kind: SubjectKind::CoGroup.into(), id: GROUP }));
    rig.end().await;
}
