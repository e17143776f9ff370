//! Whether a subject belongs at a target now (provisioning-engine.md §3, §4).
//!
//! The same rules hold for changes and for explicit requests: a person who may not be there any more is removed, so that
//! the target learns of it either way.

use proto::registry::v1::{PersonState, Provisionable, SubjectState, SuspendableStatus, subject_state::Data};

use crate::domain::{subject::Kind, target::Target};

/// What is to be done at the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// It is made to look like the state.
    Apply,
    /// The subject is taken away there.
    Remove,
}

/// Decides what is to be done for a subject of some kind.
#[must_use]
pub fn decide(target: &Target, kind: Kind, subject_id: i64, state: &SubjectState) -> Work {
    let belongs = state.exists
        && match (&state.data, kind) {
            (Some(Data::Person(person)), _) => person_belongs(target, person),
            (Some(Data::Group(group)), _) => {
                let active = group.co_group.as_ref().is_some_and(|group| group.status() == SuspendableStatus::Active);
                active && target.provision_co_group_id.is_none_or(|only| only == subject_id)
            }
            (Some(Data::EmailList(_) | Data::Service(_)), _) => true,
            (None, _) => false,
        };
    if belongs { Work::Apply } else { Work::Remove }
}

/// Whether the group of the target decides about a subject: without it, the subject would belong there.
#[must_use]
pub fn is_for_the_group_to_say(target: &Target, kind: Kind, subject_id: i64, state: &SubjectState) -> bool {
    let open = Target { provision_co_group_id: None, ..target.clone() };
    target.provision_co_group_id.is_some()
        && decide(target, kind, subject_id, state) == Work::Remove
        && decide(&open, kind, subject_id, state) == Work::Apply
}

fn person_belongs(target: &Target, person: &PersonState) -> bool {
    let provisionable = match person.provisionable() {
        Provisionable::Everything | Provisionable::PersonData => true,
        Provisionable::Nothing | Provisionable::Unspecified => false,
    };
    let member_of = |group: i64| {
        person.memberships.iter().any(|membership| {
            let is = membership.group.as_ref().is_some_and(|have| have.id == Some(group));
            // An owner alone is no member; a membership that does not say is one.
            is && membership.member.as_ref().is_none_or(|row| row.member.unwrap_or(true))
        })
    };
    provisionable && target.provision_co_group_id.is_none_or(member_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::TargetId;
    use proto::{
        provisioning::v1::Mode,
        registry::v1::{CoGroup, CoGroupMember, EmailListState, GroupState, Membership, ServiceState},
    };

    fn target(only: Option<i64>) -> Target {
        Target {
            id: TargetId(1),
            co_id: 1,
            description: None,
            plugin: "ChangelogProvisioner".to_owned(),
            provision_co_group_id: only,
            mode: Mode::Automatic,
            retry_interval: None,
            max_retry: None,
            configuration: serde_json::Map::new(),
            guard: crate::domain::target::Guard::default(),
            edition: 0,
        }
    }

    fn person(provisionable: Provisionable, groups: &[(i64, bool)]) -> SubjectState {
        let membership = |(id, member): &(i64, bool)| Membership {
            group: Some(CoGroup { id: Some(*id), ..CoGroup::default() }),
            member: Some(CoGroupMember { member: Some(*member), ..CoGroupMember::default() }),
        };
        SubjectState {
            exists: true,
            data: Some(Data::Person(PersonState {
                provisionable: provisionable.into(),
                memberships: groups.iter().map(membership).collect(),
                ..PersonState::default()
            })),
            ..SubjectState::default()
        }
    }

    fn group(status: SuspendableStatus) -> SubjectState {
        let co_group = CoGroup { status: Some(status.into()), ..CoGroup::default() };
        SubjectState {
            exists: true,
            data: Some(Data::Group(GroupState { co_group: Some(co_group), ..GroupState::default() })),
            ..SubjectState::default()
        }
    }

    #[test]
    fn people_are_applied_by_their_status_and_the_provisioning_group() {
        use Provisionable::{Everything, Nothing, PersonData};
        use Work::{Apply, Remove};
        for (provisionable, groups, only, expected) in [
            (Everything, &[][..], None, Apply),
            (PersonData, &[], None, Apply),
            (Nothing, &[(5, true)], None, Remove),
            (Everything, &[(5, true)], Some(5), Apply),
            (Everything, &[(6, true)], Some(5), Remove),
            (Everything, &[(5, false)], Some(5), Remove),
            (Nothing, &[(5, true)], Some(5), Remove),
        ] {
            let state = person(provisionable, groups);
            assert_eq!(
                decide(&target(only), Kind::Person, 3, &state),
                expected,
                "{provisionable:?} {groups:?} {only:?}"
            );
        }
    }

    #[test]
    fn groups_are_applied_while_active_and_not_shut_out() {
        let active = group(SuspendableStatus::Active);
        assert_eq!(decide(&target(None), Kind::Group, 5, &active), Work::Apply);
        assert_eq!(decide(&target(Some(5)), Kind::Group, 5, &active), Work::Apply);
        assert_eq!(decide(&target(Some(6)), Kind::Group, 5, &active), Work::Remove);
        assert_eq!(decide(&target(None), Kind::Group, 5, &group(SuspendableStatus::Suspended)), Work::Remove);
    }

    #[test]
    fn lists_and_services_are_not_restricted_and_what_is_gone_is_removed() {
        let data = Some(Data::EmailList(EmailListState::default()));
        let list = SubjectState { exists: true, data, ..SubjectState::default() };
        assert_eq!(decide(&target(Some(5)), Kind::EmailList, 1, &list), Work::Apply);
        let data = Some(Data::Service(ServiceState::default()));
        let service = SubjectState { exists: true, data, ..SubjectState::default() };
        assert_eq!(decide(&target(Some(5)), Kind::Service, 1, &service), Work::Apply);
        let nothing = SubjectState { exists: true, ..SubjectState::default() };
        assert_eq!(decide(&target(None), Kind::Person, 1, &nothing), Work::Remove);
        for kind in [Kind::Person, Kind::Group, Kind::EmailList, Kind::Service] {
            assert_eq!(decide(&target(None), kind, 1, &SubjectState::default()), Work::Remove);
        }
    }
}
