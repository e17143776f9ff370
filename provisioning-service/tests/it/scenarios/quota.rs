//! No CO fills the house with its targets (M6).

use std::sync::atomic::Ordering;

use futures::future::join_all;
use proto::{
    caller::Caller,
    provisioning::v1::{CoProvisioningTarget, Mode},
    refusal::Refusal,
    registry::v1::DeleteRequest,
};

use crate::rig::{CO, OTHER, Rig, by, fake, of_co, phrase};

pub(crate) async fn a_co_has_so_many_targets_and_a_platform_user_adds_more(rig: Rig) {
    let most = i64::from(rig.service.app().targets_of_co);
    let first = rig.target(CO, Mode::Manual).await;
    let columns = "co_id, plugin, status, ordr, guard_share, guard_count, guard_window, edition, created, modified";
    let made = rig
        .numbers(&format!(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {}) \
             INSERT INTO co_provisioning_targets ({columns}) SELECT {columns} FROM co_provisioning_targets \
             CROSS JOIN number WHERE id = {first} RETURNING id AS n",
            most - 3
        ))
        .await;
    assert_eq!(made.len() as i64, most - 3);
    // Of those who come at once, only as many as there is room for.
    let me = of_co(CO);
    let (kept, over): (Vec<_>, Vec<_>) =
        join_all((0..6).map(|_| rig.add(&me, fake(CO, Mode::Manual)))).await.into_iter().partition(Result::is_ok);
    assert_eq!((kept.len(), over.len()), (2, 4), "{over:?}");
    for refused in over {
        let Err(Refusal::Forbidden { phrase, sentence }) = refused else { panic!("{refused:?}") };
        assert_eq!(phrase, "Limit Reached");
        assert!(sentence.contains(&format!("has {most} ")) && sentence.contains("platform user"), "{sentence}");
    }
    rig.add(&of_co(OTHER), fake(OTHER, Mode::Manual)).await.unwrap();
    rig.add(&Caller::house(), fake(CO, Mode::Manual)).await.unwrap();
    let checked = CoProvisioningTarget { check: Some(true), ..fake(CO, Mode::Manual) };
    assert_eq!(phrase(rig.add(&me, checked).await), "Limit Reached");
    assert_eq!(rig.connector.checked.load(Ordering::SeqCst), 0, "nothing is reached for one that is not taken");
    // One more than it may have: that one goes first.
    for id in &made[..2] {
        assert_eq!(phrase(rig.add(&me, fake(CO, Mode::Manual)).await), "Limit Reached");
        rig.targets().delete(by(&me, DeleteRequest { id: *id, if_match: None })).await.unwrap();
    }
    rig.add(&me, fake(CO, Mode::Manual)).await.unwrap();
    rig.end().await;
}
