//! Validity dates: their order, and how a status follows them (co-person-role.md §4, D25, D32).

use proto::{
    check::Violations,
    record::{Record, Slot, Value},
    registry::v1::Status,
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
    let ended = through.is_some_and(|through| through <= now);
    match status {
        Status::Active | Status::GracePeriod if ended => Status::Expired,
        Status::Pending if !ended && from.is_some_and(|from| from <= now) => Status::Active,
        _ => status,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proto::{registry::v1::CoPersonRole, table::Table};

    use super::*;

    fn dates(from: Option<i64>, through: Option<i64>) -> Record {
        let mut record = Record::new(Table::of::<CoPersonRole>());
        let slot = |time: Option<i64>| time.map_or(Slot::Absent, |time| Slot::Is(Value::Time(time)));
        record.set("valid_from", slot(from));
        record.set("valid_through", slot(through));
        record
    }

    #[test]
    fn the_table_of_statuses_on_save() {
        use Status::{Active, Expired, GracePeriod, Pending, Suspended};
        for (status, from, through, expected) in [
            (Pending, Some(90), None, Active),
            (Active, Some(110), None, Pending),
            (Active, None, Some(90), Expired),
            (Expired, None, Some(110), Active),
            (GracePeriod, None, Some(90), GracePeriod),
            (Suspended, Some(90), Some(95), Suspended),
            (Active, None, None, Active),
            (Pending, Some(80), Some(90), Expired),
            (Expired, Some(110), Some(120), Pending),
        ] {
            assert_eq!(status_on_save(status, &dates(from, through), 100), expected, "{status:?} {from:?} {through:?}");
        }
    }

    #[test]
    fn dates_must_be_in_order() {
        for (from, through, wrong) in [(1, 2, 0), (2, 2, 2), (3, 2, 2)] {
            let mut found = Violations::default();
            check_order(&dates(Some(from), Some(through)), &mut found);
            assert_eq!(found.0.len(), wrong);
        }
    }

    proptest! {
        #[test]
        fn time_settles(number in 1..=16i32, from in prop::option::of(0..200i64), through in prop::option::of(0..200i64), now in 0..200i64) {
            let status = Status::try_from(number).unwrap();
            let once = status_by_now(status, from, through, now);
            prop_assert_eq!(status_by_now(once, from, through, now), once);
        }
    }
}
