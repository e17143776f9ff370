//! Validity dates: their order, and how a status follows them (co-person-role.md §4, D25, D32).

use proto::{
    check::Violations,
    record::{Record, Slot, Value},
    registry::v1::Status,
    time::{has_begun, has_ended},
};

/// Finds dates in the wrong order; both fields are told (D25). `full` is the record as it would be stored.
pub fn check_order(full: &Record, wrong: &mut Violations) {
    let (Some(from), Some(through)) = (full.time("valid_from"), full.time("valid_through")) else { return };
    if from >= through {
        // The reference's own words (D26).
        for column in ["valid_from", "valid_through"] {
            wrong.add(column, "\"Valid From\" date MUST precede \"Valid Through\" date");
        }
    }
}

/// The status that the dates of a request give a role when it is saved (§4.4). Only the dates that were sent count, and
/// one that was cleared does not.
#[must_use]
pub fn status_on_save(status: Status, sent: &Record, now: i64) -> Status {
    let date = |column: &str| match sent.slot(column) {
        Slot::Is(Value::Time(time)) => Some(*time),
        _ => None,
    };
    let follow_from = |status: Status| match date("valid_from") {
        Some(from) if from <= now && status == Status::Pending => Status::Active,
        Some(from) if from > now && status == Status::Active => Status::Pending,
        _ => status,
    };
    let follow_through = |status: Status| match date("valid_through") {
        Some(through) if through <= now && status == Status::Active => Status::Expired,
        Some(through) if through > now && status == Status::Expired => Status::Active,
        _ => status,
    };
    // What the end makes active again may not have begun yet.
    follow_from(follow_through(follow_from(status)))
}

/// The status that a stored role has now that time has passed (D32).
#[must_use]
pub fn status_by_now(status: Status, from: Option<i64>, through: Option<i64>, now: i64) -> Status {
    let ended = has_ended(through, &now);
    match status {
        Status::Active | Status::GracePeriod if ended => Status::Expired,
        Status::Pending if !ended && from.is_some() && has_begun(from, &now) => Status::Active,
        _ => status,
    }
}

#[cfg(test)]
mod tests;
