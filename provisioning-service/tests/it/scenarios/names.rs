//! What a target calls a subject is that subject's, until it is called otherwise there.

use chrono::Duration;
use proto::{
    caller::Caller,
    provisioning::v1::{CoProvisioningTarget, Mode, RequestStatus},
};

use crate::{
    rig::{ADA, CO, Rig, fake},
    waiting::eventually,
};

/// Who comes after.
const NEXT: i64 = 11;

async fn retrying(rig: &Rig) -> i64 {
    let target = CoProvisioningTarget { max_retry: Some(9), retry_interval: Some(1), ..fake(CO, Mode::Manual) };
    rig.add(&Caller::house(), target).await.unwrap()
}

/// What others wrote beside it, a password or a key, would be the other one's.
pub(crate) async fn who_is_called_like_another_one_does_not_take_its_place(rig: Rig) {
    rig.run();
    let target = retrying(&rig).await;
    rig.registry.named(ADA, CO, 1, "ada");
    let first = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(first, RequestStatus::Succeeded).await;
    // Both were changed in the registry; nobody asked for the first one yet.
    rig.registry.named(ADA, CO, 2, "lovelace");
    rig.registry.named(NEXT, CO, 1, "ada");
    let early = rig.provision(target, "copersonid", NEXT).await.unwrap();
    let failed = rig.becomes(early, RequestStatus::Failed).await;
    let said = failed.last_error.unwrap_or_default();
    assert!(said.contains(&format!("CO Person {ADA} is called so")), "{said}");
    assert_eq!(rig.connector.calls().len(), 1, "the target was not called");

    let renamed = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(renamed, RequestStatus::Succeeded).await;
    // It took its place along, and who waits for the name is asked for again.
    eventually("both are there", async || (rig.connector.known(target) == ["ada", "lovelace"]).then_some(())).await;
    rig.quiet().await;
    rig.end().await;
}

/// One that is to be renamed first is waited for, whoever's turn came first.
pub(crate) async fn who_is_to_be_called_like_one_that_leaves_waits_for_it(rig: Rig) {
    rig.run();
    let target = retrying(&rig).await;
    rig.registry.named(ADA, CO, 1, "ada");
    let first = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(first, RequestStatus::Succeeded).await;
    rig.registry.named(ADA, CO, 2, "lovelace");
    rig.registry.named(NEXT, CO, 1, "ada");
    rig.connector.hold(target);
    let renamed = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(2).await;
    let next = rig.provision(target, "copersonid", NEXT).await.unwrap();
    let waits = rig.becomes(next, RequestStatus::Retrying).await;
    let said = waits.last_error.unwrap_or_default();
    assert!(said.contains(&format!("CO Person {ADA} is called so")), "{said}");
    rig.connector.let_go(target);
    rig.becomes(renamed, RequestStatus::Succeeded).await;
    rig.pass(Duration::seconds(70)).await;
    rig.in_time(rig.becomes(next, RequestStatus::Succeeded)).await;
    assert_eq!(rig.connector.known(target), ["ada", "lovelace"]);
    rig.end().await;
}

/// A name that somebody waited for, and got none of, is nothing that the target has.
pub(crate) async fn who_waited_for_a_name_in_vain_keeps_nobody_busy(rig: Rig) {
    rig.run();
    let target = retrying(&rig).await;
    let provision = async |person: i64, name: &str, revision: i64, becomes| {
        rig.registry.named(person, CO, revision, name);
        let id = rig.provision(target, "copersonid", person).await.unwrap();
        rig.becomes(id, becomes).await;
    };
    provision(ADA, "ada", 1, RequestStatus::Succeeded).await;
    provision(NEXT, "bea", 1, RequestStatus::Succeeded).await;
    provision(NEXT, "ada", 2, RequestStatus::Failed).await;
    provision(ADA, "bea", 2, RequestStatus::Failed).await;
    provision(NEXT, "bea", 3, RequestStatus::Succeeded).await;
    provision(ADA, "ada", 3, RequestStatus::Succeeded).await;
    rig.quiet().await;
    assert_eq!(rig.connector.known(target), ["ada", "bea"]);
    assert_eq!(rig.connector.calls().len(), 4, "nobody is asked for but those who were");
    let waits = "SELECT COUNT(*) AS n FROM awaited_names";
    provision(ADA, "lovelace", 4, RequestStatus::Succeeded).await;
    rig.quiet().await;
    assert_eq!(rig.connector.known(target), ["bea", "lovelace"]);
    assert_eq!(rig.numbers(waits).await, [0]);
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await, [0]);
    rig.end().await;
}

/// Of two that are to be called the same the first one is, and the other one is told of it.
pub(crate) async fn two_are_not_called_the_same(rig: Rig) {
    let target = retrying(&rig).await;
    for person in [ADA, NEXT] {
        rig.registry.named(person, CO, 1, "ada");
        rig.provision(target, "copersonid", person).await.unwrap();
    }
    rig.run();
    rig.in_time(async {
        let ends = rig.all_ended(target, 2).await;
        let one = |status| ends.iter().find(|request| request.status() == status).unwrap_or_else(|| panic!("{ends:?}"));
        let (good, bad) = (one(RequestStatus::Succeeded), one(RequestStatus::Failed));
        let said = bad.last_error.clone().unwrap_or_default();
        assert!(said.contains(&format!("CO Person {} is called so", good.co_person_id.unwrap())), "{said}");
    })
    .await;
    assert_eq!(rig.connector.known(target), ["ada"]);
    rig.end().await;
}
