//! News of changes that are older than a target, which come late.

use proto::{
    events::v1::Action,
    provisioning::v1::Mode,
    registry::v1::{Provisionable, Subject, SubjectKind},
};
use provisioning_service::app::take_changes::{self, Change};

use crate::rig::{ADA, CO, GROUP, Rig};

pub(crate) async fn a_target_is_not_told_of_what_was_before_it(rig: Rig) {
    let person = |id: i64| Some(Subject { kind: SubjectKind::CoPerson.into(), id });
    let (before, since) = (rig.clock.now(), rig.clock.now() + chrono::Duration::milliseconds(5));
    let event = |id: &str, subject, at| {
        let event = rig.event(id, CO, subject, Action::Updated);
        proto::events::v1::RegistryEvent { occurred_at: Some(proto::time::moment(at)), ..event }
    };
    rig.registry.person(7, CO, 1, Provisionable::Everything);
    // It was there before, and nobody knows since when.
    let older = rig.target(CO, Mode::Automatic).await;
    rig.registry.is_told_at(since);
    let target = rig.target(CO, Mode::Automatic).await;
    let asked = async |target: i64| {
        let sql = "SELECT subject_id AS n FROM provisioning_requests WHERE co_provisioning_target_id";
        rig.numbers(&format!("{sql} = {target} ORDER BY id")).await
    };
    let tell = async |event| {
        let changes = Change::all_of(&event, None).0;
        take_changes::run(rig.service.app(), &changes).await.unwrap();
    };
    tell(event("before", person(ADA), before)).await;
    assert_eq!((asked(older).await, asked(target).await), (vec![ADA], vec![]), "it was not there then");
    // At the very moment, or after it, whatever else is told with it.
    let mut both = event("both", person(7), since);
    both.together = vec![event("", person(ADA), before)];
    tell(both).await;
    assert_eq!(asked(target).await, [7]);
    // Something was asked of it: it may have been read before this was changed.
    let group = Some(Subject { kind: SubjectKind::CoGroup.into(), id: GROUP });
    tell(event("late", group, before)).await;
    assert_eq!(asked(target).await, [7, GROUP]);
    rig.end().await;
}
