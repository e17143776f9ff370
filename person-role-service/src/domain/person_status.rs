//! The status of a person as it follows from the roles (co-person-role.md §6.1, D31).

use proto::registry::v1::Status;

/// Ranks a status: of several roles the one with the greatest rank decides. `Locked`, which no role has, ranks least.
#[must_use]
pub fn rank(status: Status) -> u8 {
    match status {
        Status::Active => 15,
        Status::GracePeriod => 14,
        Status::Suspended => 13,
        Status::Expired => 12,
        Status::Approved => 11,
        Status::PendingVetting => 10,
        Status::PendingApproval => 9,
        Status::Confirmed => 8,
        Status::PendingConfirmation => 7,
        Status::Invited => 6,
        Status::Pending => 5,
        Status::Denied => 4,
        Status::Declined => 3,
        Status::Deleted => 2,
        Status::Duplicate => 1,
        Status::Locked | Status::Unspecified => 0,
    }
}

/// The status of a person with these roles. Without roles it stays, and `Locked` stays always.
#[must_use]
pub fn recalculated(person: Status, roles: impl IntoIterator<Item = Status>) -> Status {
    if person == Status::Locked {
        return person;
    }
    roles.into_iter().max_by_key(|status| rank(*status)).unwrap_or(person)
}

/// The statuses with which a person or role counts as active (provisioning-engine.md §3).
pub const ACTIVE: [Status; 2] = [Status::Active, Status::GracePeriod];

/// Whether a person or role with this status counts as active.
#[must_use]
pub fn is_active(status: Status) -> bool {
    ACTIVE.contains(&status)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_status() -> impl Strategy<Value = Status> {
        (1..=16i32).prop_map(|number| Status::try_from(number).unwrap())
    }

    #[test]
    fn ranks_are_distinct() {
        let mut ranks: Vec<u8> = (1..=16).map(|number| rank(Status::try_from(number).unwrap())).collect();
        ranks.sort_unstable();
        assert_eq!(ranks, (0..=15).collect::<Vec<u8>>());
    }

    proptest! {
        #[test]
        fn the_order_of_roles_does_not_matter_and_no_role_outranks_the_result(
            person in any_status(), roles in prop::collection::vec(any_status(), 0..6)
        ) {
            let status = recalculated(person, roles.clone());
            let mut reversed = roles.clone();
            reversed.reverse();
            prop_assert_eq!(status, recalculated(person, reversed));
            if person == Status::Locked || roles.is_empty() {
                prop_assert_eq!(status, person);
            } else {
                prop_assert!(roles.contains(&status));
                prop_assert!(roles.iter().all(|role| rank(*role) <= rank(status)));
            }
        }

        #[test]
        fn recalculating_again_changes_nothing(person in any_status(), roles in prop::collection::vec(any_status(), 0..6)) {
            let once = recalculated(person, roles.clone());
            prop_assert_eq!(recalculated(once, roles), once);
        }
    }
}
