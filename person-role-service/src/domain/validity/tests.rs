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
