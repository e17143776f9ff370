//! Who belongs to the automatic groups (co-person-role.md §6.2, neighbours.md CoPerson).

use proto::registry::v1::Status;

use crate::domain::{history::Entry, ids::GroupId, person_status::is_active};

/// Code of the groups of active members.
pub const ACTIVE_MEMBERS: &str = "MA";
/// Code of the groups of all members.
pub const ALL_MEMBERS: &str = "M";

/// Whether a person belongs to an automatic group. `roles` are the statuses of the person's roles in the group's COU;
/// for a group of the whole CO the person alone counts.
#[must_use]
pub fn belongs(group_type: &str, of_cou: bool, person: Status, roles: &[Status]) -> bool {
    match (group_type, of_cou) {
        (ACTIVE_MEMBERS, false) => is_active(person),
        (ACTIVE_MEMBERS, true) => is_active(person) && roles.iter().any(|role| is_active(*role)),
        (ALL_MEMBERS, false) => person != Status::Deleted,
        (ALL_MEMBERS, true) => roles.iter().any(|role| *role != Status::Deleted),
        _ => false,
    }
}

/// What the history says of a person who joined a group.
#[must_use]
pub fn joined(group: &str, id: GroupId, member: bool, owner: bool) -> Entry {
    let yes = |truth: bool| if truth { "Yes" } else { "No" };
    let roles = format!("member={}, owner={}", yes(member), yes(owner));
    Entry::new("ACGM", format!("Added to CO Group {group} ({}) ({roles})", id.0)).with_group(id)
}

/// What the history says of a person who left a group.
#[must_use]
pub fn left(group: &str, id: GroupId) -> Entry {
    Entry::new("DCGM", format!("Removed from CO Group {group} ({})", id.0)).with_group(id)
}

/// What the history says of a membership that was edited; `what` says how.
#[must_use]
pub fn edited(group: &str, id: GroupId, what: &str) -> Entry {
    Entry::new("ECGM", format!("CO Group Membership in {group} ({}) Edited: {what}", id.0)).with_group(id)
}

/// What the history says of a membership one of whose dates has passed.
#[must_use]
pub fn date_passed(group: &str, id: GroupId, holds: bool) -> Entry {
    let what = if holds { "is valid from now" } else { "is not valid any more" };
    Entry::new("ECGM", format!("CO Group Membership in {group} ({}) {what}", id.0)).with_group(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_memberships() {
        use Status::{Active, Deleted, GracePeriod, Locked, Suspended};
        for (group, of_cou, person, roles, expected) in [
            ("MA", true, Active, vec![Active], true),
            ("MA", true, GracePeriod, vec![Suspended, GracePeriod], true),
            ("MA", true, Locked, vec![Active], false),
            ("M", true, Locked, vec![Active], true),
            ("M", true, Active, vec![Deleted], false),
            ("M", true, Active, vec![], false),
            ("MA", false, Locked, vec![Active], false),
            ("M", false, Locked, vec![], true),
            ("M", false, Deleted, vec![Active], false),
            ("A", false, Active, vec![Active], false),
        ] {
            assert_eq!(belongs(group, of_cou, person, &roles), expected, "{group} {of_cou} {person:?} {roles:?}");
        }
    }
}
