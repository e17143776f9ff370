//! What of a person may be passed on to targets (provisioning-engine.md §3).

use proto::registry::v1::{Provisionable, Status};

use crate::domain::{membership::ALL_MEMBERS, person_status::is_active};

/// The statuses of people of whom anything is passed on.
pub const PROVISIONABLE: [Status; 5] =
    [Status::Active, Status::GracePeriod, Status::Suspended, Status::Expired, Status::Locked];

/// How much of a person may be passed on.
#[must_use]
pub fn provisionable(person: Status) -> Provisionable {
    match person {
        Status::Active | Status::GracePeriod => Provisionable::Everything,
        Status::Suspended | Status::Expired | Status::Locked => Provisionable::PersonData,
        _ => Provisionable::Nothing,
    }
}

/// Whether an identifier is passed on, by the code of its status: of people, groups and org identities only active ones are.
#[must_use]
pub fn identifier_holds(status: &str) -> bool {
    status == "A"
}

/// Whether a role is passed on; `within` says whether it is inside its dates.
#[must_use]
pub fn role_holds(role: Status, within: bool) -> bool {
    is_active(role) && within
}

/// Whether a membership is passed on. Those in groups of all members always are.
#[must_use]
pub fn member_holds(person: Provisionable, group_type: &str, group_is_active: bool, within: bool) -> bool {
    group_type == ALL_MEMBERS || (person == Provisionable::Everything && group_is_active && within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_all_others_nothing_is_passed_on() {
        let all = (1..=16).map(|number| Status::try_from(number).unwrap());
        let passed: Vec<Status> = all.filter(|status| provisionable(*status) != Provisionable::Nothing).collect();
        assert_eq!(passed.len(), PROVISIONABLE.len());
        assert!(passed.iter().all(|status| PROVISIONABLE.contains(status)), "{passed:?}");
    }

    #[test]
    fn groups_of_all_members_stay_with_a_suspended_person() {
        assert!(member_holds(Provisionable::PersonData, "M", true, true));
        assert!(!member_holds(Provisionable::PersonData, "S", true, true));
        assert!(!member_holds(Provisionable::Everything, "S", false, true));
        assert!(member_holds(Provisionable::Everything, "S", true, true));
    }
}
